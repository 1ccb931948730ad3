package org.btfkit.transform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteOrder;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.ext.BtfExt;
import org.btfkit.btf.ext.BtfExt.FuncInfo;
import org.btfkit.btf.ext.BtfExt.Group;
import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.fixtures.raw.RawBtf;
import org.junit.jupiter.api.Test;

class PermuterTest {
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
        assertFault(raw, "id map: void becomes [1], expected the same", 1, 0, 2, 3);
        assertFault(raw, "id map: type [1] INT 'int' of the base becomes [2], expected the same", 0, 2, 1, 3);
        assertFault(raw, "id map: type [3] PTR becomes [4], expected 2 to 3", 0, 1, 2, 4);
        assertFault(raw, "id map: type [2] PTR becomes [1], expected 2 to 3", 0, 1, 1, 2);
        assertFault(raw, "id map: type [2] PTR and type [3] PTR both become [3], expected different ids", 0, 1, 3, 3);
    }

    private static void assertFault(RawBtf raw, String message, int... idMap) {
        Btf btf = RawBtfs.parse(raw);
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, () -> Permuter.permute(btf, idMap))
                        .getMessage());
    }
}
