package org.btfkit.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Enumerator;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.btfkit.fixtures.raw.RawBtf.SecInfo;
import org.junit.jupiter.api.Test;

class DistillerTest {
    private static final int INT = 1;
    private static final int CHAR = 2;
    private static final int PTR = 3;
    private static final int LIST = 4;
    private static final int ARRAY = 5;
    private static final int COLOUR = 6;
    private static final int ANONYMOUS = 7;
    private static final int UNUSED = 8;
    private static final int FUNC = 10;

    private static RawBtf base(ByteOrder order) {
        RawBtf base = RawBtf.of(order).headerLength(24);
        base.addInt("int", 4, RawBtf.SIGNED);
        base.addInt("char", 1, 0);
        base.addPtr(LIST);
        base.addStruct("list", 16, Member.of("next", PTR, 0), Member.of("n", CHAR, 64));
        base.addArray(INT, INT, 3);
        base.addEnum64("colour", 8, true, new Enumerator("RED", 1));
        base.addUnion("", 8, Member.of("list", PTR, 0), Member.bitfield("bits", INT, 0, 3));
        base.addStruct("unused", 2);
        int proto = base.addFuncProto(0);
        base.addFunc("f", proto, 1);
        return base;
    }

    /** A split BTF that needs some of it. */
    private static RawBtf split() {
        RawBtf split = RawBtf.splitOn(base(ByteOrder.BIG_ENDIAN));
        split.addPtr(LIST);
        split.addStruct(
                "own",
                48,
                Member.of("array", ARRAY, 0),
                Member.of("colour", COLOUR, 128),
                Member.of("either", ANONYMOUS, 192),
                Member.of("self", 11, 256));
        return split;
    }

    private static List<String> text(Btf btf) {
        List<String> lines = new ArrayList<>();
        for (int id = btf.firstTypeId(); id < btf.typeCount(); id++) {
            lines.add(id + " " + btf.kind(id) + " " + btf.name(id) + " " + btf.vlen(id) + " " + btf.sizeOrType(id));
        }
        return lines;
    }

    @Test
    void shouldKeepWhatIsNeeded() {
        Distilled distilled = Distiller.distill(RawBtfs.parse(split()));
        assertEquals(List.of("1 INT int 0 4", "2 STRUCT list 0 16", "3 ENUM colour 0 8"), text(distilled.base()));
        assertEquals(
                List.of("4 PTR  0 2", "5 STRUCT own 4 48", "6 PTR  0 2", "7 ARRAY  0 0", "8 UNION  2 8"),
                text(distilled.split()));
        assertArrayEquals(new int[] {0, 1, -1, 6, 2, 7, 3, 8, -1, -1, -1, 4, 5}, distilled.idMap());
        assertEquals(7, distilled.split().word(5, 4), "type of own.array");
        assertTrue(distilled.split().kflag(8));
        for (Btf btf : List.of(distilled.base(), distilled.split())) {
            assertEquals(ByteOrder.BIG_ENDIAN, btf.order());
            assertEquals(32, btf.header().headerLength());
        }
        ImageChecker.check(RawBtfs.parse(split()), distilled);
    }

    @Test
    void shouldKeepWhatIsAskedFor() {
        Distilled distilled = Distiller.distill(RawBtfs.parse(split()), UNUSED, LIST, UNUSED);
        assertEquals(
                List.of("1 INT int 0 4", "2 STRUCT list 0 16", "3 ENUM colour 0 8", "4 STRUCT unused 0 2"),
                text(distilled.base()));
        assertEquals(4, distilled.idMap()[UNUSED]);
        assertEquals(5, distilled.idMap()[11]);
    }

    @Test
    void shouldKeepNamedStructsAndUnionsOfTheBaseOnly() {
        Btf split = RawBtfs.parse(split());
        for (int id : new int[] {-1, 0, INT, PTR, COLOUR, ANONYMOUS, FUNC, 12, 99}) {
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> Distiller.distill(split, id));
            String what = id > 0 && id < split.typeCount() ? split.describe(id) : "id " + id;
            assertEquals(
                    "split: " + what + " to be kept, expected a named struct or union of the base, ids 1 to 10",
                    e.getMessage());
        }
    }

    @Test
    void shouldCarryTypesWithoutNameWhereNothingElseIsNeeded() {
        RawBtf split = RawBtf.splitOn(base(ByteOrder.LITTLE_ENDIAN));
        RawBtf onAnonymous = RawBtf.littleEndian();
        onAnonymous.addUnion("", 4);
        RawBtf own = RawBtf.splitOn(onAnonymous);
        own.addVolatile(1);
        Distilled distilled = Distiller.distill(RawBtfs.parse(own));
        assertEquals(List.of(), text(distilled.base()));
        assertEquals(List.of("1 VOLATILE  0 2", "2 UNION  0 4"), text(distilled.split()));
        Distilled empty = Distiller.distill(RawBtfs.parse(split));
        assertEquals(1, empty.split().typeCount());
    }

    @Test
    void shouldRejectWhatCannotBeDistilled() {
        RawBtf tagged = split();
        tagged.addDeclTag("kfunc", FUNC, -1, false);
        assertFault(
                tagged,
                "split: type [10] FUNC 'f': of the base, cannot be distilled, but type [13] DECL_TAG 'kfunc' refers to it");
        RawBtf base = base(ByteOrder.LITTLE_ENDIAN);
        int variable = base.addVar("v", INT, 1);
        RawBtf section = RawBtf.splitOn(base);
        section.addDatasec(".data", 4, new SecInfo(variable, 0, 4));
        assertFault(
                section,
                "split: type [11] VAR 'v': of the base, cannot be distilled, but type [12] DATASEC '.data' refers to it");
        RawBtf odd = RawBtf.littleEndian();
        odd.addEnum("odd", 3, false);
        RawBtf user = RawBtf.splitOn(odd);
        user.addConst(1);
        assertFault(user, "split: type [1] ENUM 'odd': of the base, size 3, expected 1, 2, 4 or 8");
        assertThrows(
                IllegalArgumentException.class, () -> Distiller.distill(RawBtfs.parse(base(ByteOrder.LITTLE_ENDIAN))));
    }

    private static void assertFault(RawBtf raw, String message) {
        Btf split = RawBtfs.parse(raw);
        assertEquals(
                message,
                assertThrows(BtfException.class, () -> Distiller.distill(split)).getMessage());
    }

    /** A base that is itself split is one base, for what is distilled and for what it is put on again. */
    @Test
    void shouldSeeThroughBasesOfBases() {
        RawBtf middle = split();
        RawBtf top = RawBtf.splitOn(middle);
        top.addConst(12);
        top.addTypedef("list", LIST);
        top.addTypedef("own", CHAR);
        Btf split = RawBtfs.parse(top);
        Distilled distilled = Distiller.distill(split);
        assertEquals(List.of("1 INT char 0 1", "2 STRUCT list 0 16", "3 STRUCT own 0 48"), text(distilled.base()));
        Btf back = Relocator.relocate(distilled.split(), split.base()).btf();
        assertEquals(text(split), text(back));
        assertEquals(split.firstTypeId(), back.firstTypeId());
    }

    @Test
    void shouldFollowDeepChainsAndCircles() {
        int deep = 200_000;
        RawBtf base = RawBtf.littleEndian();
        for (int i = 1; i < deep; i++) {
            base.addConst(i + 1);
        }
        base.addPtr(1);
        RawBtf split = RawBtf.splitOn(base);
        split.addPtr(1);
        Distilled distilled = Distiller.distill(RawBtfs.parse(split));
        assertEquals(1 + 1 + deep, distilled.split().typeCount());
        assertEquals(BtfKind.PTR, distilled.split().kind(1));
    }
}
