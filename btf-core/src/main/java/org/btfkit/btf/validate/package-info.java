/**
 * What the kernel's loader would say of BTF: the checks of kernel/bpf/btf.c, each part in a class that names the
 * function it answers for.
 *
 * <p>{@link org.btfkit.btf.validate.KernelValidator} is the way in, and says which kernels it speaks for. In its order:
 *
 * <pre>
 * KernelSections         header, extents, limits
 * KernelMetas            each type on its own: flags, sizes, names, offsets
 * KernelResolver         types and those they refer to: sizes, circles; KernelMembers: does a member fit
 * KernelModifiers        order and length of modifiers
 * KernelSpecialFields    structs with locks, lists, trees, tracked pointers
 *   KernelFieldFinder      their fields; KernelField, KernelFieldKind: what these are
 *   KernelContents         what lists and trees hold
 *   KernelPointers         which pointers are tracked
 * </pre>
 *
 * <p>{@link org.btfkit.btf.validate.KernelNeeds} is another question: which release of Linux is the first to take some
 * BTF.
 *
 * <p>All share one view on the types, the {@code FlatTypes} of the BTF, and one on names, {@code KernelNames};
 * {@code KernelKinds} has the sets of kinds. Checks by kind, all of a kind in one place, were decided against: which of
 * two broken rules is told depends on the kernel's order, pass by pass.
 */
package org.btfkit.btf.validate;
