package org.btfkit.encode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.btf.flat.IntList;

/**
 * The types of all units of an object, one array of words for each, until they are joined.
 *
 * <p>Units come in order, but the words of one may still be in work when the next comes: {@link #reserve} gives ids,
 * {@link #set} brings the words.
 */
final class ObjectTypes {
    /** What fits into an array of bytes. */
    private static final long MAX_WORDS = (Integer.MAX_VALUE - 64) / 4;

    private final List<int[]> chunks = new ArrayList<>();
    private final IntList firstIds = new IntList();

    /** By chunk: where its types begin; made when one is asked for. */
    private final List<int[]> starts = new ArrayList<>();

    private int nextId;
    private long wordCount;

    /** Begins with an id. */
    ObjectTypes(int firstId) {
        nextId = firstId;
    }

    /** Gives ids to types that will be set later; returns their chunk. */
    synchronized int reserve(int types, long words) {
        wordCount += words;
        if (wordCount > MAX_WORDS || (long) nextId + types > Integer.MAX_VALUE - 8) {
            throw new BtfException("types of more than 2 GiB before deduplication");
        }
        firstIds.add(nextId);
        nextId += types;
        chunks.add(null);
        starts.add(null);
        return chunks.size() - 1;
    }

    /** Sets the words of a chunk. */
    synchronized void set(int chunk, int[] words) {
        chunks.set(chunk, words);
    }

    /** The id of the next type. */
    int nextId() {
        return nextId;
    }

    /** Returns a word of a type. */
    int word(int typeId, int index) {
        int chunk = chunk(typeId);
        return chunks.get(chunk)[start(chunk, typeId) + index];
    }

    private int chunk(int typeId) {
        int found = Arrays.binarySearch(firstIds.items, 0, firstIds.size, typeId);
        if (found < 0) {
            return -found - 2;
        }
        // Of a unit without types the first id is that of the next one.
        while (found + 1 < firstIds.size && firstIds.items[found + 1] == typeId) {
            found++;
        }
        return found;
    }

    private int start(int chunk, int typeId) {
        int[] known = starts.get(chunk);
        if (known == null) {
            IntList found = new IntList();
            int[] words = chunks.get(chunk);
            for (int at = 0; at < words.length; at += BtfWords.length(words[at + 1])) {
                found.add(at);
            }
            known = found.toArray();
            starts.set(chunk, known);
        }
        return known[typeId - firstIds.items[chunk]];
    }

    /**
     * Joins the words of all chunks; each is let go when it is copied.
     *
     * @param tail words to put behind them
     */
    int[] join(int[] tail) {
        int[] all = new int[(int) (wordCount + tail.length)];
        int at = 0;
        for (int i = 0; i < chunks.size(); i++) {
            int[] words = chunks.set(i, null);
            System.arraycopy(words, 0, all, at, words.length);
            at += words.length;
        }
        System.arraycopy(tail, 0, all, at, tail.length);
        return all;
    }
}
