package org.btfkit.btf.query;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.Set;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.fixtures.raw.RawBtf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BtfSearchTest {
    private final RawBtf base = RawBtf.littleEndian();
    private final int intId = base.addInt("int", 4, RawBtf.SIGNED);
    private final int taskStruct = base.addStruct("task_struct", 8);
    private final int taskTypedef = base.addTypedef("task_t", taskStruct);
    private final RawBtf split = RawBtf.splitOn(base);
    private final int taskUnion = split.addUnion("task_union", 8);
    private final int ptr = split.addPtr(taskUnion);
    private final Btf btf = Btf.parse(split.toBytes(), Btf.parse(base.toBytes(), null, "base"), "split");

    @Test
    void shouldSearchByGlobAndRegex() {
        assertArrayEquals(
                new int[] {taskStruct, taskTypedef, taskUnion},
                BtfSearch.glob("task_*").in(btf));
        assertArrayEquals(new int[] {taskUnion}, BtfSearch.glob("task_*").inOwn(btf));
        assertArrayEquals(new int[] {}, BtfSearch.glob("task").in(btf));
        assertArrayEquals(new int[] {intId}, BtfSearch.regex("^i").in(btf));
        assertArrayEquals(
                new int[] {taskStruct, taskUnion}, BtfSearch.regex("_[su]").in(btf));
        assertEquals(BtfKind.PTR, btf.kind(ptr));
        assertArrayEquals(
                new int[] {intId, taskStruct, taskTypedef, taskUnion},
                BtfSearch.glob("*").in(btf));
    }

    @Test
    void shouldLimitKinds() {
        BtfSearch search = BtfSearch.glob("task*").ofKinds(Set.of(BtfKind.STRUCT, BtfKind.UNION));
        assertArrayEquals(new int[] {taskStruct, taskUnion}, search.in(btf));
        assertArrayEquals(new int[] {}, search.ofKinds(Set.of()).in(btf));
    }

    @Test
    void shouldRejectBadRegex() {
        assertThrows(IllegalArgumentException.class, () -> BtfSearch.regex("a("));
    }

    @ParameterizedTest
    @CsvSource({
        "abc, abc, true",
        "abc, abcd, false",
        "a*, a, true",
        "*a, ba, true",
        "a*b*c, aXbbYc, true",
        "a*b*c, aXbbYd, false",
        "a?c, abc, true",
        "a?c, ac, false",
        "[a-c]x, bx, true",
        "[!a-c]x, bx, false",
        "[^a-c]x, dx, true",
        "[]]x, ]x, true",
        "[a-]x, -x, true",
        "[ab, [ab, true",
        "'\\*', *, true",
        "'\\*', a, false",
        "*, anything, true",
        "**, anything, true"
    })
    void shouldMatchAsShellsDo(String glob, String text, boolean expected) {
        assertEquals(expected, new Glob(glob).matches(text));
    }

    @Test
    void shouldMatchEmptyText() {
        assertEquals(true, new Glob("*").matches(""));
        assertEquals(true, new Glob("").matches(""));
        assertFalse(new Glob("?").matches(""));
    }

    @Test
    void shouldNotBacktrackExponentially() {
        Glob glob = new Glob("*a".repeat(200) + "b");
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> assertFalse(glob.matches("a".repeat(5000))));
    }
}
