package org.btfkit.cli.support;

import java.io.PrintStream;
import java.util.function.LongSupplier;

/** A progress bar on the terminal: one line that is drawn over. In a log: a line now and then. */
public final class Progress {
    private static final int WIDTH = 40;

    /** How long a log is left without a line, in nanoseconds. */
    private static final long SILENCE = 5_000_000_000L;

    private final PrintStream err;
    private final int total;
    private final LongSupplier clock;
    private final boolean isLog;
    private long nextLine;
    private int done;
    private int drawn = -1;

    private Progress(PrintStream err, int total, boolean isLog, LongSupplier clock) {
        this.err = err;
        this.total = total;
        this.isLog = isLog;
        this.clock = clock;
        this.nextLine = isLog ? clock.getAsLong() + SILENCE : 0;
    }

    /**
     * Returns a progress bar, or null if standard error is not a terminal.
     *
     * @param err where to draw it, if that is standard error
     * @param total how many steps there are
     * @return the bar, empty
     */
    public static Progress on(PrintStream err, int total) {
        return isTerminal(err) ? new Progress(err, total, false, null) : null;
    }

    /**
     * Returns a progress bar, or what prints a line every five seconds if standard error is not a terminal.
     *
     * @param err where to print it
     * @param total how many steps there are
     * @return the bar, empty
     */
    public static Progress onOrInLog(PrintStream err, int total) {
        return isTerminal(err) ? on(err, total) : inLog(err, total, System::nanoTime);
    }

    /** Prints lines by a clock, which tells nanoseconds. */
    static Progress inLog(PrintStream err, int total, LongSupplier clock) {
        return new Progress(err, total, true, clock);
    }

    private static boolean isTerminal(PrintStream err) {
        if (err != System.err) {
            return false;
        }
        return Terminal.isOn(2);
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
        if (isLog) {
            log();
            return;
        }
        int percent = (int) (100L * done / total);
        if (percent != drawn) {
            int filled = WIDTH * percent / 100;
            err.print("\r[" + "#".repeat(filled) + " ".repeat(WIDTH - filled) + "] " + done + "/" + total);
            err.flush();
            drawn = percent;
        }
    }

    private void log() {
        long now = clock.getAsLong();
        if (now - nextLine >= 0 && done < total) {
            err.println(done + " of " + total + " objects");
            nextLine = now + SILENCE;
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
