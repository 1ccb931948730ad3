package org.btfkit.dedup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.btfkit.btf.Btf;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Enumerator;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.btfkit.transform.RawBtfs;
import org.junit.jupiter.api.Test;

/** What the proof has to see: input on which merging by name would differ from comparing types one by one. */
class UnitwiseDedupTest {
    /** Returns the id map, or null if nothing is proven. */
    private static int[] unitwise(RawBtf raw) {
        TypeGraph graph = TypeGraph.of(RawBtfs.parse(raw));
        Compaction result = new UnitwiseDedup(
                        graph, new Canonicals(graph), TypeHasher.STRONG, new Workers(1), (pass, done, total) -> {})
                .run();
        return result == null ? null : result.newIds();
    }

    private static int[] oneByOne(RawBtf raw) {
        Btf input = RawBtfs.parse(raw);
        return new Deduplicator()
                .withUnitwiseFrom(Integer.MAX_VALUE)
                .dedup(input)
                .idMap();
    }

    private static int addEnum(RawBtf raw, int value) {
        return raw.addEnum("e", 4, false, new Enumerator("E", value));
    }

    private static int addPair(RawBtf raw, int first, int second) {
        int one = raw.addPtr(first);
        int other = raw.addPtr(second);
        return raw.addStruct("s", 16, Member.of("p", one, 0), Member.of("q", other, 64));
    }

    @Test
    void shouldMergeUnitsThatKnowAStructByDeclaration() {
        RawBtf raw = RawBtf.littleEndian();
        int item = raw.addFwd("item", false);
        int first = raw.addStruct("list", 8, Member.of("item", raw.addPtr(item), 0));
        int number = raw.addInt("int", 4, RawBtf.SIGNED);
        int full = raw.addStruct("item", 4, Member.of("i", number, 0));
        int second = raw.addStruct("list", 8, Member.of("item", raw.addPtr(full), 0));
        int[] map = unitwise(raw);
        assertNotNull(map);
        assertEquals(map[first], map[second]);
        assertEquals(map[full], map[item]);
        assertArrayEquals(oneByOne(raw), map);
    }

    @Test
    void shouldTellStructsApartThatMeanOtherThingsByAName() {
        RawBtf raw = RawBtf.littleEndian();
        int[] lists = new int[4];
        for (int unit = 0; unit < 4; unit++) {
            int number = raw.addInt("int", 4, RawBtf.SIGNED);
            Member member = Member.of(unit < 2 ? "i" : "j", number, 0);
            int item = raw.addStruct("item", 4, member);
            int inner = raw.addStruct("inner", 8, Member.of("item", raw.addPtr(item), 0));
            lists[unit] = raw.addStruct("list", 8, Member.of("inner", raw.addPtr(inner), 0));
        }
        int[] map = unitwise(raw);
        assertNotNull(map);
        assertEquals(map[lists[0]], map[lists[1]]);
        assertEquals(map[lists[2]], map[lists[3]]);
        assertNotEquals(map[lists[0]], map[lists[2]]);
        assertArrayEquals(oneByOne(raw), map);
    }

    /** Which of the two structs the declaration means depends on what is compared first. */
    @Test
    void shouldNotProveWhatADeclarationOfTwoMeaningsDecides() {
        RawBtf raw = RawBtf.littleEndian();
        int number = raw.addInt("int", 4, RawBtf.SIGNED);
        int declaration = raw.addFwd("item", false);
        raw.addStruct("list", 8, Member.of("item", raw.addPtr(declaration), 0));
        for (String name : new String[] {"i", "j"}) {
            int item = raw.addStruct("item", 4, Member.of(name, number, 0));
            raw.addStruct("list", 8, Member.of("item", raw.addPtr(item), 0));
        }
        assertNull(unitwise(raw));
    }

    /** An array met again in the place of another passes for it, whatever its elements are. */
    @Test
    void shouldNotProveApartWhatArraysLetPass() {
        RawBtf raw = RawBtf.littleEndian();
        int number = raw.addInt("int", 4, RawBtf.SIGNED);
        int character = raw.addInt("char", 4, RawBtf.CHAR);
        int array = raw.addArray(number, number, 2);
        int canonical = addPair(raw, array, array);
        int same = raw.addArray(number, number, 2);
        int unlike = raw.addArray(character, number, 2);
        int candidate = addPair(raw, same, unlike);
        assertEquals(oneByOne(raw)[canonical], oneByOne(raw)[candidate]);
        assertNull(unitwise(raw));
    }

    /** So does an enumeration, in the place of a declaration that was resolved to another. */
    @Test
    void shouldNotProveApartWhatDeclaredEnumerationsLetPass() {
        RawBtf raw = RawBtf.littleEndian();
        int full = addEnum(raw, 1);
        int canonical = addPair(raw, full, full);
        addEnum(raw, 2);
        int declared = raw.addEnum("e", 4, false);
        int other = addEnum(raw, 3);
        int candidate = addPair(raw, declared, other);
        assertEquals(oneByOne(raw)[canonical], oneByOne(raw)[candidate]);
        assertNull(unitwise(raw));
    }
}
