package org.btfkit.btf.javagen;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.btfkit.BtfException;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.format.KindSet;

/** Finds the types that come along, as those asked for hold them by value. */
final class JavaExtent {
    private final Shapes shapes;
    private final FlatTypes types;
    private final JavaNames names;
    private final int maxDepth;

    /** How far each type is from one that was asked for, in the order in which they were found. */
    private final Map<Integer, Integer> depths = new LinkedHashMap<>();

    private final Deque<Integer> pending = new ArrayDeque<>();

    JavaExtent(Shapes shapes, JavaNames names, int maxDepth) {
        this.shapes = shapes;
        this.types = shapes.types();
        this.names = names;
        this.maxDepth = maxDepth;
    }

    /**
     * Adds a type, and what comes along with it.
     *
     * @throws BtfException if one of them has no layout
     */
    void add(int typeId) {
        add(typeId, 0);
        while (!pending.isEmpty()) {
            int next = pending.remove();
            if (types.is(next, KindSet.COMPOSITES)) {
                shapes.align(next); // refuses what contains itself, and what has no size
                addMembers(next, depths.get(next) + 1);
            }
        }
    }

    private void add(int typeId, int depth) {
        Integer known = depths.get(typeId);
        if (depth <= maxDepth && (known == null || depth < known)) {
            depths.put(typeId, depth);
            pending.add(typeId);
        }
    }

    private void addMembers(int compositeId, int depth) {
        for (int i = 0; i < types.vlen(compositeId); i++) {
            int memberId = shapes.element(types.memberType(compositeId, i));
            boolean isComposite = types.is(memberId, KindSet.COMPOSITES);
            boolean isInPlace = types.memberNameOff(compositeId, i) == 0 || names.of(memberId) == null;
            if (isComposite && isInPlace) {
                addMembers(memberId, depth);
            } else if (isComposite || types.is(memberId, KindSet.ENUMS) && names.of(memberId) != null) {
                add(memberId, depth);
            }
        }
    }

    Map<Integer, Integer> depths() {
        return depths;
    }
}
