/**
 * Whether a BPF object loads on a kernel, from the BTF of both alone, and why not.
 *
 * <pre>{@code
 * BpfObject object = BpfObject.read(Path.of("prog.bpf.o"));
 * CoreTarget kernel = CoreTarget.of(vmlinux, modules);
 * LoadVerdict verdict = LoadJudge.of(object).judge(CoreRelocator.of(object).on(kernel));
 * for (LoadFinding finding : verdict.findings()) {
 *     System.out.println(finding.subject() + ": " + finding.reason());
 * }
 * // prints task.nice: no such member; was at 0 (4 bytes)
 * }</pre>
 *
 * <p>Problem: a relocation that comes to nothing does no harm where the program asks for the field first. Of Debian's
 * objects every fifth has some on a new kernel, and most of them load. So it is not counted what fails, but followed
 * what is reached.
 *
 * <p>{@link org.btfkit.btf.load.LoadJudge} prepares an object, {@code LoadCase} judges it on one kernel: relocations
 * that a loader gives up for, then {@code KernelSymbols} (externs), {@code StructOps}, and for each program
 * {@code AttachPoint} (what it is attached to) and {@link org.btfkit.bpf.Reachability} (which of its instructions are
 * reached). {@code ObjectCode} links an object for that. The sources of the rules are libbpf's {@code libbpf.c} and
 * Linux's {@code kernel/bpf/btf.c} ({@code btf_ctx_access}).
 *
 * <p>A loader may set what is in {@code .rodata} before it loads an object. So read-only data is taken for unknown
 * first; where an invalid instruction is reached then and is not by the data of the object, the verdict is
 * {@link org.btfkit.btf.load.LoadAnswer#DEPENDS} and names the variable. Trying all values of variables was decided
 * against: which of them a loader sets is not known, and the branch that decides names it as well.
 */
package org.btfkit.btf.load;
