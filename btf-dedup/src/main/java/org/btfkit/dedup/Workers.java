package org.btfkit.dedup;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
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
        List<FutureTask<Void>> others = new ArrayList<>();
        for (int i = 1; i < parts; i++) {
            int index = i;
            FutureTask<Void> task = new FutureTask<>(() -> work.accept(index), null);
            others.add(task);
            Thread thread = new Thread(task, "btf-dedup-" + i);
            thread.setDaemon(true);
            thread.start();
        }
        Throwable failure = null;
        try {
            work.accept(0);
        } catch (RuntimeException | Error e) {
            failure = e; // once the others have ended, and let go of what they hold
        }
        for (FutureTask<Void> other : others) {
            Throwable next = await(other);
            failure = failure == null ? next : failure;
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

    /** Waits for a task; returns what it failed with, or null. */
    private static Throwable await(FutureTask<Void> task) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    task.get();
                    return null;
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    return e.getCause();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
