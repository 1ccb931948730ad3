package org.btfkit.btf.load;

import java.util.List;
import java.util.Locale;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.query.TypeQueries;
import org.btfkit.btf.query.TypeSizes;
import org.btfkit.btf.relo.BpfProgram;

/**
 * What a program needs of a kernel's BTF to be attached, by the name of its section: a function, or the typedef that
 * stands for a tracepoint. The kernel looks for it when the program is loaded.
 *
 * @param sort how it is attached
 * @param name the function or tracepoint; empty if the section has none
 * @param module the module it is to be of, null for wherever it is
 */
record AttachPoint(Sort sort, String name, String module) {
    /** The sections that name something of the kernel's BTF. */
    enum Sort {
        FENTRY("fentry", "", false),
        FEXIT("fexit", "", true),
        FSESSION("fsession", "", true),
        FMOD_RET("fmod_ret", "", true),
        LSM("lsm", "bpf_lsm_", true),
        LSM_CGROUP("lsm_cgroup", "bpf_lsm_", true),
        TP_BTF("tp_btf", "btf_trace_", false),
        ITER("iter", "bpf_iter_", false),
        FREPLACE("freplace", "", false);

        private final String section;
        private final String prefix;
        private final boolean seesResult;

        Sort(String section, String prefix, boolean seesResult) {
            this.section = section;
            this.prefix = prefix;
            this.seesResult = seesResult;
        }
    }

    private static final int SLOT_BYTES = 8;

    /** Reads the name of a program's section; gives null if it needs nothing. */
    static AttachPoint of(BpfProgram program) {
        String section =
                program.sectionName().startsWith("?") ? program.sectionName().substring(1) : program.sectionName();
        int slash = section.indexOf('/');
        String kind = slash < 0 ? section : section.substring(0, slash);
        String name = slash < 0 ? "" : section.substring(slash + 1);
        kind = kind.endsWith(".s") ? kind.substring(0, kind.length() - 2) : kind;
        for (Sort sort : Sort.values()) {
            if (sort.section.equals(kind)) {
                int colon = name.indexOf(':');
                return new AttachPoint(sort, name.substring(colon + 1), colon < 0 ? null : name.substring(0, colon));
            }
        }
        return null;
    }

    private BtfKind kind() {
        return sort == Sort.TP_BTF ? BtfKind.TYPEDEF : BtfKind.FUNC;
    }

    /** What the kernel's BTF has to have, such as {@code bpf_lsm_file_open}. */
    String wanted() {
        return sort.prefix + name;
    }

    /** Finds it; gives null if it is not there. */
    KernelTypes.Found find(KernelTypes kernel) {
        return kernel.find(kind(), wanted(), module);
    }

    /** Says that it is not there. */
    Cause missing(String section, KernelTypes kernel) {
        String what = switch (sort) {
            case LSM, LSM_CGROUP -> "no such hook";
            case TP_BTF -> "no such tracepoint";
            case ITER -> "no such iterator";
            default -> "no such function";
        };
        String where = module == null ? "" : " in module " + module;
        String asked =
                sort.prefix.isEmpty() ? "" : " (" + kind().name().toLowerCase(Locale.ROOT) + " " + wanted() + ")";
        List<String> near = module == null && sort.prefix.isEmpty() ? kernel.near(kind(), wanted()) : List.of();
        return new Cause(section, what + where + asked, near);
    }

    /**
     * Returns how many words of 8 bytes a program that is attached there is called with.
     *
     * @return the words, the result of the function included if it may be seen; -1 if that is not known
     */
    int words(KernelTypes.Found found) {
        Btf btf = found.btf();
        FlatTypes types = FlatAccess.of(btf);
        int typeId = TypeQueries.skipModifiers(btf, btf.sizeOrType(found.typeId()));
        boolean isTracepoint = sort == Sort.TP_BTF;
        if (isTracepoint) {
            typeId = btf.kind(typeId) == BtfKind.PTR ? TypeQueries.skipModifiers(btf, btf.sizeOrType(typeId)) : 0;
        }
        if (btf.kind(typeId) != BtfKind.FUNC_PROTO) {
            return -1;
        }
        TypeSizes sizes = new TypeSizes(btf, Long.BYTES);
        int words = 0;
        for (int i = isTracepoint ? 1 : 0; i < types.vlen(typeId); i++) {
            words += words(sizes.sizeOrMinus1(types.paramType(typeId, i)));
        }
        int result = TypeQueries.resolve(btf, types.sizeOrType(typeId));
        return sort.seesResult && result != 0 ? words + words(sizes.sizeOrMinus1(result)) : words;
    }

    private static int words(long bytes) {
        return bytes <= SLOT_BYTES ? 1 : (int) Math.min((bytes + SLOT_BYTES - 1) / SLOT_BYTES, Short.MAX_VALUE);
    }
}
