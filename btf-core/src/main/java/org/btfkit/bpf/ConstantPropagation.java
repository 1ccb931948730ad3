package org.btfkit.bpf;

import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds which instructions of a program can be reached, and what is known where: conditional constant propagation
 * (Wegman and Zadeck), as the verifier sees programs.
 *
 * <p>Problem: relocation puts constants into instructions, and programs ask them before they use what may be missing.
 *
 * <pre>
 * r1 = 0                    is there a member? No
 * if r1 == 0 goto out       always
 * call 0xbad2310            not reached, does no harm
 * </pre>
 *
 * <p>States wait where ways meet: at targets of jumps, and at calls of functions, which go on with what the callee
 * returns. From each that has changed, instructions are followed until the next such place, where what is known is
 * narrowed to what all ways agree about. A jump whose operands are known goes one way only. A function is looked at
 * once for all of its calls, with what they agree about; a global one, and one whose address is taken, with nothing
 * known. As a register or slot loses what is known of it at most twice, but for the variables it depends on, an
 * instruction is visited a few times: cost goes with instructions times registers.
 */
final class ConstantPropagation {
    /** Visits for each instruction, far beyond what a compiler's code takes. */
    private static final long MOST_VISITS = 64;

    /** Words in all waiting states. */
    private static final long MOST_WORDS = 1 << 24;

    private static final int MODE = 0xe0;
    private static final int MODE_IMM = 0x00;
    private static final int MODE_ABS = 0x20;
    private static final int MODE_IND = 0x40;
    private static final int MODE_MEM = 0x60;
    private static final int MODE_MEM_SIGNED = 0x80;
    private static final int MODE_ATOMIC = 0xc0;
    private static final int ATOMIC_FETCH = 0x01;
    private static final int ATOMIC_EXCHANGE_COMPARED = 0xf1;
    private static final int ATOMIC_LOAD = 0x100;

    private final BpfCode code;
    private final BpfFacts facts;
    private final long[] insns;
    private final boolean isBig;
    private final int entry;
    private final MachineState[] states;
    private final BitSet pending = new BitSet();

    /** By function what it returns, as a state of which register 0 counts; null as long as it does not return. */
    private final MachineState[] returned;

    /** By function the calls of it. */
    private final Map<Integer, BitSet> callers = new HashMap<>();

    final BitSet reached = new BitSet();

    /** By instruction the ways of a conditional jump, see {@link Conditions}. */
    final byte[] ways;

    /** By conditional jump that may go both ways what it depends on, if that is a variable. */
    final Map<Integer, Long> masks = new HashMap<>();

    /** By load the offset in the context, if it is from there. */
    final Map<Integer, Long> contextLoads = new HashMap<>();

    /** By load the variable, if it is from memory that is only read. */
    final Map<Integer, Integer> memoryLoads = new HashMap<>();

    /** Why it cannot be told, null if it can. */
    String problem;

    private MachineState now;
    private int function;
    private long visits;
    private long words;

    ConstantPropagation(BpfCode code, BpfFacts facts, int entry) {
        this.code = code;
        this.facts = facts;
        this.insns = facts.insns();
        this.isBig = code.order() == ByteOrder.BIG_ENDIAN;
        this.entry = entry;
        this.states = new MachineState[code.size()];
        this.returned = new MachineState[code.functionCount()];
        this.ways = new byte[code.size()];
    }

    ConstantPropagation run() {
        MachineState first = new MachineState(isBig);
        first.set(1, MachineState.CONTEXT, 0);
        flow(code.start(entry), first);
        for (int at = pending.nextSetBit(0); at >= 0 && problem == null; at = nextAfter(at)) {
            pending.clear(at);
            follow(at);
        }
        if (problem == null && callsItself()) {
            problem = "a function that calls itself";
        }
        return this;
    }

    /** The next place to go on from: ahead first, as ways mostly lead there. */
    private int nextAfter(int at) {
        int next = pending.nextSetBit(at + 1);
        return next >= 0 ? next : pending.nextSetBit(0);
    }

    private void fail(int at, String what) {
        if (problem == null) {
            problem = what + " (instruction " + (at - code.start(function)) + " of its function)";
        }
    }

    /** Brings what is known to a place where it waits. */
    private void flow(int to, MachineState state) {
        if (states[to] == null) {
            states[to] = state.copy();
            words += state.words();
        } else {
            int before = states[to].words();
            if (!states[to].meet(state)) {
                return;
            }
            words += states[to].words() - before;
        }
        pending.set(to);
        if (words > MOST_WORDS) {
            problem = "too many branches to follow";
        }
    }

    private void follow(int start) {
        now = states[start].copy();
        function = functionOf(start);
        int at = start;
        while (problem == null) {
            if (++visits > MOST_VISITS * code.size() + Short.MAX_VALUE) {
                problem = "too many ways to follow";
                return;
            }
            int next = step(at);
            if (next < 0 || problem != null) {
                return;
            }
            if (next >= code.end(function)) {
                fail(at, "runs past the end of its function");
                return;
            }
            if (code.isLeader(next) || states[next] != null) {
                flow(next, now);
                return;
            }
            at = next;
        }
    }

    private int functionOf(int insn) {
        int low = 0;
        int high = code.functionCount() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (code.start(middle) <= insn) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** Does what an instruction does; gives the index of the next one, or -1 if it does not just go on. */
    private int step(int at) {
        reached.set(at);
        long insn = insns[at];
        if (facts.invalid().get(at)) {
            skip(code.insn(at));
            return at + (isWide(at) ? 2 : 1);
        }
        switch (BpfInsn.classOf(insn)) {
            case BpfInsn.LD -> {
                return load(at, insn);
            }
            case BpfInsn.LDX -> loadMemory(at, insn);
            case BpfInsn.ST, BpfInsn.STX -> storeMemory(at, insn);
            case BpfInsn.ALU, BpfInsn.ALU64 -> {
                if (!Arithmetic.isKnown(insn) || BpfInsn.src(insn) >= MachineState.REGISTERS) {
                    return unknown(at, insn);
                }
                Arithmetic.apply(now, insn);
            }
            default -> {
                return jump(at, insn);
            }
        }
        return at + 1;
    }

    private int unknown(int at, long insn) {
        fail(at, String.format("an instruction that is not known, code 0x%02x", BpfInsn.code(insn)));
        return -1;
    }

    private boolean isWide(int at) {
        return BpfInsn.isLoadImm64(code.insn(at)) && at + 1 < code.size();
    }

    /** Passes over an invalid instruction, of which only is known what it was built as. */
    private void skip(long was) {
        switch (BpfInsn.classOf(was)) {
            case BpfInsn.LD, BpfInsn.LDX, BpfInsn.ALU, BpfInsn.ALU64 -> now.set(BpfInsn.dst(was), MachineState.OPEN, 0);
            case BpfInsn.ST, BpfInsn.STX -> now.forgetStack();
            default -> now.call(false);
        }
    }

    private int load(int at, long insn) {
        int mode = BpfInsn.code(insn) & MODE;
        if (mode == MODE_ABS || mode == MODE_IND) {
            now.call(false);
            return at + 1;
        }
        if (mode != MODE_IMM || !isWide(at) || BpfInsn.dst(insn) >= MachineState.FRAME_END) {
            return unknown(at, insn);
        }
        BpfReference reference = resolve(code.reference(at));
        int dst = BpfInsn.dst(insn);
        if (reference instanceof BpfReference.Memory memory) {
            now.set(dst, MachineState.MEMORY, (long) memory.area() << 32 | memory.offset() & 0xffffffffL);
        } else if (reference instanceof BpfReference.Constant constant) {
            now.set(dst, MachineState.CONSTANT, constant.value());
        } else if (reference instanceof BpfReference.Open open) {
            now.set(dst, MachineState.OPEN, bit(open.variable()));
        } else if (reference instanceof BpfReference.Function callback) {
            int callee = code.functionAt(callback.insn());
            if (callee < 0) {
                fail(at, "takes the address of what is no function");
                return -1;
            }
            flow(code.start(callee), new MachineState(isBig));
            now.set(dst, MachineState.ADDRESS, 1);
        } else if (reference != null || BpfInsn.src(insn) != 0) {
            now.set(dst, MachineState.ADDRESS, 0);
        } else {
            now.set(dst, MachineState.CONSTANT, BpfInsn.imm64(insns, at));
        }
        return at + 2;
    }

    private BpfReference resolve(BpfReference reference) {
        return reference instanceof BpfReference.Extern extern ? facts.externs().get(extern.index()) : reference;
    }

    private static long bit(int variable) {
        return 1L << Math.min(variable, Long.SIZE - 1);
    }

    private void loadMemory(int at, long insn) {
        int mode = BpfInsn.code(insn) & MODE;
        int dst = BpfInsn.dst(insn);
        int base = BpfInsn.src(insn);
        if (mode != MODE_MEM && mode != MODE_MEM_SIGNED
                || dst >= MachineState.FRAME_END
                || base >= MachineState.REGISTERS) {
            unknown(at, insn);
            return;
        }
        int size = BpfInsn.accessBytes(insn);
        byte tag = now.tags[base];
        long from = now.values[base] + BpfInsn.off(insn);
        contextLoads.remove(at);
        switch (tag) {
            case MachineState.FRAME -> now.load(dst, from, size);
            case MachineState.MEMORY -> loadArea(at, dst, from, size);
            default -> {
                if (tag == MachineState.CONTEXT) {
                    contextLoads.put(at, from);
                }
                now.set(dst, MachineState.OPEN, 0);
            }
        }
        if (mode == MODE_MEM_SIGNED && now.tags[dst] == MachineState.CONSTANT) {
            int unused = Long.SIZE - 8 * size;
            now.set(dst, MachineState.CONSTANT, now.values[dst] << unused >> unused);
        }
    }

    private void loadArea(int at, int dst, long from, int size) {
        BpfArea area = facts.areas().get((int) (from >>> 32));
        int offset = (int) from;
        int variable = area.variable(offset);
        memoryLoads.put(at, variable);
        if (area.bytes() == null || offset < 0 || size > area.bytes().length - offset) {
            now.set(dst, MachineState.OPEN, bit(variable));
            return;
        }
        long value = 0;
        for (int i = 0; i < size; i++) {
            int shift = 8 * (isBig ? size - 1 - i : i);
            value |= (area.bytes()[offset + i] & 0xffL) << shift;
        }
        now.set(dst, MachineState.CONSTANT, value);
    }

    private void storeMemory(int at, long insn) {
        int mode = BpfInsn.code(insn) & MODE;
        int base = BpfInsn.dst(insn);
        int src = BpfInsn.src(insn);
        boolean isRegister = BpfInsn.classOf(insn) == BpfInsn.STX;
        boolean isAtomic = mode == MODE_ATOMIC && isRegister;
        if (mode != MODE_MEM && !isAtomic || base >= MachineState.REGISTERS || src >= MachineState.REGISTERS) {
            unknown(at, insn);
            return;
        }
        int size = BpfInsn.accessBytes(insn);
        boolean isKnown = !isAtomic;
        byte tag = isRegister ? now.tags[src] : MachineState.CONSTANT;
        long value = isRegister ? now.values[src] : BpfInsn.imm(insn);
        if (isAtomic && BpfInsn.imm(insn) == ATOMIC_LOAD) {
            now.set(base, MachineState.OPEN, 0);
            return;
        }
        if (now.tags[base] == MachineState.FRAME) {
            now.store(
                    now.values[base] + BpfInsn.off(insn), size, isKnown ? tag : MachineState.OPEN, isKnown ? value : 0);
        } else {
            now.isEscaped |= tag == MachineState.FRAME;
            if (now.isEscaped && now.tags[base] == MachineState.OPEN) {
                now.forgetStack();
            }
        }
        if (isAtomic && BpfInsn.imm(insn) == ATOMIC_EXCHANGE_COMPARED) {
            now.set(0, MachineState.OPEN, 0);
        } else if (isAtomic && (BpfInsn.imm(insn) & ATOMIC_FETCH) != 0) {
            now.set(src, MachineState.OPEN, 0);
        }
    }

    private int jump(int at, long insn) {
        int operation = BpfInsn.operation(insn);
        boolean is32 = BpfInsn.classOf(insn) == BpfInsn.JMP32;
        boolean hasRegister = (BpfInsn.code(insn) & BpfInsn.SOURCE_REGISTER) != 0;
        if (operation == BpfInsn.EXIT && !is32) {
            exit();
            return -1;
        }
        if (operation == BpfInsn.CALL && !is32) {
            return call(at, insn);
        }
        if (operation == BpfInsn.JUMP_ALWAYS) {
            if (hasRegister) {
                fail(at, "a jump to where a table says");
                return -1;
            }
            jumpTo(at, insn);
            return -1;
        }
        boolean isMaybe = operation == BpfInsn.MAY_GOTO && !is32;
        if (!isMaybe && !Conditions.isKnown(insn)
                || BpfInsn.dst(insn) >= MachineState.REGISTERS
                || BpfInsn.src(insn) >= MachineState.REGISTERS) {
            return unknown(at, insn);
        }
        int possible = isMaybe ? Conditions.NEXT | Conditions.TARGET : Conditions.ways(now, insn);
        ways[at] |= (byte) possible;
        long mask = isMaybe ? 0 : Conditions.mask(now, insn);
        masks.remove(at);
        if (ways[at] == (Conditions.NEXT | Conditions.TARGET) && mask != 0) {
            masks.put(at, mask);
        }
        MachineState next = null;
        if ((possible & Conditions.TARGET) != 0) {
            next = possible == Conditions.TARGET ? null : now.copy();
            if (!isMaybe) {
                Conditions.bind(now, insn, Conditions.TARGET);
            }
            jumpTo(at, insn);
        }
        if ((possible & Conditions.NEXT) == 0) {
            return -1;
        }
        now = next == null ? now : next;
        if (!isMaybe) {
            Conditions.bind(now, insn, Conditions.NEXT);
        }
        return at + 1;
    }

    private void jumpTo(int at, long insn) {
        long target = BpfInsn.jumpTarget(insn, at);
        if (target < code.start(function) || target >= code.end(function)) {
            fail(at, "a jump out of its function");
        } else if (target > 0 && code.isSecondHalf((int) target)) {
            fail(at, "a jump into the middle of a 64-bit load");
        } else {
            flow((int) target, now);
        }
    }

    private void exit() {
        if (function == entry) {
            return;
        }
        MachineState result = new MachineState(isBig);
        boolean isOfFrame = now.tags[0] == MachineState.FRAME;
        result.set(0, isOfFrame ? MachineState.OPEN : now.tags[0], isOfFrame ? 0 : now.values[0]);
        if (returned[function] == null) {
            returned[function] = result;
        } else if (!returned[function].meet(result)) {
            return;
        }
        pending.or(callers.getOrDefault(function, new BitSet()));
    }

    private int call(int at, long insn) {
        BpfReference reference = resolve(code.reference(at));
        if (BpfInsn.src(insn) != BpfInsn.CALL_FUNCTION
                || reference != null && !(reference instanceof BpfReference.Function)) {
            now.call(false);
            return at + 1;
        }
        long target = reference instanceof BpfReference.Function f ? f.insn() : at + 1L + BpfInsn.imm(insn);
        int callee = target < 0 || target >= code.size() ? -1 : code.functionAt((int) target);
        if (callee < 0) {
            fail(at, "a call of what is no function");
            return -1;
        }
        callers.computeIfAbsent(callee, key -> new BitSet()).set(at);
        boolean isGlobal = code.isGlobal(callee);
        flow(code.start(callee), arguments(isGlobal));
        if (!isGlobal && returned[callee] == null) {
            return -1; // goes on when the callee returns
        }
        now.call(true);
        if (!isGlobal) {
            now.set(0, returned[callee].tags[0], returned[callee].values[0]);
        }
        return at + 1;
    }

    private MachineState arguments(boolean isGlobal) {
        MachineState arguments = new MachineState(isBig);
        for (int i = 1; i <= 5 && !isGlobal; i++) {
            if (now.tags[i] != MachineState.FRAME) {
                arguments.set(i, now.tags[i], now.values[i]);
            }
        }
        return arguments;
    }

    /** Whether a function is among those that it calls, which the verifier refuses. */
    private boolean callsItself() {
        int[] calls = new int[code.functionCount()]; // of it, from functions that are not taken away
        Map<Integer, List<Integer>> callees = new HashMap<>();
        callers.forEach((callee, places) -> places.stream()
                .map(this::functionOf)
                .distinct()
                .forEach(caller -> {
                    callees.computeIfAbsent(caller, key -> new ArrayList<>()).add(callee);
                    calls[callee]++;
                }));
        // Functions that nobody calls are taken away one by one; of what is left, each is called by one that is left.
        ArrayDeque<Integer> uncalled = new ArrayDeque<>();
        for (int i = 0; i < calls.length; i++) {
            if (calls[i] == 0) {
                uncalled.add(i);
            }
        }
        int left = calls.length;
        while (!uncalled.isEmpty()) {
            left--;
            for (int callee : callees.getOrDefault(uncalled.remove(), List.of())) {
                if (--calls[callee] == 0) {
                    uncalled.add(callee);
                }
            }
        }
        return left > 0;
    }

    /** The instruction that one leads to other than the next: the callee's first, or the target; -1 for none. */
    int elsewhere(int at) {
        long insn = insns[at];
        BpfReference reference = resolve(code.reference(at));
        if (reference instanceof BpfReference.Function f) {
            return f.insn();
        }
        if (facts.invalid().get(at)) {
            return -1;
        }
        if (BpfInsn.isFunctionCall(insn) && reference == null) {
            return at + 1 + BpfInsn.imm(insn);
        }
        return BpfInsn.isJump(insn) ? (int) BpfInsn.jumpTarget(insn, at) : -1;
    }
}
