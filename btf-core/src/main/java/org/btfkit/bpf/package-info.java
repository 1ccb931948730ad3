/**
 * Programs for BPF: their instructions, and which of these the verifier reaches. No ELF and no BTF in it.
 *
 * <p>{@link org.btfkit.bpf.BpfInsn} takes an instruction apart. {@link org.btfkit.bpf.BpfCode} is the code of an object
 * in one row with what its instructions refer to, {@link org.btfkit.bpf.BpfFacts} what a kernel makes of that, and
 * {@link org.btfkit.bpf.Reachability} what follows:
 *
 * <pre>{@code
 * long[] insns = {
 *     BpfInsn.of(0xb7, 0, 0, 0, 1), // r0 = 1
 *     BpfInsn.of(0x55, 0, 0, 1, 0), // if r0 != 0 goto +1
 *     BpfInsn.POISON, //               what a loader puts where a relocation comes to nothing
 *     BpfInsn.of(0x95, 0, 0, 0, 0) //  exit
 * };
 * BpfCode.Builder builder = new BpfCode.Builder(ByteOrder.LITTLE_ENDIAN);
 * int at = builder.section(insns);
 * builder.function(at, insns.length, true);
 * BpfCode code = builder.build();
 * BitSet invalid = new BitSet();
 * invalid.set(2);
 * BpfFacts facts = new BpfFacts(code.insns(), invalid, List.of(), List.of());
 * System.out.println(Reachability.of(code, facts, 0).invalid().isEmpty()); // prints true
 * }</pre>
 *
 * <p>Read {@code ConstantPropagation} for the algorithm, then {@code MachineState} (what is known), {@code Arithmetic}
 * and {@code Conditions} (what instructions make of it). The source of the rules is Linux's
 * {@code Documentation/bpf/standardization/instruction-set.rst}, and what {@code kernel/bpf/verifier.c} knows of
 * constants.
 *
 * <p>Following each way for itself, as the verifier does, was decided against: it takes exponential time without the
 * verifier's pruning. Where states meet, knowledge is lost that the verifier keeps; programs are not seen to need it
 * for their guards, as these are compiled to a branch on the constant itself.
 */
package org.btfkit.bpf;
