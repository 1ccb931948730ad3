package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.btfkit.btf.Btf;
import org.btfkit.elf.ElfFile;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawElf;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In these objects {@code struct a} has id 1, {@code b} 2 and {@code c} 3; x, y and z are not in the BTF. */
class SortedIdsTest {
    @TempDir
    Path folder;

    private final RawElf elf = RawElf.of(ElfVariant.MODULE);
    private Btf btf;

    @BeforeEach
    void makeBtf() {
        RawBtf raw = RawBtf.littleEndian();
        List.of("a", "b", "c").forEach(name -> raw.addStruct(name, 0));
        btf = Btf.parse(raw.toBytes(), null, "test");
    }

    private void section(int... words) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * words.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(words);
        elf.section(".BTF_ids").data(bytes.array());
    }

    private void symbol(String rest, int offset, int size) {
        elf.symbol("__BTF_ID__" + rest).in(elf.find(".BTF_ids")).value(offset).size(size);
    }

    /** Adds symbols 1, 2, ... in this order of the symbol table. */
    private void structs(Object... namesAndOffsets) {
        for (int i = 0; i < namesAndOffsets.length; i += 2) {
            symbol("struct__" + namesAndOffsets[i] + "__" + i, (int) namesAndOffsets[i + 1], 4);
        }
    }

    private SortedIds resolve() throws IOException {
        Path file = Files.write(folder.resolve("m.ko"), elf.toBytes());
        try (ElfFile open = ElfFile.open(file)) {
            IdsSection ids = IdsSection.collect(open);
            return SortedIds.resolve(ids, OrderProof.trusting(ids), IdLookup.of(ids, btf), false);
        }
    }

    private static void assertWords(SortedIds sorted, int... expected) {
        int[] words = new int[sorted.bytes().length / 4];
        ByteBuffer.wrap(sorted.bytes())
                .order(ByteOrder.LITTLE_ENDIAN)
                .asIntBuffer()
                .get(words);
        assertArrayEquals(expected, words);
    }

    @Test
    void shouldSortByIdAndMoveSymbols() throws IOException {
        section(0, 5, 0, 30, 0, 10, 0, 20);
        structs("c", 8, "a", 16, "b", 24);
        symbol("set8__s", 0, 32);
        SortedIds sorted = resolve();
        assertWords(sorted, 3, 5, 1, 10, 2, 20, 3, 30);
        assertEquals(Map.of(1, 24, 2, 8, 3, 16), sorted.movedSymbols());
    }

    @Test
    void shouldOrderOneNameBySymbolIndex() throws IOException {
        section(0, 0, 0, 10, 0, 20, 0, 30);
        structs("b", 24, "b", 8, "b", 16);
        symbol("set8__s", 0, 32);
        SortedIds sorted = resolve();
        assertWords(sorted, 3, 0, 2, 30, 2, 10, 2, 20);
        assertEquals(Map.of(1, 8, 2, 16, 3, 24), sorted.movedSymbols());
    }

    @Test
    void shouldOrderUnresolvedBySymbolIndexBeforeAllOthers() throws IOException {
        section(0, 0, 0, 10, 0, 20, 0, 30);
        structs("y", 24, "a", 8, "x", 16);
        symbol("set8__s", 0, 32);
        SortedIds sorted = resolve();
        assertWords(sorted, 3, 0, 0, 30, 0, 20, 1, 10);
        assertEquals(Map.of(1, 8, 2, 24), sorted.movedSymbols());
    }

    @Test
    void shouldOrderEntriesWithoutSymbolByFlagsBeforeUnresolved() throws IOException {
        section(0, 0, 0, 10, 0, -1, 0, 20, 0, 3);
        structs("x", 8);
        symbol("set8__s", 0, 40);
        SortedIds sorted = resolve();
        assertWords(sorted, 4, 0, 0, 3, 0, 20, 0, -1, 0, 10);
        assertEquals(Map.of(1, 32), sorted.movedSymbols());
    }

    @Test
    void shouldMoveSymbolsOfSetsWithoutFlags() throws IOException {
        section(0, 0, 0, 0);
        structs("c", 4, "b", 8, "a", 12);
        symbol("set__s", 0, 16);
        SortedIds sorted = resolve();
        assertWords(sorted, 3, 1, 2, 3);
        assertEquals(Map.of(1, 12, 3, 4), sorted.movedSymbols());
    }

    @Test
    void shouldLeaveListsAndOtherWordsAlone() throws IOException {
        section(0, 0, 77, 0, 0, 0);
        structs("c", 0, "a", 4, "x", 12);
        symbol("set__empty", 16, 4);
        SortedIds sorted = resolve();
        assertWords(sorted, 3, 1, 77, 0, 0, 0);
        assertEquals(Map.of(), sorted.movedSymbols());
    }

    @Test
    void shouldOnlyMoveSymbolsToRepair() throws IOException {
        section(2, 0, 1, 10, 3, 30);
        structs("c", 8, "a", 16);
        symbol("set8__s", 0, 24);
        Path file = Files.write(folder.resolve("m.ko"), elf.toBytes());
        try (ElfFile open = ElfFile.open(file)) {
            IdsSection ids = IdsSection.collect(open);
            OrderProof proof = OrderProof.attempt(ids, IdMeaning.of(btf, ids, null));
            assertEquals("[set8 's']", proof.stale().toString());
            SortedIds repaired = SortedIds.repair(ids, proof);
            assertWords(repaired, 2, 0, 1, 10, 3, 30);
            assertEquals(Map.of(1, 16, 2, 8), repaired.movedSymbols());
        }
    }
}
