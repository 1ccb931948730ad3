package org.btfkit.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.IntStream;
import org.btfkit.btf.Btf;
import org.btfkit.btf.ext.BtfExt;
import org.btfkit.btf.ext.BtfExt.FuncInfo;
import org.btfkit.btf.ext.BtfExt.Group;
import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.junit.jupiter.api.Test;

/** Permuting and sorting. */
class OrderTest {
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
    void shouldLetExtFollow() {
        RawBtf raw = RawBtf.littleEndian();
        int section = raw.string("tc");
        int proto = raw.addFuncProto(0);
        int func = raw.addFunc("f", proto, 1);
        Btf btf = RawBtfs.parse(raw);
        BtfExt ext = BtfExt.of(
                ByteOrder.LITTLE_ENDIAN,
                List.of(new Group<>(section, List.of(new FuncInfo(0, func)))),
                List.of(),
                List.of());
        int[] ids = {0, 2, 1};
        assertEquals(1, Permuter.permute(btf, ids).sizeOrType(1) - 1);
        Group<FuncInfo> moved = Permuter.permute(btf, ext, ids).funcInfo().get(0);
        assertEquals(section, moved.sectionNameOff());
        assertEquals(1, moved.records().get(0).typeId());
        Btf small = RawBtfs.parse(RawBtf.littleEndian());
        assertThrows(BtfFormatException.class, () -> Permuter.permute(small, ext, new int[1]));
    }

    @Test
    void shouldRejectMapsThatAreNoPermutations() {
        RawBtf base = RawBtf.littleEndian();
        base.addInt("int", 4, 0);
        RawBtf raw = RawBtf.splitOn(base);
        raw.addPtr(1);
        raw.addPtr(2);
        assertFault(raw, "id map of length 3, expected 4 for split", 0, 1, 2);
        assertFault(raw, "id map: type [0], which is void or the base's, becomes [1], expected the same", 1, 0, 2, 3);
        assertFault(raw, "id map: type [1], which is void or the base's, becomes [2], expected the same", 0, 2, 1, 3);
        assertFault(raw, "id map: type [3] becomes [4], expected 2 to 3", 0, 1, 2, 4);
        assertFault(raw, "id map: type [2] becomes [1], expected 2 to 3", 0, 1, 1, 2);
        assertFault(raw, "id map: types [2] and [3] both become [3], expected different ids", 0, 1, 3, 3);
    }

    private static void assertFault(RawBtf raw, String message, int... idMap) {
        Btf btf = RawBtfs.parse(raw);
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, () -> Permuter.permute(btf, idMap))
                        .getMessage());
    }
}
