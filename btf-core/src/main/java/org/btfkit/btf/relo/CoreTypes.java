package org.btfkit.btf.relo;

import java.util.Arrays;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.format.Words;
import org.btfkit.btf.query.TypeSizes;

/**
 * The types of an object or of a target, as matching asks about them. Cheap to make; for one thread.
 *
 * <p>Type ids come from types that were checked when they were parsed, so that they are not checked again.
 */
final class CoreTypes {
    /** How many typedefs and modifiers may stand in a row; libbpf has no limit, and no end in a circle. */
    static final int MAX_CHAIN = 1024;

    /** The words for an offset beyond what relocation can tell. */
    static final long MAX_BITS = Words.unsigned(-1);

    private final FlatTypes flat;
    private final TypeSizes sizes;

    CoreTypes(Btf btf, int pointerSize) {
        this.flat = FlatAccess.of(btf);
        this.sizes = new TypeSizes(btf, pointerSize);
    }

    FlatTypes flat() {
        return flat;
    }

    /** The number of a type's kind. */
    int kind(int typeId) {
        return Words.kind(flat.info(typeId));
    }

    boolean is(int typeId, BtfKind kind) {
        return kind(typeId) == kind.number();
    }

    /** Follows typedefs and modifiers; gives a fault's code if there are too many. */
    int skip(int typeId) {
        int at = typeId;
        for (int i = 0; i < MAX_CHAIN; i++) {
            if (!flat.is(at, KindSet.TYPEDEFS_AND_MODIFIERS)) {
                return at;
            }
            at = flat.sizeOrType(at);
        }
        return CoreFault.CHAIN.code();
    }

    /** The size of a type in bytes, or a fault's code. */
    long size(int typeId) {
        long size = sizes.sizeOrMinus1(typeId);
        return size < 0 ? CoreFault.NO_SIZE.code() : size;
    }

    /** Whether an array is the open end of the struct or union that the path has just taken a member of. */
    boolean isFlexible(int arrayId, int holderId, int memberIndex) {
        return flat.elementCount(arrayId) == 0 && memberIndex == flat.vlen(holderId) - 1;
    }

    /** The bytes of the string section that has a name, see {@link #nameAt}. */
    byte[] names(int nameOff) {
        return flat.strings().section(nameOff);
    }

    /** Where in {@link #names} a name begins. */
    int nameAt(int nameOff) {
        return flat.strings().index(nameOff);
    }

    boolean isNameless(int nameOff) {
        return nameOff == 0 || names(nameOff)[nameAt(nameOff)] == 0;
    }

    /** Whether the essence of a name here is that of a name there; two without a name are equal. */
    boolean sameEssence(int nameOff, CoreTypes other, int otherNameOff) {
        byte[] one = names(nameOff);
        byte[] two = other.names(otherNameOff);
        int oneAt = nameAt(nameOff);
        int twoAt = other.nameAt(otherNameOff);
        if (one[oneAt] != two[twoAt]) {
            return false;
        }
        return Arrays.equals(one, oneAt, Essence.end(one, oneAt), two, twoAt, Essence.end(two, twoAt));
    }

    /** Whether a name here is a name there. */
    boolean sameName(int nameOff, CoreTypes other, int otherNameOff) {
        byte[] one = names(nameOff);
        byte[] two = other.names(otherNameOff);
        int i = nameAt(nameOff);
        int j = other.nameAt(otherNameOff);
        while (one[i] == two[j]) {
            if (one[i] == 0) {
                return true;
            }
            i++;
            j++;
        }
        return false;
    }
}
