package org.btfkit.cli.support;

import java.io.PrintStream;
import java.util.function.LongSupplier;

/**
 * How far work is. On a terminal a bar, one line that is drawn over, once the work takes longer than a second; in a log
 * a line now and then; else nothing.
 *
 * <p>It is removed when it is closed: whatever is printed then, such as why the work has failed, has a line of its own.
 * Safe for use by several threads.
 */
public final class Progress implements AutoCloseable {
    /** Of work that nobody watches. */
    public static final Progress NONE = new Progress(null, 0, Form.NONE, null);

    /** How many steps there are of work that tells shares of itself; see {@link #moveTo(int, int)}. */
    public static final int SHARES = 100;

    private static final int WIDTH = 40;

    /** How long a terminal is left without a bar, in nanoseconds: one that comes and goes would only flicker. */
    private static final long SHORT = 1_000_000_000L;

    /** How long a log is left without a line, in nanoseconds. */
    private static final long SILENCE = 5_000_000_000L;

    private enum Form {
        NONE,
        BAR,
        LOG
    }

    private final PrintStream err;
    private final int total;
    private final LongSupplier clock;
    private final Form form;
    private long nextLine;
    private int done;
    private int drawn = -1;

    private Progress(PrintStream err, int total, Form form, LongSupplier clock) {
        this.err = err;
        this.total = total;
        this.form = form;
        this.clock = clock;
        this.nextLine = form == Form.NONE ? 0 : clock.getAsLong() + (form == Form.BAR ? SHORT : SILENCE);
    }

    /**
     * Returns a progress bar, which does nothing if standard error is not a terminal.
     *
     * @param err where to draw it, if that is standard error
     * @param total how many steps there are
     * @return the bar, empty
     */
    public static Progress on(PrintStream err, int total) {
        return isTerminal(err) ? bar(err, total, System::nanoTime) : NONE;
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

    /**
     * Returns a progress bar that is drawn wherever it is, by a clock.
     *
     * @param err where to draw it
     * @param total how many steps there are
     * @param clock tells nanoseconds
     * @return the bar, empty
     */
    public static Progress bar(PrintStream err, int total, LongSupplier clock) {
        return new Progress(err, total, Form.BAR, clock);
    }

    /** Prints lines by a clock, which tells nanoseconds. */
    static Progress inLog(PrintStream err, int total, LongSupplier clock) {
        return new Progress(err, total, Form.LOG, clock);
    }

    private static boolean isTerminal(PrintStream err) {
        if (err != System.err) {
            return false;
        }
        return Terminal.isOn(2);
    }

    /** Moves the bar by one step. */
    public synchronized void step() {
        moveTo(done + 1);
    }

    /**
     * Moves the bar.
     *
     * @param nowDone how many steps are done
     */
    public synchronized void moveTo(int nowDone) {
        done = nowDone;
        switch (form) {
            case NONE -> {}
            case BAR -> draw();
            case LOG -> log();
        }
    }

    /**
     * Moves the bar of work that has {@link #SHARES} steps.
     *
     * @param nowDone how much is done
     * @param ofAll how much there is, above 0
     */
    public void moveTo(int nowDone, int ofAll) {
        moveTo((int) ((long) SHARES * nowDone / ofAll));
    }

    private void draw() {
        int percent = (int) (100L * done / Math.max(1, total));
        if (percent != drawn && clock.getAsLong() - nextLine >= 0) {
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
    public synchronized void clear() {
        if (drawn >= 0) {
            err.print("\r" + " ".repeat(WIDTH + 30) + "\r");
            drawn = -1;
        }
    }

    @Override
    public void close() {
        clear();
    }
}
