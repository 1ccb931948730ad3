package org.btfkit.bpf;

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.BitSet;

/**
 * The instructions of all sections of an object, one section behind the other, with its functions and with what
 * instructions refer to. An instruction is named by its index here. Immutable, once built.
 */
public final class BpfCode {
    /** The most instructions that the kernel looks at ({@code BPF_COMPLEXITY_LIMIT_INSNS}). */
    public static final int MAX_INSNS = 1_000_000;

    private final ByteOrder order;
    private final long[] insns;
    private final BpfReference[] references;
    private final int[] starts;
    private final int[] ends;
    private final BitSet globals;
    private final BitSet leaders;
    private final BitSet secondHalves;

    private BpfCode(Builder builder) {
        this.order = builder.order;
        this.insns = Arrays.copyOf(builder.insns, builder.count);
        this.references = Arrays.copyOf(builder.references, builder.count);
        this.starts = Arrays.copyOf(builder.starts, builder.functions);
        this.ends = Arrays.copyOf(builder.ends, builder.functions);
        this.globals = builder.globals;
        this.leaders = new BitSet(insns.length);
        this.secondHalves = new BitSet(insns.length);
        for (int i = 0; i < insns.length; i++) {
            if (BpfInsn.isLoadImm64(insns[i])) {
                secondHalves.set(++i);
            } else {
                markLeaders(i);
            }
        }
    }

    /** Instructions at which several ways may meet: targets of jumps, and calls, which go on when the callee does. */
    private void markLeaders(int at) {
        long insn = insns[at];
        if (BpfInsn.isJump(insn)) {
            long target = BpfInsn.jumpTarget(insn, at);
            if (target >= 0 && target < insns.length) {
                leaders.set((int) target);
            }
        } else if (BpfInsn.isFunctionCall(insn)) {
            leaders.set(at);
        }
    }

    /** {@return the byte order of the object} */
    public ByteOrder order() {
        return order;
    }

    /** {@return how many instructions there are; a load of 64 bits counts as two} */
    public int size() {
        return insns.length;
    }

    /**
     * Returns the instructions as the object has them.
     *
     * @return a copy
     */
    public long[] insns() {
        return insns.clone();
    }

    /**
     * Returns an instruction as the object has it.
     *
     * @param insn its index
     * @return the instruction
     */
    public long insn(int insn) {
        return insns[insn];
    }

    /**
     * Returns what an instruction refers to.
     *
     * @param insn its index
     * @return the reference, null for none
     */
    public BpfReference reference(int insn) {
        return references[insn];
    }

    /**
     * Finds the function that an instruction is the first of.
     *
     * @param insn its index
     * @return index of the function, or -1 if none begins there
     */
    public int functionAt(int insn) {
        int found = Arrays.binarySearch(starts, insn);
        return found >= 0 ? found : -1;
    }

    /** {@return how many functions there are} */
    public int functionCount() {
        return starts.length;
    }

    /**
     * Returns where a function begins.
     *
     * @param function its index
     * @return index of its first instruction
     */
    public int start(int function) {
        return starts[function];
    }

    /**
     * Returns where a function ends.
     *
     * @param function its index
     * @return index of the instruction behind its last one
     */
    public int end(int function) {
        return ends[function];
    }

    /**
     * Tells whether the verifier looks at a function for itself, knowing nothing of what it is called with.
     *
     * @param function its index
     * @return true if it is global to the kernel
     */
    public boolean isGlobal(int function) {
        return globals.get(function);
    }

    boolean isSecondHalf(int insn) {
        return secondHalves.get(insn);
    }

    boolean isLeader(int insn) {
        return leaders.get(insn);
    }

    /** Collects what code is made of. Sections first; functions in ascending order of their first instruction. */
    public static final class Builder {
        private final ByteOrder order;
        private final BitSet globals = new BitSet();
        private long[] insns = new long[0];
        private BpfReference[] references = new BpfReference[0];
        private int[] starts = new int[8];
        private int[] ends = new int[8];
        private int count;
        private int functions;

        /**
         * Begins.
         *
         * @param order byte order of the object
         */
        public Builder(ByteOrder order) {
            this.order = order;
        }

        /**
         * Adds the instructions of a section.
         *
         * @param section the instructions, see {@link BpfInsn}
         * @return index of the first of them in the code
         */
        public int section(long[] section) {
            int at = count;
            count = Math.addExact(count, section.length);
            insns = Arrays.copyOf(insns, count);
            references = Arrays.copyOf(references, count);
            System.arraycopy(section, 0, insns, at, section.length);
            return at;
        }

        /**
         * Adds a function.
         *
         * @param start index of its first instruction; behind those of the functions before it
         * @param size how many instructions it has
         * @param isGlobal whether the verifier looks at it for itself
         * @return its index
         * @throws IllegalArgumentException if it is not in the code, or begins before the last one that was added
         */
        public int function(int start, int size, boolean isGlobal) {
            if (start < 0 || size <= 0 || size > count - start || functions > 0 && start <= starts[functions - 1]) {
                throw new IllegalArgumentException("function of " + size + " instructions at " + start);
            }
            if (functions == starts.length) {
                starts = Arrays.copyOf(starts, 2 * functions);
                ends = Arrays.copyOf(ends, 2 * functions);
            }
            starts[functions] = start;
            ends[functions] = start + size;
            globals.set(functions, isGlobal);
            return functions++;
        }

        /**
         * Says what an instruction refers to.
         *
         * @param insn its index
         * @param reference what it is
         */
        public void refer(int insn, BpfReference reference) {
            references[insn] = reference;
        }

        /** {@return the code} */
        public BpfCode build() {
            return new BpfCode(this);
        }
    }
}
