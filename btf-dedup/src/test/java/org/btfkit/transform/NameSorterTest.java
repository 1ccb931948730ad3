package org.btfkit.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.IntStream;
import org.btfkit.btf.Btf;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.junit.jupiter.api.Test;

class NameSorterTest {
    private static List<String> names(Btf btf) {
        return IntStream.range(btf.firstTypeId(), btf.typeCount())
                .mapToObj(btf::name)
                .toList();
    }

    @Test
    void shouldSortOwnTypesByTheBytesOfTheirNames() {
        RawBtf base = RawBtf.littleEndian();
        base.addInt("z", 4, 0);
        base.addInt("a", 4, 0);
        RawBtf split = RawBtf.splitOn(base);
        split.addTypedef("list_head_tail", 1);
        split.addTypedef("list_hea", 2);
        split.addStruct("\u00e9", 4, Member.of("m", 3, 0));
        split.addPtr(4);
        split.addTypedef("list_head_", 7);
        split.addTypedef("list_head_Tail", 6);
        split.addTypedef("z", 1);
        split.addTypedef("list_head", 5);
        split.addPtr(5);
        Sorted sorted = NameSorter.sort(RawBtfs.parse(split));
        List<String> expected = List.of(
                "", "", "list_hea", "list_head", "list_head_", "list_head_Tail", "list_head_tail", "z", "\u00e9");
        assertEquals(expected, names(sorted.btf()));
        assertArrayEquals(new int[] {0, 1, 2, 9, 5, 11, 3, 7, 8, 10, 6, 4}, sorted.idMap());
        assertEquals(5, sorted.btf().sizeOrType(3), "what the first pointer points to");
        assertEquals(9, sorted.btf().word(11, 4), "the member's type");
    }

    @Test
    void shouldKeepTheOrderOfTypesThatShareAName() {
        RawBtf raw = RawBtf.bigEndian();
        for (int i = 0; i < 100; i++) {
            raw.addFloat(i % 3 == 0 ? "b" : "a", i);
        }
        Btf sorted = NameSorter.sort(RawBtfs.parse(raw)).btf();
        for (int id = 2; id < sorted.typeCount(); id++) {
            boolean isSame = sorted.name(id).equals(sorted.name(id - 1));
            assertEquals(!isSame, sorted.sizeOrType(id) < sorted.sizeOrType(id - 1), "type [" + id + "]");
        }
        assertEquals(ByteOrder.BIG_ENDIAN, sorted.order());
    }

    @Test
    void shouldNotKeepTheWordOfAForwardDeclaration() {
        RawBtfs.assertPlainForward(
                NameSorter.sort(RawBtfs.withForwardWord(0x1234)).btf());
    }
}
