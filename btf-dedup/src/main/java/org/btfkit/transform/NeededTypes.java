package org.btfkit.transform;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.query.TypeSizes;
import org.btfkit.btf.relo.CoreKind;
import org.btfkit.btf.relo.CoreTarget;

/**
 * The types and members of a kernel that relocations need, by {@linkplain CoreTarget serial}. A type brings what it
 * refers to: modifiers and typedefs their type, arrays element and index, prototypes all; what a pointer points to only
 * if types as wholes are compared; of structs and unions only the members that are named one by one.
 *
 * <p>A type is visited once for each way to need it, so that circles end.
 */
final class NeededTypes {
    /** How a type is needed, and what that says of those that it refers to. */
    private enum Way {
        /** As it is, without what pointers point to. */
        VALUE,
        /** With what pointers point to. */
        POINTERS,
        /** With all members. */
        MEMBERS,
        /** As what a pointer points to: with its name only, if it is a struct or union. */
        NAME
    }

    private final CoreTarget target;
    private final FlatTypes[] types;
    private final BitSet[] visited = new BitSet[Way.values().length];
    private final BitSet needed = new BitSet();
    private final Map<Integer, BitSet> members = new HashMap<>();

    private int[] open = new int[64];
    private int openCount;

    NeededTypes(CoreTarget target) {
        this.target = target;
        this.types = new FlatTypes[1 + target.modules().size()];
        types[0] = FlatAccess.of(target.vmlinux());
        for (int i = 1; i < types.length; i++) {
            types[i] = FlatAccess.of(target.modules().get(i - 1));
        }
        for (int i = 0; i < visited.length; i++) {
            visited[i] = new BitSet();
        }
    }

    boolean has(int serial) {
        return needed.get(serial);
    }

    /** The members that are needed of a struct or union, or null if none is. */
    BitSet members(int serial) {
        return members.get(serial);
    }

    /**
     * Adds what a relocation needs that a type matches.
     *
     * @param kind what it asks
     * @param serial the type
     * @param path where it leads in it, see {@code CoreResults.matchPath}
     */
    void add(CoreKind kind, int serial, int[] path) {
        Way way = !kind.isType() ? Way.VALUE : kind == CoreKind.TYPE_MATCHES ? Way.MEMBERS : Way.POINTERS;
        need(serial, way);
        if (kind.isField()) {
            addPath(serial, path);
        }
    }

    private void addPath(int root, int[] path) {
        int owner = target.ownerOf(root);
        FlatTypes flat = types[owner];
        int id = target.typeIdOf(root);
        for (int i = 1; i < path.length; i++) {
            while (flat.is(id, KindSet.TYPEDEFS_AND_MODIFIERS)) {
                id = flat.sizeOrType(id);
            }
            if (flat.is(id, KindSet.COMPOSITES)) {
                addMember(owner, id, path[i]);
                id = flat.memberType(id, path[i]);
            } else {
                id = flat.elementType(id);
            }
        }
    }

    private void addMember(int owner, int holder, int index) {
        members.computeIfAbsent(target.serialOf(owner, holder), key -> new BitSet())
                .set(index);
        need(target.serialOf(owner, types[owner].memberType(holder, index)), Way.VALUE);
    }

    /**
     * Adds the last member of each struct in which a needed array without elements is not the last one: left alone, it
     * would be taken for one with an open end.
     */
    void closeArrays() {
        Map<Integer, BitSet> before = new HashMap<>(members);
        before.forEach((serial, kept) -> {
            int owner = target.ownerOf(serial);
            int holder = target.typeIdOf(serial);
            int last = types[owner].vlen(holder) - 1;
            int lastKept = kept.length() - 1;
            if (lastKept < last && isEmptyArray(types[owner], types[owner].memberType(holder, lastKept))) {
                addMember(owner, holder, last);
            }
        });
    }

    private static boolean isEmptyArray(FlatTypes flat, int typeId) {
        int id = typeId;
        while (flat.is(id, KindSet.TYPEDEFS_AND_MODIFIERS)) {
            id = flat.sizeOrType(id);
        }
        return flat.kind(id) == BtfKind.ARRAY && flat.elementCount(id) == 0;
    }

    /** Adds the INT by which readers tell the size of pointers: without it, another one may tell them a wrong size. */
    void addLong() {
        int typeId = TypeSizes.firstLong(target.vmlinux());
        if (typeId != 0 && types[0].sizeBytes(typeId) == target.pointerSize()) {
            need(typeId, Way.VALUE);
        }
    }

    private void need(int serial, Way way) {
        push(serial, way);
        while (openCount > 0) {
            Way next = Way.values()[open[--openCount]];
            visit(open[--openCount], next);
        }
    }

    private void push(int serial, Way way) {
        if (serial == 0 || visited[way.ordinal()].get(serial)) {
            return;
        }
        visited[way.ordinal()].set(serial);
        needed.set(serial);
        if (openCount == open.length) {
            open = Arrays.copyOf(open, openCount * 2);
        }
        open[openCount++] = serial;
        open[openCount++] = way.ordinal();
    }

    private void visit(int serial, Way way) {
        int owner = target.ownerOf(serial);
        FlatTypes flat = types[owner];
        int id = target.typeIdOf(serial);
        boolean isWhole = way == Way.MEMBERS || way == Way.NAME;
        BtfKind kind = flat.kind(id);
        if (kind == null) {
            return;
        }
        switch (kind) {
            case PTR -> {
                if (way != Way.VALUE) {
                    push(target.serialOf(owner, flat.sizeOrType(id)), isWhole ? Way.NAME : way);
                }
            }
            case TYPEDEF, CONST, VOLATILE, RESTRICT, TYPE_TAG, FUNC, VAR, DECL_TAG ->
                push(target.serialOf(owner, flat.sizeOrType(id)), way);
            case ARRAY, FUNC_PROTO -> {
                for (int reference : flat.references(id)) {
                    push(target.serialOf(owner, reference), isWhole ? Way.MEMBERS : way);
                }
            }
            case STRUCT, UNION -> {
                for (int i = 0; way == Way.MEMBERS && i < flat.vlen(id); i++) {
                    members.computeIfAbsent(serial, key -> new BitSet()).set(i);
                    push(target.serialOf(owner, flat.memberType(id, i)), Way.MEMBERS);
                }
            }
            case VOID, INT, FLOAT, ENUM, ENUM64, FWD, DATASEC -> {}
        }
    }
}
