package org.btfkit.encode;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.btfkit.dwarf.UnitHeader;

/**
 * Encodes units by several threads and puts them together in their order.
 *
 * <p>A thread takes the next unit, encodes it, and leaves it. Whoever leaves the one that is due puts it together, and
 * those after it that are there already. A thread does not take a unit that is far ahead of the one that is due, so
 * that not many wait.
 */
final class UnitPipeline {
    /** Units that may wait, for each thread. */
    private static final int AHEAD = 4;

    private final List<UnitHeader> units;
    private final ObjectAssembly assembly;
    private final int threads;
    private final EncodeListener listener;
    private final UnitBtf[] done;
    private final boolean[] isDone;
    private int nextToTake;
    private int nextToPlace;
    private Throwable failure;
    private int failedUnit;

    UnitPipeline(List<UnitHeader> units, ObjectAssembly assembly, int threads, EncodeListener listener) {
        this.units = units;
        this.assembly = assembly;
        this.threads = Math.max(1, Math.min(threads, units.size()));
        this.listener = listener;
        this.done = new UnitBtf[units.size()];
        this.isDone = new boolean[units.size()];
        this.failedUnit = units.size();
    }

    /** Encodes all units, each thread with an encoder of its own. */
    void run(Supplier<UnitEncoder> encoders) {
        List<Thread> others = new ArrayList<>();
        for (int i = 1; i < threads; i++) {
            Thread thread = new Thread(() -> work(encoders), "btf-encode-" + i);
            thread.setDaemon(true);
            thread.start();
            others.add(thread);
        }
        work(encoders);
        for (Thread thread : others) {
            join(thread);
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
        }
    }

    private static void join(Thread thread) {
        boolean isInterrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                isInterrupted = true;
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void work(Supplier<UnitEncoder> encoders) {
        int unit = -1;
        try {
            UnitEncoder encoder = encoders.get();
            for (unit = take(); unit >= 0; unit = take()) {
                leave(unit, encoder.encode(units.get(unit)));
            }
        } catch (Throwable e) {
            fail(Math.max(unit, 0), e);
        }
    }

    /** Returns the next unit to encode, -1 if there is none, or another one has failed. */
    private synchronized int take() {
        while (failure == null && nextToTake < units.size() && nextToTake - nextToPlace >= AHEAD * threads) {
            try {
                wait();
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted while units were encoded", e);
            }
        }
        // Those before one that failed are still encoded, so that the first fault is the one that is reported.
        return failure == null && nextToTake < units.size() ? nextToTake++ : -1;
    }

    private void leave(int unit, UnitBtf btf) {
        List<ObjectAssembly.Placement> placements = new ArrayList<>();
        synchronized (this) {
            done[unit] = btf;
            isDone[unit] = true;
            while (failure == null && nextToPlace < units.size() && isDone[nextToPlace]) {
                UnitBtf due = done[nextToPlace];
                done[nextToPlace++] = null;
                if (due != null) {
                    placements.add(assembly.next(due));
                }
            }
            listener.unitsDone(nextToPlace, units.size());
            notifyAll();
        }
        for (ObjectAssembly.Placement placement : placements) {
            placement.run();
        }
    }

    private synchronized void fail(int unit, Throwable e) {
        if (failure == null || unit < failedUnit) {
            failure = e;
            failedUnit = unit;
        }
        notifyAll();
    }
}
