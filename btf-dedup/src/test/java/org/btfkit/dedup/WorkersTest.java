package org.btfkit.dedup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WorkersTest {
    @Test
    void shouldDoEachItemOnce() {
        for (int threads : new int[] {1, 2, 8}) {
            int[] done = new int[1000];
            new Workers(threads, 100).run(10, 1000, (index, from, to) -> {
                for (int i = from; i < to; i++) {
                    done[i]++;
                }
            });
            int[] expected = new int[1000];
            Arrays.fill(expected, 10, 1000, 1);
            assertArrayEquals(expected, done);
        }
    }

    @Test
    void shouldFailAsAPartDoesOnceAllHaveEnded() {
        IllegalStateException failure = new IllegalStateException("of part 2");
        AtomicInteger ended = new AtomicInteger();
        CountDownLatch failed = new CountDownLatch(1);
        RuntimeException thrown = assertThrows(
                RuntimeException.class,
                () -> new Workers(4).run(4, part -> {
                    if (part == 2) {
                        failed.countDown();
                        throw failure;
                    }
                    awaitQuietly(failed);
                    ended.incrementAndGet();
                }));
        assertSame(failure, thrown);
        assertEquals(3, ended.get());
    }

    @Test
    void shouldFailAsTheFirstPartDoesIfSeveralFail() {
        Error first = new AssertionError("of part 0");
        Error thrown = assertThrows(
                Error.class,
                () -> new Workers(2).run(2, part -> {
                    throw part == 0 ? first : new AssertionError("of part 1");
                }));
        assertSame(first, thrown);
    }

    @Test
    void shouldWaitThoughInterruptedAndStayInterrupted() {
        CountDownLatch interrupted = new CountDownLatch(1);
        AtomicInteger ended = new AtomicInteger();
        new Workers(2).run(2, part -> {
            if (part == 0) {
                Thread.currentThread().interrupt();
                interrupted.countDown();
            } else {
                awaitQuietly(interrupted);
                ended.incrementAndGet();
            }
        });
        assertEquals(1, ended.get());
        assertTrue(Thread.interrupted(), "clears it, too, for the tests that follow");
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
