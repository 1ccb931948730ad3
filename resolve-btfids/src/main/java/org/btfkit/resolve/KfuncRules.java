package org.btfkit.resolve;

import java.util.ArrayList;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.query.TypeQueries;

/**
 * Tells whether the flags of a kfunc can be its own.
 *
 * <p>A set that was sorted without its symbols, and then resolved again by them, has flags on other functions than they
 * were declared for. Nothing in the object tells what was declared; but a flag says something of the prototype, and
 * where that is not so, the kernel refuses calls of the function, or the whole set.
 *
 * <p>Static methods only; safe for use by several threads.
 */
public final class KfuncRules {
    private static final String ITERATOR = "bpf_iter_";

    private KfuncRules() {}

    /**
     * Compares the flags of a kfunc with its prototype.
     *
     * @param btf the BTF that its id is of
     * @param entry the entry of a set
     * @return what cannot be, such as {@code KF_ACQUIRE, but it returns no pointer}; empty if all may be right, or
     *     there is no function
     */
    public static List<String> faults(Btf btf, KfuncSet.Entry entry) {
        List<String> faults = new ArrayList<>();
        int protoId = entry.funcId() == 0 ? 0 : btf.sizeOrType(entry.funcId());
        if (protoId == 0 || btf.kind(protoId) != BtfKind.FUNC_PROTO) {
            return faults;
        }
        int flags = entry.flags();
        boolean returnsPointer = isPointer(btf, btf.sizeOrType(protoId));
        for (KfuncFlag flag : List.of(KfuncFlag.ACQUIRE, KfuncFlag.RET_NULL, KfuncFlag.ITER_NEXT)) {
            if (flag.isIn(flags) && !returnsPointer) {
                faults.add("KF_" + flag + ", but it returns no pointer");
            }
        }
        boolean takesPointer = false;
        for (int i = 0; i < btf.vlen(protoId); i++) {
            takesPointer |= isPointer(btf, btf.word(protoId, BtfKind.FUNC_PROTO.typeIdWord(i + 1)));
        }
        for (KfuncFlag flag :
                List.of(KfuncFlag.RELEASE, KfuncFlag.ITER_NEW, KfuncFlag.ITER_NEXT, KfuncFlag.ITER_DESTROY)) {
            if (flag.isIn(flags) && !takesPointer) {
                faults.add("KF_" + flag + ", but it takes no pointer");
            }
        }
        checkName(faults, entry, KfuncFlag.ITER_NEW, "_new");
        checkName(faults, entry, KfuncFlag.ITER_NEXT, "_next");
        checkName(faults, entry, KfuncFlag.ITER_DESTROY, "_destroy");
        return faults;
    }

    private static void checkName(List<String> faults, KfuncSet.Entry entry, KfuncFlag flag, String end) {
        boolean isNamedSo = entry.name().startsWith(ITERATOR) && entry.name().endsWith(end);
        if (flag.isIn(entry.flags()) && !isNamedSo) {
            faults.add("KF_" + flag + ", but it is not called " + ITERATOR + "..." + end);
        }
    }

    private static boolean isPointer(Btf btf, int typeId) {
        return btf.kind(TypeQueries.resolve(btf, typeId)) == BtfKind.PTR;
    }
}
