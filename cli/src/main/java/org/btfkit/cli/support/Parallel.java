package org.btfkit.cli.support;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Works on several things at a time, on fewer where memory does not suffice.
 *
 * <p>How much memory a thing takes is known only when it has been taken. So work that runs out of it is given up and
 * done again, with half as many at a time from then on, down to one; only what does not even fit alone has failed.
 */
public final class Parallel {
    /** How many things may be worked on. */
    private int limit;

    private int running;

    private Parallel(int limit) {
        this.limit = limit;
    }

    /**
     * Works on all things, and hands on what came of them in their order, each as soon as those before it are done.
     *
     * @param <T> the things
     * @param <R> what comes of them
     * @param things what to work on
     * @param jobs how many things to work on at a time; if that is one, it is done on this thread
     * @param task the work; must not throw, but for {@link OutOfMemoryError} if it has left nothing behind that keeps
     *     it from being done again
     * @param tooLarge says what comes of a thing whose work runs out of memory even if nothing else is worked on
     * @param results is told on this thread what came of each
     * @throws IllegalStateException if the work throws, or this thread is interrupted
     */
    public static <T, R> void run(
            List<T> things,
            int jobs,
            Function<T, R> task,
            BiFunction<T, OutOfMemoryError, R> tooLarge,
            Consumer<R> results) {
        int threadCount = Math.min(jobs, things.size());
        Parallel room = new Parallel(Math.max(threadCount, 1));
        if (threadCount <= 1) {
            for (T thing : things) {
                results.accept(room.work(thing, task, tooLarge));
            }
            return;
        }
        ExecutorService threads = Executors.newFixedThreadPool(threadCount);
        try {
            List<Future<R>> pending = new ArrayList<>();
            for (T thing : things) {
                pending.add(threads.submit(() -> room.work(thing, task, tooLarge)));
            }
            for (Future<R> result : pending) {
                results.accept(result.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    private <T, R> R work(T thing, Function<T, R> task, BiFunction<T, OutOfMemoryError, R> tooLarge) {
        while (true) {
            int most = enter();
            try {
                return task.apply(thing);
            } catch (OutOfMemoryError e) {
                if (most == 1) {
                    return tooLarge.apply(thing, e);
                }
                shrink(most / 2);
            } finally {
                leave();
            }
        }
    }

    /** Waits for its turn; returns how many may be worked on at the same time. */
    private synchronized int enter() {
        while (running >= limit) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
        running++;
        return limit;
    }

    private synchronized void leave() {
        running--;
        notifyAll();
    }

    private synchronized void shrink(int newLimit) {
        limit = Math.min(limit, newLimit);
    }
}
