package org.btfkit.btf.file;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfType;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.build.BtfBuilder;
import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.btf.format.BtfHeader;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KernelFeature;
import org.btfkit.btf.validate.KernelNeeds;
import org.btfkit.btf.validate.KernelValidator;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawElf;
import org.btfkit.fixtures.tool.Clang;
import org.btfkit.fixtures.tool.KernelBtfLoader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** BTF of BPF objects as the kernel gets it: put together here, of clang, and real ones against libbpf's bytes. */
class LibbpfFixupTest {
    static final int EM_BPF = 247;
    private static final int OBJECT = 1;
    private static final int FUNC = 2;
    private static final int GLOBAL = 1;
    private static final int WEAK = 2;
    private static final int HIDDEN = 2;

    /** Everything that libbpf repairs, in one object. */
    private static final String SOURCE = """
            #define SEC(name) __attribute__((section(name), used))
            #define EXTERN(name) __attribute__((section(name), weak))
            int zeta = 3;
            static int quiet, counted = 4;
            long alpha;
            __attribute__((visibility("hidden"))) int hidden = 9;
            const volatile int limit = 7;
            struct { int (*type)[2]; int *key; long *value; int (*max_entries)[1]; } counts SEC(".maps");
            extern _Bool CONFIG_BPF EXTERN(".kconfig");
            extern int CONFIG_HZ EXTERN(".kconfig");
            extern unsigned long CONFIG_LONG EXTERN(".kconfig");
            extern char CONFIG_CC[10] EXTERN(".kconfig");
            extern const void init_task EXTERN(".ksyms");
            extern const int counter EXTERN(".ksyms");
            extern int bpf_helper_like(void *, int) EXTERN(".ksyms");
            struct ops { int (*run)(void *); };
            struct ops plain_ops SEC(".struct_ops");
            struct ops maybe_ops SEC("?.struct_ops");
            __attribute__((noinline, visibility("hidden"))) int helper(int a) { return a * zeta + hidden; }
            __attribute__((noinline)) int other(int a) { quiet += a; return a * limit; }
            SEC("socket") int run(void *ctx)
            {
                alpha += counted++ + CONFIG_HZ + CONFIG_BPF + CONFIG_LONG + CONFIG_CC[1] + (long) &init_task;
                alpha += (long) &counter + bpf_helper_like(ctx, 3) + (long) &counts;
                return helper((int) alpha) + other(quiet);
            }
            char terms[] SEC("license") = "GPL";
            """;

    @TempDir
    Path folder;

    private final BtfBuilder btf = BtfBuilder.create();
    private final RawElf elf = RawElf.of(ElfVariant.MODULE).header(RawElf.Ehdr.MACHINE, EM_BPF);
    private int intId;

    @BeforeEach
    void addInt() {
        intId = btf.addInt("int", 4, BtfBuilder.INT_SIGNED);
    }

    private int var(String name, BtfType.Linkage linkage) {
        return btf.addVar(name, intId, linkage);
    }

    private Path object() throws IOException {
        elf.section(".BTF").data(BtfWriter.toBytes(btf.build()));
        return Files.write(folder.resolve("prog.bpf.o"), elf.withSymtab().toBytes());
    }

    static Btf loaded(Path object) throws IOException {
        try (BtfSource source = BtfSource.open(object)) {
            return source.asLoaded(source.btf(null));
        }
    }

    private String failure() throws IOException {
        Path object = object();
        String message = assertThrows(BtfException.class, () -> loaded(object)).getMessage();
        String start = object + "(.BTF): ";
        assertTrue(message.startsWith(start), message);
        return message.substring(start.length());
    }

    private static List<BtfType.SectionVar> variables(Btf btf, String section) {
        return ((BtfType.Datasec) btf.type(btf.find(BtfKind.DATASEC, section))).variables();
    }

    @Test
    void shouldTakeSizesAndPlacesFromTheObject() throws IOException {
        int second = var("second", BtfType.Linkage.GLOBAL);
        int hidden = var("hidden", BtfType.Linkage.GLOBAL);
        int first = var("first", BtfType.Linkage.STATIC);
        btf.addDatasec(".bss", 0);
        btf.addVariable(second, 0, 4);
        btf.addVariable(hidden, 0, 4);
        btf.addVariable(first, 0, 4);
        RawElf.Section bss = elf.section(".bss").nobits(12);
        elf.symbol("second").binding(GLOBAL).type(OBJECT).in(bss).value(8);
        elf.symbol("hidden").binding(WEAK).type(OBJECT).in(bss).value(4).other(HIDDEN);
        Btf loaded = loaded(object());
        assertEquals(
                List.of(
                        new BtfType.SectionVar(first, 0, 4),
                        new BtfType.SectionVar(hidden, 4, 4),
                        new BtfType.SectionVar(second, 8, 4)),
                variables(loaded, ".bss"));
        assertEquals(12, loaded.sizeOrType(loaded.find(BtfKind.DATASEC, ".bss")));
        assertEquals(0, loaded.word(hidden, 3), "linkage of what is hidden");
        assertEquals(1, loaded.word(second, 3));
        KernelValidator.kernel(loaded);
    }

    /** What bpftool has linked has its sizes and places; only what is hidden and the order are to be put right. */
    @Test
    void shouldKeepPlacesThatALinkerHasFilledIn() throws IOException {
        int one = var("one", BtfType.Linkage.GLOBAL);
        int two = var("two", BtfType.Linkage.GLOBAL);
        btf.addDatasec(".data", 16);
        btf.addVariable(two, 12, 4);
        btf.addVariable(one, 4, 4);
        RawElf.Section data = elf.section(".data").data(new byte[32]);
        elf.symbol("one").binding(GLOBAL).type(OBJECT).in(data).value(20);
        elf.symbol("two").binding(GLOBAL).type(OBJECT).in(data).value(24);
        Btf loaded = loaded(object());
        assertEquals(
                List.of(new BtfType.SectionVar(one, 4, 4), new BtfType.SectionVar(two, 12, 4)),
                variables(loaded, ".data"));
        assertEquals(16, loaded.sizeOrType(loaded.find(BtfKind.DATASEC, ".data")));
    }

    @Test
    void shouldTurnExternsIntoVariables() throws IOException {
        int proto = btf.addFuncProto(intId);
        btf.addParam("", intId);
        btf.addParam("named", intId);
        int func = btf.addFunc("kfunc", proto, BtfType.Linkage.EXTERN);
        int ksym = btf.addVar("init_task", btf.addStruct("task", 8), BtfType.Linkage.EXTERN);
        btf.addDatasec(".ksyms", 0);
        btf.addVariable(ksym, 0, 0);
        btf.addVariable(func, 0, 0);
        elf.symbol("init_task").binding(WEAK);
        elf.symbol("kfunc").binding(GLOBAL);
        int before = btf.typeCount();
        Btf loaded = loaded(object());
        assertEquals(before + 1, loaded.typeCount());
        assertEquals("dummy_ksym", loaded.name(before));
        assertEquals(
                List.of(new BtfType.SectionVar(ksym, 0, 4), new BtfType.SectionVar(before, 4, 4)),
                variables(loaded, ".ksyms"));
        assertEquals(intId, loaded.sizeOrType(ksym));
        assertEquals(1, loaded.word(ksym, 3));
        assertEquals(1, loaded.vlen(func));
        assertEquals(
                List.of(new BtfType.Param("dummy_ksym", intId), new BtfType.Param("named", intId)),
                ((BtfType.FuncProto) loaded.type(proto)).params());
        KernelValidator.kernel(loaded);
    }

    @Test
    void shouldPlaceConfigByAlignmentSizeAndName() throws IOException {
        int bool = btf.addInt("_Bool", 1, BtfBuilder.INT_BOOL);
        int wide = btf.addInt("long", 8, BtfBuilder.INT_SIGNED);
        int[] vars = {
            btf.addVar("CONFIG_BOOL", bool, BtfType.Linkage.EXTERN),
            btf.addVar("CONFIG_Z", intId, BtfType.Linkage.EXTERN),
            btf.addVar("CONFIG_A", intId, BtfType.Linkage.EXTERN),
            btf.addVar("CONFIG_WIDE", wide, BtfType.Linkage.EXTERN)
        };
        btf.addDatasec(".kconfig", 0);
        int[] sizes = {1, 4, 4, 8};
        for (int i = 0; i < vars.length; i++) {
            btf.addVariable(vars[i], 0, sizes[i]);
            elf.symbol(List.of("CONFIG_BOOL", "CONFIG_Z", "CONFIG_A", "CONFIG_WIDE")
                            .get(i))
                    .binding(WEAK);
        }
        Btf loaded = loaded(object());
        assertEquals(
                List.of(
                        new BtfType.SectionVar(vars[3], 0, 8),
                        new BtfType.SectionVar(vars[2], 8, 4),
                        new BtfType.SectionVar(vars[1], 12, 4),
                        new BtfType.SectionVar(vars[0], 16, 1)),
                variables(loaded, ".kconfig"));
        assertEquals(17, loaded.sizeOrType(loaded.find(BtfKind.DATASEC, ".kconfig")));
        KernelValidator.kernel(loaded);
    }

    @Test
    void shouldMakeHiddenSubprogramsStatic() throws IOException {
        int proto = btf.addFuncProto(intId);
        int hidden = btf.addFunc("hidden", proto, BtfType.Linkage.GLOBAL);
        int program = btf.addFunc("program", proto, BtfType.Linkage.GLOBAL);
        RawElf.Section text = elf.section(".text").data(new byte[8]);
        RawElf.Section socket = elf.section("socket").data(new byte[8]);
        elf.symbol("hidden").binding(GLOBAL).type(FUNC).in(text).other(HIDDEN);
        elf.symbol("program").binding(GLOBAL).type(FUNC).in(socket).other(HIDDEN);
        Btf loaded = loaded(object());
        assertEquals(0, loaded.vlen(hidden));
        assertEquals(1, loaded.vlen(program));
    }

    @Test
    void shouldSayWhichSectionIsMissing() throws IOException {
        btf.addDatasec(".bss", 0);
        assertEquals(
                "type [2] DATASEC '.bss': size 0, and the object has no section of that name to take it from",
                failure());
    }

    @Test
    void shouldSayWhichSymbolIsMissing() throws IOException {
        int id = var("lost", BtfType.Linkage.GLOBAL);
        btf.addDatasec(".bss", 0);
        btf.addVariable(id, 0, 4);
        RawElf.Section bss = elf.section(".bss").nobits(12);
        elf.symbol("lost").type(OBJECT).in(bss); // local
        assertEquals(
                "type [3] DATASEC '.bss': variable 0: no global symbol for type [2] VAR 'lost' in the object",
                failure());
    }

    @Test
    void shouldSayWhichExternIsWrong() throws IOException {
        elf.symbol("gone").binding(GLOBAL);
        assertEquals(
                "no VAR or FUNC describes the extern 'gone' (symbol 1), so libbpf does not load the object", failure());
    }

    @ParameterizedTest
    @ValueSource(strings = {".kconfig", ".ksyms", ".other", ""})
    void shouldSayWhichExternIsInTheWrongPlace(String section) throws IOException {
        int proto = btf.addFuncProto(intId);
        int func = btf.addFunc("kfunc", proto, section.isEmpty() ? BtfType.Linkage.EXTERN : linkageIn(section));
        if (!section.isEmpty()) {
            btf.addDatasec(section, 0);
            btf.addVariable(func, 0, 0);
        }
        elf.symbol("kfunc").binding(GLOBAL);
        String expected = switch (section) {
            case ".kconfig" -> "extern function in .kconfig, expected .ksyms";
            case ".ksyms" -> "linkage 1 for an undefined symbol, expected 2 (extern)";
            case ".other" -> "extern in section '.other', expected .ksyms or .kconfig";
            default -> "extern in no DATASEC, expected .ksyms or .kconfig";
        };
        assertEquals("type [3] FUNC 'kfunc': " + expected, failure());
    }

    private static BtfType.Linkage linkageIn(String section) {
        return section.equals(".ksyms") ? BtfType.Linkage.GLOBAL : BtfType.Linkage.EXTERN;
    }

    @Test
    void shouldLeaveOtherObjectsAlone() throws IOException {
        btf.addDatasec(".bss", 0);
        elf.header(RawElf.Ehdr.MACHINE, 62);
        try (BtfSource source = BtfSource.open(object())) {
            Btf plain = source.btf(null);
            assertSame(plain, source.asLoaded(plain));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"LITTLE", "BIG"})
    void shouldMakeObjectsOfClangLoadable(String endian) throws IOException {
        ByteOrder order = endian.equals("BIG") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        Path source = Files.writeString(folder.resolve("all.c"), SOURCE);
        Path object = Clang.compileBpf(source, order, folder.resolve("all.o"));
        Btf plain = BtfSource.load(object);
        assertThrows(BtfFormatException.class, () -> KernelValidator.kernel(plain));
        Btf loaded = loaded(object);
        assertDoesNotThrow(() -> KernelValidator.kernel(loaded));
        assertEquals(Optional.of(KernelFeature.SECTION_NAMES), KernelNeeds.newestFeature(loaded));
        try (KernelBtfLoader kernel = KernelBtfLoader.open()) {
            BtfHeader header = BtfHeader.of(ByteOrder.nativeOrder(), 24);
            byte[] bytes = BtfWriter.toBytes(loaded, header);
            assertEquals(0, kernel.load(bytes), () -> kernel.log(bytes));
        }
    }
}
