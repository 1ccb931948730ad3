package org.btfkit.resolve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.Map;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.dedup.BaseIndex;
import org.btfkit.internal.io.FileTimes;

/**
 * Keeps parsed bases from one run to the next, for a process that does several. A base is read again once its file has
 * changed. Safe for use by several threads.
 *
 * <p>Whether a file has changed is told by its inode, size, and times. A file that was changed a moment ago may be
 * changed once more without a trace in its times, so it is not kept.
 */
public final class BaseCache {
    /** How many bases are kept; each takes some ten megabytes. */
    private static final int MAX_BASES = 4;

    private static final String STAMP = "unix:ino,dev,size,lastModifiedTime,ctime";

    /** By path as it is given, which is part of messages; the last used last. */
    private final Map<Path, Entry> entries = new LinkedHashMap<>(MAX_BASES * 2, 0.75f, true);

    private static final class Entry {
        private final Map<String, Object> stamp;
        private final Btf btf;
        private BaseIndex index;

        private Entry(Map<String, Object> stamp, Btf btf) {
            this.stamp = stamp;
            this.btf = btf;
        }
    }

    /** Creates an empty cache. */
    public BaseCache() {
        // nothing kept yet
    }

    /**
     * Returns the BTF of a file that needs no base. Costs a look at the file's attributes if it is kept.
     *
     * @param path the file
     * @return its BTF; the same as before as long as the file is the same and its BTF is kept
     * @throws IOException if the file cannot be read
     * @throws BtfException if it has no BTF that makes sense, or several
     */
    public synchronized Btf get(Path path) throws IOException {
        long now = System.currentTimeMillis();
        if (!Files.exists(path)) {
            return BtfPool.load(path); // which says so, in the words that a run without this has
        }
        Map<String, Object> stamp = Files.readAttributes(path, STAMP);
        Entry entry = entries.get(path);
        if (entry == null || !entry.stamp.equals(stamp)) {
            entry = new Entry(stamp, BtfPool.load(path));
            entries.remove(path);
            if (isSettled(stamp, now)) {
                entries.put(path, entry);
            }
            if (entries.size() > MAX_BASES) {
                entries.remove(entries.keySet().iterator().next());
            }
        }
        return entry.btf;
    }

    private static boolean isSettled(Map<String, Object> stamp, long now) {
        return FileTimes.areSettled((FileTime) stamp.get("lastModifiedTime"), now)
                && FileTimes.areSettled((FileTime) stamp.get("ctime"), now);
    }

    /**
     * Returns the index of a base; kept as long as the base is.
     *
     * @param base BTF that {@link #get} has returned, or any other, of which the index is not kept
     * @return the index
     * @throws BtfException as {@link BaseIndex#of}
     */
    public synchronized BaseIndex index(Btf base) {
        for (Entry entry : entries.values()) {
            if (entry.btf == base) {
                if (entry.index == null) {
                    entry.index = BaseIndex.of(base);
                }
                return entry.index;
            }
        }
        return BaseIndex.of(base);
    }
}
