package org.btfkit.btf.validate;

import static org.btfkit.btf.format.KernelFeature.ATTRIBUTES;
import static org.btfkit.btf.format.KernelFeature.DECL_TAGS;
import static org.btfkit.btf.format.KernelFeature.DOTS;
import static org.btfkit.btf.format.KernelFeature.EMPTY_SECTIONS;
import static org.btfkit.btf.format.KernelFeature.ENUM64;
import static org.btfkit.btf.format.KernelFeature.ENUM_SIZES;
import static org.btfkit.btf.format.KernelFeature.FUNCTIONS;
import static org.btfkit.btf.format.KernelFeature.GLOBAL_FUNCTIONS;
import static org.btfkit.btf.format.KernelFeature.KFLAG;
import static org.btfkit.btf.format.KernelFeature.LARGE;
import static org.btfkit.btf.format.KernelFeature.LARGE_VLEN;
import static org.btfkit.btf.format.KernelFeature.LAYOUT;
import static org.btfkit.btf.format.KernelFeature.SECTION_NAMES;
import static org.btfkit.btf.format.KernelFeature.SPLIT;
import static org.btfkit.btf.format.KernelFeature.TYPE_TAGS;
import static org.btfkit.btf.format.KernelFeature.VARIABLES;
import static org.btfkit.btf.format.KernelFeature.WIDE_INTS;

import java.util.Optional;
import org.btfkit.BtfUnsupportedException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.KernelFeature;

/**
 * Tells which kernels take some BTF, by {@link KernelFeature}.
 *
 * <p>It is about the kernel's checks of BTF. What programs need besides, and special structs such as
 * {@code bpf_list_head}, is another matter; and whether BTF is right at all is asked of {@link KernelValidator}.
 * Stateless, so that several threads may use it.
 */
public final class KernelNeeds {
    /** Until then the number of types, of elements and of string bytes had 16 bits. */
    private static final int OLD_LIMIT = 0xffff;

    private KernelNeeds() {}

    /**
     * Finds the first release of Linux that takes some BTF; takes one pass over the own types.
     *
     * @param btf the BTF; what it is split on is not looked at
     * @return for example {@code 5.2}
     * @throws BtfUnsupportedException if there is a type of a kind that is not known here
     */
    public static String firstRelease(Btf btf) {
        return newestFeature(btf).map(KernelFeature::release).orElse(KernelFeature.FIRST_RELEASE);
    }

    /**
     * Finds the newest feature that BTF uses; takes one pass over the own types.
     *
     * @param btf the BTF; what it is split on is not looked at
     * @return the feature, empty if all kernels with BTF take it
     * @throws BtfUnsupportedException if there is a type of a kind that is not known here
     */
    public static Optional<KernelFeature> newestFeature(Btf btf) {
        KernelFeature newest = ofWhole(btf);
        for (int typeId = btf.firstTypeId(); typeId < btf.typeCount(); typeId++) {
            newest = newer(newest, ofType(btf, typeId));
        }
        return Optional.ofNullable(newest);
    }

    private static KernelFeature ofWhole(Btf btf) {
        if (btf.header().layoutLen() != 0) {
            return LAYOUT;
        }
        KernelFeature split = btf.base() != null ? SPLIT : null;
        boolean isLarge = btf.typeCount() - 1 > OLD_LIMIT || btf.stringEnd() - 1 > OLD_LIMIT;
        return newer(split, isLarge ? LARGE : null);
    }

    private static KernelFeature newer(KernelFeature one, KernelFeature other) {
        return one == null || other != null && other.compareTo(one) > 0 ? other : one;
    }

    private static KernelFeature ofType(Btf btf, int typeId) {
        int vlen = btf.vlen(typeId);
        if (vlen > OLD_LIMIT) {
            return LARGE_VLEN;
        }
        if (btf.kind(typeId) == null) {
            throw new BtfUnsupportedException(
                    btf.source() + ": " + btf.describe(typeId) + ": of a kind that no kernel known here has");
        }
        boolean kflag = btf.kflag(typeId);
        KernelFeature ofKind = switch (btf.kind(typeId)) {
            case INT -> btf.sizeOrType(typeId) > Long.BYTES ? WIDE_INTS : null;
            case STRUCT, UNION, FWD -> kflag ? KFLAG : null;
            case ENUM -> kflag ? ENUM64 : btf.sizeOrType(typeId) != Integer.BYTES ? ENUM_SIZES : null;
            case FUNC -> vlen == 0 ? FUNCTIONS : GLOBAL_FUNCTIONS;
            case DATASEC -> isPlain(btf.name(typeId)) ? vlen == 0 ? EMPTY_SECTIONS : VARIABLES : SECTION_NAMES;
            case DECL_TAG -> kflag ? ATTRIBUTES : DECL_TAGS;
            case TYPE_TAG -> kflag ? ATTRIBUTES : TYPE_TAGS;
            case VOID, PTR, ARRAY, VOLATILE, CONST, RESTRICT, TYPEDEF, FUNC_PROTO, VAR, FLOAT, ENUM64 ->
                KernelFeature.ofKind(btf.kind(typeId)).orElse(null);
        };
        return ofKind == null || ofKind.compareTo(DOTS) < 0 ? dotsOr(btf, typeId, ofKind) : ofKind;
    }

    /** Tags and sections may have any text for a name, and had from the beginning. */
    private static KernelFeature dotsOr(Btf btf, int typeId, KernelFeature other) {
        boolean isText = switch (btf.kind(typeId)) {
            case DATASEC, DECL_TAG, TYPE_TAG -> true;
            default -> false;
        };
        return !isText && btf.nameOff(typeId) != 0 && btf.name(typeId).indexOf('.') >= 0 ? DOTS : other;
    }

    private static boolean isPlain(String section) {
        for (int i = 0; i < section.length(); i++) {
            char c = section.charAt(i);
            boolean isWord = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '.';
            if (!isWord && (i == 0 || c < '0' || c > '9')) {
                return false;
            }
        }
        return true;
    }
}
