package org.btfkit.transform;

import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatStrings;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.flat.JoinedTypes;
import org.btfkit.btf.flat.StringTable;
import org.btfkit.btf.flat.Unfolding;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.format.Words;

/** The types of a distilled base, found by name, and what a type of a full base must be like to stand for one. */
final class DistilledTypes {
    private static final int INT_ENCODING_MASK = 0xf;

    /** What a distilled base has. */
    private static final KindSet KINDS = KindSet.COMPOSITES.with(BtfKind.INT, BtfKind.FLOAT, BtfKind.ENUM, BtfKind.FWD);

    /** The base's types. */
    private final FlatTypes types;

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
        this.types = FlatAccess.of(split.base());
        requireDistilled();
        this.names = Unfolding.table(split.stringEnd());
        this.nextOfName = new int[types.typeCount()];
        this.firstOfName = index();
        this.isEmbedded = embedded();
    }

    private void requireDistilled() {
        for (int id = 1; id < types.typeCount(); id++) {
            boolean mayBe = types.is(id, KINDS);
            if (!mayBe || types.nameOff(id) == 0) {
                throw fault(
                        id,
                        (mayBe ? "without a name" : "of this kind")
                                + ", expected only named INT, FLOAT, ENUM, FWD, STRUCT and UNION in a distilled base");
            }
        }
    }

    private int[] index() {
        FlatStrings strings = types.strings();
        int[] places = new int[types.typeCount()];
        for (int id = 0; id < types.typeCount(); id++) {
            places[id] = strings.addTo(names, types.nameOff(id));
            if (places[id] < 0) {
                throw Unfolding.fault(split.source(), split.stringEnd());
            }
        }
        int[] first = new int[names.length()];
        for (int id = types.typeCount() - 1; id >= 0; id--) {
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
        boolean[] found = new boolean[types.typeCount()];
        JoinedTypes all = JoinedTypes.of(FlatAccess.of(split));
        boolean[] isMet = new boolean[all.typeCount()];
        int[] words = all.words();
        int step = BtfKind.STRUCT.elementWords();
        for (int id = all.firstOwn(); id < all.typeCount(); id++) {
            if (KindSet.COMPOSITES.hasInfo(all.info(id))) {
                int end = all.end(id);
                int first = all.elementsAt(id, BtfKind.STRUCT) + BtfKind.STRUCT.elementTypeWord();
                for (int i = first; i < end; i += step) {
                    int held = held(all, words[i], isMet);
                    if (held > 0 && held < found.length) {
                        found[held] = true;
                    }
                }
            }
        }
        return found;
    }

    /** Returns the struct or union that a member of some type holds, 0 if there is none or it has been met before. */
    private static int held(JoinedTypes all, int memberType, boolean[] isMet) {
        int id = memberType;
        while (id != 0 && !isMet[id]) {
            isMet[id] = true;
            BtfKind kind = all.kind(id);
            if (KindSet.COMPOSITES.has(kind)) {
                return id;
            }
            if (kind == BtfKind.ARRAY) {
                id = all.elementType(id);
            } else if (KindSet.TYPEDEFS_AND_MODIFIERS.has(kind)) {
                id = all.sizeOrType(id);
            } else {
                return 0;
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
        return types.nameOff(typeId);
    }

    /** Returns the size of a type in bytes, 0 for a declaration. */
    int size(int typeId) {
        return types.sizeOrType(typeId);
    }

    /** Tells whether a type's size must be that of the type that stands for it. */
    boolean isEmbedded(int typeId) {
        return isEmbedded[typeId];
    }

    /**
     * Tells whether a type of another base that has the same name, and a fitting size if that was asked for, can stand
     * for one of these. As in libbpf a struct or union may be of any other kind.
     */
    boolean fits(int typeId, JoinedTypes other, int otherId) {
        BtfKind kind = types.kind(typeId);
        BtfKind otherKind = other.kind(otherId);
        return switch (kind) {
            case FWD -> fitsForward(types.kflag(typeId), otherKind, other.kflag(otherId));
            case INT -> otherKind == kind && encoding(types.intData(typeId)) == encoding(other.intData(otherId));
            case FLOAT -> otherKind == kind;
            case ENUM -> KindSet.ENUMS.has(otherKind);
            case STRUCT, UNION -> true;
            default -> false;
        };
    }

    /** The rule for structs and unions is libbpf's, which looks at their kind flag and not at the declaration's. */
    private static boolean fitsForward(boolean isUnion, BtfKind otherKind, boolean otherKflag) {
        return switch (otherKind) {
            case FWD -> isUnion == otherKflag;
            case STRUCT -> !otherKflag;
            case UNION -> otherKflag;
            default -> false;
        };
    }

    private static int encoding(int intData) {
        return Words.intEncoding(intData) & INT_ENCODING_MASK;
    }

    /** Returns the failure of relocation at a type of the distilled base. */
    BtfException fault(int typeId, String what) {
        return new BtfException(split.source() + ": distilled base: " + types.describe(typeId) + ": " + what);
    }
}
