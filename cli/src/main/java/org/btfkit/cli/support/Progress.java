package org.btfkit.cli.support;

import java.io.PrintStream;

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
        return Terminal.isOn(2) ? new Progress(err, total) : null;
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
