package org.btfkit.cli.support;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ParallelTest {
    private static final List<Integer> THINGS = IntStream.range(0, 64).boxed().toList();

    private static String failed(Integer thing, OutOfMemoryError failure) {
        return thing + " failed";
    }

    /** Work that takes memory of which there is enough for so many at a time. */
    private static final class Memory {
        private final int room;
        private final AtomicInteger taken = new AtomicInteger();
        private final AtomicInteger refused = new AtomicInteger();

        private Memory(int room) {
            this.room = room;
        }

        private String work(Integer thing) {
            int now = taken.incrementAndGet();
            try {
                Thread.sleep(1);
                if (Math.max(now, taken.get()) > room) {
                    refused.incrementAndGet();
                    throw new OutOfMemoryError("Java heap space");
                }
                return thing + " done";
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            } finally {
                taken.decrementAndGet();
            }
        }
    }

    @Test
    void shouldGoOnWithFewerAtATimeWhereMemoryDoesNotSuffice() {
        Memory memory = new Memory(3);
        List<String> results = new ArrayList<>();
        Parallel.run(THINGS, 16, memory::work, ParallelTest::failed, results::add);
        assertEquals(THINGS.stream().map(thing -> thing + " done").toList(), results);
        // 16 at a time fail at most once each, then 8, then 4; with 2 all fits.
        assertTrue(memory.refused.get() > 0 && memory.refused.get() <= 16 + 8 + 4, memory.refused + " refused");
    }

    @Test
    void shouldFailOnlyWhatDoesNotFitAlone() {
        List<String> results = new ArrayList<>();
        Parallel.run(
                THINGS,
                4,
                thing -> {
                    if (thing % 16 == 5) {
                        throw new OutOfMemoryError("Java heap space");
                    }
                    return thing + " done";
                },
                ParallelTest::failed,
                results::add);
        assertEquals(
                THINGS.stream()
                        .map(thing -> thing + (thing % 16 == 5 ? " failed" : " done"))
                        .toList(),
                results);
    }

    @Test
    void shouldNotDoAgainWhatFailsOnItsOwn() {
        AtomicInteger calls = new AtomicInteger();
        List<String> results = new ArrayList<>();
        Parallel.run(
                List.of(1, 2),
                1,
                thing -> {
                    calls.incrementAndGet();
                    throw new OutOfMemoryError("Java heap space");
                },
                ParallelTest::failed,
                results::add);
        assertEquals(List.of("1 failed", "2 failed"), results);
        assertEquals(2, calls.get());
    }
}
