package org.btfkit.dedup;

import java.util.Arrays;
import java.util.List;
import org.btfkit.btf.flat.IntList;

/**
 * Finds where types can be cut into pieces that do not refer to each other: compilation units, or what is smaller.
 *
 * <p>INTs may be referred to from anywhere, as all units share one for the index of arrays. Types come in order, along
 * with what they refer to. Each may begin a piece, unless an earlier one refers to it or beyond; a reference back joins
 * all pieces from there on. Several ranges can be looked at side by side, and {@link #join} puts them together.
 */
final class UnitBounds {
    private final TypeGraph graph;

    /** The first ids of the pieces, as far as they are in this range. */
    private final IntList starts = new IntList();

    /** The greatest id that was referred to ahead. */
    private int reach;

    /** The least id before this range that was referred to. */
    private int lowest = Integer.MAX_VALUE;

    /** Where the piece of the last type begins; a reference from there on to before it is within the piece. */
    int current = Integer.MAX_VALUE;

    UnitBounds(TypeGraph graph) {
        this.graph = graph;
    }

    /** Comes to the next type. */
    void begin(int typeId) {
        if (typeId > reach) {
            starts.add(typeId);
            current = typeId;
        }
    }

    /** Takes note of what the last type refers to. */
    void refer(int typeId, int referred) {
        if (referred < current || referred > typeId) {
            cross(typeId, referred);
        }
    }

    /** Takes note of a reference that is not back into the piece of the type. */
    void cross(int typeId, int referred) {
        if (referred == 0 || graph.role(referred) == KindRole.INT) {
            return;
        }
        if (referred > typeId) {
            reach = Math.max(reach, referred);
            return;
        }
        while (starts.size > 0 && starts.items[starts.size - 1] > referred) {
            starts.size--;
        }
        if (starts.size > 0) {
            current = starts.items[starts.size - 1];
        } else {
            lowest = Math.min(lowest, referred);
            current = referred;
        }
    }

    /** Returns the greatest id that was referred to ahead. */
    int reach() {
        return reach;
    }

    /** Returns the first ids of all pieces, from ranges that follow each other. */
    static int[] join(List<UnitBounds> ranges) {
        IntList all = new IntList();
        int reach = 0;
        for (UnitBounds range : ranges) {
            while (all.size > 0 && all.items[all.size - 1] > range.lowest) {
                all.size--;
            }
            for (int i = 0; i < range.starts.size; i++) {
                if (range.starts.items[i] > reach) {
                    all.add(range.starts.items[i]);
                }
            }
            reach = Math.max(reach, range.reach);
        }
        return all.toArray();
    }

    /**
     * Cuts between pieces into parts of about the same size.
     *
     * @param starts the first ids of all pieces
     * @param end the id after the last type
     * @param parts how many are wanted
     * @return where each part begins, and the end; fewer where pieces are too large
     */
    static int[] cut(int[] starts, int end, int parts) {
        IntList cuts = new IntList();
        for (int i = 0; i < parts && starts.length > 0; i++) {
            int found = Arrays.binarySearch(starts, Workers.bound(starts[0], end, i, parts));
            int start = starts[Math.min(found < 0 ? -found - 1 : found, starts.length - 1)];
            if (cuts.isEmpty() || start > cuts.items[cuts.size - 1]) {
                cuts.add(start);
            }
        }
        cuts.add(end);
        return cuts.toArray();
    }
}
