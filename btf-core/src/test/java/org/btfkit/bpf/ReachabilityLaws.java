package org.btfkit.bpf;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever a program does when it runs has been found reachable: compared with a machine that runs it. */
class ReachabilityLaws {
    private static final int FRAME_BYTES = 512;
    private static final int MOST_STEPS = 500;

    /** A small machine: registers, a frame, two functions. Numbers from outside come from a random source. */
    private static final class Machine {
        private final long[] insns;
        private final Random outside;
        private final BitSet executed = new BitSet();
        private int steps;

        Machine(long[] insns, Random outside) {
            this.insns = insns;
            this.outside = outside;
        }

        long run(int start, long[] arguments) {
            long[] r = new long[11];
            System.arraycopy(arguments, 0, r, 1, 5);
            for (int i : new int[] {0, 6, 7, 8, 9}) {
                r[i] = outside.nextInt(4);
            }
            byte[] frame = new byte[FRAME_BYTES];
            outside.nextBytes(frame);
            int at = start;
            while (steps++ < MOST_STEPS) {
                long insn = insns[at];
                executed.set(at);
                int dst = BpfInsn.dst(insn);
                int code = BpfInsn.code(insn);
                switch (code) {
                    case 0x95 -> {
                        return r[0];
                    }
                    case 0x85 -> {
                        r[0] = BpfInsn.src(insn) == 1
                                ? run(at + 1 + BpfInsn.imm(insn), Arrays.copyOfRange(r, 1, 6))
                                : outside.nextInt(4);
                        for (int i = 1; i <= 5; i++) {
                            r[i] = outside.nextInt(4);
                        }
                    }
                    case 0x7b, 0x63 -> store(frame, BpfInsn.off(insn), BpfInsn.accessBytes(insn), r[BpfInsn.src(insn)]);
                    case 0x7a, 0x62 -> store(frame, BpfInsn.off(insn), BpfInsn.accessBytes(insn), BpfInsn.imm(insn));
                    case 0x79, 0x61, 0x71 -> r[dst] = load(frame, BpfInsn.off(insn), BpfInsn.accessBytes(insn));
                    default -> {
                        if (BpfInsn.isJump(insn)) {
                            if (code == 0x05 || holds(insn, r)) {
                                at += BpfInsn.off(insn);
                            }
                        } else {
                            r[dst] = compute(insn, r);
                        }
                    }
                }
                at++;
            }
            return 0;
        }

        private static void store(byte[] frame, int off, int size, long value) {
            for (int i = 0; i < size; i++) {
                frame[FRAME_BYTES + off + i] = (byte) (value >>> 8 * i);
            }
        }

        private static long load(byte[] frame, int off, int size) {
            long value = 0;
            for (int i = 0; i < size; i++) {
                value |= (frame[FRAME_BYTES + off + i] & 0xffL) << 8 * i;
            }
            return value;
        }

        private static long operand(long insn, long[] r) {
            return (BpfInsn.code(insn) & 8) != 0 ? r[BpfInsn.src(insn)] : BpfInsn.imm(insn);
        }

        private static boolean holds(long insn, long[] r) {
            long one = r[BpfInsn.dst(insn)];
            long other = operand(insn, r);
            if (BpfInsn.classOf(insn) == BpfInsn.JMP32) {
                one = (int) one;
                other = (int) other;
            }
            // Numbers extended with their sign compare as those of 32 bits do, signed and unsigned.
            return switch (BpfInsn.operation(insn)) {
                case 0x10 -> one == other;
                case 0x20 -> Long.compareUnsigned(one, other) > 0;
                case 0x40 -> (one & other) != 0;
                case 0x50 -> one != other;
                case 0x60 -> one > other;
                case 0xa0 -> Long.compareUnsigned(one, other) < 0;
                default -> one <= other;
            };
        }

        private static long compute(long insn, long[] r) {
            boolean is64 = BpfInsn.classOf(insn) == BpfInsn.ALU64;
            long one = r[BpfInsn.dst(insn)];
            long other = operand(insn, r);
            int shift = (int) other & (is64 ? 63 : 31);
            long result = switch (BpfInsn.operation(insn)) {
                case 0x00 -> one + other;
                case 0x10 -> one - other;
                case 0x20 -> one * other;
                case 0x40 -> one | other;
                case 0x50 -> one & other;
                case 0x60 -> one << shift;
                case 0x70 -> is64 ? one >>> shift : (one & 0xffffffffL) >>> shift;
                case 0xa0 -> one ^ other;
                case 0xb0 -> other;
                default -> is64 ? one >> shift : (int) one >> shift;
            };
            return is64 ? result : result & 0xffffffffL;
        }
    }

    private static final int[] ALU = {
        0x07, 0x0f, 0x17, 0x27, 0x47, 0x57, 0x5f, 0xa7, 0xb7, 0xbf, 0x04, 0x0c, 0x54, 0xb4, 0xbc
    };
    private static final int[] SHIFTS = {0x67, 0x77, 0xc7, 0x64, 0x74, 0xc4};
    private static final int[] JUMPS = {
        0x15, 0x1d, 0x55, 0x5d, 0x25, 0x45, 0x65, 0xa5, 0xd5, 0x16, 0x56, 0x5e, 0x26, 0x66
    };

    /** Jumps lead ahead, mostly, and stay in their function; the last instruction of each is an exit. */
    private static long[] program(Random random, int first, int second) {
        long[] insns = new long[first + second];
        for (int i = 0; i < insns.length; i++) {
            int end = i < first ? first : insns.length;
            int start = i < first ? 0 : first;
            insns[i] = i == end - 1 ? BpfInsn.of(0x95, 0, 0, 0, 0) : insn(random, i, start, end, first);
        }
        return insns;
    }

    private static long insn(Random random, int at, int start, int end, int callee) {
        int dst = random.nextInt(5);
        int src = random.nextInt(5);
        int imm = random.nextInt(4) - 1;
        int slot = -8 * (1 + random.nextInt(2));
        return switch (random.nextInt(12)) {
            case 0, 1, 2 -> BpfInsn.of(ALU[random.nextInt(ALU.length)], dst, src, 0, imm);
            case 3 -> BpfInsn.of(SHIFTS[random.nextInt(SHIFTS.length)], dst, 0, 0, random.nextInt(32));
            case 4 -> BpfInsn.of(random.nextBoolean() ? 0x7b : 0x63, 10, src, slot, 0);
            case 5 ->
                random.nextBoolean()
                        ? BpfInsn.of(0x7a, 10, 0, slot, imm)
                        : BpfInsn.of(0x62, 10, 0, slot + 4 * random.nextInt(2), imm);
            case 6 -> BpfInsn.of(new int[] {0x79, 0x61, 0x71}[random.nextInt(3)], dst, 10, slot, 0);
            case 7 -> BpfInsn.of(0x85, 0, 0, 0, 5);
            case 8 -> at < callee ? BpfInsn.of(0x85, 0, 1, 0, callee - at - 1) : BpfInsn.of(0xb7, dst, 0, 0, imm);
            default -> {
                int to = random.nextInt(8) == 0
                        ? start + random.nextInt(end - start)
                        : at + 1 + random.nextInt(end - at - 1);
                yield BpfInsn.of(JUMPS[random.nextInt(JUMPS.length)], dst, src, to - at - 1, imm);
            }
        };
    }

    @Property(tries = 3000)
    void whatRunsHasBeenFoundReachable(@ForAll long seed) {
        Random random = new Random(seed);
        int first = 8 + random.nextInt(24);
        int second = 4 + random.nextInt(12);
        long[] insns = program(random, first, second);
        BpfCode.Builder builder = new BpfCode.Builder(ByteOrder.LITTLE_ENDIAN);
        builder.section(insns);
        builder.function(0, first, true);
        builder.function(first, second, false);
        BpfCode code = builder.build();
        Reachability found = Reachability.of(code, new BpfFacts(insns, new BitSet(), List.of(), List.of()), 0);
        assertNull(found.problem());
        for (int run = 0; run < 20; run++) {
            Machine machine = new Machine(insns, random);
            machine.run(0, new long[] {random.nextInt(4), 0, 1, 2, 3});
            machine.executed.stream()
                    .forEach(insn ->
                            assertTrue(found.isReached(insn), () -> "instruction " + insn + " of seed " + seed));
        }
    }
}
