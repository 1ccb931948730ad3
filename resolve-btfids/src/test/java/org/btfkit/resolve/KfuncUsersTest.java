package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.elf.ElfFile;
import org.btfkit.fixtures.raw.BtfIdsObject;
import org.btfkit.fixtures.raw.BtfIdsObject.Entry;
import org.btfkit.fixtures.raw.BtfIdsObject.IdSet8;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawElf;
import org.btfkit.fixtures.raw.RawElf.Reloc;
import org.btfkit.fixtures.raw.RawElf.Section;
import org.btfkit.fixtures.raw.RawElf.Symbol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Calls as gcc writes them in the kernel, for two sets: the struct of the second is 24 bytes behind that of the first.
 */
class KfuncUsersTest {
    private static final String CALL = "e8 00 00 00 00";
    private static final String MOV_STRUCT = "48 c7 c6 00 00 00 00";
    private static final int STRUCT_BYTES = 24;
    private static final ElfVariant LINKED = new ElfVariant(true, ByteOrder.LITTLE_ENDIAN, ElfVariant.ET_EXEC);

    @TempDir
    Path folder;

    private final RawBtf raw = RawBtf.littleEndian();

    /** A relocation of the code: to a struct, or to the function for -1. */
    private record Link(int offset, int type, int struct, long addend) {}

    private RawElf object(String code, Link... links) {
        return object(ElfVariant.MODULE, 0, code, links);
    }

    private RawElf object(ElfVariant variant, int machine, String code, Link... links) {
        int proto = raw.addFuncProto(0);
        raw.addFunc("f", proto, 1);
        raw.addFunc("g", proto, 1);
        RawElf elf = BtfIdsObject.of(variant)
                .withAddress(variant.relocatable() ? 0 : 0x3000)
                .with(
                        new IdSet8("first", 1, List.of(Entry.func("f", 0))),
                        new IdSet8("second", 1, List.of(Entry.func("g", 0))))
                .toElf();
        if (machine != 0) {
            elf.header(RawElf.Ehdr.MACHINE, machine);
        }
        Section ids = elf.find(".BTF_ids");
        int second = 8 + 8; // behind the first set, which has one entry
        ByteBuffer structs = ByteBuffer.allocate(2 * STRUCT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        if (!variant.relocatable()) {
            structs.putLong(8, 0x3000).putLong(STRUCT_BYTES + 8, 0x3000 + second);
        }
        Section data =
                elf.section(".rodata").flags(RawElf.SHF_ALLOC).addr(0x2000).data(structs.array());
        Section text = elf.section(".text")
                .flags(RawElf.SHF_ALLOC | RawElf.SHF_EXECINSTR)
                .addr(0x1000)
                .data(HexFormat.of().parseHex(code.replace(" ", "")));
        Symbol register = elf.symbol("register_btf_kfunc_id_set");
        if (!variant.relocatable()) {
            register.in(text).value(0x1100);
            return elf;
        }
        Symbol idsStart = elf.symbol("").in(ids);
        Symbol dataStart = elf.symbol("").in(data);
        int pointer = machine == 183 ? 257 : 1;
        elf.rela(
                data,
                List.of(new Reloc(8, idsStart, pointer, 0), new Reloc(STRUCT_BYTES + 8, idsStart, pointer, second)));
        List<Reloc> relocs = new ArrayList<>();
        for (Link link : links) {
            boolean isCall = link.struct < 0;
            relocs.add(new Reloc(
                    link.offset,
                    isCall ? register : dataStart,
                    link.type,
                    link.addend + (isCall ? 0 : link.struct * STRUCT_BYTES)));
        }
        elf.rela(text, relocs);
        return elf;
    }

    /** The types of the first and of the second set, and the number of calls that could not be read. */
    private String users(RawElf object) throws IOException {
        Path file = Files.write(folder.resolve("object.ko"), object.toBytes());
        Btf btf = Btf.parse(raw.toBytes(), null, "test");
        try (ElfFile elf = ElfFile.open(file)) {
            KfuncUsers users = KfuncUsers.of(elf);
            List<KfuncSet> sets = KfuncSet.of(elf, btf);
            assertEquals(2, sets.size());
            return users.of(sets.get(0)) + " " + users.of(sets.get(1)) + " " + users.unreadCalls();
        }
    }

    private static Link call(int offset) {
        return new Link(offset, 4, -1, -4);
    }

    private static Link struct(int offset, int struct) {
        return new Link(offset, 11, struct, 0);
    }

    @Test
    void shouldReadArgumentsInEitherOrder() throws IOException {
        String code = MOV_STRUCT + "bf 06 00 00 00" + CALL // XDP
                + "bf 03 00 00 00" + MOV_STRUCT + CALL // SCHED_CLS
                + MOV_STRUCT + "31 ff" + "e9 00 00 00 00"; // all, by a jump
        assertEquals(
                "[3, 6] [0] 0",
                users(object(code, struct(3, 0), call(13), struct(25, 0), call(30), struct(37, 1), call(44))));
    }

    @Test
    void shouldReadAnAddressThatIsRelativeToTheCode() throws IOException {
        String code = "48 8d 35 00 00 00 00" + "bf 1b 00 00 00" + CALL;
        assertEquals("[] [27] 0", users(object(code, new Link(3, 2, 1, -4), call(13))));
    }

    @Test
    void shouldLookPastMovesOfOtherRegisters() throws IOException {
        String moves = "65 48 8b 04 25 28 00 00 00" // mov %gs:0x28, %rax
                + "48 89 44 24 10" // mov %rax, 0x10(%rsp)
                + "48 8b 05 00 00 00 00" // mov 0(%rip), %rax
                + "48 89 04 24"; // mov %rax, (%rsp)
        assertEquals("[26] [] 0", users(object(MOV_STRUCT + "bf 1a 00 00 00" + moves + CALL, struct(3, 0), call(38))));
    }

    @Test
    void shouldNotGuess() throws IOException {
        String changed = MOV_STRUCT + "bf 06 00 00 00" + "48 89 c7" + CALL; // mov %rax, %rdi
        assertEquals("[] [] 1", users(object(changed, struct(3, 0), call(16))));
        String computed = MOV_STRUCT + "89 c7" + CALL; // mov %eax, %edi
        assertEquals("[] [] 1", users(object(computed, struct(3, 0), call(10))));
        String unknown = MOV_STRUCT + "bf 06 00 00 00" + "0f a2" + CALL; // cpuid
        assertEquals("[] [] 1", users(object(unknown, struct(3, 0), call(15))));
        String another = "bf 06 00 00 00" + "45 31 ff" + MOV_STRUCT + CALL; // xor %r15d, %r15d
        assertEquals("[] [] 1", users(object(another, struct(11, 0), call(16))));
        String ledTo = MOV_STRUCT + "bf 06 00 00 00" + CALL + "eb f9"; // jmp, to the call
        assertEquals("[] [] 1", users(object(ledTo, struct(3, 0), call(13))));
        String ledFar = MOV_STRUCT + "bf 06 00 00 00" + CALL + "0f 84 f0 ff ff ff"; // je, behind the first
        assertEquals("[] [] 1", users(object(ledFar, struct(3, 0), call(13))));
        String large = MOV_STRUCT + "bf 00 01 00 00" + CALL; // no type has the number 256
        assertEquals("[] [] 1", users(object(large, struct(3, 0), call(13))));
        String noStruct = MOV_STRUCT + "bf 06 00 00 00" + CALL; // 8 bytes into a struct, where no pointer to a set is
        assertEquals("[] [] 1", users(object(noStruct, new Link(3, 11, 0, 8), call(13))));
        assertEquals("[] [] 0", users(object("90 90", call(0), struct(0, 0)).header(RawElf.Ehdr.MACHINE, 243)));
    }

    @Test
    void shouldCountACallForWhatIsNotTheStartOfASet() throws IOException {
        String code = "48 c7 c6 00 20 00 00" + "bf 06 00 00 00" + "e8 ef 00 00 00";
        RawElf object = object(LINKED, 0, code);
        assertEquals("[6] [] 0", users(object));
        byte[] structs = object.find(".rodata").data();
        structs[8] = 8; // the pointer of the first struct: to the first entry of its set
        object.find(".rodata").data(structs);
        assertEquals("[] [] 1", users(object));
    }

    @Test
    void shouldReadCodeOfALinkedKernel() throws IOException {
        String code = "48 c7 c6 18 20 00 00" + "bf 06 00 00 00" + "e8 ef 00 00 00"; // at 0x100c, to 0x1100
        assertEquals("[] [6] 0", users(object(LINKED, 0, code)));
    }

    private RawElf arm64(int[] code, Link... links) {
        ByteBuffer bytes = ByteBuffer.allocate(code.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(code);
        return object(ElfVariant.MODULE, 183, HexFormat.of().formatHex(bytes.array()), links);
    }

    private static final int ADRP_X1 = 0x90000001;
    private static final int ADD_X1 = 0x91000021;
    private static final int MOV_W0_27 = 0x52800360;
    private static final int BL = 0x94000000;
    private static final int NOP = 0xd503201f;

    private static Link arm64Call(int insn) {
        return new Link(insn * 4, 283, -1, 0);
    }

    private static Link low(int insn, int struct) {
        return new Link(insn * 4, 277, struct, 0);
    }

    @Test
    void shouldReadArm64() throws IOException {
        int[] code = {ADRP_X1, 0x910003fd, ADD_X1, MOV_W0_27, BL};
        assertEquals("[] [27] 0", users(arm64(code, low(2, 1), arm64Call(4))));
    }

    /** The struct is in x20 for both calls; what the caller had there is restored between them, for a return. */
    @Test
    void shouldReadArm64WhereAStructIsKept() throws IOException {
        int[] code = {
            0xa9be7bfd, // stp x29, x30, [sp, #-32]!
            0x528000c0, // mov w0, #6
            0xa90153f3, // stp x19, x20, [sp, #16]
            0x90000014, // adrp x20
            0x91000294, // add x20, x20
            0xaa1403e1, // mov x1, x20
            BL,
            0x340000c0, // cbz w0
            0xa94153f3, // ldp x19, x20, [sp, #16]
            0xd65f03c0, // ret
            0xaa1403e1, // mov x1, x20
            0x52800060, // mov w0, #3
            BL
        };
        assertEquals("[3, 6] [] 0", users(arm64(code, low(4, 0), arm64Call(6), arm64Call(12))));
        for (int changed : new int[] {
            0xaa0003f4, // mov x20, x0
            0xa94153f3, // ldp x19, x20, [sp, #16]: with no return behind it
            0xf8408e81, // ldr x1, [x20, #8]!
            0xd5384114 // mrs x20, sp_el0
        }) {
            int[] other = code.clone();
            other[7] = changed;
            other[8] = NOP;
            other[9] = NOP;
            assertEquals("[6] [] 1", users(arm64(other, low(4, 0), arm64Call(6), arm64Call(12))));
        }
    }

    /** Two structs are put into x20: which one it has depends on the way that was gone. */
    @Test
    void shouldNotGuessWhichStructIsKeptOnArm64() throws IOException {
        int[] code = {
            0xa9be7bfd, // stp x29, x30, [sp, #-32]!
            0x90000014, // adrp x20
            0x91000294, // add x20, x20
            0x34000080, // cbz w0, behind the next add
            0x90000014, // adrp x20
            0x91000294, // add x20, x20
            NOP,
            0xaa1403e1, // mov x1, x20
            0x52800060, // mov w0, #3
            BL
        };
        assertEquals("[] [] 1", users(arm64(code, low(2, 0), low(5, 1), arm64Call(9))));
    }

    @Test
    void shouldNotGuessOnArm64() throws IOException {
        int[] branch = {ADRP_X1, ADD_X1, MOV_W0_27, 0x34000040, BL}; // cbz w0
        assertEquals("[] [] 1", users(arm64(branch, low(1, 1), arm64Call(4))));
        int[] ledTo = {ADRP_X1, ADD_X1, MOV_W0_27, BL, 0x17ffffff}; // b, to the call
        assertEquals("[] [] 1", users(arm64(ledTo, low(1, 1), arm64Call(3))));
        int[] moved = {ADRP_X1, ADD_X1, 0xf8408422, MOV_W0_27, BL}; // ldr x2, [x1], #8
        assertEquals("[] [] 1", users(arm64(moved, low(1, 1), arm64Call(4))));
        int[] computed = {ADRP_X1, ADD_X1, 0x2a0303e0, BL}; // mov w0, w3
        assertEquals("[] [] 1", users(arm64(computed, low(1, 1), arm64Call(3))));
        int[] loaded = {ADRP_X1, ADD_X1, 0xf9400021, MOV_W0_27, BL}; // ldr x1, [x1]
        assertEquals("[] [] 1", users(arm64(loaded, low(1, 1), arm64Call(4))));
    }
}
