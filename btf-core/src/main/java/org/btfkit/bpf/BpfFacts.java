package org.btfkit.bpf;

import java.util.BitSet;
import java.util.List;

/**
 * What a kernel makes of linked code: the values that relocation has put in, and what is there of what it refers to.
 *
 * @param insns instructions of the code as they become; as many as the code has
 * @param invalid those that the verifier rejects when it reaches them
 * @param externs what becomes of each {@link BpfReference.Extern}; none of them is one again
 * @param areas the memory that {@link BpfReference.Memory} refers to
 */
public record BpfFacts(long[] insns, BitSet invalid, List<BpfReference> externs, List<BpfArea> areas) {}
