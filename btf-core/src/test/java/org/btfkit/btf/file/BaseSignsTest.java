package org.btfkit.btf.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.btfkit.btf.Btf;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.btfkit.fixtures.raw.RawBtf.Param;
import org.btfkit.fixtures.raw.RawBtf.SecInfo;
import org.btfkit.fixtures.raw.RawElf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Split BTF that can be read on a base it was not made on. */
class BaseSignsTest {
    private static final int TYPEDEF = 8;

    @TempDir
    Path folder;

    /** Types 1 and 2, and five bytes of strings. */
    private static RawBtf smallBase() {
        RawBtf base = RawBtf.littleEndian();
        base.addInt("int", 4, RawBtf.SIGNED);
        base.addFuncProto(1);
        return base;
    }

    private static RawBtf baseWith(Consumer<RawBtf> type3) {
        RawBtf base = smallBase();
        type3.accept(base);
        return base;
    }

    private static Btf parsed(RawBtf base) {
        return Btf.parse(base.toBytes(), null, "vmlinux");
    }

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private static Btf load(Path file, BaseFit fit) throws IOException {
        try (BtfSource source = BtfSource.open(file)) {
            return fit.forKernel(source.kernelRelease()).load(source);
        }
    }

    private Btf load(RawBtf split, RawBtf base) throws IOException {
        return load(write("m.btf", split.toBytes()), BaseFit.on(parsed(base), "-b"));
    }

    /** Returns why BTF was not made on a base. */
    private String sign(RawBtf split, RawBtf base) {
        BtfBaseException e = assertThrows(BtfBaseException.class, () -> load(split, base));
        assertTrue(e.isOnlySign());
        String start = folder.resolve("m.btf") + " was not made on the base vmlinux (" + (base.nextId() - 1)
                + " types and " + base.stringEnd() + " bytes of strings): ";
        String end = "; give the right one with -b, ";
        assertTrue(e.getMessage().startsWith(start) && e.getMessage().contains(end), e.getMessage());
        return e.getMessage().substring(start.length(), e.getMessage().indexOf(end));
    }

    @Test
    void shouldRefuseNamesThatAreEndsOfStringsOfTheBase() throws IOException {
        RawBtf larger = baseWith(base -> base.addTypedef("information", 1));
        RawBtf function = RawBtf.splitOn(smallBase());
        function.addTypedef("aa", 1);
        function.addFunc("exit_tiny", 2, 0);
        assertNotNull(load(function, smallBase()));
        assertEquals(
                "the name of type [5] FUNC would be 'ormation', the end of 'information' in the base",
                sign(function, larger));
        RawBtf member = RawBtf.splitOn(smallBase());
        member.addStruct("aa", 4, Member.of("bcd", 1, 0));
        assertEquals(
                "a name in type [4] STRUCT would be 'ormation', the end of 'information' in the base",
                sign(member, larger));
    }

    @Test
    void shouldTakeEndsOfStringsThatTheBaseNamesItself() throws IOException {
        int end = 8;
        RawBtf base = baseWith(whole -> whole.addTypedef("information", 1));
        RawBtf split = RawBtf.splitOn(base);
        split.addWords(end, RawBtf.info(TYPEDEF, 0, false), 1);
        assertEquals(
                "the name of type [4] TYPEDEF would be 'ormation', the end of 'information' in the base",
                sign(split, base));
        base.addWords(end, RawBtf.info(TYPEDEF, 0, false), 1);
        RawBtf sharing = RawBtf.splitOn(base);
        sharing.addWords(end, RawBtf.info(TYPEDEF, 0, false), 1);
        assertEquals("ormation", load(sharing, base).name(5));
    }

    @Test
    void shouldRefuseReferencesThatNothingOfTheKindMakes() throws IOException {
        RawBtf made = baseWith(base -> base.addTypedef("x", 1));
        RawBtf function = baseWith(base -> base.addFunc("x", 2, 1));
        RawBtf variable = baseWith(base -> base.addVar("x", 1, 1));
        RawBtf section = baseWith(base -> base.addDatasec("x", 4));
        RawBtf tag = baseWith(base -> base.addDeclTag("x", 1, -1, false));
        String would = " would refer to type [3] ";
        assertReference("type [4] PTR" + would + "FUNC 'x'", made, split -> split.addPtr(3), function);
        assertReference("type [4] CONST" + would + "VAR 'x'", made, split -> split.addConst(3), variable);
        assertReference(
                "type [4] TYPEDEF 'y'" + would + "DATASEC 'x'", made, split -> split.addTypedef("y", 3), section);
        assertReference("type [4] VAR 'y'" + would + "DECL_TAG 'x'", made, split -> split.addVar("y", 3, 1), tag);
        assertReference("type [4] ARRAY" + would + "FUNC 'x'", made, split -> split.addArray(3, 1, 2), function);
        assertReference("type [4] FUNC_PROTO" + would + "VAR 'x'", made, split -> split.addFuncProto(3), variable);
        assertReference(
                "type [4] FUNC_PROTO" + would + "FUNC 'x'",
                made,
                split -> split.addFuncProto(0, new Param("y", 1), new Param("y", 3)),
                function);
        assertReference(
                "type [4] STRUCT 'y'" + would + "FUNC 'x'",
                made,
                split -> split.addStruct("y", 4, Member.of("y", 3, 0)),
                function);
        assertReference(
                "type [4] DATASEC 'y'" + would + "TYPEDEF 'x'",
                variable,
                split -> split.addDatasec("y", 4, new SecInfo(3, 0, 4)),
                made);
    }

    private void assertReference(String text, RawBtf made, Consumer<RawBtf> type4, RawBtf other) throws IOException {
        RawBtf split = RawBtf.splitOn(made);
        type4.accept(split);
        assertNotNull(load(split, made));
        assertEquals(text + " of the base", sign(split, other));
    }

    @Test
    void shouldRefuseArrayIndexThatIsNoInt() throws IOException {
        RawBtf made = baseWith(base -> base.addTypedef("x", 1));
        RawBtf split = RawBtf.splitOn(made);
        split.addArray(1, 3, 2);
        assertNotNull(load(split, made));
        assertEquals(
                "type [4] ARRAY would have type [3] STRUCT 'x' of the base as its index",
                sign(split, baseWith(base -> base.addStruct("x", 4))));
    }

    @Test
    void shouldTakeTagsAndSectionsOfWhatTheBaseHas() throws IOException {
        RawBtf function = baseWith(base -> base.addFunc("x", 2, 1));
        RawBtf tag = RawBtf.splitOn(function);
        tag.addDeclTag("y", 3, -1, false);
        tag.addDatasec(".ksyms", 0, new SecInfo(3, 0, 0));
        assertNotNull(load(tag, function));
        RawBtf variable = baseWith(base -> base.addVar("x", 1, 1));
        RawBtf section = RawBtf.splitOn(variable);
        section.addDatasec(".data", 4, new SecInfo(3, 0, 4));
        assertNotNull(load(section, variable));
    }

    /** A larger base by as much as a string of the split BTF is long: all names are whole ones, of other things. */
    @Test
    void shouldRefuseWhatLeavesTheLastStringWithoutUse() throws IOException {
        assertEquals("its last string, 'def', would name nothing", sign(shifted(), shiftedBase()));
        assertEquals("def", load(shifted(), smallBase()).name(4));
    }

    private static RawBtf shifted() {
        RawBtf split = RawBtf.splitOn(smallBase());
        split.addTypedef("abc", 1);
        split.addTypedef("def", 1);
        return split;
    }

    private static RawBtf shiftedBase() {
        return baseWith(base -> base.addTypedef("xyz", 1));
    }

    @Test
    void shouldTakeStringsThatOtherDataUses() throws IOException {
        RawElf object = RawElf.of(ElfVariant.MODULE);
        object.section(".BTF").data(shifted().toBytes());
        object.section(".BTF.ext").data(new byte[32]);
        assertNotNull(load(write("m.o", object.toBytes()), BaseFit.on(parsed(shiftedBase()), "-b")));
    }

    @Test
    void shouldTakeBtfWithoutTypesOnAnyBase() throws IOException {
        RawBtf split = RawBtf.splitOn(smallBase());
        split.addString("abc");
        assertEquals(4, load(split, shiftedBase()).typeCount());
    }

    @Test
    void shouldOnlyWarnWhereAskedTo() throws IOException {
        Path file = write("m.btf", shifted().toBytes());
        BaseFit fit = BaseFit.on(parsed(shiftedBase()), "-b");
        String refusal =
                assertThrows(BtfBaseException.class, () -> load(file, fit)).getMessage();
        List<String> told = new ArrayList<>();
        assertEquals(
                "xyz",
                load(file, fit.warning(sign -> told.add(sign.getMessage()))).name(4));
        assertEquals(List.of(refusal), told);
        assertEquals("xyz", load(file, fit.trusting(true)).name(4));
        try (BtfSource source = BtfSource.open(file)) {
            assertNull(fit.loadIfFits(source));
            assertNotNull(fit.trusting(true).loadIfFits(source));
            assertNotNull(BaseFit.on(parsed(smallBase()), "-b").loadIfFits(source));
        }
    }

    // ---- releases

    private Path module(RawBtf split, String release) throws IOException {
        RawElf module = RawElf.of(ElfVariant.MODULE);
        module.section(".modinfo").data(("license=GPL\0vermagic=" + release + " SMP mod_unload \0").getBytes());
        module.section(".BTF").data(split.toBytes());
        return write("m.ko", module.toBytes());
    }

    private Btf kernel(RawBtf base, String release) throws IOException {
        RawElf kernel = RawElf.of(ElfVariant.MODULE);
        String banner = "\0\0Linux version " + release + " (builder@host) gcc 12 #1 SMP\n\0";
        kernel.section(".rodata").data(banner.getBytes(StandardCharsets.US_ASCII));
        kernel.section(".BTF").data(base.toBytes());
        return BtfSource.load(write("vmlinux", kernel.toBytes()));
    }

    private static RawBtf withoutStrings() {
        RawBtf split = RawBtf.splitOn(smallBase());
        split.addPtr(1);
        return split;
    }

    @Test
    void shouldRefuseModuleOfAnotherKernelWhereTheBtfDoesNotTell() throws IOException {
        Path module = module(withoutStrings(), "6.1.0-9");
        BaseFit other = BaseFit.on(kernel(smallBase(), "6.1.0-10"), "-b");
        BtfBaseException e = assertThrows(BtfBaseException.class, () -> load(module, other));
        String sign = "): it is for kernel 6.1.0-9, the base of 6.1.0-10; give the right one with -b, ";
        assertTrue(e.getMessage().contains(sign), e.getMessage());
        assertNotNull(load(module, BaseFit.on(kernel(smallBase(), "6.1.0-9"), "-b")));
        assertNotNull(load(module, BaseFit.on(parsed(smallBase()), "-b")), "a base that does not say what it is");
    }

    @Test
    void shouldDoubtModuleOfAnotherKernelWhoseBtfFits() throws IOException {
        Path module = module(shifted(), "6.1.0-9");
        List<String> told = new ArrayList<>();
        BaseFit fit = BaseFit.on(kernel(smallBase(), "6.1.0-10"), "-b").doubting(e -> told.add(e.getMessage()));
        assertNotNull(load(module, fit));
        assertEquals(
                List.of(module + "(.BTF) may not have been made on the base " + folder.resolve("vmlinux")
                        + "(.BTF), though that fits: it is for kernel 6.1.0-9, the base of 6.1.0-10"),
                told);
    }

    @Test
    void shouldTakeLastStringWithoutUseOnTheKernelThatTheModuleIsFor() throws IOException {
        RawBtf split = withoutStrings();
        split.addTypedef("used", 1);
        split.addString("parameter_of_a_dropped_prototype");
        assertEquals(
                "its last string, 'parameter_of_a_dropped_prototype', would name nothing", sign(split, smallBase()));
        assertNotNull(load(module(split, "6.1"), BaseFit.on(kernel(smallBase(), "6.1"), "-b")));
    }

    @Test
    void shouldKnowTheReleaseByThePlaceOfTheBase() throws IOException {
        Files.createDirectories(folder.resolve("include/config"));
        write("include/config/kernel.release", "6.12.1-tree\n".getBytes());
        Path file = write("vmlinux.btf", smallBase().toBytes());
        assertEquals("6.12.1-tree", BtfSource.load(file).kernelRelease());
        assertEquals("6.1-said", kernel(smallBase(), "6.1-said").kernelRelease());
        Path elsewhere = Files.createDirectory(folder.resolve("else"));
        assertNull(
                BtfSource.load(Files.copy(file, elsewhere.resolve("vmlinux"))).kernelRelease());
    }
}
