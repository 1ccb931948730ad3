package org.btfkit.bpf;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes programs for tests, an instruction a call; functions one behind the other, the first is the entry. */
final class Asm {
    private final List<Long> insns = new ArrayList<>();
    private final Map<Integer, BpfReference> references = new HashMap<>();
    private final List<Integer> starts = new ArrayList<>(List.of(0));
    private final BitSet globals = new BitSet();
    private final BitSet invalid = new BitSet();
    private final List<BpfArea> areas = new ArrayList<>();
    private ByteOrder order = ByteOrder.LITTLE_ENDIAN;

    Asm bigEndian() {
        order = ByteOrder.BIG_ENDIAN;
        return this;
    }

    Asm insn(int code, int dst, int src, int off, int imm) {
        insns.add(BpfInsn.of(code, dst, src, off, imm));
        return this;
    }

    /** {@code dst = imm} */
    Asm mov(int dst, int imm) {
        return insn(0xb7, dst, 0, 0, imm);
    }

    /** {@code dst = src} */
    Asm movReg(int dst, int src) {
        return insn(0xbf, dst, src, 0, 0);
    }

    /** {@code if dst == imm goto +off} */
    Asm jeq(int dst, int imm, int off) {
        return insn(0x15, dst, 0, off, imm);
    }

    /** {@code if dst != imm goto +off} */
    Asm jne(int dst, int imm, int off) {
        return insn(0x55, dst, 0, off, imm);
    }

    Asm exit() {
        return insn(0x95, 0, 0, 0, 0);
    }

    /** A call of a function of the kernel. */
    Asm helper(int id) {
        return insn(0x85, 0, 0, 0, id);
    }

    /** An instruction that relocation has made invalid; it was {@code r1 = 0}. */
    Asm poison() {
        invalid.set(insns.size());
        return mov(1, 0);
    }

    /** {@code *(u64 *)(r10 + off) = src} */
    Asm spill(int src, int off) {
        return insn(0x7b, 10, src, off, 0);
    }

    /** {@code dst = *(u64 *)(r10 + off)} */
    Asm fill(int dst, int off) {
        return insn(0x79, dst, 10, off, 0);
    }

    /** {@code dst = *(u32 *)(src + off)} */
    Asm load32(int dst, int src, int off) {
        return insn(0x61, dst, src, off, 0);
    }

    /** {@code dst = reference ll} */
    Asm address(int dst, BpfReference reference) {
        references.put(insns.size(), reference);
        return insn(0x18, dst, 0, 0, 0).insn(0, 0, 0, 0, 0);
    }

    Asm call(BpfReference reference) {
        references.put(insns.size(), reference);
        return insn(0x85, 0, 1, 0, -1);
    }

    Asm function(boolean isGlobal) {
        globals.set(starts.size(), isGlobal);
        starts.add(insns.size());
        return this;
    }

    Asm area(byte[] bytes, int... starts) {
        int first = areas.stream().mapToInt(area -> area.starts().length).sum();
        areas.add(new BpfArea(bytes, starts, first));
        return this;
    }

    int size() {
        return insns.size();
    }

    BpfCode code() {
        BpfCode.Builder builder = new BpfCode.Builder(order);
        builder.section(insns.stream().mapToLong(Long::longValue).toArray());
        for (int i = 0; i < starts.size(); i++) {
            int end = i + 1 < starts.size() ? starts.get(i + 1) : insns.size();
            builder.function(starts.get(i), end - starts.get(i), globals.get(i));
        }
        references.forEach(builder::refer);
        return builder.build();
    }

    Reachability run(BpfReference... externs) {
        BpfCode code = code();
        return Reachability.of(code, new BpfFacts(code.insns(), invalid, List.of(externs), areas), 0);
    }
}
