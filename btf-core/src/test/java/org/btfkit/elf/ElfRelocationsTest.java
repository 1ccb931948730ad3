package org.btfkit.elf;

import static org.btfkit.elf.Elves.assertFault;
import static org.btfkit.elf.Elves.patched;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawElf;
import org.btfkit.fixtures.raw.RawElf.Ehdr;
import org.btfkit.fixtures.raw.RawElf.Reloc;
import org.btfkit.fixtures.raw.RawElf.Shdr;
import org.btfkit.fixtures.raw.RawElfReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Relocations of types REL and RELA, and what is no table of them. */
class ElfRelocationsTest {
    private static final long FAR = 0x8000_0010L;

    @TempDir
    Path folder;

    static List<ElfVariant> variants() {
        return ElfVariant.all();
    }

    /** Two symbols; relocations against the second, none and the first. */
    private static RawElf sample(ElfVariant variant, boolean rela) {
        RawElf elf = RawElf.of(variant);
        RawElf.Section text = elf.section(".text").data(new byte[32]);
        RawElf.Symbol first = elf.symbol("first").in(text);
        RawElf.Symbol second = elf.symbol("second").in(text);
        List<Reloc> relocs =
                List.of(new Reloc(4, second, 0x7f, -4), new Reloc(FAR, null, 1, 0), new Reloc(0, first, 0xff, 1));
        if (rela) {
            elf.rela(text, relocs);
        } else {
            elf.rel(text, relocs);
        }
        return elf;
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldReadEntries(ElfVariant variant) throws IOException {
        for (boolean rela : new boolean[] {true, false}) {
            try (ElfFile file = Elves.open(folder, sample(variant, rela))) {
                ElfSection section = file.section(rela ? ".rela.text" : ".rel.text");
                ElfRelocations relocations = ElfRelocations.of(file, section);
                assertEquals(section, relocations.section());
                assertEquals(3, relocations.count());
                assertEquals(4, relocations.place(0));
                assertEquals(2, relocations.symbol(0));
                assertEquals(FAR, relocations.place(1));
                assertEquals(0, relocations.symbol(1));
                assertEquals(0, relocations.place(2));
                assertEquals(1, relocations.symbol(2));
            }
        }
    }

    /**
     * MIPS has r_sym as the first word of r_info in either byte order, where other machines have it as the upper half
     * of one number.
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldReadMips64(boolean little) throws IOException {
        ByteOrder order = little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        RawElf elf = RawElf.of(new ElfVariant(true, order, ElfVariant.ET_REL)).header(Ehdr.MACHINE, 8);
        elf.symbol("first").in(elf.section(".text").data(new byte[8]));
        ByteBuffer entry = ByteBuffer.allocate(48).order(order);
        entry.putLong(8).putInt(0x0102_0304).put(new byte[] {0, 0, 2, 3}).putLong(-1);
        entry.putLong(16).putInt(-1).put(new byte[] {9, 9, 9, 9}).putLong(0);
        RawElf.Section section = elf.section(".rela.text").type(RawElf.SHT_RELA).entsize(24);
        section.data(entry.array());
        try (ElfFile file = Elves.open(folder, elf)) {
            ElfRelocations relocations = ElfRelocations.of(file, file.section(".rela.text"));
            assertEquals(8, relocations.place(0));
            assertEquals(0x0102_0304, relocations.symbol(0));
            assertEquals(16, relocations.place(1));
            assertEquals(-1, relocations.symbol(1));
        }
    }

    @Test
    void shouldReadLargeSymbolIndexes() throws IOException {
        RawElf elf = RawElf.of(new ElfVariant(false, ByteOrder.LITTLE_ENDIAN, ElfVariant.ET_REL));
        ByteBuffer entry = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        entry.putInt(0).putInt(0xffffff01);
        elf.section(".rel").type(RawElf.SHT_REL).entsize(8).data(entry.array());
        try (ElfFile file = Elves.open(folder, elf)) {
            assertEquals(0xffffff, ElfRelocations.of(file, file.section(".rel")).symbol(0));
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldRejectEntriesOfOtherSize(ElfVariant variant) {
        for (boolean rela : new boolean[] {true, false}) {
            byte[] bytes = sample(variant, rela).toBytes();
            String name = rela ? ".rela.text" : ".rel.text";
            RawElfReader.Section sound = new RawElfReader(bytes).section(name).orElseThrow();
            Elves.Use use = file -> ElfRelocations.of(file, file.section(name));
            for (long entsize : new long[] {0, 1, sound.entsize() - 1, sound.entsize() * 2}) {
                String message = "section [2] " + name + ": " + sound.size() + " bytes in entries of " + entsize
                        + ", expected entries of " + sound.entsize();
                assertFault(folder, patched(bytes, 2, Shdr.ENTSIZE, entsize), use, sound.offset(), message);
            }
            String message = "section [2] " + name + ": " + (sound.size() - 1) + " bytes in entries of "
                    + sound.entsize() + ", expected entries of " + sound.entsize();
            assertFault(folder, patched(bytes, 2, Shdr.SIZE, sound.size() - 1), use, sound.offset(), message);
        }
    }

    @Test
    void shouldRefuseOtherSections() throws IOException {
        try (ElfFile file = Elves.open(folder, sample(ElfVariant.MODULE, true))) {
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> ElfRelocations.of(file, file.section(".text")));
            assertEquals("not a section of relocations: [1] .text", e.getMessage());
        }
    }
}
