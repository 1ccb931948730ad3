package org.btfkit.cli.resolve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.btfkit.cli.CommandRun;
import org.btfkit.fixtures.kernel.SampleModule;
import org.btfkit.fixtures.raw.BtfIdsObject;
import org.btfkit.fixtures.raw.BtfIdsObject.Entry;
import org.btfkit.fixtures.raw.BtfIdsObject.IdList;
import org.btfkit.fixtures.raw.BtfIdsObject.IdSet;
import org.btfkit.fixtures.raw.BtfIdsObject.IdSet8;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawElf;
import org.btfkit.fixtures.raw.RawElf.Ehdr;
import org.btfkit.fixtures.raw.RawElf.Reloc;
import org.btfkit.fixtures.raw.RawElf.Section;
import org.btfkit.fixtures.raw.RawElf.Shdr;
import org.btfkit.fixtures.raw.RawElf.Symbol;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Objects whose parts contradict each other. The section is, in words: 0 to 5 a set8 of two, 6 to 8 a set of two, 9 a
 * list of one.
 */
class BadInputObjectTest {
    private static final String SET8 = "__BTF_ID__set8__kfuncs";
    private static final String SET = "__BTF_ID__set__hooks";
    private static final String LATE = "__BTF_ID__func__late__0";
    private static final String EARLY = "__BTF_ID__func__early__1";
    private static final int SECTION_BYTES = 40;

    @TempDir
    Path folder;

    private BadInput input;

    /**
     * A broken object.
     *
     * @param name what is wrong with it
     * @param damage breaks a sound one
     * @param text what the refusal says
     */
    record Broken(String name, Consumer<RawElf> damage, String text) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static RawBtf base(ByteOrder order) {
        RawBtf base = RawBtf.of(order);
        base.addFuncProto(0);
        return base;
    }

    private static RawBtf split(RawBtf base) {
        RawBtf split = RawBtf.splitOn(base);
        split.addFunc("early", 1, 1);
        split.addFunc("late", 1, 1);
        split.addStruct("thing", 0);
        return split;
    }

    private static BtfIdsObject object(ElfVariant variant) {
        return BtfIdsObject.of(variant)
                .with(
                        new IdSet8("kfuncs", 1, List.of(Entry.func("late", 5), Entry.func("early", 2))),
                        new IdSet("hooks", List.of(Entry.func("late"), Entry.func("early"))),
                        new IdList("", List.of(Entry.of(BtfIdsObject.Kind.STRUCT, "thing"))))
                .withBtf(split(base(variant.order())).toBytes());
    }

    @BeforeEach
    void setUp() {
        input = new BadInput(folder);
    }

    private static List<ElfVariant> variants() {
        return List.of(
                ElfVariant.MODULE,
                new ElfVariant(false, ByteOrder.BIG_ENDIAN, ElfVariant.ET_REL),
                new ElfVariant(true, ByteOrder.BIG_ENDIAN, ElfVariant.ET_EXEC),
                new ElfVariant(false, ByteOrder.LITTLE_ENDIAN, ElfVariant.ET_DYN));
    }

    private void refuse(ElfVariant variant, Consumer<RawElf> damage, String text, String... options) {
        RawElf elf = object(variant).toElf();
        damage.accept(elf);
        input.refuse(elf.toBytes(), base(variant.order()).toBytes(), text, options);
    }

    @Test
    void shouldResolveTheSoundOne() {
        for (ElfVariant variant : variants()) {
            CommandRun run =
                    input.check(object(variant).toBytes(), base(variant.order()).toBytes());
            assertEquals(0, run.status(), run::toString);
            assertEquals(List.of(), run.errLines());
        }
    }

    private static Consumer<RawElf> symbol(String name, Consumer<Symbol> change) {
        return elf -> change.accept(elf.findSymbol(name));
    }

    private static Consumer<RawElf> move(String name, long by) {
        return symbol(name, s -> s.value(s.value() + by));
    }

    private static Consumer<RawElf> resize(String name, long size) {
        return symbol(name, s -> s.size(size));
    }

    private static Consumer<RawElf> add(String name, long offset) {
        return elf -> {
            Section ids = elf.find(".BTF_ids");
            elf.symbol(name)
                    .in(ids)
                    .value(elf.findSymbol(SET8).value() + offset)
                    .size(4);
        };
    }

    static List<Broken> symbols() {
        return List.of(
                new Broken("id behind the section", move(LATE, SECTION_BYTES), "is out of the section (40 bytes)"),
                new Broken("id at the section's end", move(LATE, SECTION_BYTES - 8), "is out of the section"),
                new Broken("id before the section", move(LATE, -12), "is out of the section"),
                new Broken("id cut off by the section's end", move(LATE, SECTION_BYTES - 10), "is out of the section"),
                new Broken("id between slots", move(LATE, 2), "is not on a slot"),
                new Broken("set behind the section", move(SET, SECTION_BYTES), "is out of the section"),
                new Broken("set before the section", move(SET8, -4), "is out of the section"),
                new Broken("set between slots", move(SET, 1), "is not on a slot"),
                new Broken("set moved past the end", move(SET, 8), "past the end of the section (40 bytes)"),
                new Broken("id of the other set", move(LATE, 4), "names a word of set8 'kfuncs' that holds no id"),
                new Broken("id on the count", move(LATE, -8), "names a word of set8 'kfuncs' that holds no id"),
                new Broken("id on the set flags", move(LATE, -4), "names a word of set8 'kfuncs' that holds no id"),
                new Broken("two ids on one slot", move(LATE, 8), "one slot is named by two symbols"),
                new Broken("two ids on a slot of a list", add("__BTF_ID__func__x__9", 36), "named by two symbols"),
                new Broken("overlapping sets", resize(SET8, 32), "set8 'kfuncs' and set 'hooks' overlap"),
                new Broken("set within a set", add("__BTF_ID__set__inner", 8), "overlap"),
                new Broken("two sets at one place", add("__BTF_ID__set__twin", 0), "overlap"),
                new Broken("set8 with odd size", resize(SET8, 20), "has st_size 20, expected a multiple of 8"),
                new Broken("set8 of 12 bytes", resize(SET8, 12), "has st_size 12, expected a multiple of 8"),
                new Broken("set8 without size", resize(SET8, 0), "has st_size 0, expected a multiple of 8"),
                new Broken("set8 of 4 bytes", resize(SET8, 4), "has st_size 4, expected a multiple of 8"),
                new Broken("set with odd size", resize(SET, 10), "has st_size 10, expected a multiple of 4"),
                new Broken("set without size", resize(SET, 0), "has st_size 0, expected a multiple of 4"),
                new Broken("set past the end", resize(SET, 20), "st_size 20 past the end of the section"),
                new Broken("set of 2 GiB", resize(SET8, 0x7fff_fff8L), "past the end of the section"),
                new Broken("set of 4 GiB", resize(SET8, 0xffff_fff8L), "past the end of the section"));
    }

    static List<Broken> names() {
        return List.of(
                new Broken(
                        "no unique number", add("__BTF_ID__func__late", 36), "expected __BTF_ID__func__NAME__DIGITS"),
                new Broken("no digits", add("__BTF_ID__func__late__", 36), "expected __BTF_ID__func__NAME__DIGITS"),
                new Broken("other than digits", add("__BTF_ID__func__late__1x", 36), "__NAME__DIGITS"),
                new Broken("no name", add("__BTF_ID__struct____1", 36), "expected __BTF_ID__struct__NAME__DIGITS"),
                new Broken("unknown kind", add("__BTF_ID__enum__e__1", 36), "is of an unknown kind"),
                new Broken("no kind", add("__BTF_ID__", 36), "is of an unknown kind"),
                new Broken("longer kind", add("__BTF_ID__functor__f__1", 36), "is of an unknown kind"),
                new Broken("set without number of it", add("__BTF_ID__set", 36), "is of an unknown kind"),
                new Broken("name with control characters", add("__BTF_ID__\n\r\t\u0007__1", 36), "__BTF_ID__????__1"),
                new Broken("name outside of the table", symbol(LATE, s -> s.nameOff(-1)), "name offset 4294967295"),
                new Broken("large section number", symbol(LATE, s -> s.shndx(0xffff)), "has SHN_XINDEX"));
    }

    static List<Broken> sections() {
        return List.of(
                new Broken("no bytes", e -> e.find(".BTF_ids").nobits(SECTION_BYTES), "has no plain bytes in the file"),
                new Broken("compressed ids", e -> e.find(".BTF_ids").flags(1 << 11), "has no plain bytes in the file"),
                new Broken("compressed BTF", e -> e.find(".BTF").flags(1 << 11), "is compressed, expected plain BTF"),
                new Broken("BTF without bytes", e -> e.find(".BTF").nobits(1 << 20), "has no .BTF section"),
                new Broken("empty BTF", e -> e.find(".BTF").data(new byte[0]), "truncated header: 0 bytes"),
                new Broken("BTF that is none", e -> e.find(".BTF").data(new byte[100]), "not BTF: magic 0x0"),
                new Broken("two BTF sections", e -> e.section(".BTF"), "have one name"),
                new Broken("two sections of ids", e -> e.section(".BTF_ids").data(new byte[4]), "have one name"),
                new Broken("section too small", e -> e.find(".BTF_ids").data(new byte[36]), "out of the section"),
                new Broken("empty section", e -> e.find(".BTF_ids").data(new byte[0]), "out of the section (0 bytes)"),
                new Broken(
                        "damaged distilled base",
                        e -> e.section(".BTF.base").data(new byte[10]),
                        "(.BTF.base): truncated header"),
                new Broken("e_shnum too large", e -> e.header(Ehdr.SHNUM, 1000), "section table of 1000 entries"),
                new Broken("other byte order", e -> e.header(Ehdr.DATA, 3), "ELF byte order 3, expected 1 or 2"),
                new Broken("other class", e -> e.header(Ehdr.CLASS, 0), "ELF class 0, expected 1 or 2"),
                new Broken(
                        "ids that are the text",
                        e -> e.find(".BTF_ids").header(Shdr.OFFSET, 64).header(Shdr.ADDR, 0),
                        ""));
    }

    @ParameterizedTest
    @MethodSource({"symbols", "names", "sections"})
    void shouldRefuse(Broken broken) {
        for (ElfVariant variant : variants()) {
            refuse(variant, broken.damage, broken.text);
        }
    }

    @ParameterizedTest
    @MethodSource("symbols")
    void shouldRefuseWithOtherOptions(Broken broken) {
        refuse(ElfVariant.MODULE, broken.damage, broken.text, "--check");
        refuse(ElfVariant.MODULE, broken.damage, broken.text, "--repair");
        refuse(ElfVariant.MODULE, broken.damage, broken.text, "--trust_symbols");
        refuse(ElfVariant.MODULE, broken.damage, broken.text, "--json");
    }

    /** The other byte order makes nonsense of every field, and so of the file. */
    @Test
    void shouldRefuseFileReadInTheWrongByteOrder() {
        for (ElfVariant variant : variants()) {
            boolean little = variant.order() == ByteOrder.LITTLE_ENDIAN;
            refuse(variant, elf -> elf.header(Ehdr.DATA, little ? 2 : 1), "e_shentsize");
        }
    }

    // ---- relocations

    private static List<Broken> relocations(boolean relocatable) {
        List<Broken> result = new ArrayList<>();
        for (boolean rela : new boolean[] {true, false}) {
            String type = rela ? "RELA" : "REL";
            if (relocatable) {
                result.add(new Broken(
                        type + " within", elf -> addRelocation(elf, rela, ".BTF_ids"), "relocations inside"));
                result.add(new Broken(
                        type + " against a moving symbol",
                        elf -> addRelocation(elf, rela, ".text"),
                        "refers to symbol __BTF_ID__func__late__0, which sorting its set would move"));
            } else {
                result.add(new Broken(
                        type + " within", elf -> addDynamic(elf, rela, 8), "a relocation inside it at address 0x"));
                result.add(new Broken(
                        type + " in the last word", elf -> addDynamic(elf, rela, 36), "a relocation inside it"));
                result.add(new Broken(
                        type + " kept by the linker against a moving symbol",
                        elf -> addRelocation(elf, rela, ".text"),
                        "refers to symbol __BTF_ID__func__late__0, which sorting its set would move"));
            }
        }
        return result;
    }

    private static void addRelocation(RawElf elf, boolean rela, String section) {
        Section target = elf.find(section);
        Reloc reloc = new Reloc(0, elf.findSymbol(LATE), 1, 0);
        if (rela) {
            elf.rela(target, List.of(reloc));
        } else {
            elf.rel(target, List.of(reloc));
        }
    }

    /** A relocation of a linked file, which has an address instead of an offset. */
    private static void addDynamic(RawElf elf, boolean rela, int offset) {
        boolean is64 = elf.variant().is64();
        int entry = (is64 ? 8 : 4) * (rela ? 3 : 2);
        ByteBuffer data = ByteBuffer.allocate(2 * entry).order(elf.variant().order());
        long address = elf.findSymbol(SET8).value() + offset;
        if (is64) {
            data.putLong(entry, address);
        } else {
            data.putInt(entry, (int) address);
        }
        elf.section(rela ? ".rela.dyn" : ".rel.dyn")
                .type(rela ? RawElf.SHT_RELA : RawElf.SHT_REL)
                .entsize(entry)
                .data(data.array());
    }

    @Test
    void shouldRefuseRelocationsThatSortingWouldBreak() {
        for (ElfVariant variant : variants()) {
            for (Broken broken : relocations(variant.relocatable())) {
                refuse(variant, broken.damage, broken.text);
            }
        }
    }

    /** RELR: an even word is an address, an odd one a bitmap of the words after it. */
    @Test
    void shouldRefusePackedRelocationsWithin() {
        for (ElfVariant variant : variants()) {
            if (!variant.relocatable()) {
                int word = variant.is64() ? 8 : 4;
                refuse(variant, elf -> addPacked(elf, 8, 0), "a relocation inside it at address 0x");
                refuse(variant, elf -> addPacked(elf, -2 * word, 0b1011), "a relocation inside it at address 0x");
                refuse(variant, elf -> addPacked(elf, -20 * word, -1), "a relocation inside it at address 0x");
            }
        }
    }

    private static void addPacked(RawElf elf, int offset, long bitmap) {
        boolean is64 = elf.variant().is64();
        ByteBuffer data =
                ByteBuffer.allocate(bitmap == 0 ? 8 : 16).order(elf.variant().order());
        long address = elf.findSymbol(SET8).value() + offset;
        if (is64) {
            data.putLong(address);
        } else {
            data.putInt((int) address);
        }
        if (bitmap != 0 && is64) {
            data.putLong(bitmap);
        } else if (bitmap != 0) {
            data.putInt((int) bitmap);
        }
        int bytes = data.position();
        elf.section(".relr.dyn").type(19).data(Arrays.copyOf(data.array(), bytes));
    }

    @Test
    void shouldRefuseRelocationsThatItCannotRead() {
        refuse(
                ElfVariant.MODULE,
                elf -> elf.section(".crel.text").type(0x4000_0014).data(new byte[3]),
                "compact relocations in section");
        refuse(
                ElfVariant.MODULE,
                elf -> elf.rela(elf.find(".text"), List.of(new Reloc(0, null, 0, 0)))
                        .header(Shdr.SIZE, 23),
                "expected entries of 24");
    }

    // ---- BTF

    @Test
    void shouldRefuseDamagedBtf() {
        RawBtf base = base(ByteOrder.LITTLE_ENDIAN);
        for (int word = 0; word < 3; word++) {
            RawBtf split = split(base);
            split.patch(2, word, -1);
            byte[] object = object(ElfVariant.MODULE).withBtf(split.toBytes()).toBytes();
            input.refuse(object, base.toBytes(), "module.ko(.BTF)");
        }
    }

    @Test
    void shouldRefuseBaseThatIsNone() {
        byte[] object = object(ElfVariant.MODULE).toBytes();
        byte[] noBtf = RawElf.of(ElfVariant.MODULE).toBytes();
        byte[] text = "vmlinux\n".repeat(10).getBytes(StandardCharsets.US_ASCII);
        RawBtf base = base(ByteOrder.LITTLE_ENDIAN);
        input.refuse(object, new byte[0], "base.btf: not BTF: it is empty");
        input.refuse(object, text, "base.btf: not BTF: it is a text");
        input.refuse(object, noBtf, "base.btf: has no .BTF section");
        input.refuse(object, split(base).toBytes(), "base.btf");
        input.refuse(object, object, "base.btf(.BTF)");
        input.refuse(object, SampleModule.vmlinuxBtf(), "was not made on the base");
    }

    /** A bootable kernel of some bytes, which say that they are a gigabyte when decompressed. */
    @Test
    void shouldNotSpendMemoryOnKernelImageThatClaimsIt() {
        byte[] object = object(ElfVariant.MODULE).toBytes();
        byte[][] payloads = {{0x28, (byte) 0xb5, 0x2f, (byte) 0xfd}, {2, 0x21, 0x4c, 0x18}, {0x1f, (byte) 0x8b, 8}};
        for (byte[] payload : payloads) {
            ByteBuffer image = ByteBuffer.allocate(1024 + 64).order(ByteOrder.LITTLE_ENDIAN);
            image.put(0x1f1, (byte) 1);
            image.put(0x202, "HdrS".getBytes(StandardCharsets.US_ASCII));
            image.putShort(0x206, (short) 0x20f);
            image.putInt(0x24c, 64);
            image.put(1024, payload);
            image.putInt(1024 + 60, 1 << 30);
            input.refuse(object, image.array(), "payload of 1073741824 bytes when decompressed, expected 1 to 262144");
        }
    }

    @Test
    void shouldRefuseWhatIsNoObject() {
        byte[] base = base(ByteOrder.LITTLE_ENDIAN).toBytes();
        input.refuse(new byte[0], base, "module.ko: not an ELF file");
        input.refuse(base, base, "module.ko: not an ELF file");
        input.refuse("#!/bin/sh\n".getBytes(StandardCharsets.US_ASCII), base, "module.ko: not an ELF file");
        input.refuse(new byte[] {0x1f, (byte) 0x8b, 8, 0}, base, "module.ko: cannot decompress GZIP data");
        input.refuse(new byte[100_000], base, "module.ko: not an ELF file");
    }

    // ---- size

    /** Each set alone is within the section; all of them together would be a thousand times as large. */
    @Test
    void shouldNotSpendMemoryOnOverlappingSets() {
        RawElf elf = object(ElfVariant.MODULE).toElf();
        Section ids = elf.find(".BTF_ids").data(new byte[1 << 20]);
        for (int i = 0; i < 1_000; i++) {
            elf.symbol("__BTF_ID__set__s" + i).in(ids).value(4L * i).size((1 << 20) - 4L * i);
        }
        input.refuse(elf.toBytes(), base(ByteOrder.LITTLE_ENDIAN).toBytes(), "overlap");
    }

    /** Every name is missing, and every one is looked for among all symbols: once took minutes. */
    @Test
    void shouldWarnOfManyNamesQuickly() {
        RawElf elf = object(ElfVariant.MODULE).toElf();
        int count = 20_000;
        Section ids = elf.find(".BTF_ids").data(new byte[SECTION_BYTES + 4 * count]);
        Section text = elf.find(".text");
        for (int i = 0; i < count; i++) {
            elf.symbol("__BTF_ID__func__missing" + i + "__" + i).in(ids).value(SECTION_BYTES + 4L * i);
            elf.symbol("missing" + i + ".isra.0").in(text).type(2);
        }
        byte[] object = elf.toBytes();
        byte[] base = base(ByteOrder.LITTLE_ENDIAN).toBytes();
        CommandRun run = assertTimeout(
                Duration.ofSeconds(30),
                () -> CommandRun.resolveBtfids("-b", write("base.btf", base), write("module.ko", object)));
        assertEquals(0, run.status(), run::toString);
        assertEquals(count, run.errLines().size());
        assertEquals(
                "WARN: resolve_btfids: unresolved symbol missing7 (func: only missing7.isra.0 is in the symbol table)",
                run.errLines().get(7));
    }

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }
}
