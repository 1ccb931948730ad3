package org.btfkit.elf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawElf;
import org.btfkit.fixtures.raw.RawElfReader;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An object of one section, for files of both classes, both byte orders and every type. */
class RelocatableObjectTest {
    private static final byte[] CONTENT = {1, 2, 3, 4, 5};
    private static final int FLAGS = 0x70000001;

    @TempDir
    Path folder;

    static List<ElfVariant> variants() {
        return ElfVariant.all();
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldMakeAnObjectThatGoesWithTheFile(ElfVariant variant) throws IOException {
        byte[] bytes = RawElf.of(variant).toBytes();
        int flagsAt = variant.is64() ? 48 : 36;
        ByteBuffer.wrap(bytes).order(variant.order()).putInt(flagsAt, FLAGS);
        byte[] made;
        try (ElfFile like = ElfFile.open(Elves.write(folder, bytes))) {
            made = RelocatableObject.of(like, ".BTF", CONTENT, ElfSection.SHF_ALLOC, 8);
        }
        RawElfReader reader = new RawElfReader(made);
        assertEquals(new ElfVariant(variant.is64(), variant.order(), ElfVariant.ET_REL), reader.variant());
        ByteBuffer header = ByteBuffer.wrap(made).order(variant.order());
        assertEquals(variant.machine(), header.getShort(18) & 0xffff);
        assertEquals(FLAGS, header.getInt(flagsAt));
        assertArrayEquals(CONTENT, reader.bytes(".BTF"));
        RawElfReader.Section section = reader.section(".BTF").orElseThrow();
        assertEquals(RawElf.SHT_PROGBITS, section.type());
        assertEquals(RawElf.SHF_ALLOC, section.flags());
        assertEquals(8, section.addrAlign());
        assertEquals(0, section.offset() % 8);
        assertEquals(
                List.of("", ".BTF", ".shstrtab"),
                reader.sections().stream().map(RawElfReader.Section::name).toList());
        assertEquals(List.of(), reader.symbols());
        try (ElfFile again = ElfFile.open(Elves.write(folder, made))) {
            assertArrayEquals(CONTENT, again.bytes(again.section(".BTF")));
        }
    }
}
