package org.btfkit.cli.support;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;

/** Works on several things at a time. */
public final class Parallel {
    private Parallel() {}

    /**
     * Works on all things, and hands on what came of them in their order, each as soon as those before it are done.
     *
     * @param <T> the things
     * @param <R> what comes of them
     * @param things what to work on
     * @param jobs how many things to work on at a time; if that is one, it is done on this thread
     * @param task the work; must not throw
     * @param results is told on this thread what came of each
     * @throws IllegalStateException if the work throws, or this thread is interrupted
     */
    public static <T, R> void run(List<T> things, int jobs, Function<T, R> task, Consumer<R> results) {
        int threadCount = Math.min(jobs, things.size());
        if (threadCount <= 1) {
            for (T thing : things) {
                results.accept(task.apply(thing));
            }
            return;
        }
        ExecutorService threads = Executors.newFixedThreadPool(threadCount);
        try {
            List<Future<R>> pending = new ArrayList<>();
            for (T thing : things) {
                pending.add(threads.submit(() -> task.apply(thing)));
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
}
