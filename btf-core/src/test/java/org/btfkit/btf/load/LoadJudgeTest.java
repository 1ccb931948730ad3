package org.btfkit.btf.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.btfkit.btf.Btf;
import org.btfkit.btf.relo.BpfObject;
import org.btfkit.btf.relo.CoreRelocator;
import org.btfkit.btf.relo.CoreTarget;
import org.btfkit.fixtures.Scratch;
import org.btfkit.fixtures.raw.RawBpfObject;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Enumerator;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.btfkit.fixtures.raw.RawBtf.Param;
import org.btfkit.fixtures.raw.RawBtf.SecInfo;
import org.btfkit.fixtures.raw.RawElf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Verdicts on small kernels, and what is said. */
class LoadJudgeTest {
    private static final String SECTION = "raw_tp/a";
    private static final String PROGRAM = "prog_raw_tp_a";
    private static final int BYTE_OFF = 0;
    private static final int EXISTS = 2;
    private static final int LOCAL_ID = 6;
    private static final int TYPE_ID = 7;
    private static final int ENUM_VALUE = 11;

    private static final int GLOBAL = 1;
    private static final int WEAK = 2;
    private static final int FUNC = 2;
    private static final int R_BPF_64_64 = 1;
    private static final int R_BPF_64_32 = 10;

    private static final int INT = 1;
    private static final int S = 3;

    /** Ids: 1 int, 2 u64, 3 struct s { u64 there; u64 gone; }. */
    private static RawBtf types(boolean hasGone) {
        RawBtf btf = RawBtf.littleEndian();
        btf.addInt("int", 4, RawBtf.SIGNED);
        int wide = btf.addInt("u64", 8, 0);
        if (hasGone) {
            btf.addStruct("s", 16, Member.of("there", wide, 0), Member.of("gone", wide, 64));
        } else {
            btf.addStruct("s", 8, Member.of("there", wide, 0));
        }
        return btf;
    }

    private static RawBtf local() {
        return types(true);
    }

    private static RawBtf kernel() {
        return types(false);
    }

    private static long insn(int code, int dst, int src, int off, int imm) {
        return (long) imm << 32 | (off & 0xffffL) << 16 | (long) (src << 4 | dst) << 8 | code;
    }

    private static long mov(int dst, int imm) {
        return insn(0xb7, dst, 0, 0, imm);
    }

    private static long skipIfZero(int register) {
        return insn(0x15, register, 0, 1, 0);
    }

    private static RawBpfObject unguarded() {
        return RawBpfObject.of(local()).reloIn(SECTION, BYTE_OFF, S, "0:1", mov(1, 8));
    }

    /** Instructions that no record changes, behind one of a record that changes nothing. */
    private static RawBpfObject plain(RawBtf btf, String section, long... insns) {
        long[] all = new long[insns.length + 2];
        all[0] = 0x18 | (long) INT << 32;
        System.arraycopy(insns, 0, all, 2, insns.length);
        return RawBpfObject.of(btf).reloIn(section, LOCAL_ID, INT, "0", all);
    }

    private static BpfObject read(byte[] bytes) {
        try (Scratch scratch = Scratch.create()) {
            Path file = Files.write(scratch.resolve("prog.bpf.o"), bytes);
            return BpfObject.read(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static LoadVerdict judge(byte[] object, RawBtf kernel, String version) {
        CoreTarget target = CoreTarget.of(Btf.parse(kernel.toBytes(), null, "kernel"), List.of());
        BpfObject read = read(object);
        return LoadJudge.of(read)
                .judge(
                        CoreRelocator.of(read).on(target),
                        version == null ? Optional.empty() : LinuxVersion.in(version));
    }

    private static LoadVerdict judge(RawBpfObject object, RawBtf kernel) {
        return judge(object.toBytes(), kernel, null);
    }

    /** A verdict in a line: the answer, and for each finding its programs, subject and reason. */
    private static String text(LoadVerdict verdict) {
        StringBuilder text = new StringBuilder(verdict.answer().label());
        for (LoadFinding finding : verdict.findings()) {
            text.append(" | ")
                    .append(String.join(",", finding.programs()))
                    .append(' ')
                    .append(finding.subject())
                    .append(": ")
                    .append(finding.reason())
                    .append(finding.near().isEmpty() ? "" : "; nearest: " + String.join(", ", finding.near()));
        }
        return text.toString();
    }

    private static void assertVerdict(String expected, RawBpfObject object, RawBtf kernel) {
        assertEquals(expected, text(judge(object, kernel)));
    }

    @Test
    void shouldLoadWhereNothingIsMissing() {
        LoadVerdict verdict = judge(unguarded(), local());
        assertEquals("yes", text(verdict));
        assertEquals(List.of(), verdict.warnings());
        assertEquals(0, verdict.guarded().cardinality());
    }

    @Test
    void shouldNotLoadWhereAMissingMemberIsReached() {
        LoadVerdict verdict = judge(unguarded(), kernel());
        assertEquals("no | " + PROGRAM + " s.gone: no such member; was at 8 (8 bytes)", text(verdict));
        assertEquals(List.of(0), verdict.findings().get(0).relocations());
        assertEquals(0, verdict.guarded().cardinality());
    }

    @Test
    void shouldLoadWhereAMissingMemberIsAskedForFirst() {
        RawBpfObject object = RawBpfObject.of(local())
                .reloIn(SECTION, EXISTS, S, "0:1", mov(1, 1), skipIfZero(1))
                .reloIn(SECTION, BYTE_OFF, S, "0:1", mov(1, 8));
        LoadVerdict verdict = judge(object, kernel());
        assertEquals("yes", text(verdict));
        assertEquals("{1}", verdict.guarded().toString());
    }

    @Test
    void shouldNotLoadWhereARecordIsWrongThoughNoProgramReachesIt() {
        RawBpfObject object = RawBpfObject.of(local())
                .reloIn(SECTION, EXISTS, S, "0:1", mov(1, 1), skipIfZero(1))
                .reloIn(SECTION, 13, S, "0:1", mov(1, 8));
        assertVerdict(
                "no | " + PROGRAM + " struct s: relocation kind 13, expected 0 to 12; .BTF.ext core_relo " + SECTION
                        + " #1 (instruction at byte 16)",
                object,
                kernel());
    }

    @Test
    void shouldLeaveOutProgramsThatAreNotLoaded() {
        RawBpfObject object = RawBpfObject.of(local()).reloIn("?raw_tp/a", BYTE_OFF, S, "0:1", mov(1, 8));
        assertVerdict("yes", object, kernel());
    }

    @Test
    void shouldMergeWhatSeveralPlacesOfAProgramMiss() {
        RawBpfObject object = unguarded()
                .reloIn(SECTION, BYTE_OFF, S, "0:1", mov(2, 8))
                .reloIn("raw_tp/b", BYTE_OFF, S, "0:1", mov(1, 8));
        LoadVerdict verdict = judge(object, kernel());
        assertEquals("no | " + PROGRAM + ",prog_raw_tp_b s.gone: no such member; was at 8 (8 bytes)", text(verdict));
        assertEquals(List.of(0, 1, 2), verdict.findings().get(0).relocations());
    }

    @ParameterizedTest
    @CsvSource({
        "fentry/f, fentry/f: no such function; nearest: __f",
        "fexit.s/f, fexit.s/f: no such function; nearest: __f",
        "fmod_ret/f, fmod_ret/f: no such function; nearest: __f",
        "fentry/m:f, fentry/m:f: no such function in module m",
        "lsm/f, lsm/f: no such hook (func bpf_lsm_f)",
        "lsm_cgroup/f, lsm_cgroup/f: no such hook (func bpf_lsm_f)",
        "tp_btf/f, tp_btf/f: no such tracepoint (typedef btf_trace_f)",
        "iter.s/f, iter.s/f: no such iterator (func bpf_iter_f)"
    })
    void shouldLookForWhatProgramsAreAttachedTo(String section, String expected) {
        RawBtf kernel = kernel();
        kernel.addFunc("__f", kernel.addFuncProto(0), GLOBAL);
        String program = "prog_" + section.replaceAll("\\W", "_");
        assertVerdict("no | " + program + " " + expected, plain(local(), section), kernel);
    }

    @ParameterizedTest
    @CsvSource({"freplace/f, function of another program", "fentry, function"})
    void shouldLeaveToTheLoaderWhatOnlyItKnows(String section, String what) {
        String program = "prog_" + section.replaceAll("\\W", "_");
        assertVerdict(
                "depends | " + program + " " + section + ": only its loader knows which " + what + " it is for",
                plain(local(), section),
                kernel());
    }

    /** A kernel with function f, two parameters and a result, hook bpf_lsm_f, tracepoint f with one. */
    private static RawBtf attachable(int result) {
        RawBtf kernel = kernel();
        int wide = kernel.addStruct("wide", 16, Member.of("a", INT, 0));
        int proto = kernel.addFuncProto(result, new Param("a", INT), new Param("b", wide));
        kernel.addFunc("f", proto, GLOBAL);
        kernel.addFunc("bpf_lsm_f", proto, GLOBAL);
        int traced = kernel.addFuncProto(0, new Param("__data", kernel.addPtr(0)), new Param("a", INT));
        kernel.addTypedef("btf_trace_f", kernel.addPtr(traced));
        return kernel;
    }

    @ParameterizedTest
    @CsvSource({
        "fentry/f, 16, 1, ",
        "fentry/f, 24, 1, reads argument 4 of 3",
        "fexit/f, 24, 1, ",
        "fexit/f, 32, 1, reads argument 5 of 4",
        "fexit/f, 24, 0, reads argument 4 of 3",
        "lsm/f, 24, 1, ",
        "tp_btf/f, 0, 1, ",
        "tp_btf/f, 8, 1, reads argument 2 of 1"
    })
    void shouldCountTheArgumentsThatAProgramReads(String section, int offset, int result, String expected) {
        String program = "prog_" + section.replaceAll("\\W", "_");
        String finding = expected == null ? "yes" : "no | " + program + " " + section + ": " + expected;
        assertVerdict(finding, plain(local(), section, insn(0x79, 2, 1, offset, 0)), attachable(result));
    }

    /** An object whose program asks for the address of a kernel function, and calls it if it is not 0. */
    private static byte[] calling(int binding, boolean isGuarded, int... parameters) {
        RawBtf btf = local();
        Param[] params = new Param[parameters.length];
        for (int i = 0; i < params.length; i++) {
            params[i] = new Param("p" + i, parameters[i]);
        }
        int function = btf.addFunc("kfunc___v2", btf.addFuncProto(INT, params), 2);
        btf.addDatasec(".ksyms", 0, new SecInfo(function, 0, 0));
        long call = insn(0x85, 0, 1, 0, -1);
        RawBpfObject object =
                isGuarded ? plain(btf, SECTION, 0x118, 0, skipIfZero(1), call) : plain(btf, SECTION, call);
        RawElf elf = object.elf();
        RawElf.Symbol symbol = elf.symbol("kfunc___v2").binding(binding);
        List<RawElf.Reloc> relocs = isGuarded
                ? List.of(new RawElf.Reloc(16, symbol, R_BPF_64_64, 0), new RawElf.Reloc(40, symbol, R_BPF_64_32, 0))
                : List.of(new RawElf.Reloc(16, symbol, R_BPF_64_32, 0));
        elf.rel(elf.find(SECTION), relocs);
        return elf.toBytes();
    }

    private static RawBtf withKfunc(int... parameters) {
        RawBtf kernel = kernel();
        Param[] params = new Param[parameters.length];
        for (int i = 0; i < params.length; i++) {
            params[i] = new Param("p" + i, parameters[i]);
        }
        kernel.addFunc("kfunc", kernel.addFuncProto(INT, params), GLOBAL);
        return kernel;
    }

    @Test
    void shouldLookForKernelFunctions() {
        assertEquals("yes", text(judge(calling(GLOBAL, false, INT), withKfunc(INT), null)));
        assertEquals("no |  kfunc kfunc___v2: no such function", text(judge(calling(GLOBAL, false), kernel(), null)));
        assertEquals("yes", text(judge(calling(WEAK, true), kernel(), null)));
        assertEquals(
                "no | " + PROGRAM + " kfunc kfunc___v2: no such function",
                text(judge(calling(WEAK, false), kernel(), null)));
    }

    @Test
    void shouldCompareThePrototypesOfKernelFunctions() {
        assertEquals(
                "no |  kfunc kfunc___v2: another prototype there: 2 parameters, 1 in the object",
                text(judge(calling(GLOBAL, false, INT), withKfunc(INT, INT), null)));
        assertEquals(
                "no |  kfunc kfunc___v2: another prototype there: parameter 1 is type [3] STRUCT 's', type [1] INT"
                        + " 'int' in the object",
                text(judge(calling(GLOBAL, false, INT), withKfunc(S), null)));
        assertEquals("yes", text(judge(calling(WEAK, true, INT), withKfunc(S), null)));
    }

    /** An object whose program reads a variable of a section, and reaches what is missing if that is 0. */
    private static byte[] asking(RawBtf btf, String section, String variable, byte[] data) {
        RawBpfObject object = plain(btf, SECTION, 0x118, 0, insn(0x61, 1, 1, 0, 0), insn(0x55, 1, 0, 1, 0))
                .reloIn(SECTION, BYTE_OFF, S, "0:1", mov(1, 8));
        RawElf elf = object.elf();
        RawElf.Symbol symbol = elf.symbol(variable).binding(GLOBAL);
        if (data != null) {
            RawElf.Section memory = elf.section(section).flags(RawElf.SHF_ALLOC).data(data);
            symbol.type(1).in(memory).size(data.length);
        }
        elf.rel(elf.find(SECTION), List.of(new RawElf.Reloc(16, symbol, R_BPF_64_64, 0)));
        return elf.toBytes();
    }

    @Test
    void shouldDependOnDataThatALoaderMaySet() {
        assertEquals(
                "depends | " + PROGRAM
                        + " s.gone: no such member; was at 8 (8 bytes); not reached as long as flag is as"
                        + " the object has it",
                text(judge(asking(local(), ".rodata", "flag", new byte[] {1, 0, 0, 0}), kernel(), null)));
        assertEquals(
                "no | " + PROGRAM + " s.gone: no such member; was at 8 (8 bytes); not reached if the loader sets flag"
                        + " for it",
                text(judge(asking(local(), ".rodata", "flag", new byte[4]), kernel(), null)));
    }

    @Test
    void shouldDependOnTheConfigurationOfTheKernel() {
        RawBtf btf = local();
        int option = btf.addVar("CONFIG_X", INT, 2);
        btf.addDatasec(".kconfig", 0, new SecInfo(option, 0, 4));
        assertEquals(
                "depends | " + PROGRAM + " s.gone: no such member; was at 8 (8 bytes); whether it is reached depends on"
                        + " CONFIG_X",
                text(judge(asking(btf, ".kconfig", "CONFIG_X", null), kernel(), "6.1.2")));
    }

    @Test
    void shouldKnowTheVersionOfTheKernelIfItIsGiven() {
        RawBtf btf = local();
        int version = btf.addVar("LINUX_KERNEL_VERSION", INT, 2);
        btf.addDatasec(".kconfig", 0, new SecInfo(version, 0, 4));
        byte[] object = asking(btf, ".kconfig", "LINUX_KERNEL_VERSION", null);
        assertEquals("depends", judge(object, kernel(), null).answer().label());
        assertEquals("yes", judge(object, kernel(), "6.1.2").answer().label());
    }

    @Test
    void shouldNotKnowOfProgramsThatCannotBeFollowed() {
        assertVerdict(
                "unknown | " + PROGRAM + " " + PROGRAM + ": instruction 2 jumps out of its function",
                plain(local(), SECTION, insn(0x05, 0, 0, 99, 0)),
                kernel());
        assertVerdict(
                "unknown | " + PROGRAM + " " + PROGRAM + ": cannot be followed: an instruction that is not known, code"
                        + " 0xf7 (instruction 0 of its function)",
                RawBpfObject.of(local())
                        .reloIn(SECTION, LOCAL_ID, INT, "0", insn(0xf7, 1, 0, 0, INT))
                        .reloIn(SECTION, BYTE_OFF, S, "0:1", mov(1, 8)),
                kernel());
    }

    @Test
    void shouldLookAtGlobalFunctionsAsTheKernelDoes() {
        RawBpfObject object = RawBpfObject.of(local())
                .reloIn(SECTION, EXISTS, S, "0:1", mov(1, 1), skipIfZero(1), insn(0x85, 0, 1, 0, -1))
                .reloIn(".text", BYTE_OFF, S, "0:1", mov(1, 8));
        RawElf elf = object.elf();
        RawElf.Symbol callee = elf.findSymbol("prog__text");
        elf.rel(elf.find(SECTION), List.of(new RawElf.Reloc(16, callee, R_BPF_64_32, 0)));
        assertEquals("yes", text(judge(elf.toBytes(), kernel(), "6.8")));
        assertEquals(
                "no | " + PROGRAM + " s.gone: no such member; was at 8 (8 bytes); kernels before 6.8 look at global"
                        + " functions that are not called, too",
                text(judge(elf.toBytes(), kernel(), "6.7")));
        callee.other(2); // hidden: libbpf makes it static
        assertEquals("yes", text(judge(elf.toBytes(), kernel(), "6.7")));
    }

    @Test
    void shouldWarnOfWhatMayNotBeMeant() {
        RawBtf btf = local();
        int local = btf.addEnum("e", 4, false, new Enumerator("A", 1));
        btf.addFloat("float", 4);
        RawBtf kernel = kernel();
        kernel.addEnum("e", 8, false, new Enumerator("A", 1));
        RawBpfObject object = RawBpfObject.of(btf).relo(SECTION, ENUM_VALUE, local, "0", 1);
        assertEquals(
                List.of(
                        "its BTF has FLOAT, which kernels know from 5.13 on: libbpf rewrites that, other loaders may"
                                + " not",
                        "enum e::A: an enum of 8 bytes in the kernel's BTF, whose encoder cut values to 32 bits"),
                judge(object.toBytes(), kernel, "5.10").warnings());
        assertEquals(1, judge(object.toBytes(), kernel, "5.13").warnings().size());
    }

    @Test
    void shouldWarnOfTypeIdsOfModules() {
        RawBtf base = RawBtf.littleEndian();
        base.addInt("int", 4, RawBtf.SIGNED);
        RawBtf split = RawBtf.splitOn(base);
        split.addStruct("s", 8, Member.of("there", 1, 0));
        Btf vmlinux = Btf.parse(base.toBytes(), null, "vmlinux");
        CoreTarget target = CoreTarget.of(vmlinux, List.of(Btf.parse(split.toBytes(), vmlinux, "/lib/nf-conn.ko.xz")));
        BpfObject object =
                read(RawBpfObject.of(local()).relo(SECTION, TYPE_ID, S, "0", S).toBytes());
        LoadVerdict verdict =
                LoadJudge.of(object).judge(CoreRelocator.of(object).on(target));
        assertEquals("yes", text(verdict));
        assertEquals(
                List.of("struct s: the id is of module nf_conn, and says nothing without that module's BTF"),
                verdict.warnings());
    }

    /** A struct_ops map whose first member is a program, its second a number. */
    private static byte[] structOps(byte[] data) {
        RawBtf btf = local();
        int function = btf.addPtr(btf.addFuncProto(INT));
        int ops = btf.addStruct("ops___mine", 16, Member.of("init", function, 0), Member.of("flags", INT, 64));
        int variable = btf.addVar("mine", ops, GLOBAL);
        btf.addDatasec(".struct_ops", 16, new SecInfo(variable, 0, 16));
        RawElf elf = plain(btf, "struct_ops/init").elf();
        RawElf.Section section = elf.section(".struct_ops")
                .flags(RawElf.SHF_ALLOC | RawElf.SHF_WRITE)
                .data(data);
        elf.symbol("mine").binding(GLOBAL).type(1).in(section).size(16);
        elf.rel(section, List.of(new RawElf.Reloc(0, elf.findSymbol("prog_struct_ops_init"), 2, 0)));
        return elf.toBytes();
    }

    private static RawBtf withOps(Member... members) {
        RawBtf kernel = kernel();
        kernel.addPtr(kernel.addFuncProto(INT));
        kernel.addStruct("bpf_struct_ops_ops", 64, Member.of("data", kernel.nextId() + 1, 0));
        kernel.addStruct("ops", 16, members);
        return kernel;
    }

    @Test
    void shouldLookForStructsOfFunctions() {
        byte[] plain = structOps(new byte[16]);
        int pointer = 5;
        assertEquals(
                "no |  struct_ops mine: the kernel takes no struct ops (struct bpf_struct_ops_ops)",
                text(judge(plain, kernel(), null)));
        Member init = Member.of("init", pointer, 0);
        assertEquals("yes", text(judge(plain, withOps(init, Member.of("flags", INT, 64)), null)));
        assertEquals("yes", text(judge(plain, withOps(init), null)));
        byte[] flagged = structOps(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0});
        assertEquals(
                "no |  struct_ops ops___mine.flags: no such member, and it is not zero",
                text(judge(flagged, withOps(init), null)));
        assertEquals(
                "no |  struct_ops ops___mine.flags: 8 bytes there, 4 in the object",
                text(judge(plain, withOps(init, Member.of("flags", 2, 64)), null)));
    }

    @Test
    void shouldPassOverProgramsOfMembersThatTheKernelLacks() {
        RawBtf kernel = withOps(Member.of("flags", INT, 64));
        assertEquals("yes", text(judge(structOps(new byte[16]), kernel, null)));
    }

    @ParameterizedTest
    @CsvSource({
        "6.12.117+deb12-cloud-amd64, 6.12.117",
        "vmlinux-6.1.btf, 6.1",
        "amd64-5.4.0-42-generic.btf, 5.4",
        "lib-1.2.so, ",
        "vmlinux, "
    })
    void shouldFindVersions(String text, String expected) {
        assertEquals(Optional.ofNullable(expected), LinuxVersion.in(text).map(LinuxVersion::toString));
    }
}
