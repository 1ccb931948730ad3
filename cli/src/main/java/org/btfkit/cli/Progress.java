package org.btfkit.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A progress bar on the terminal: one line that is drawn over. */
final class Progress {
    private static final int WIDTH = 40;

    private final PrintStream err;
    private final int total;
    private int done;
    private int drawn = -1;

    private Progress(PrintStream err, int total) {
        this.err = err;
        this.total = total;
    }

    /** Returns a progress bar, or null if standard error is not a terminal. */
    static Progress on(PrintStream err, int total) {
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

    void step() {
        moveTo(done + 1);
    }

    void moveTo(int nowDone) {
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
    void clear() {
        if (drawn >= 0) {
            err.print("\r" + " ".repeat(WIDTH + 30) + "\r");
            drawn = -1;
        }
    }
}
