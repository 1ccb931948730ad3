package org.btfkit.dedup;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/** Runs work on parts of a range at the same time. How a range is cut must not decide a result. */
final class Workers {
    /** Ranges below this many items are not worth a thread. */
    static final int MIN_ITEMS = 1 << 14;

    private final int threads;
    private final int minItems;

    /** Work on a part of a range. */
    interface Part {
        /**
         * Does the work.
         *
         * @param index which part this is, from 0
         * @param from the first item
         * @param to the item after the last one
         */
        void run(int index, int from, int to);
    }

    Workers(int threads) {
        this(threads, MIN_ITEMS);
    }

    /** Makes parts of at least so many items. */
    Workers(int threads, int minItems) {
        this.threads = threads;
        this.minItems = minItems;
    }

    /** Returns into how many parts a range of so many items is cut. */
    int parts(int items) {
        return Math.max(1, Math.min(threads, items / minItems));
    }

    /** Runs the work on all parts of a range, the first one on this thread, and waits for them. */
    void run(int from, int to, Part work) {
        int parts = parts(to - from);
        run(parts, index -> work.run(index, bound(from, to, index, parts), bound(from, to, index + 1, parts)));
    }

    /** Runs so many pieces of work, each on a thread, the first one on this, and waits for them. */
    void run(int parts, IntConsumer work) {
        List<Helper> helpers = new ArrayList<>();
        for (int i = 1; i < parts; i++) {
            Helper helper = new Helper(work, i);
            helpers.add(helper);
            helper.start();
        }
        Throwable failure = null;
        try {
            work.accept(0);
        } catch (RuntimeException | Error e) {
            failure = e; // once the others have ended, and let go of what they hold
        }
        for (Helper helper : helpers) {
            helper.await();
            failure = failure == null ? helper.failure : failure;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
        }
    }

    static int bound(int from, int to, int index, int parts) {
        return (int) (from + (long) (to - from) * index / parts);
    }

    /**
     * A thread for one piece of work. A task of the library would bring some thirty classes with it, and code that is
     * made on the way, which takes a short run longer than its work.
     */
    private static final class Helper extends Thread {
        private final IntConsumer work;
        private final int index;

        /** What it failed with, or null; to be read once it has ended. */
        private Throwable failure;

        private Helper(IntConsumer work, int index) {
            super("btf-dedup-" + index);
            this.work = work;
            this.index = index;
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                work.accept(index);
            } catch (RuntimeException | Error e) {
                failure = e;
            }
        }

        /** Waits for its end, however often this thread is interrupted. */
        private void await() {
            boolean interrupted = false;
            while (isAlive()) {
                try {
                    join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
