/**
 * CO-RE: what a BPF object's relocations come to on a target, from the BTF of both alone.
 *
 * <p>{@link org.btfkit.btf.relo.BpfObject} reads an object, {@link org.btfkit.btf.relo.CoreTarget} indexes a kernel
 * once for all objects, {@link org.btfkit.btf.relo.CoreRelocator} relocates one on the other:
 *
 * <pre>{@code
 * CoreTarget kernel = CoreTarget.of(vmlinux, modules);
 * BpfObject object = BpfObject.read(Path.of("prog.bpf.o"));
 * for (CoreResult result : CoreRelocator.of(object).on(kernel)) {
 *     System.out.println(object.line(result.relocation()) + " " + result);
 * }
 * // prints core.bpf.c:33 8 -> 56
 * // prints core.bpf.c:34 1 -> 0: task has no member nice; was at 0 (4 bytes)
 * // prints core.bpf.c:35 poisoned: task has no member nice; was at 0 (4 bytes)
 * // prints core.bpf.c:36 7 -> 2
 * // prints core.bpf.c:42 poisoned: task has no member nice; was at 0 (4 bytes)
 * // prints core.bpf.c:53 0 as built
 * }</pre>
 *
 * <p>The rules are libbpf's ({@code relo_core.c}), stated where each is applied: {@code CoreAccess} and
 * {@code LocalSpec} for the path in the object, {@code EssenceIndex} for the types that may be meant,
 * {@code FieldMatch} and {@code TypeMatch} for whether one is, {@code CoreValue} for the value there, {@code CoreFixup}
 * for the instruction. Read them in that order. Where results are only to be counted or compared, the flat accessors of
 * {@link org.btfkit.btf.relo.CoreResults} make no object; {@code CoreExplainer} walks the way again to say why.
 *
 * <p>Where libbpf is lenient with a broken record, or wraps a sum, the record is refused here: the value would be one
 * that no compiler meant. Walks are bounded where libbpf's have no bound.
 */
package org.btfkit.btf.relo;
