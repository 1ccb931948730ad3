/**
 * How structs lie in memory, and how to show it in pahole's words.
 *
 * <p>BTF says sizes and offsets. What pahole prints besides has to be found out: storage units of bitfields, holes,
 * padding, and which alignments and attributes explain them.
 *
 * <pre>{@code
 * int task = vmlinux.find(BtfKind.STRUCT, "task");
 * StructLayout layout = StructLayout.of(new TypeSizes(vmlinux), task, 64);
 * System.out.println(layout.holes() + " holes, " + layout.bitHoles() + " of bits"); // prints 0 holes, 1 of bits
 * String text = new LayoutPrinter(vmlinux, LayoutOptions.DEFAULT).print(task);
 * }</pre>
 *
 * <p>Read in this order. {@link org.btfkit.btf.layout.StructLayout} is the answer, as data. {@code LayoutRules} makes
 * it: alignments, units of bitfields, which structs are packed; {@code Holes} and {@code FlexibleArrays} are parts of
 * that. {@link org.btfkit.btf.layout.LayoutPrinter} writes it, by {@link org.btfkit.btf.layout.LayoutOptions}:
 * {@code CompositeWriter} a struct or union, {@code Declarations} a member, {@code TypeNames} a type's name,
 * {@code MemberRemarks}, {@code InnerSums}, {@code InnerSpace} and {@code StructSummary} what stands in comments.
 * {@code Scope} and {@code Text} are where a line goes.
 *
 * <p>Layouts are found before anything is written, since pahole's comments at the start of a struct may depend on its
 * end. The order in which structs are asked for can change what is said of alignments, as in pahole, so a printer
 * begins anew with each type that it is given. To use the C dump's rules for names here was decided against: bpftool
 * and pahole spell the same type differently, and each is compared with to the byte.
 */
package org.btfkit.btf.layout;
