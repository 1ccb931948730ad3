package org.btfkit.resolve;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.file.BtfTrailer;
import org.btfkit.dedup.BaseIndex;

/** Parses and indexes each base once for any number of objects. Safe for use by several threads. */
final class BtfPool {
    private final BaseCache cache;
    private final Map<Path, Btf> parsed = new HashMap<>();
    private final Map<Path, String> failed = new HashMap<>();
    private final Map<Btf, BaseIndex> indexes = new IdentityHashMap<>();

    /**
     * Creates a pool for a run.
     *
     * @param cache what an earlier run may have read; null for none
     */
    BtfPool(BaseCache cache) {
        this.cache = cache;
    }

    /** Returns the BTF of a file that needs no base, null for null. */
    synchronized Btf get(Path path) throws IOException {
        if (path == null) {
            return null;
        }
        if (failed.containsKey(path)) {
            throw new BtfException(failed.get(path));
        }
        Btf btf = parsed.get(path);
        if (btf == null) {
            try {
                btf = cache == null ? load(path) : cache.get(path);
            } catch (IOException | BtfException e) {
                failed.put(path, e.getMessage());
                throw e;
            }
            parsed.put(path, btf);
        }
        return btf;
    }

    static Btf load(Path path) throws IOException {
        try (BtfSource source = BtfSource.open(path)) {
            BtfTrailer trailer = source.trailer();
            if (trailer != null && trailer.isBtf()) {
                throw new BtfException(trailer + "; expected one, to be a base");
            }
            return source.btf(source.distilledBase());
        }
    }

    /** Returns the index of a base; kept if the base is of this pool. */
    synchronized BaseIndex index(Btf base) {
        BaseIndex index = indexes.get(base);
        if (index == null) {
            index = cache == null ? BaseIndex.of(base) : cache.index(base);
            if (parsed.containsValue(base)) {
                indexes.put(base, index);
            }
        }
        return index;
    }
}
