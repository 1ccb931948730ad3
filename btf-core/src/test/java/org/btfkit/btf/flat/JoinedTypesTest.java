package org.btfkit.btf.flat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.junit.jupiter.api.Test;

class JoinedTypesTest {
    /** [1] INT 'int', [2] PTR [1], [3] ARRAY of 5 [1]. */
    private static RawBtf base() {
        RawBtf raw = RawBtf.littleEndian();
        raw.addInt("int", 4, RawBtf.SIGNED);
        raw.addPtr(1);
        raw.addArray(1, 1, 5);
        return raw;
    }

    /** On the base: [4] STRUCT 'integer' with a member of [2], [5] PTR [1] as in the base, [6] PTR [4]. */
    private static FlatTypes split() {
        RawBtf raw = RawBtf.splitOn(base());
        raw.addStruct("integer", 8, Member.of("int", 2, 0));
        raw.addPtr(1);
        raw.addPtr(4);
        return FlatAccess.of(Btf.parse(raw.toBytes(), Btf.parse(base().toBytes(), null, "base"), "split"));
    }

    @Test
    void shouldNotCopyTypesWithoutBase() {
        FlatTypes flat = FlatAccess.of(Btf.parse(base().toBytes(), null, "base"));
        JoinedTypes types = JoinedTypes.of(flat);
        assertSame(flat.words(), types.words());
        assertSame(flat.offsets(), types.offsets());
        assertSame(flat.strings().own(), types.strings());
        assertEquals(4, types.typeCount());
        assertEquals(1, types.firstOwn());
    }

    @Test
    void shouldSayOfEachTypeWhatTheSplitArraysSay() {
        FlatTypes flat = split();
        JoinedTypes types = JoinedTypes.of(flat);
        assertEquals(7, types.typeCount());
        assertEquals(4, types.firstOwn());
        assertNotSame(flat.words(), types.words());
        for (int id = 1; id < types.typeCount(); id++) {
            assertEquals(flat.wordCount(id), types.end(id) - types.at(id));
            for (int i = 0; i < flat.wordCount(id); i++) {
                assertEquals(flat.word(id, i), types.words()[types.at(id) + i], flat.describe(id) + " word " + i);
            }
            assertEquals(flat.kind(id), types.kind(id));
            assertEquals(flat.describe(id), types.describe(id));
        }
        assertEquals(5, types.elementCount(3));
        assertEquals(1, types.elementType(3));
        assertEquals(flat.memberType(4, 0), types.words()[types.elementsAt(4, BtfKind.STRUCT) + 1]);
    }

    @Test
    void shouldTakeRewrittenWords() {
        FlatTypes flat = split();
        int[] words = flat.words().clone();
        words[words.length - 1] = 1;
        JoinedTypes types = JoinedTypes.of(flat, words, JoinedTypes.of(flat.below()));
        assertEquals(1, types.sizeOrType(6));
        assertEquals(4, flat.sizeOrType(6), "the types themselves");
        assertTrue(types.sameWords(2, 6));
    }

    @Test
    void shouldCompareTypesByTheirWords() {
        JoinedTypes types = JoinedTypes.of(split());
        assertTrue(types.sameWords(2, 5));
        assertFalse(types.sameWords(2, 6));
        assertFalse(types.sameWords(1, 2));
    }

    @Test
    void shouldReadStringsAcrossTheSeam() {
        FlatTypes flat = split();
        JoinedTypes types = JoinedTypes.of(flat);
        assertEquals(flat.strings().end(), types.strings().length);
        int inBase = types.nameOff(1);
        int own = types.nameOff(4);
        assertTrue(types.isString(inBase, "int".getBytes(UTF_8)));
        assertFalse(types.isString(own, "int".getBytes(UTF_8)), "the beginning of a longer one");
        assertTrue(types.isString(own, "integer".getBytes(UTF_8)));
        assertFalse(types.isString(types.strings().length - 1, new byte[1]), "past the end");
        assertTrue(types.compareStrings(inBase, own) < 0);
        assertTrue(types.compareStrings(own, inBase) > 0);
        assertEquals(0, types.compareStrings(inBase, inBase));
        assertArrayEquals("\0int\0integer\0".getBytes(UTF_8), types.strings());
    }

    @Test
    void shouldRefuseIdsOfNoType() {
        JoinedTypes types = JoinedTypes.of(split());
        types.requireTypes(0, 1, 6);
        assertEquals(
                "no type [7], there are 7",
                assertThrows(IllegalArgumentException.class, () -> types.requireTypes(1, 7))
                        .getMessage());
    }
}
