package org.btfkit.dwarf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.btfkit.elf.ElfFile;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawElf;
import org.btfkit.fixtures.raw.RawElf.Reloc;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DebugRelocationsTest {
    private static final int R_X86_64_64 = 1;
    private static final int R_X86_64_PC32 = 2;
    private static final int R_X86_64_32 = 10;
    private static final int R_X86_64_DTPOFF32 = 21;
    private static final int R_386_32 = 1;

    @TempDir
    Path folder;

    private ByteBuffer addresses(RawElf elf) throws IOException {
        Path path = Files.write(folder.resolve("object.o"), elf.toBytes());
        try (ElfFile file = ElfFile.open(path)) {
            return ByteBuffer.wrap(DwarfSections.of(file).bytes(DwarfSection.ADDR))
                    .order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    /** Sections at 0x10000 and 0x10040, a symbol at 8 in the second, and one that is not defined. */
    private static RawElf elf(ElfVariant variant) {
        RawElf elf = RawElf.of(variant);
        elf.section(".text")
                .type(RawElf.SHT_PROGBITS)
                .flags(RawElf.SHF_ALLOC)
                .align(16)
                .data(new byte[20]);
        elf.section(".data")
                .type(RawElf.SHT_PROGBITS)
                .flags(RawElf.SHF_ALLOC)
                .align(64)
                .data(new byte[20]);
        elf.section(".debug_addr").type(RawElf.SHT_PROGBITS).data(new byte[24]);
        elf.symbol("inside").in(elf.find(".data")).value(8);
        elf.symbol("elsewhere");
        elf.symbol("debug").in(elf.find(".debug_addr")).value(4);
        return elf;
    }

    private static Reloc at(RawElf elf, long place, String symbol, int type, long addend) {
        return new Reloc(place, elf.findSymbol(symbol), type, addend);
    }

    @Test
    void shouldAddTheAddressOfTheSection() throws IOException {
        RawElf elf = elf(ElfVariant.MODULE);
        elf.rela(
                elf.find(".debug_addr"),
                List.of(
                        at(elf, 8, "inside", R_X86_64_32, 3),
                        at(elf, 0, "inside", R_X86_64_64, 1),
                        at(elf, 12, "debug", R_X86_64_32, 5)));
        ByteBuffer bytes = addresses(elf);
        assertEquals(0x10040 + 8 + 1, bytes.getLong(0));
        assertEquals(0x10040 + 8 + 3, bytes.getInt(8));
        assertEquals(4 + 5, bytes.getInt(12), "a section that takes no memory is at 0");
    }

    @Test
    void shouldLeaveSymbolsThatAreElsewhereAndThreadsOwn() throws IOException {
        RawElf elf = elf(ElfVariant.MODULE);
        elf.find(".debug_addr").data(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0});
        elf.rela(
                elf.find(".debug_addr"),
                List.of(at(elf, 0, "elsewhere", R_X86_64_32, 3), at(elf, 4, "inside", R_X86_64_DTPOFF32, 1)));
        assertEquals(0x0807060504030201L, addresses(elf).getLong(0));
    }

    @Test
    void shouldTakeTheAddendFromThePlaceWhereTheTableHasNone() throws IOException {
        RawElf elf = elf(new ElfVariant(false, ByteOrder.LITTLE_ENDIAN, ElfVariant.ET_REL));
        elf.find(".debug_addr").data(new byte[] {7, 0, 0, 0});
        elf.rel(elf.find(".debug_addr"), List.of(at(elf, 0, "inside", R_386_32, 0)));
        assertEquals(0x10040 + 8 + 7, addresses(elf).getInt(0));
    }

    @Test
    void shouldRefuseWhatHasNoPlaceInDebugInformation() {
        RawElf elf = elf(ElfVariant.MODULE);
        elf.rela(elf.find(".debug_addr"), List.of(at(elf, 4, "inside", R_X86_64_PC32, 3)));
        DwarfFormatException e = assertThrows(DwarfFormatException.class, () -> addresses(elf));
        assertEquals(
                folder.resolve("object.o") + ": section [4] .rela.debug_addr: relocation 0 is of type 2 of machine 62,"
                        + " which has no place in debug information, at 0x4 of .debug_addr",
                e.getMessage());
    }

    @Test
    void shouldRefuseAPlacePastTheSection() {
        RawElf elf = elf(ElfVariant.MODULE);
        elf.rela(elf.find(".debug_addr"), List.of(at(elf, 17, "inside", R_X86_64_64, 3)));
        DwarfFormatException e = assertThrows(DwarfFormatException.class, () -> addresses(elf));
        assertEquals(
                folder.resolve("object.o") + ": section [4] .rela.debug_addr: relocation 0 of 8 bytes past the section"
                        + " (24 bytes), at 0x11 of .debug_addr",
                e.getMessage());
    }

    @Test
    void shouldMoveTheLayoutToTheLargestAlignment() throws IOException {
        RawElf elf = elf(ElfVariant.MODULE);
        elf.find(".data").align(0x20000);
        Path path = Files.write(folder.resolve("object.o"), elf.toBytes());
        try (ElfFile file = ElfFile.open(path)) {
            SectionLayout layout = SectionLayout.of(file);
            assertEquals(0x20000, layout.address(1));
            assertEquals(0x40000, layout.address(2));
            assertEquals(0, layout.address(3));
        }
    }
}
