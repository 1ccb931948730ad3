package org.btfkit.btf;

import static org.btfkit.btf.Parsing.parse;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.fixtures.raw.RawBtf;
import org.junit.jupiter.api.Test;

/** Finding types by kind and name: base first, then in id order. */
class BtfFindTest {
    private static final int[] NONE = {};

    @Test
    void shouldFindFirstOfKindAndName() {
        RawBtf raw = RawBtf.littleEndian();
        raw.addInt("same", 4, 0);
        raw.addStruct("same", 4);
        raw.addTypedef("same", 1);
        raw.addStruct("same", 8);
        raw.addStruct("other", 8);
        Btf btf = parse(raw);
        assertEquals(1, btf.find(BtfKind.INT, "same"));
        assertEquals(2, btf.find(BtfKind.STRUCT, "same"));
        assertEquals(3, btf.find(BtfKind.TYPEDEF, "same"));
        assertEquals(5, btf.find(BtfKind.STRUCT, "other"));
        assertEquals(0, btf.find(BtfKind.UNION, "same"));
        assertArrayEquals(new int[] {2, 4}, btf.findAll(BtfKind.STRUCT, "same"));
        assertArrayEquals(new int[] {3}, btf.findAll(BtfKind.TYPEDEF, "same"));
        assertArrayEquals(NONE, btf.findAll(BtfKind.FUNC, "same"));
    }

    @Test
    void shouldMatchWholeNamesOnly() {
        RawBtf raw = RawBtf.littleEndian();
        raw.addTypedef("task", 0);
        Btf btf = parse(raw);
        for (String name : List.of("tas", "task_", "ask", "Task", "task\0", "task\0x", "t", "taskx")) {
            assertEquals(0, btf.find(BtfKind.TYPEDEF, name), name);
            assertArrayEquals(NONE, btf.findAll(BtfKind.TYPEDEF, name), name);
        }
        assertEquals(1, btf.find(BtfKind.TYPEDEF, "task"));
    }

    /**
     * By a scan the first time, then by the index; with names that end where others go on, and at the section's end.
     */
    @Test
    void shouldFindSeveralNamesAsOneByOne() {
        String[] names = {"", "a", "ab", "abc", "abcd", "abcde", "abcdx", "b", "x", "xy", "zzzz", "é", "none", "b"};
        RawBtf base = RawBtf.littleEndian();
        for (String name : List.of("abcd", "ab", "b", "", "é", "abcd")) {
            base.addStruct(name, 4);
            base.addTypedef(name.isEmpty() ? "x" : name, 1);
        }
        RawBtf raw = RawBtf.splitOn(base);
        for (String name : List.of("abc", "ab", "", "abcde", "a", "xy")) {
            raw.addStruct(name, 4);
            raw.addUnion(name, 4);
        }
        for (BtfKind kind : List.of(BtfKind.STRUCT, BtfKind.UNION, BtfKind.TYPEDEF, BtfKind.FUNC)) {
            BtfKind[] kinds = new BtfKind[names.length];
            Arrays.fill(kinds, kind);
            Btf fresh = parse(raw);
            Btf other = parse(raw);
            for (int time = 0; time < 3; time++) {
                int[][] found = fresh.findAll(kinds, names);
                for (int i = 0; i < names.length; i++) {
                    assertArrayEquals(other.findAll(kind, names[i]), found[i], kind + " " + names[i] + " " + time);
                }
            }
        }
        assertThrows(IllegalArgumentException.class, () -> parse(raw).findAll(new BtfKind[0], new String[] {"one"}));
    }

    @Test
    void shouldFindNothingAmongAnonymousTypes() {
        RawBtf raw = RawBtf.littleEndian();
        raw.addStruct("", 4);
        Btf btf = parse(raw);
        assertEquals(0, btf.find(BtfKind.STRUCT, ""));
        assertEquals(0, parse(RawBtf.littleEndian()).find(BtfKind.INT, "int"));
    }

    @Test
    void shouldPreferTheBase() {
        RawBtf base = RawBtf.bigEndian();
        base.addInt("int", 4, 0);
        base.addTypedef("both", 1);
        RawBtf split = RawBtf.splitOn(base);
        split.addTypedef("own", 1);
        split.addTypedef("both", 1);
        split.addTypedef("both", 0);
        Btf btf = parse(split);
        assertEquals(2, btf.find(BtfKind.TYPEDEF, "both"));
        assertArrayEquals(new int[] {2, 4, 5}, btf.findAll(BtfKind.TYPEDEF, "both"));
        assertEquals(3, btf.find(BtfKind.TYPEDEF, "own"));
        assertEquals(1, btf.find(BtfKind.INT, "int"));
        assertEquals(0, btf.base().find(BtfKind.TYPEDEF, "own"));
    }

    /** A split type may take its name from the strings of the base, where no base type of the kind has it. */
    @Test
    void shouldFindOwnTypeByNameOfBase() {
        RawBtf base = RawBtf.littleEndian();
        base.addInt("shared", 4, 0);
        RawBtf split = RawBtf.splitOn(base);
        split.addStruct("shared", 4);
        assertEquals(0, split.nextId() - 3);
        Btf btf = parse(split);
        assertEquals(base.string("shared"), btf.nameOff(2));
        assertEquals(2, btf.find(BtfKind.STRUCT, "shared"));
        assertEquals(1, btf.find(BtfKind.INT, "shared"));
    }

    @Test
    void shouldFindThroughSeveralSplits() {
        RawBtf base = RawBtf.littleEndian();
        base.addTypedef("a", 0);
        RawBtf middle = RawBtf.splitOn(base);
        middle.addTypedef("b", 1);
        RawBtf top = RawBtf.splitOn(middle);
        top.addTypedef("a", 2);
        top.addTypedef("c", 2);
        Btf btf = parse(top);
        assertArrayEquals(new int[] {1, 3}, btf.findAll(BtfKind.TYPEDEF, "a"));
        assertEquals(2, btf.find(BtfKind.TYPEDEF, "b"));
        assertEquals(4, btf.find(BtfKind.TYPEDEF, "c"));
        assertEquals("b", btf.name(2));
    }

    @Test
    void shouldFindNameThatIsStoredTwice() {
        RawBtf raw = RawBtf.littleEndian();
        int first = raw.addString("twin");
        int second = raw.addString("twin");
        raw.addWords(second, RawBtf.info(8, 0, false), 0);
        raw.addWords(first, RawBtf.info(8, 0, false), 1);
        assertArrayEquals(new int[] {1, 2}, parse(raw).findAll(BtfKind.TYPEDEF, "twin"));
    }

    @Test
    void shouldFindNameThatIsTheEndOfAnother() {
        RawBtf base = RawBtf.littleEndian();
        int whole = base.addString("my_list_head");
        base.addWords(whole + 3, RawBtf.info(8, 0, false), 0);
        RawBtf split = RawBtf.splitOn(base);
        split.addWords(whole + 8, RawBtf.info(8, 0, false), 0);
        Btf btf = parse(split);
        assertEquals(1, btf.find(BtfKind.TYPEDEF, "list_head"));
        assertEquals(2, btf.find(BtfKind.TYPEDEF, "head"));
        assertEquals(0, btf.find(BtfKind.TYPEDEF, "my_list_head"));
    }

    @Test
    void shouldTellNamesOfOneHashApart() {
        // As Java strings, and as the bytes that are hashed, "Aa" and "BB" have one hash code.
        assertEquals("Aa".hashCode(), "BB".hashCode());
        RawBtf raw = RawBtf.littleEndian();
        raw.addTypedef("BB", 0);
        raw.addTypedef("Aa", 0);
        raw.addTypedef("AaBB", 0);
        raw.addTypedef("BBAa", 0);
        Btf btf = parse(raw);
        assertEquals(2, btf.find(BtfKind.TYPEDEF, "Aa"));
        assertEquals(1, btf.find(BtfKind.TYPEDEF, "BB"));
        assertEquals(4, btf.find(BtfKind.TYPEDEF, "BBAa"));
        assertEquals(0, btf.find(BtfKind.TYPEDEF, "AaAa"));
    }

    @Test
    void shouldFindNamesBeyondAscii() {
        RawBtf raw = RawBtf.littleEndian();
        raw.addTypedef("\u00e9t\u00e9", 0);
        assertEquals(1, parse(raw).find(BtfKind.TYPEDEF, "\u00e9t\u00e9"));
    }

    @Test
    void shouldFindEachOfManyNames() {
        RawBtf raw = RawBtf.littleEndian();
        int count = 5_000;
        for (int i = 0; i < count; i++) {
            raw.addFwd("name" + i, false);
        }
        Btf btf = parse(raw);
        for (int i = 0; i < count; i++) {
            assertEquals(i + 1, btf.find(BtfKind.FWD, "name" + i));
        }
        assertEquals(0, btf.find(BtfKind.FWD, "name" + count));
    }

    @Test
    void shouldFindTheSameFromSeveralThreads() throws Exception {
        RawBtf raw = RawBtf.littleEndian();
        IntStream.range(0, 1_000).forEach(i -> raw.addFwd("name" + i, false));
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 20; round++) {
                Btf btf = parse(raw);
                List<Future<Integer>> found = IntStream.range(0, 4)
                        .mapToObj(i -> threads.submit(() -> btf.find(BtfKind.FWD, "name" + i)))
                        .toList();
                for (int i = 0; i < 4; i++) {
                    assertEquals(i + 1, found.get(i).get());
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void shouldFindRecordsByWhatTheyAre() {
        RawBtf raw = RawBtf.littleEndian();
        raw.addTypedef("list", 2);
        raw.addStruct("list", 8);
        raw.addUnion("list", 4);
        Btf btf = parse(raw);
        assertEquals(Optional.of(btf.type(2)), btf.find(BtfType.Struct.class, "list"));
        assertEquals(Optional.of(btf.type(2)), btf.find(BtfType.Composite.class, "list"));
        assertEquals(Optional.of(btf.type(3)), btf.find(BtfType.Union.class, "list"));
        assertEquals(Optional.empty(), btf.find(BtfType.Enum.class, "list"));
        assertEquals(Optional.empty(), btf.find(BtfType.Struct.class, "other"));
    }

    @Test
    void shouldStreamTypesOfBaseThenOwn() {
        RawBtf base = RawBtf.littleEndian();
        base.addInt("int", 4, 0);
        RawBtf raw = RawBtf.splitOn(base);
        raw.addPtr(1);
        Btf split = parse(raw);
        assertEquals(List.of(split.type(1), split.type(2)), split.types().toList());
        assertEquals(List.of(new BtfType.Ptr(2, 1)), split.ownTypes().toList());
    }
}
