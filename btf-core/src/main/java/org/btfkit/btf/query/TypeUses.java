package org.btfkit.btf.query;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;

/**
 * Who uses a type: which structs have it in them or point to it, which functions take or return it.
 *
 * <p>Typedefs, qualifiers, arrays and pointers between the type and its user are looked through. A member of a struct
 * or union without a name counts as one of the named type around it, with the path from there:
 *
 * <pre>{@code
 * TypeUses uses = TypeUses.of(vmlinux);
 * uses.to(vmlinux.find(BtfKind.STRUCT, "list_head"));
 *         // CONTAINS task_struct.tasks at bit 17216, POINTS list_head.next, TAKES list_sort, ...
 * }</pre>
 *
 * <p>{@link #of} takes two passes over all types. A question costs as much as there are types between, and answers.
 * Immutable; safe for use by several threads.
 */
public final class TypeUses {
    private static final KindSet LOOKED_THROUGH = KindSet.TYPEDEFS_AND_MODIFIERS.with(BtfKind.ARRAY);
    private static final int MAX_NESTING = TypeSizes.MAX_NESTING;

    /** More than any kernel has; types without a name in each other, by which there would be more, are forged. */
    private static final int MAX_USES = 1 << 20;

    /** How a type is used. */
    public enum Relation {
        /** A typedef names it. */
        NAMES,
        /** A member is of it, or is an array of it. */
        CONTAINS,
        /** A member points to it. */
        POINTS,
        /** A variable is of it, or points to it. */
        VARIABLE,
        /** A function has a parameter of it, or that points to it. */
        TAKES,
        /** A function returns it, or a pointer to it. */
        RETURNS,
        /** A member is a pointer to a function that takes or returns it. */
        CALLS
    }

    /**
     * A use.
     *
     * @param relation how the type is used
     * @param userId the user: a struct, union, or typedef of one without a name; a typedef, VAR or FUNC
     * @param path path of the member from the user; empty for others
     * @param offsetBits where the member begins, in bits from the start of the user; 0 for others, and for what is in
     *     an element of an array that of the first element
     */
    public record Use(Relation relation, int userId, String path, long offsetBits) {}

    private final FlatTypes types;
    private final References references;

    private TypeUses(FlatTypes types, References references) {
        this.types = types;
        this.references = references;
    }

    /**
     * Collects who refers to whom.
     *
     * @param btf the BTF; users are looked for in it and in its base
     * @return the uses of its types
     */
    public static TypeUses of(Btf btf) {
        return new TypeUses(FlatAccess.of(btf), References.of(btf));
    }

    /**
     * Finds the users of a type.
     *
     * @param typeId type id; not 0, as void is used everywhere
     * @return the uses by relation, then by name of the user, then by id and place
     * @throws IllegalArgumentException if there is no such type
     * @throws BtfException if there are more than a million uses
     */
    public List<Use> to(int typeId) {
        types.requireType(typeId);
        Walk walk = new Walk();
        walk.from(typeId);
        walk.found.sort(Comparator.comparing(Use::relation)
                .thenComparing(use -> types.name(use.userId))
                .thenComparingInt(Use::userId)
                .thenComparingLong(Use::offsetBits));
        return walk.found;
    }

    /**
     * Counts who uses a type, to tell much used types from others. Takes a fraction of the time of {@link #to}.
     *
     * @param typeId type id; not 0
     * @return how many functions, variables, and structs or unions refer to it, each as often as it does, through
     *     typedefs, qualifiers, arrays and pointers; those without a name and function pointers count as one user
     * @throws IllegalArgumentException if there is no such type
     */
    public int count(int typeId) {
        types.requireType(typeId);
        BitSet seen = new BitSet();
        Deque<Integer> open = new ArrayDeque<>(List.of(typeId));
        int count = 0;
        while (!open.isEmpty()) {
            int used = open.pop();
            for (int user : references.to(used)) {
                BtfKind kind = types.kind(user);
                if (kind == BtfKind.FUNC_PROTO) {
                    count += Math.max(1, references.to(user).length);
                } else if (kind != BtfKind.PTR && !LOOKED_THROUGH.has(kind)) {
                    count++;
                } else if (!seen.get(user) && (kind != BtfKind.ARRAY || types.elementType(user) == used)) {
                    seen.set(user);
                    open.push(user);
                }
            }
        }
        return count;
    }

    /** A walk from a type to its users. */
    private final class Walk {
        private final List<Use> found = new ArrayList<>();

        /** What leads to the type by value, and what leads to it behind a pointer. */
        private final BitSet byValue = new BitSet();

        private final BitSet byPointer = new BitSet();
        private final BitSet prototypes = new BitSet();

        void from(int start) {
            Deque<Integer> values = new ArrayDeque<>(List.of(start));
            Deque<Integer> pointers = new ArrayDeque<>();
            byValue.set(start);
            while (!values.isEmpty() || !pointers.isEmpty()) {
                boolean isPointer = values.isEmpty();
                int typeId = isPointer ? pointers.pop() : values.pop();
                for (int user : references.to(typeId)) {
                    int next = use(user, typeId, isPointer);
                    boolean isBehindPointer = isPointer || types.kind(user) == BtfKind.PTR;
                    BitSet seen = isBehindPointer ? byPointer : byValue;
                    if (next != 0 && !seen.get(next)) {
                        seen.set(next);
                        (isBehindPointer ? pointers : values).push(next);
                    }
                }
            }
            prototypes.stream().forEach(this::prototype);
        }

        /** Takes what refers to a type; returns it if it is only on the way to users, else 0. */
        private int use(int user, int typeId, boolean isPointer) {
            BtfKind kind = types.kind(user);
            if (kind == BtfKind.PTR || KindSet.MODIFIERS.has(kind)) {
                return user;
            }
            if (kind == BtfKind.ARRAY) {
                return types.elementType(user) == typeId ? user : 0;
            }
            if (kind == BtfKind.TYPEDEF) {
                if (!isPointer) {
                    add(new Use(Relation.NAMES, user, "", 0));
                }
                return user;
            }
            if (KindSet.COMPOSITES.has(kind)) {
                members(user, typeId, isPointer ? Relation.POINTS : Relation.CONTAINS);
            } else if (kind == BtfKind.VAR) {
                add(new Use(Relation.VARIABLE, user, "", 0));
            } else if (kind == BtfKind.FUNC_PROTO) {
                prototypes.set(user);
            }
            return 0;
        }

        private void add(Use use) {
            if (found.size() == MAX_USES) {
                throw new BtfException(types.source() + ": more than " + MAX_USES + " uses of a type");
            }
            found.add(use);
        }

        private void members(int compositeId, int typeId, Relation relation) {
            for (int i = 0; i < types.vlen(compositeId); i++) {
                if (types.memberType(compositeId, i) == typeId) {
                    String path = types.memberName(compositeId, i);
                    named(relation, compositeId, path, types.memberOffsetBits(compositeId, i), 0);
                }
            }
        }

        /** Adds a member to the named types that it is in, however deep in types without a name. */
        private void named(Relation relation, int compositeId, String path, long offset, int depth) {
            if (types.nameOff(compositeId) != 0 || depth > MAX_NESTING) {
                add(new Use(relation, compositeId, path, offset));
                return;
            }
            int before = found.size();
            holders(relation, compositeId, "", path, offset, depth);
            if (found.size() == before) {
                add(new Use(relation, compositeId, path, offset)); // nobody holds it: it stands for itself
            }
        }

        /**
         * Looks for what has a type without a name in it, behind qualifiers, and arrays, which are a suffix of its
         * name.
         */
        private void holders(Relation relation, int typeId, String suffix, String path, long offset, int depth) {
            for (int user : references.to(typeId)) {
                BtfKind kind = types.kind(user);
                if (kind == BtfKind.TYPEDEF) {
                    add(new Use(relation, user, path, offset));
                } else if (KindSet.COMPOSITES.has(kind)) {
                    for (int i = 0; i < types.vlen(user); i++) {
                        if (types.memberType(user, i) == typeId) {
                            String name = types.memberName(user, i) + suffix;
                            String whole = name.isEmpty() ? path : name + "." + path;
                            named(relation, user, whole, offset + types.memberOffsetBits(user, i), depth + 1);
                        }
                    }
                } else if (LOOKED_THROUGH.has(kind) && depth < MAX_NESTING) {
                    holders(relation, user, kind == BtfKind.ARRAY ? suffix + "[]" : suffix, path, offset, depth + 1);
                }
            }
        }

        /** Finds the functions of a prototype, once all is known that leads to the type. */
        private void prototype(int protoId) {
            boolean isReturned = isOnTheWay(types.sizeOrType(protoId));
            boolean isTaken = false;
            for (int i = 0; i < types.vlen(protoId); i++) {
                isTaken |= isOnTheWay(types.paramType(protoId, i));
            }
            for (int user : references.to(protoId)) {
                BtfKind kind = types.kind(user);
                if (kind == BtfKind.FUNC) {
                    if (isTaken) {
                        add(new Use(Relation.TAKES, user, "", 0));
                    }
                    if (isReturned) {
                        add(new Use(Relation.RETURNS, user, "", 0));
                    }
                } else if (kind == BtfKind.PTR || kind == BtfKind.TYPEDEF) {
                    callers(user, new BitSet());
                }
            }
        }

        private boolean isOnTheWay(int typeId) {
            return byValue.get(typeId) || byPointer.get(typeId);
        }

        /** Finds the members that point to a function. */
        private void callers(int typeId, BitSet seen) {
            if (seen.get(typeId)) {
                return;
            }
            seen.set(typeId);
            for (int user : references.to(typeId)) {
                BtfKind kind = types.kind(user);
                if (KindSet.COMPOSITES.has(kind)) {
                    members(user, typeId, Relation.CALLS);
                } else if (kind == BtfKind.PTR || LOOKED_THROUGH.has(kind)) {
                    callers(user, seen);
                }
            }
        }
    }
}
