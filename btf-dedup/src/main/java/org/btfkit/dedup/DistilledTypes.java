package org.btfkit.dedup;

import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;

/** The types of a distilled base, found by name, and what a type of a full base must be like to stand for one. */
final class DistilledTypes {
    private static final int INT_ENCODING_SHIFT = 24;
    private static final int INT_ENCODING_MASK = 0xf;

    /** The base's types. */
    final TypeGraph graph;

    /** The split BTF, for messages. */
    private final Btf split;

    /** The names; {@link #firstOfName} has, by offset here, 1 + the id of the first type of a name. */
    private final StringTable names;

    private final int[] firstOfName;

    /** By id: 1 + the id of the next type with the same name, 0 if there is none. */
    private final int[] nextOfName;

    /** By id: whether a struct or union of the split BTF contains it, so that its size must stay. */
    private final boolean[] isEmbedded;

    /**
     * Indexes the base of split BTF.
     *
     * @throws BtfException if it is not a distilled base
     */
    DistilledTypes(Btf split) {
        this.split = split;
        this.graph = TypeGraph.of(split.base());
        requireDistilled();
        this.names = new StringTable(StringDedup.unfoldedLimit(split));
        this.nextOfName = new int[graph.typeCount];
        this.firstOfName = index();
        this.isEmbedded = embedded();
    }

    private void requireDistilled() {
        for (int id = 1; id < graph.typeCount; id++) {
            BtfKind kind = BtfKind.of(Btf.kindOf(graph.info(id)));
            boolean mayBe = kind == BtfKind.ENUM
                    || kind == BtfKind.INT
                    || kind == BtfKind.FLOAT
                    || kind == BtfKind.FWD
                    || kind == BtfKind.STRUCT
                    || kind == BtfKind.UNION;
            if (!mayBe || graph.words[graph.at(id)] == 0) {
                throw fault(
                        id,
                        (mayBe ? "without a name" : "of this kind")
                                + ", expected only named INT, FLOAT, ENUM, FWD, STRUCT and UNION in a distilled base");
            }
        }
    }

    private int[] index() {
        FlatStrings strings = FlatStrings.of(graph.btf);
        int[] places = new int[graph.typeCount];
        for (int id = 0; id < graph.typeCount; id++) {
            places[id] = strings.addTo(names, nameOff(id));
            if (places[id] < 0) {
                throw StringDedup.unfolded(split, split.stringEnd());
            }
        }
        int[] first = new int[names.length()];
        for (int id = graph.typeCount - 1; id >= 0; id--) {
            nextOfName[id] = first[places[id]];
            first[places[id]] = id + 1;
        }
        return first;
    }

    /**
     * Finds what structs and unions of the split BTF contain, through arrays, typedefs and modifiers. Each type on the
     * way is looked at once, whatever leads to it.
     */
    private boolean[] embedded() {
        boolean[] found = new boolean[graph.typeCount];
        TypeGraph own = TypeGraph.of(split);
        boolean[] isMet = new boolean[own.typeCount];
        int step = BtfKind.STRUCT.elementWords();
        for (int id = own.firstOwn; id < own.typeCount; id++) {
            if (own.role(id) == KindRole.COMPOSITE) {
                int end = own.end(id);
                for (int i = own.at(id) + TypeGraph.HEADER_WORDS + 1; i < end; i += step) {
                    int held = held(own, own.words[i], isMet);
                    if (held > 0 && held < found.length) {
                        found[held] = true;
                    }
                }
            }
        }
        return found;
    }

    /** Returns the struct or union that a member of some type holds, 0 if there is none or it has been met before. */
    private static int held(TypeGraph own, int memberType, boolean[] isMet) {
        int id = memberType;
        while (id != 0 && !isMet[id]) {
            isMet[id] = true;
            int at = own.at(id);
            int info = own.words[at + 1];
            BtfKind kind = BtfKind.of(Btf.kindOf(info));
            if (kind == null) {
                return 0;
            }
            switch (kind) {
                case CONST, RESTRICT, VOLATILE, TYPEDEF, TYPE_TAG -> id = own.words[at + 2];
                case ARRAY -> id = own.words[at + TypeGraph.HEADER_WORDS];
                case STRUCT, UNION -> {
                    return id;
                }
                default -> {
                    return 0;
                }
            }
        }
        return 0;
    }

    /** Returns the first type whose name is a string of another BTF, -1 if there is none. Void has the empty name. */
    int first(FlatStrings strings, int stringOff) {
        int place = strings.findIn(names, stringOff);
        return place < 0 ? -1 : firstOfName[place] - 1;
    }

    /** Returns the next type with the same name, -1 if there is none. */
    int next(int typeId) {
        return nextOfName[typeId] - 1;
    }

    /** Returns the offset of a type's name in the distilled base. */
    int nameOff(int typeId) {
        return typeId == 0 ? 0 : graph.words[graph.at(typeId)];
    }

    /** Returns the size of a type in bytes, 0 for a declaration. */
    int size(int typeId) {
        return typeId == 0 ? 0 : graph.words[graph.at(typeId) + 2];
    }

    /** Tells whether a type's size must be that of the type that stands for it. */
    boolean isEmbedded(int typeId) {
        return isEmbedded[typeId];
    }

    /**
     * Tells whether a type of another base that has the same name, and a fitting size if that was asked for, can stand
     * for one of these. As in libbpf a struct or union may be of any other kind.
     */
    boolean fits(int typeId, TypeGraph other, int otherId) {
        int at = graph.at(typeId);
        int otherAt = other.at(otherId);
        BtfKind kind = BtfKind.of(Btf.kindOf(graph.words[at + 1]));
        int otherInfo = other.words[otherAt + 1];
        BtfKind otherKind = BtfKind.of(Btf.kindOf(otherInfo));
        return switch (kind) {
            case FWD -> fitsForward(graph.words[at + 1], otherKind, otherInfo);
            case INT -> otherKind == kind && encoding(graph.words, at) == encoding(other.words, otherAt);
            case FLOAT -> otherKind == kind;
            case ENUM -> otherKind == kind || otherKind == BtfKind.ENUM64;
            case STRUCT, UNION -> true;
            default -> false;
        };
    }

    /** The rule for structs and unions is libbpf's, which looks at their kind flag and not at the declaration's. */
    private static boolean fitsForward(int info, BtfKind otherKind, int otherInfo) {
        return switch (otherKind) {
            case FWD -> info < 0 == otherInfo < 0;
            case STRUCT -> otherInfo >= 0;
            case UNION -> otherInfo < 0;
            default -> false;
        };
    }

    private static int encoding(int[] words, int at) {
        return words[at + TypeGraph.HEADER_WORDS] >>> INT_ENCODING_SHIFT & INT_ENCODING_MASK;
    }

    /** Returns the failure of relocation at a type of the distilled base. */
    BtfException fault(int typeId, String what) {
        return new BtfException(
                split.source() + ": distilled base: " + TypeGraph.describe(graph.btf, typeId) + ": " + what);
    }
}
