package org.btfkit.dedup;

/**
 * Which type stands for which: {@code map[id]} is the id itself if the type is canonical, the id of a type to go on
 * with if it is not, 0 as long as neither is known. Void, id 0, is canonical.
 */
final class Canonicals {
    /** The state of a type whose references are being followed. */
    static final int IN_PROGRESS = -1;

    /** The map, by type id. */
    final int[] map;

    /** Makes the map of a graph, with base types canonical and nothing known of the others. */
    Canonicals(TypeGraph graph) {
        map = new int[graph.typeCount];
        for (int id = 1; id < graph.firstOwn; id++) {
            map[id] = id;
        }
    }

    /** Returns where the map leads to from a type: its canonical type, or the last one on the way that is known. */
    int resolve(int typeId) {
        int id = typeId;
        int next = map[id];
        while (next != id && next > 0) {
            id = next;
            next = map[id];
        }
        return id;
    }

    /** Tells whether something is known of a type. */
    boolean isMapped(int typeId) {
        return map[typeId] > 0 || typeId == 0;
    }
}
