package org.btfkit.bpf;

import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which instructions of a program the verifier reaches on a kernel, and what that depends on. Immutable.
 *
 * <p>Where it says that an instruction is not reached, no way leads there that the verifier could take. Where it says
 * that one is reached, the verifier may know better by ranges of values, which are not followed here; on all programs
 * that were compared it does not.
 */
public final class Reachability {
    private final BpfCode code;
    private final BpfFacts facts;
    private final int entry;
    private final ConstantPropagation found;

    private Reachability(BpfCode code, BpfFacts facts, int entry, ConstantPropagation found) {
        this.code = code;
        this.facts = facts;
        this.entry = entry;
        this.found = found;
    }

    /**
     * Follows a program from its first instruction on, functions that it calls and callbacks included.
     *
     * @param code the linked code
     * @param facts what a kernel makes of it
     * @param entry index of the program's function
     * @return what was found; cost goes with instructions times registers
     */
    public static Reachability of(BpfCode code, BpfFacts facts, int entry) {
        ConstantPropagation found = new ConstantPropagation(code, facts, entry);
        if (code.end(entry) - code.start(entry) <= BpfCode.MAX_INSNS) {
            found.run();
        }
        if (code.end(entry) - code.start(entry) > BpfCode.MAX_INSNS
                || found.reached.cardinality() > BpfCode.MAX_INSNS) {
            found.problem = "more than " + BpfCode.MAX_INSNS + " instructions";
        }
        return new Reachability(code, facts, entry, found);
    }

    /** {@return why nothing can be told, such as a jump out of the program; null if it can} */
    public String problem() {
        return found.problem;
    }

    /**
     * Tells whether an instruction is reached.
     *
     * @param insn its index in the code
     * @return true if it may be
     */
    public boolean isReached(int insn) {
        return found.reached.get(insn);
    }

    /** {@return the invalid instructions that are reached} */
    public BitSet invalid() {
        BitSet reached = (BitSet) facts.invalid().clone();
        reached.and(found.reached);
        return reached;
    }

    /** {@return for each load from what the program is called with, by index: the offset there, in bytes} */
    public Map<Integer, Long> contextLoads() {
        return new TreeMap<>(found.contextLoads);
    }

    /** {@return numbers of the variables of {@link BpfArea} that are read; 63 may stand for those from there on} */
    public BitSet variablesRead() {
        BitSet read = new BitSet();
        found.memoryLoads.values().forEach(read::set);
        return read;
    }

    /**
     * Returns which variables decide whether an invalid instruction is reached.
     *
     * <p>A branch on a variable that is not known may go as its value says; all other branches that are open may go
     * both ways. If so an invalid instruction need not be reached, the variables of the branches where it is decided
     * are returned.
     *
     * @return their numbers, where 63 may stand for all from there on; null if an invalid instruction is reached
     *     whatever their values are
     */
    public BitSet deciding() {
        BitSet bad = invalid();
        boolean isChanged = true;
        while (isChanged) {
            isChanged = false;
            for (int at = found.reached.length() - 1; at >= 0; at = found.reached.previousSetBit(at - 1)) {
                if (!bad.get(at) && leadsTo(bad, at)) {
                    bad.set(at);
                    isChanged = true;
                }
            }
        }
        if (bad.get(code.start(entry))) {
            return null;
        }
        BitSet variables = new BitSet();
        for (Map.Entry<Integer, Long> branch : found.masks.entrySet()) {
            int at = branch.getKey();
            if (bad.get(at + 1) != bad.get(found.elsewhere(at))) {
                variables.or(BitSet.valueOf(new long[] {branch.getValue()}));
            }
        }
        return variables;
    }

    /** Whether an instruction leads to a bad one in any case. */
    private boolean leadsTo(BitSet bad, int at) {
        long insn = facts.insns()[at];
        int elsewhere = found.elsewhere(at);
        boolean isNext = bad.get(at + 1) || BpfInsn.isLoadImm64(code.insn(at)) && bad.get(at + 2);
        boolean isElsewhere = elsewhere >= 0 && bad.get(elsewhere);
        if (BpfInsn.isExit(insn)) {
            return false;
        }
        if (!BpfInsn.isJump(insn)) {
            return isNext || isElsewhere;
        }
        return switch (found.ways[at]) {
            case Conditions.NEXT -> isNext;
            case Conditions.NEXT | Conditions.TARGET ->
                found.masks.containsKey(at) ? isNext && isElsewhere : isNext || isElsewhere;
            default -> isElsewhere;
        };
    }
}
