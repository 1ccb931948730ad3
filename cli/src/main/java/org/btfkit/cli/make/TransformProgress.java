package org.btfkit.cli.make;

import java.io.PrintStream;
import org.btfkit.cli.support.Progress;
import org.btfkit.dedup.DedupListener;
import org.btfkit.dedup.DedupPass;

/** Shows on a terminal how far a deduplication is. */
final class TransformProgress implements DedupListener {
    private final Progress bar;

    TransformProgress(PrintStream err) {
        bar = Progress.on(err, 100 * DedupPass.values().length);
    }

    @Override
    public void progress(DedupPass pass, int done, int total) {
        bar.moveTo(100 * pass.ordinal() + (total == 0 ? 0 : (int) (100L * done / total)));
    }

    /** Removes the bar. */
    void end() {
        bar.clear();
    }
}
