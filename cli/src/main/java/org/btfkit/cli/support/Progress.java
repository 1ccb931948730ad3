package org.btfkit.cli.support;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A progress bar on the terminal: one line that is drawn over. */
public final class Progress {
    private static final int WIDTH = 40;

    private final PrintStream err;
    private final int total;
    private int done;
    private int drawn = -1;

    private Progress(PrintStream err, int total) {
        this.err = err;
        this.total = total;
    }

    /**
     * Returns a progress bar, or null if standard error is not a terminal.
     *
     * @param err where to draw it, if that is standard error
     * @param total how many steps there are
     * @return the bar, empty
     */
    public static Progress on(PrintStream err, int total) {
        if (err != System.err) {
            return null;
        }
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            boolean terminal = target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
            return terminal ? new Progress(err, total) : null;
        } catch (IOException e) {
            return null; // no /proc: no way to tell, so no bar
        }
    }

    /** Moves the bar by one step. */
    public void step() {
        moveTo(done + 1);
    }

    /**
     * Moves the bar.
     *
     * @param nowDone how many steps are done
     */
    public void moveTo(int nowDone) {
        done = nowDone;
        int percent = (int) (100L * done / total);
        if (percent != drawn) {
            int filled = WIDTH * percent / 100;
            err.print("\r[" + "#".repeat(filled) + " ".repeat(WIDTH - filled) + "] " + done + "/" + total);
            err.flush();
            drawn = percent;
        }
    }

    /** Removes the bar, so that something else can be printed. */
    public void clear() {
        if (drawn >= 0) {
            err.print("\r" + " ".repeat(WIDTH + 30) + "\r");
            drawn = -1;
        }
    }
}
