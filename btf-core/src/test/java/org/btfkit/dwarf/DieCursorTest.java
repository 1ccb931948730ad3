package org.btfkit.dwarf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.btfkit.elf.ElfFile;
import org.btfkit.fixtures.kernel.DwarfSample;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawDwarf;
import org.btfkit.fixtures.raw.RawDwarf.Entry;
import org.btfkit.fixtures.raw.RawElf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DieCursorTest {
    @TempDir
    Path folder;

    private void read(byte[] object, Consumer<DieCursor> reader) throws IOException {
        Path path = Files.write(folder.resolve("object.o"), object);
        try (ElfFile file = ElfFile.open(path)) {
            DebugInfo dwarf = DebugInfo.of(file);
            DieCursor cursor = dwarf.cursor();
            for (UnitHeader unit : dwarf.units()) {
                cursor.enter(unit);
                cursor.seek(cursor.root());
                reader.accept(cursor);
            }
        }
    }

    private static Entry unit() {
        return new Entry(DwTag.COMPILE_UNIT).text(DwAt.NAME, "unit.c").number(DwAt.LANGUAGE, 12);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5})
    void shouldReadAnyForm(int version) throws IOException {
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            ElfVariant variant =
                    ElfVariant.all().get(random.nextInt(ElfVariant.all().size()));
            Entry integer = new Entry(DwTag.BASE_TYPE).text(DwAt.NAME, "int").number(DwAt.BYTE_SIZE, 4);
            Entry pointer = new Entry(DwTag.POINTER_TYPE).reference(DwAt.TYPE, integer);
            Entry big = new Entry(DwTag.ENUMERATOR).number(DwAt.CONST_VALUE, -2).flag(DwAt.EXTERNAL);
            Entry root =
                    unit().add(new Entry(DwTag.NAMESPACE).add(pointer)).add(big).add(integer);
            byte[] object = new RawDwarf(variant, version, random.nextBoolean(), random.nextBoolean(), random)
                    .toElf(List.of(root));
            read(object, cursor -> {
                assertEquals("unit.c", cursor.text(DwAt.NAME));
                assertEquals(12, cursor.number(DwAt.LANGUAGE));
                cursor.seek(cursor.end());
                assertEquals(DwTag.NAMESPACE, cursor.tag());
                int next = cursor.afterTree();
                cursor.seek(cursor.end());
                assertEquals(DwTag.POINTER_TYPE, cursor.tag());
                int target = cursor.reference(DwAt.TYPE);
                cursor.seek(next);
                assertEquals(-2, cursor.number(DwAt.CONST_VALUE));
                assertEquals(1, cursor.number(DwAt.EXTERNAL));
                assertEquals(DieCursor.NO_ENTRY, cursor.reference(DwAt.TYPE));
                cursor.seek(cursor.afterTree());
                assertEquals(target, cursor.entry());
                assertEquals(DwTag.BASE_TYPE, cursor.tag());
                assertEquals("int", cursor.text(DwAt.NAME));
                assertEquals(4, cursor.number(DwAt.BYTE_SIZE));
                assertNull(cursor.text(DwAt.PRODUCER));
                assertFalse(cursor.has(DwAt.TYPE));
                cursor.seek(cursor.afterTree());
                assertTrue(cursor.isNull());
            });
        }
    }

    @Test
    void shouldStepOverDeepTreesWithoutRecursion() throws IOException {
        Entry innermost = new Entry(DwTag.NAMESPACE);
        Entry root = innermost;
        for (int i = 0; i < 500; i++) {
            root = new Entry(DwTag.NAMESPACE).add(root);
        }
        Entry last = new Entry(DwTag.BASE_TYPE).text(DwAt.NAME, "last");
        byte[] object = new RawDwarf(ElfVariant.MODULE, 4, false, false, new Random(1))
                .toElf(List.of(unit().add(root).add(last)));
        read(object, cursor -> {
            cursor.seek(cursor.end());
            cursor.seek(cursor.afterTree());
            assertEquals("last", cursor.text(DwAt.NAME));
        });
    }

    @Test
    void shouldSayWhereAnEntryIsCutOff() throws IOException {
        byte[] info = {10, 0, 0, 0, 4, 0, 0, 0, 0, 0, 8, 1, 1, 1};
        byte[] abbreviations = {1, DwTag.COMPILE_UNIT, 0, DwAt.BYTE_SIZE, DwForm.DATA8, 0, 0, 0};
        DwarfFormatException e = assertThrows(
                DwarfFormatException.class,
                () -> read(object(info, abbreviations), cursor -> cursor.number(DwAt.BYTE_SIZE)));
        assertEquals(
                folder.resolve("object.o") + ": entry past the end of its unit, at 0x0 (14 bytes), at 0xb of"
                        + " .debug_info",
                e.getMessage());
        assertEquals(0xb, e.offset());
        assertEquals(".debug_info", e.section());
    }

    @Test
    void shouldRefuseAnAbbreviationThatIsNotDefined() throws IOException {
        byte[] info = {8, 0, 0, 0, 4, 0, 0, 0, 0, 0, 8, 5};
        DwarfFormatException e = assertThrows(
                DwarfFormatException.class, () -> read(object(info, new byte[] {1, 0x11, 0, 0, 0, 0}), c -> {}));
        assertTrue(e.getMessage().contains("entry with abbreviation 5, which is not defined, at 0xb"), e.getMessage());
    }

    @Test
    void shouldRefuseAFormThatIsNotKnown() {
        byte[] info = {8, 0, 0, 0, 4, 0, 0, 0, 0, 0, 8, 1};
        byte[] abbreviations = {1, 0x11, 0, 3, 0x7e, 0, 0, 0};
        DwarfFormatException e =
                assertThrows(DwarfFormatException.class, () -> read(object(info, abbreviations), c -> {}));
        assertTrue(e.getMessage().contains("form 0x7e, which is not known"), e.getMessage());
        assertEquals(".debug_abbrev", e.section());
    }

    @Test
    void shouldRefuseUnitsThatItCannotRead() {
        byte[] version = {8, 0, 0, 0, 6, 0, 0, 0, 0, 0, 8, 1};
        byte[] length = {127, 0, 0, 0, 4, 0, 0, 0, 0, 0, 8, 1};
        byte[] address = {8, 0, 0, 0, 4, 0, 0, 0, 0, 0, 2, 1};
        assertFault(version, "unit of DWARF version 6, expected 2 to 5, at 0x0 of .debug_info");
        assertFault(length, "unit of 127 bytes past the end of the section (12 bytes), at 0x0 of .debug_info");
        assertFault(address, "unit with addresses of 2 bytes, expected 4 or 8, at 0x0 of .debug_info");
    }

    private void assertFault(byte[] info, String expected) {
        DwarfFormatException e =
                assertThrows(DwarfFormatException.class, () -> read(object(info, new byte[] {0}), c -> {}));
        assertEquals(folder.resolve("object.o") + ": " + expected, e.getMessage());
    }

    private static byte[] object(byte[] info, byte[] abbreviations) {
        RawElf elf = RawElf.of(ElfVariant.MODULE);
        elf.section(".debug_info").type(RawElf.SHT_PROGBITS).data(info);
        elf.section(".debug_abbrev").type(RawElf.SHT_PROGBITS).data(abbreviations);
        return elf.withSymtab().toBytes();
    }

    @Test
    void shouldReadTheSameWhicheverWayItIsCompressed() throws IOException {
        List<String> plain = names("quals");
        assertFalse(plain.isEmpty());
        for (String object : List.of("gz_zlib", "gz_gnu", "gz_zstd", "dwarf64")) {
            assertEquals(plain, names(object), object);
        }
    }

    /** The names of all entries at the top of an object's units. */
    private List<String> names(String object) throws IOException {
        List<String> names = new ArrayList<>();
        try (ElfFile file = ElfFile.open(DwarfSample.packed(object, folder))) {
            DebugInfo dwarf = DebugInfo.of(file);
            DieCursor cursor = dwarf.cursor();
            cursor.enter(dwarf.units().get(0));
            cursor.seek(cursor.root());
            for (cursor.seek(cursor.end()); !cursor.isNull(); cursor.seek(cursor.afterTree())) {
                names.add(cursor.tag() + " " + cursor.text(DwAt.NAME));
            }
        }
        return names;
    }
}
