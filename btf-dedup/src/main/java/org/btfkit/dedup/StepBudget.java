package org.btfkit.dedup;

import org.btfkit.BtfException;

/**
 * Bounds the work of comparing type graphs.
 *
 * <p>A comparison visits each type of a graph about once, but there may be as many comparisons as types, and the one of
 * {@link IdenticalTypes} can branch at every member. Real kernels take a few steps per type in all. What exceeds the
 * budget was made to, and would keep libbpf busy for hours as well.
 */
final class StepBudget {
    private static final long STEPS = 1L << 33;

    private final TypeGraph graph;
    private final long steps;
    private long left;

    /** Allows what no input that makes sense needs. */
    StepBudget(TypeGraph graph) {
        this(graph, STEPS);
    }

    /** Allows so many steps. */
    StepBudget(TypeGraph graph, long steps) {
        this.graph = graph;
        this.steps = steps;
        this.left = steps;
    }

    /**
     * Takes steps off the budget.
     *
     * @throws BtfException if there are not as many left
     */
    void take(long count, int typeId) {
        left -= count;
        if (left < 0) {
            throw graph.fault(typeId, "too many comparisons of types, expected at most " + steps + " steps");
        }
    }
}
