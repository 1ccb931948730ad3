package org.btfkit.btf.relo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.fixtures.raw.RawBpfObject;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Enumerator;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.btfkit.fixtures.raw.RawElf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What records come to on small targets, and what is said of those that come to nothing. */
class CoreRelocatorTest {
    private static final String SECTION = "raw_tp/a";
    private static final int BYTE_OFF = 0;
    private static final int BYTE_SZ = 1;
    private static final int EXISTS = 2;
    private static final int TYPE_ID = 7;
    private static final int TYPE_EXISTS = 8;
    private static final int ENUM_VALUE = 11;
    private static final int MATCHES = 12;

    private static final int LDX8 = 0x79;
    private static final int LDX4 = 0x61;
    private static final int MOV = 0xb7;

    /** Types of the object: ids 1 int, 2 u64, 3 struct s { int a; u64 b; int bits:3 at 128; int arr[4] at 160 }. */
    private static RawBtf local() {
        RawBtf btf = RawBtf.littleEndian();
        int integer = btf.addInt("int", 4, RawBtf.SIGNED);
        int wide = btf.addInt("u64", 8, 0);
        int array = btf.nextId() + 1;
        btf.addComposite(
                4,
                "s",
                true,
                40,
                Member.of("a", integer, 0),
                Member.of("b", wide, 64),
                Member.bitfield("bits", integer, 128, 3),
                Member.of("arr", array, 160));
        btf.addArray(integer, integer, 4);
        btf.addEnum("e", 4, false, new Enumerator("A", 1), new Enumerator("B", 2));
        return btf;
    }

    private static final int S = 3;
    private static final int E = 5;

    private static Btf kernel(RawBtf raw) {
        return Btf.parse(raw.toBytes(), null, "kernel");
    }

    private static CoreTarget target(RawBtf raw) {
        return CoreTarget.of(kernel(raw), List.of());
    }

    private static CoreResults relocate(RawBpfObject object, RawBtf target) {
        return CoreRelocator.of(CoreObjects.read(object.toBytes())).on(target(target));
    }

    private static CoreResult one(int kind, int typeId, String access, long built, RawBtf target) {
        return relocate(RawBpfObject.of(local()).relo(SECTION, kind, typeId, access, built), target)
                .get(0);
    }

    private static RawBtf target(Member... members) {
        RawBtf btf = RawBtf.littleEndian();
        btf.addInt("int", 4, RawBtf.SIGNED);
        btf.addInt("u64", 8, 0);
        btf.addComposite(4, "s", true, 64, members);
        return btf;
    }

    @Test
    void shouldPutTheOffsetOfTheTargetIntoTheInstruction() {
        RawBpfObject object =
                RawBpfObject.of(local()).reloIn(SECTION, BYTE_OFF, S, "0:1", RawBpfObject.insn(LDX8, 8, 0));
        CoreResults results = relocate(object, target(Member.of("b", 2, 256)));
        assertEquals("8 -> 32", results.get(0).toString());
        assertEquals(RawBpfObject.insn(LDX8, 32, 0), results.insns(1)[0]);
        assertEquals("s.b", results.path(0).toString());
    }

    @Test
    void shouldReadAnUnsignedFieldByItsNewWidth() {
        RawBtf btf = local();
        int narrow = btf.addInt("u32", 4, 0);
        int type = btf.addStruct("w", 8, Member.of("x", 2, 0));
        RawBpfObject object =
                RawBpfObject.of(btf).reloIn(SECTION, BYTE_OFF, type, "0:0", RawBpfObject.insn(LDX8, 0, 0));
        RawBtf kernel = RawBtf.littleEndian();
        kernel.addInt("u32", 4, 0);
        kernel.addStruct("w", 8, Member.of("x", 1, 32));
        CoreResults results = relocate(object, kernel);
        assertEquals(RawBpfObject.insn(LDX4, 4, 0), results.insns(1)[0]);
        assertEquals(4, results.accessBytes(0));
        assertTrue(narrow > 0);
    }

    @Test
    void shouldPoisonASignedFieldOfAnotherWidth() {
        RawBpfObject object =
                RawBpfObject.of(local()).reloIn(SECTION, BYTE_OFF, S, "0:0", RawBpfObject.insn(LDX4, 0, 0));
        CoreResults results = relocate(object, target(Member.of("a", 2, 64)));
        assertEquals(CoreOutcome.POISONED, results.outcome(0));
        assertEquals(
                "poisoned: s.a is u64 (8 bytes) there, int (4 bytes) in the object: only pointers and unsigned integers"
                        + " may be read with another size",
                results.get(0).toString());
        assertEquals(0xbad2310_0000_0085L, results.insns(1)[0]);
    }

    @Test
    void shouldMakeBothHalvesOfALongLoadInvalid() {
        RawBpfObject object = RawBpfObject.of(local()).relo(SECTION, BYTE_OFF, S, "0:1", 8);
        CoreResults results = relocate(object, target(Member.of("a", 1, 0)));
        assertArrayEquals(new long[] {0xbad2310_0000_0085L, 0xbad2310_0000_0085L, 0x95}, results.insns(1));
    }

    @Test
    void shouldRefuseAnInstructionThatWasBuiltWithAnotherValue() {
        CoreResult result = one(BYTE_OFF, S, "0:1", 16, target(Member.of("b", 2, 256)));
        assertEquals("refused: instruction 0 holds 16, expected the 8 that it was built with", result.toString());
    }

    @Test
    void shouldRefuseAnOffsetThatNoLoadHolds() {
        RawBtf kernel = RawBtf.littleEndian();
        kernel.addInt("u64", 8, 0);
        kernel.addStruct("s", 1 << 20, Member.of("b", 1, 1 << 22));
        RawBpfObject object =
                RawBpfObject.of(local()).reloIn(SECTION, BYTE_OFF, S, "0:1", RawBpfObject.insn(LDX8, 8, 0));
        assertEquals(
                "refused: offset 524288, expected at most 32767 in a load or store",
                relocate(object, kernel).get(0).toString());
    }

    @Test
    void shouldRefuseAnInstructionThatHoldsNoValue() {
        RawBpfObject object =
                RawBpfObject.of(local()).reloIn(SECTION, BYTE_OFF, S, "0:1", RawBpfObject.insn(0xbf, 8, 0));
        assertEquals(
                "refused: instruction 0 with code 0xbf holds no value that could be put in its place",
                relocate(object, target(Member.of("b", 2, 64))).get(0).toString());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 16", // offset of the window of 4 bytes
        "1, 4", // its size
        "2, 1", "3, 1", "4, 61", // 64 - 3 bits at its start
        "5, 61",
    })
    void shouldReadABitFieldByItsWindow(int kind, long expected) {
        CoreResult result = one(kind, S, "0:2", 0, target(Member.bitfield("bits", 1, 128, 3)));
        assertEquals(expected, kind == EXISTS || kind == 3 || kind == 5 ? result.localValue() : result.value());
    }

    @Test
    void shouldWidenTheWindowOfABitFieldAcrossItsType() {
        // 3 bits at bit 31: no 4 bytes hold them, the 8 bytes around do.
        RawBpfObject object = RawBpfObject.of(local()).reloIn(SECTION, BYTE_SZ, S, "0:2", RawBpfObject.insn(MOV, 0, 4));
        CoreResults results = relocate(object, target(Member.bitfield("bits", 1, 31, 3)));
        assertEquals(8, results.value(0));
        assertFalse(results.isChecked(0));
    }

    @Test
    void shouldRefuseABitFieldThatNothingReads() {
        CoreResult result = one(BYTE_OFF, S, "0:2", 0, target(Member.bitfield("bits", 1, 62, 3)));
        assertEquals(
                "refused: a bit field that no integer of up to 8 bytes holds, on the target: [3] struct s",
                result.toString());
    }

    @Test
    void shouldSayWhichMemberIsMissingAndWhatIsInItsPlace() {
        CoreResult result = one(EXISTS, S, "0:1", 1, target(Member.of("renamed", 2, 64), Member.of("bb", 2, 256)));
        assertEquals(CoreOutcome.ABSENT, result.outcome());
        assertEquals(
                "1 -> 0: s has no member b; was at 8 (8 bytes); nearest: renamed at 8, same offset and size",
                result.toString());
    }

    @Test
    void shouldSayWhereAMemberHasGone() {
        RawBtf kernel = RawBtf.littleEndian();
        kernel.addInt("u64", 8, 0);
        kernel.addStruct("inner", 16, Member.of("b", 1, 64));
        kernel.addStruct("s", 32, Member.of("in", 2, 128));
        assertEquals(
                "poisoned: s has no member b; was at 8 (8 bytes); nearest: in.b at 24 (8 bytes)",
                one(BYTE_OFF, S, "0:1", 8, kernel).toString());
    }

    @Test
    void shouldSayWhatAFieldIsThereInstead() {
        RawBtf kernel = target(Member.of("b", 4, 64));
        kernel.addPtr(0);
        assertEquals(
                "poisoned: s.b is void * there, u64 in the object",
                one(BYTE_OFF, S, "0:1", 8, kernel).toString());
    }

    @Test
    void shouldSayThatAnArrayIsTooShort() {
        RawBtf kernel = target(Member.of("arr", 4, 0));
        kernel.addArray(1, 1, 2);
        assertEquals(
                "poisoned: s.arr has 2 elements there, no [3]",
                one(BYTE_OFF, S, "0:3:3", 32, kernel).toString());
    }

    @Test
    void shouldSayThatATypeIsMissingAndWhichComesNearest() {
        RawBtf kernel = RawBtf.littleEndian();
        kernel.addInt("int", 4, 0);
        kernel.addUnion("s", 4, Member.of("a", 1, 0));
        assertEquals(
                "1 -> 0: no struct s; nearest: union s",
                one(TYPE_EXISTS, S, "0", 1, kernel).toString());
    }

    @Test
    void shouldSayThatAnEnumeratorIsMissing() {
        RawBtf kernel = RawBtf.littleEndian();
        kernel.addEnum("e", 4, false, new Enumerator("A", 1));
        assertEquals(
                "poisoned: enum e has no enumerator B",
                one(ENUM_VALUE, E, "1", 2, kernel).toString());
    }

    @Test
    void shouldSayThatNamesOfIntegersCountInAMatch() {
        RawBtf btf = RawBtf.littleEndian();
        btf.addInt("long", 8, RawBtf.SIGNED);
        btf.addStruct("m", 8, Member.of("x", 1, 0));
        RawBtf kernel = RawBtf.littleEndian();
        kernel.addInt("long int", 8, RawBtf.SIGNED);
        kernel.addStruct("m", 8, Member.of("x", 1, 0));
        CoreResults results = relocate(RawBpfObject.of(btf).relo(SECTION, MATCHES, 2, "0", 1), kernel);
        assertEquals(
                "1 -> 0: struct m: long int (8 bytes) there, long (8 bytes) in the object (names of integers count, and"
                        + " compilers spell them differently)",
                results.get(0).toString());
    }

    @Test
    void shouldRefuseTypesThatDisagree() {
        RawBtf kernel = target(Member.of("b", 2, 64));
        kernel.addComposite(4, "s___v2", true, 64, Member.of("b", 2, 128));
        CoreResult result = one(BYTE_OFF, S, "0:1", 8, kernel);
        assertEquals(CoreOutcome.AMBIGUOUS, result.outcome());
        assertEquals("ambiguous: [3] struct s says 8, but [4] struct s___v2 says 16", result.toString());
    }

    @Test
    void shouldLeaveToLaterRecordsWhatAnEarlierOneMatched() {
        RawBtf kernel = target(Member.of("b", 2, 64));
        kernel.addComposite(4, "s___v2", true, 64, Member.of("b", 2, 128), Member.of("a", 1, 0));
        RawBpfObject object =
                RawBpfObject.of(local()).relo(SECTION, EXISTS, S, "0:0", 1).relo(SECTION, BYTE_OFF, S, "0:1", 8);
        CoreResults results = relocate(object, kernel);
        assertEquals("8 -> 16", results.get(1).toString());
        assertArrayEquals(new int[] {4}, results.candidates(1));
    }

    @Test
    void shouldNotNarrowByAProgramThatIsNotLoaded() {
        RawBtf kernel = target(Member.of("b", 2, 64));
        kernel.addComposite(4, "s___v2", true, 64, Member.of("b", 2, 128), Member.of("a", 1, 0));
        RawBpfObject object = RawBpfObject.of(local())
                .relo("?raw_tp/off", EXISTS, S, "0:0", 1)
                .relo(SECTION, BYTE_OFF, S, "0:1", 8);
        CoreRelocator relocator = CoreRelocator.of(CoreObjects.read(object.toBytes()));
        assertEquals(CoreOutcome.AMBIGUOUS, relocator.on(target(kernel)).outcome(1));
        assertEquals(
                CoreOutcome.RESOLVED,
                relocator.withScope(CoreScope.PROGRAMS).on(target(kernel)).outcome(1));
    }

    @Test
    void shouldLookIntoModulesOnlyForWhatVmlinuxLacks() {
        RawBtf base = RawBtf.littleEndian();
        base.addInt("u64", 8, 0);
        RawBtf module = RawBtf.splitOn(base);
        module.addStruct("s", 32, Member.of("b", 1, 192));
        Btf vmlinux = kernel(base);
        CoreTarget target = CoreTarget.of(vmlinux, List.of(Btf.parse(module.toBytes(), vmlinux, "module")));
        RawBpfObject object = RawBpfObject.of(local()).relo(SECTION, BYTE_OFF, S, "0:1", 8);
        CoreResults results =
                CoreRelocator.of(CoreObjects.read(object.toBytes())).on(target);
        assertEquals(24, results.value(0));
        assertEquals("module", results.get(0).candidates().get(0).module());
        assertEquals(2, target.typeIdOf(results.matchSerial(0, 0)));
    }

    @Test
    void shouldTakeForCiliumTheTypeOnWhichMostHolds() {
        // libbpf lets the first record choose the first type, on which the second fails.
        RawBtf kernel = target(Member.of("a", 1, 0));
        kernel.addComposite(4, "s___v2", true, 64, Member.of("a", 1, 0), Member.of("b", 2, 128));
        RawBpfObject object =
                RawBpfObject.of(local()).relo(SECTION, TYPE_ID, S, "0", 3).relo(SECTION, BYTE_OFF, S, "0:1", 8);
        CoreRelocator relocator = CoreRelocator.of(CoreObjects.read(object.toBytes()));
        assertEquals(CoreOutcome.AMBIGUOUS, relocator.on(target(kernel)).outcome(0));
        CoreResults results = relocator.withLoader(CoreLoader.CILIUM).on(target(kernel));
        assertEquals(4, results.value(0));
        assertEquals(16, results.value(1));
    }

    @Test
    void shouldPoisonForCiliumATypeIdThatIsNotThere() {
        RawBtf kernel = RawBtf.littleEndian();
        kernel.addInt("int", 4, 0);
        RawBpfObject object = RawBpfObject.of(local()).relo(SECTION, TYPE_ID, S, "0", 3);
        CoreRelocator relocator = CoreRelocator.of(CoreObjects.read(object.toBytes()));
        assertEquals(CoreOutcome.ABSENT, relocator.on(target(kernel)).outcome(0));
        assertEquals(
                CoreOutcome.POISONED,
                relocator.withLoader(CoreLoader.CILIUM).on(target(kernel)).outcome(0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 3 | 0:9    | access string '0:9' leads at number 1 to member 9 of type [3] STRUCT 's', which has 4",
                "0 | 3 | 0:3:4  | access string '0:3:4' leads at number 2 to element 4 of type [4] ARRAY, which has 4",
                "0 | 3 | 0:0:0  | access string '0:0:0' leads at number 2 to type [1] INT 'int', expected a struct, union or array",
                "0 | 3 | 0:x    | access string '0:x' is no path, expected numbers and colons such as 0:1",
                "0 | 3 | 0: 1   | access string '0: 1' is no path, expected numbers and colons such as 0:1",
                "0 | 3 | 0:+1   | access string '0:+1' is no path, expected numbers and colons such as 0:1",
                "0 | 99 | 0     | type id 99 of no type (there are 6)",
                "0 | 0 | 0      | void has no size, so no [0]",
                "8 | 3 | 0:0    | access string '0:0' of a whole type, expected '0'",
                "8 | 4 | 0      | type [4] ARRAY has no name, by which a target could be searched",
                "10 | 3 | 0     | access string '0' of type [3] STRUCT 's', expected the index of an enumerator",
                "11 | 5 | 2     | access string '2' of type [5] ENUM 'e', expected the index of an enumerator",
                "13 | 3 | 0     | relocation kind 13, expected 0 to 12",
                "3 | 3 | 0:3:1  | an element of an array in the object, expected a field",
                "0 | 3 | 2000000000:0 | an offset beyond 32 bits in the object",
            })
    void shouldRefuseABrokenRecordAndGoOn(int kind, int typeId, String access, String fault) {
        RawBpfObject object =
                RawBpfObject.of(local()).relo(SECTION, kind, typeId, access, 0).relo(SECTION, BYTE_OFF, S, "0:1", 8);
        CoreResults results = relocate(object, target(Member.of("b", 2, 256)));
        assertEquals("refused: " + fault, results.get(0).toString());
        assertEquals("8 -> 32", results.get(1).toString());
        assertTrue(results.isFatal());
        assertEquals(
                ".BTF.ext core_relo raw_tp/a #0 (instruction at byte 0)",
                results.get(0).relocation().place());
    }

    @Test
    void shouldEndOnPathsOfManyNumbers() {
        RawBpfObject object = RawBpfObject.of(local()).relo(SECTION, BYTE_OFF, S, "0" + ":0".repeat(1000), 0);
        assertEquals(
                "refused: access string '" + "0:".repeat(20) + "...' has more than 64 numbers",
                relocate(object, target(Member.of("b", 2, 256))).get(0).toString());
    }

    @Test
    void shouldEndOnACircleOfTypedefs() {
        RawBtf kernel = target(Member.of("b", 4, 64));
        kernel.addTypedef("t", 5);
        kernel.addTypedef("t2", 4);
        assertEquals(
                "refused: more than 1024 typedefs and modifiers in a row, or a circle of them, on the target: [3]"
                        + " struct s",
                one(BYTE_OFF, S, "0:1", 8, kernel).toString());
    }

    @Test
    void shouldEndOnACircleOfNamelessMembers() {
        RawBtf kernel = RawBtf.littleEndian();
        kernel.addStruct("s", 64, Member.of("", 2, 0), Member.of("", 2, 0));
        kernel.addStruct("", 64, Member.of("", 2, 0), Member.of("", 2, 0));
        assertEquals(
                "refused: a path of more than 64 members and elements on the target: [1] struct s",
                one(BYTE_OFF, S, "0:1", 8, kernel).toString());
    }

    @Test
    void shouldEndOnMembersThatDoubleAtEachLevel() {
        RawBtf kernel = RawBtf.littleEndian();
        kernel.addStruct("s", 64, Member.of("", 2, 0), Member.of("", 2, 0));
        for (int id = 2; id < 60; id++) {
            kernel.addStruct("", 64, Member.of("", id + 1, 0), Member.of("", id + 1, 0));
        }
        kernel.addStruct("", 64);
        assertEquals(
                "refused: more members to search than any kernel has, on the target: [1] struct s",
                one(BYTE_OFF, S, "0:1", 8, kernel).toString());
    }

    @Test
    void shouldTakeTheFirstMemberOfAName() {
        // C has a name once; the second one of a forged BTF is not to be found behind the first.
        RawBtf kernel = target(Member.of("", 4, 0), Member.of("b", 2, 64));
        kernel.addStruct("", 8, Member.of("b", 5, 0));
        kernel.addPtr(0);
        assertEquals(
                "poisoned: s.b is void * there, u64 in the object",
                one(BYTE_OFF, S, "0:1", 8, kernel).toString());
    }

    @Test
    void shouldRefuseATargetOfTheOtherByteOrder() {
        RawBpfObject object = RawBpfObject.of(local()).relo(SECTION, BYTE_OFF, S, "0:1", 8);
        RawBtf kernel = RawBtf.bigEndian();
        kernel.addInt("int", 4, 0);
        CoreRelocator relocator = CoreRelocator.of(CoreObjects.read(object.toBytes()));
        String message = assertThrows(BtfException.class, () -> relocator.on(target(kernel)))
                .getMessage();
        assertTrue(
                message.endsWith("prog.bpf.o: little-endian, but kernel is big-endian: compile for the target's byte"
                        + " order"),
                message);
    }

    @Test
    void shouldRefuseAFileForAnotherMachine() {
        RawElf elf = RawBpfObject.of(local()).elf().header(RawElf.Ehdr.MACHINE, 62);
        String message = assertThrows(BtfException.class, () -> CoreObjects.read(elf.toBytes()))
                .getMessage();
        assertTrue(
                message.endsWith("prog.bpf.o: for machine 62, expected 247, a BPF object as clang -target bpf makes it,"
                        + " at 0x12"),
                message);
    }

    @Test
    void shouldRefuseAModuleOfAnotherKernel() {
        RawBtf base = RawBtf.littleEndian();
        base.addInt("int", 4, 0);
        Btf vmlinux = kernel(base);
        assertThrows(IllegalArgumentException.class, () -> CoreTarget.of(vmlinux, List.of(kernel(base))));
    }

    @Test
    void shouldKnowTheProgramsOfAnObject() {
        RawBpfObject raw =
                RawBpfObject.of(local()).relo(SECTION, BYTE_OFF, S, "0:1", 8).relo("?kprobe/x", BYTE_OFF, S, "0:1", 8);
        BpfObject object = CoreObjects.read(raw.toBytes());
        assertEquals(2, object.programs().size());
        BpfProgram first = object.programs().get(0);
        assertEquals("prog_raw_tp_a", first.name());
        assertEquals(3, first.insnCount());
        assertTrue(first.isLoaded());
        assertFalse(object.programs().get(1).isLoaded());
        assertEquals(first, object.program(1, 16));
        assertNull(object.program(1, 24));
        assertNull(object.loadFault());
    }
}
