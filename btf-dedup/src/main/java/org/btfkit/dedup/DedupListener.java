package org.btfkit.dedup;

/** Is told how far a deduplication is; for progress bars. Called on the thread that called it, some hundred times. */
@FunctionalInterface
public interface DedupListener {
    /**
     * Tells how far a pass is. Each pass is reported when it begins and when it ends, long ones in between. Types that
     * were treated by unit first, where that turned out to be wrong, are treated and reported anew.
     *
     * @param pass the pass
     * @param done number of types treated, from 0
     * @param total number of types to be treated
     */
    void progress(DedupPass pass, int done, int total);
}
