package org.btfkit.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Enumerator;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.junit.jupiter.api.Test;

class RelocatorTest {
    /** A distilled base of an int, two structs and an enumeration; the first struct is embedded, the other is not. */
    private static Btf split() {
        RawBtf base = RawBtf.littleEndian();
        base.addInt("int", 4, RawBtf.SIGNED);
        base.addStruct("held", 8);
        base.addStruct("pointed", 16);
        base.addEnum("colour", 4, false);
        RawBtf split = RawBtf.splitOn(base);
        split.addPtr(3);
        split.addTypedef("held_t", 2);
        split.addArray(6, 1, 2);
        split.addStruct("own", 40, Member.of("int", 5, 0), Member.of("held", 7, 64), Member.of("colour", 4, 192));
        return RawBtfs.parse(split);
    }

    /** A base for it, with what is left out as null, in an order of its own. */
    private static Btf onto(Integer intSize, Integer heldSize, Integer pointedSize, boolean hasColour) {
        RawBtf onto = RawBtf.littleEndian();
        onto.addPtr(0);
        if (hasColour) {
            onto.addEnum64("colour", 4, true, new Enumerator("RED", 1));
        }
        if (pointedSize != null) {
            onto.addStruct("pointed", pointedSize);
        }
        if (heldSize != null) {
            onto.addStruct("held", heldSize);
        }
        if (intSize != null) {
            onto.addInt("int", intSize, RawBtf.SIGNED);
        }
        return Btf.parse(onto.toBytes(), null, "vmlinux");
    }

    private static void assertFault(Btf split, Btf onto, String message) {
        assertEquals(
                message,
                assertThrows(BtfException.class, () -> Relocator.relocate(split, onto))
                        .getMessage());
    }

    @Test
    void shouldFindTypesByName() {
        Btf onto = onto(4, 8, 99, true);
        Relocated relocated = Relocator.relocate(split(), onto);
        assertArrayEquals(new int[] {0, 5, 4, 3, 2, 6, 7, 8, 9}, relocated.idMap());
        Btf btf = relocated.btf();
        assertEquals(onto, btf.base());
        assertEquals(3, btf.sizeOrType(6));
        assertEquals("own", btf.name(9));
        assertEquals(onto.nameOff(5), btf.word(9, 3), "name of own.int, which is the base's");
        assertEquals("held_t", btf.name(7));
    }

    @Test
    void shouldNameTypesThatAreMissing() {
        assertFault(
                split(),
                onto(4, null, 16, true),
                "split: distilled base: type [2] STRUCT 'held': not found in vmlinux, expected one of this name and of"
                        + " 8 bytes, since a struct or union contains it");
        assertFault(
                split(),
                onto(4, 12, 16, true),
                "split: distilled base: type [2] STRUCT 'held': not found in vmlinux, expected one of this name and of"
                        + " 8 bytes, since a struct or union contains it; there is type [4] STRUCT 'held' of 12 bytes");
        assertFault(
                split(),
                onto(8, 8, 16, true),
                "split: distilled base: type [1] INT 'int': not found in vmlinux, expected one of this name and of"
                        + " 4 bytes with the same encoding; there is type [5] INT 'int' of 8 bytes");
        assertFault(
                split(),
                onto(4, 8, 16, false),
                "split: distilled base: type [4] ENUM 'colour': not found in vmlinux, expected one of this name and of"
                        + " 4 bytes");
    }

    @Test
    void shouldTellTypesOfTheSameNameApartBySize() {
        RawBtf onto = RawBtf.littleEndian();
        onto.addInt("int", 4, RawBtf.SIGNED);
        onto.addStruct("held", 8);
        onto.addEnum("colour", 4, false);
        onto.addStruct("pointed", 12);
        onto.addStruct("pointed", 16);
        assertEquals(5, Relocator.relocate(split(), RawBtfs.parse(onto)).idMap()[3]);
        onto.addUnion("pointed", 16);
        assertFault(
                split(),
                RawBtfs.parse(onto),
                "split: distilled base: type [3] STRUCT 'pointed': both type [5] STRUCT 'pointed' of 16 bytes and"
                        + " type [6] UNION 'pointed' of 16 bytes of raw fit, expected one");
    }

    @Test
    void shouldRejectBasesThatAreNotDistilled() {
        Btf onto = onto(4, 8, 16, true);
        RawBtf pointer = RawBtf.littleEndian();
        pointer.addPtr(0);
        String expected = ", expected only named INT, FLOAT, ENUM, FWD, STRUCT and UNION in a distilled base";
        assertFault(
                RawBtfs.parse(RawBtf.splitOn(pointer)),
                onto,
                "split: distilled base: type [1] PTR: of this kind" + expected);
        RawBtf anonymous = RawBtf.littleEndian();
        anonymous.addStruct("", 4);
        assertFault(
                RawBtfs.parse(RawBtf.splitOn(anonymous)),
                onto,
                "split: distilled base: type [1] STRUCT: without a name" + expected);
        assertThrows(IllegalArgumentException.class, () -> Relocator.relocate(onto, split()));
        Btf split = RawBtfs.parse(RawBtf.splitOn(pointer));
        assertThrows(IllegalArgumentException.class, () -> Relocator.relocate(split, split.base()));
    }

    @Test
    void shouldRejectStringsThatAreNoNames() {
        RawBtf base = RawBtf.littleEndian();
        int other = base.string("other");
        RawBtf split = RawBtf.splitOn(base);
        split.addWords(other, RawBtf.info(8, 0, false), 0);
        assertFault(
                RawBtfs.parse(split),
                onto(4, 8, 16, true),
                "split: string 'other' at 1 of the distilled base is used, expected it to be the name of one of its"
                        + " types");
    }

    @Test
    void shouldEndOnCirclesOfModifiers() {
        RawBtf base = RawBtf.littleEndian();
        base.addInt("int", 4, RawBtf.SIGNED);
        RawBtf split = RawBtf.splitOn(base);
        split.addTypedef("t", 3);
        split.addConst(2);
        split.addStruct("s", 4, Member.of("m", 2, 0), Member.of("n", 3, 0));
        Btf onto = onto(4, 8, 16, true);
        assertEquals(
                onto.typeCount() + 3,
                Relocator.relocate(RawBtfs.parse(split), onto).btf().typeCount());
    }
}
