package org.btfkit.btf.validate;

import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.format.BtfFormatException;

/**
 * Checks what the kernel's verifier asks for before it takes BTF (kernel/bpf/btf.c): names that are identifiers,
 * members that lie in their structs, no type that contains itself, and so on.
 *
 * <p>What libbpf's {@code btf_sanity_check} asks for has been checked by {@link Btf#parse} already: name offsets within
 * the strings, type ids that exist, functions that have a prototype. In one thing that is stricter: libbpf does not
 * look at the return type of a FUNC_PROTO, here it has to exist as all others do, so that whoever follows ids need not
 * check them. The reference here is the source of Linux as of 2026, when the layout section came. What a newer kernel
 * takes is taken, though older ones refuse it:
 *
 * <ul>
 *   <li>header fields for a layout section that are not 0; 6.18, for one, knows none of them
 *   <li>a vlen above 65,535; in 6.18 and before these bits have to be 0
 *   <li>kflag on DECL_TAG and TYPE_TAG; taken since 6.15
 *   <li>lists in what other lists hold, up to eight levels; in 6.18 two
 *   <li>pointers with several tags, or others than the kernel's own, in structs with locks, lists and the like; refused
 *       by 6.18
 * </ul>
 *
 * <p>What a newer kernel refuses is refused: structs that own each other in a circle, or more than eight one below the
 * other, by tracked pointers; and a second lock in a struct within the struct. 6.18 takes both.
 *
 * <p>Two rules are kept although the newest kernels are without them: a TYPE_TAG stands before other modifiers, as 6.18
 * and kernels before it demand; and there are no more types than the kernel can number, where it would ignore the rest.
 * What is valid then loads with {@code bpf(BPF_BTF_LOAD)}, in the byte order of the machine. One thing only the kernel
 * itself can tell: a pointer tagged {@code kptr}, in a struct of a program, may point to a struct whose name the kernel
 * has too only if the kernel knows how to drop that.
 *
 * <p>The structs with special fields, as {@code bpf_spin_lock} or {@code bpf_list_head}, are looked at as
 * {@code BPF_BTF_LOAD} does; map values, which may have others, are looked at when maps are made.
 *
 * <p>Split BTF, which only modules have, gets the checks that the kernel makes of modules: each type on its own, and
 * chains of modifiers. References between types are followed, and special fields looked at, only in BTF without a base.
 *
 * <p>All checks take linear time and stop at the first broken rule.
 *
 * <p>Keeps nothing between calls; safe for use by several threads.
 */
public final class KernelValidator {
    private KernelValidator() {}

    /**
     * Checks a BTF as the kernel does, as far as it can be told from what was parsed. Bytes after the last section are
     * not seen; {@link #kernel(byte[], Btf, String)} and {@code BtfSource.requireEnd} see them.
     *
     * @param btf the BTF; what it is split on is not checked
     * @throws BtfFormatException on the first broken rule, with type id and byte offset
     */
    public static void kernel(Btf btf) {
        FlatTypes types = FlatAccess.of(btf);
        KernelNames names = new KernelNames(types.strings());
        KernelSections.check(btf);
        KernelMetas.check(types, names);
        if (btf.base() == null) {
            KernelResolver.check(types, names);
        }
        KernelModifiers.check(types);
        if (btf.base() == null) {
            KernelSpecialFields.check(btf, types);
        }
    }

    /**
     * Parses BTF data and checks it.
     *
     * @param data the data, from its header on; nothing may follow
     * @param base the base it is split on, or null; not checked
     * @param source where the data came from, for messages
     * @return the BTF
     * @throws BtfFormatException on the first broken rule, with type id and byte offset
     */
    public static Btf kernel(byte[] data, Btf base, String source) {
        Btf btf = Btf.parse(data, base, source);
        KernelSections.checkEnd(btf, data);
        kernel(btf);
        return btf;
    }
}
