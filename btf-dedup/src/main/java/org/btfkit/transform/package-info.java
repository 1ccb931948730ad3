/**
 * One BTF into another: merge, distill, relocate, permute, sort, minimize, downgrade. Results are libbpf's, byte for
 * byte.
 *
 * <ul>
 *   <li>{@link org.btfkit.transform.Merger}: the types of several BTFs behind one another, or base and split as one;
 *       {@link org.btfkit.transform.ExtMerger} does it to what objects say of their instructions
 *   <li>{@link org.btfkit.transform.Distiller}: split BTF, and the few types of its base that it needs, so that it can
 *       be loaded on other kernels; {@link org.btfkit.transform.Relocator} takes it there
 *   <li>{@link org.btfkit.transform.Permuter}: the types in another order; {@link org.btfkit.transform.NameSorter}
 *       chooses the one in which names can be looked up by bisection
 *   <li>{@link org.btfkit.transform.Minimizer}: as much of a kernel as some BPF objects need to be relocated
 *   <li>{@link org.btfkit.transform.Downgrader}: the same types for a kernel that knows fewer kinds
 * </ul>
 *
 * <p>A module's BTF fits the build of vmlinux that it was made on, and no other. To take it elsewhere, the types of the
 * base that it needs are written down beside it, {@code .BTF.base}; a kernel, or {@code Relocator}, looks these up in
 * its own types:
 *
 * <pre>{@code
 * Distilled portable = Distiller.distill(module);
 * System.out.println(portable.base().typeCount() + " of " + vmlinux.typeCount() + " types");
 * // prints 12 of 66 types
 *
 * Btf next = BtfSource.load(Path.of("vmlinux-next"));
 * Btf there = Relocator.relocate(portable.split(), next).btf();
 * System.out.println(there.base() == next); // prints true
 * System.out.println(there.find(BtfKind.STRUCT, "sample_queue") - there.firstTypeId()); // prints 10
 * }</pre>
 *
 * <p>Both go into a module with {@code BtfTarget}:
 *
 * <pre>{@code
 * Distilled portable = Distiller.distill(module);
 * try (ElfFile elf = ElfFile.open(Path.of("module.ko"))) {
 *     ElfEditor editor = new ElfEditor(elf);
 *     BtfTarget.put(elf, editor, portable.split(), null, portable.base());
 *     editor.writeTo(Path.of("portable.ko"));
 * }
 * }</pre>
 *
 * <p>For a kernel that knows fewer kinds of types:
 *
 * <pre>{@code
 * Downgraded old = Downgrader.forRelease("5.4").downgrade(vmlinux);
 * byte[] bytes = BtfWriter.toBytes(old.btf());
 * }</pre>
 *
 * <h2>How it is done</h2>
 *
 * <p>Each returns new BTF, together with what became of each type id. They work on words and ids;
 * {@code btf.flat.TypeRewriter} knows where in a type ids and names sit. Start with
 * {@link org.btfkit.transform.Permuter}, the shortest; {@link org.btfkit.transform.Distiller} opens with why there are
 * distilled bases.
 *
 * <p>Decided against: in-place changes. Whoever has a {@code Btf} may go on using it, and a failure leaves nothing half
 * done. And against using the deduplicator here: none of these has to know which types are equal.
 */
package org.btfkit.transform;
