package org.btfkit.btf.validate;

import org.btfkit.btf.Btf;

/**
 * What the kernel's BTF has learned since {@code BPF_BTF_LOAD} came with Linux 4.18, and in which release.
 *
 * <p>Kernels refuse what they do not know. Distributions have taken some of this back to older kernels. The sources are
 * the history of kernel/bpf/btf.c and of include/uapi/linux/btf.h. Constants ascend by release.
 */
public enum KernelFeature {
    /** FUNC and FUNC_PROTO. */
    FUNCTIONS("5.0"),
    /** Bitfields by kflag of a STRUCT or UNION, and FWDs of unions. */
    KFLAG("5.0"),
    /** INTs of more than 64 bits. */
    WIDE_INTS("5.1"),
    /** VAR and DATASEC. */
    VARIABLES("5.2"),
    /** ENUMs that do not have 4 bytes. */
    ENUM_SIZES("5.5"),
    /** More than 65,535 types, or bytes of strings. */
    LARGE("5.5"),
    /** FUNCs that are global; before, their vlen had to be 0. */
    GLOBAL_FUNCTIONS("5.6"),
    /** Split BTF, of modules. */
    SPLIT("5.11"),
    /** DATASECs without variables. */
    EMPTY_SECTIONS("5.12"),
    /** FLOAT. */
    FLOATS("5.13"),
    /** DECL_TAG. */
    DECL_TAGS("5.16"),
    /** TYPE_TAG. */
    TYPE_TAGS("5.17"),
    /** ENUM64, and ENUMs with a sign. */
    ENUM64("6.0"),
    /** Names with dots, but for those of sections. */
    DOTS("6.4"),
    /** Names of sections with more than letters, digits, dots and underscores, such as {@code ?.struct_ops}. */
    SECTION_NAMES("6.9"),
    /** DECL_TAG and TYPE_TAG with kflag: attributes. */
    ATTRIBUTES("6.15"),
    /** A layout section. */
    LAYOUT("7.1"),
    /** More than 65,535 members, values or the like of one type. */
    LARGE_VLEN("7.2");

    /** The first release that takes BTF at all. */
    public static final String FIRST_RELEASE = "4.18";

    private static final int OLD_LIMIT = 0xffff;

    private final String release;

    KernelFeature(String release) {
        this.release = release;
    }

    /**
     * Returns the first release of Linux with this.
     *
     * @return for example {@code 5.2}
     */
    public String release() {
        return release;
    }

    /**
     * Finds the newest feature that BTF uses; takes one pass over the own types.
     *
     * <p>It tells what the kernel's checks of BTF ask for. What programs need besides, and special structs such as
     * {@code bpf_list_head}, is another matter.
     *
     * @param btf the BTF; what it is split on is not looked at
     * @return the feature, or null if all kernels with BTF take it
     */
    public static KernelFeature newestOf(Btf btf) {
        int newest = -1;
        if (btf.base() != null) {
            newest = SPLIT.ordinal();
        }
        if (btf.header().layoutLen() != 0) {
            newest = LAYOUT.ordinal();
        } else if (btf.typeCount() - 1 > OLD_LIMIT || btf.stringEnd() - 1 > OLD_LIMIT) {
            newest = Math.max(newest, LARGE.ordinal());
        }
        for (int typeId = btf.firstTypeId(); typeId < btf.typeCount(); typeId++) {
            KernelFeature feature = ofType(btf, typeId);
            if (feature != null) {
                newest = Math.max(newest, feature.ordinal());
            }
        }
        return newest < 0 ? null : values()[newest];
    }

    private static KernelFeature ofType(Btf btf, int typeId) {
        int vlen = btf.vlen(typeId);
        if (vlen > OLD_LIMIT) {
            return LARGE_VLEN;
        }
        boolean kflag = btf.kflag(typeId);
        KernelFeature ofKind = switch (btf.kind(typeId)) {
            case VOID, PTR, ARRAY, VOLATILE, CONST, RESTRICT, TYPEDEF -> null;
            case INT -> btf.sizeOrType(typeId) > Long.BYTES ? WIDE_INTS : null;
            case STRUCT, UNION, FWD -> kflag ? KFLAG : null;
            case ENUM -> kflag ? ENUM64 : btf.sizeOrType(typeId) != Integer.BYTES ? ENUM_SIZES : null;
            case FUNC -> vlen == 0 ? FUNCTIONS : GLOBAL_FUNCTIONS;
            case FUNC_PROTO -> FUNCTIONS;
            case VAR -> VARIABLES;
            case DATASEC -> isPlain(btf.name(typeId)) ? vlen == 0 ? EMPTY_SECTIONS : VARIABLES : SECTION_NAMES;
            case FLOAT -> FLOATS;
            case DECL_TAG -> kflag ? ATTRIBUTES : DECL_TAGS;
            case TYPE_TAG -> kflag ? ATTRIBUTES : TYPE_TAGS;
            case ENUM64 -> ENUM64;
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
