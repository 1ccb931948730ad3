package org.btfkit.btf.build;

import java.util.Arrays;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;

/**
 * The growing type section of BTF that is being built: words, and the word offset of each type.
 *
 * <p>It may begin as the section of other BTF. The arrays then are that BTF's until the first change copies them.
 */
final class TypeSection {
    /** What fits in 2 GiB. */
    private static final long MAX_WORDS = (Integer.MAX_VALUE - 8) / 4;

    private int[] words;
    private int wordCount;
    private int[] offsets;
    private int count;
    private boolean isShared;

    TypeSection() {
        words = new int[64];
        offsets = new int[16];
    }

    TypeSection(Btf btf) {
        words = FlatAccess.of(btf).words();
        wordCount = words.length;
        offsets = FlatAccess.of(btf).offsets();
        count = offsets.length - 1;
        isShared = true;
    }

    /** The number of types. */
    int count() {
        return count;
    }

    /** The number of words of all types; where the next one begins. */
    int wordCount() {
        return wordCount;
    }

    /** The word offset of a type by its position. */
    int offset(int position) {
        return offsets[position];
    }

    int get(int at) {
        return words[at];
    }

    /** Replaces a word. */
    void set(int at, int word) {
        own();
        words[at] = word;
    }

    /** The words, to be written to after {@link #reserve} and until the next call of it. */
    int[] array() {
        return words;
    }

    /** Returns the words in an array of their length that is not written to from now on. */
    int[] toArray() {
        if (words.length != wordCount) {
            return Arrays.copyOf(words, wordCount);
        }
        isShared = true;
        return words;
    }

    /** Makes room for words and types; nothing changes if there is none. */
    void reserve(long moreWords, int moreTypes) {
        long neededWords = wordCount + moreWords;
        if (neededWords > MAX_WORDS) {
            throw new IllegalArgumentException(
                    "type section of " + neededWords * 4 + " bytes, expected less than 2 GiB");
        }
        // Types have three words at least, so that their number does not overflow.
        words = room(words, (int) neededWords);
        offsets = room(offsets, count + moreTypes);
        isShared = false;
    }

    private int[] room(int[] array, int needed) {
        if (needed > array.length) {
            long grown = Math.min(array.length + (array.length >> 1), MAX_WORDS);
            return Arrays.copyOf(array, (int) Math.max(needed, grown));
        }
        return isShared ? array.clone() : array;
    }

    private void own() {
        if (isShared) {
            words = words.clone();
            offsets = offsets.clone();
            isShared = false;
        }
    }

    /** Lets a type begin where the words end now, then appends its words. Room is reserved. */
    void beginType(int nameOff, int info, int sizeOrType) {
        offsets[count++] = wordCount;
        append(nameOff);
        append(info);
        append(sizeOrType);
    }

    /** Appends a word to the last type. Room is reserved. */
    void append(int word) {
        words[wordCount++] = word;
    }

    /** Notes where a type begins that is being written to {@link #array} and will be one of those to commit. */
    void noteOffset(int index, int offset) {
        offsets[count + index] = offset;
    }

    /** Counts types that were written to {@link #array} from {@link #wordCount} on. */
    void commit(int newTypes, int newWords) {
        count += newTypes;
        wordCount += newWords;
    }
}
