package org.btfkit.btf.javagen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfType;
import org.btfkit.btf.build.BtfBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JavaTypesTest {
    private static final JavaOptions OPTIONS = JavaOptions.DEFAULT.withPackageName("p");

    private final BtfBuilder btf = BtfBuilder.create();
    private final int u32 = btf.addInt("unsigned int", 4, 0);
    private final int u8 = btf.addInt("unsigned char", 1, 0);
    private final int character = btf.addInt("char", 1, BtfBuilder.INT_SIGNED);

    private List<String> classes(JavaOptions options, int... roots) {
        JavaTypes java = JavaTypes.of(btf.build(), options);
        for (int root : roots) {
            java.add(root);
        }
        return java.sources().stream().map(JavaSource::className).toList();
    }

    private String text(int typeId) {
        JavaTypes java = JavaTypes.of(btf.build(), OPTIONS);
        java.add(typeId);
        return java.sources(List.of(typeId)).get(0).text();
    }

    private int event() {
        int comm = btf.addArray(character, u32, 16);
        int event = btf.addStruct("ev", 24);
        btf.addMember("pid", u32, 0);
        btf.addBitfield("op", u8, 32, 3);
        btf.addBitfield("ok", u8, 35, 1);
        btf.addMember("comm", comm, 40);
        return event;
    }

    @Test
    void shouldWriteLayoutAndAccessors() {
        assertEquals("""
                // Made by btf java. Changes are lost when it is made again.
                package p;

                import static p.BtfValues.*;

                import java.lang.foreign.MemoryLayout;
                import java.lang.foreign.MemorySegment;
                import java.lang.foreign.SegmentAllocator;
                import java.lang.foreign.StructLayout;
                import java.util.Objects;

                /** {@code struct ev}, 24 bytes. */
                public final class ev {
                    /** Where members are; of alignment 1, as in other types and in arrays of bytes. */
                    public static final StructLayout UNALIGNED = MemoryLayout.structLayout(
                            INT.withName("pid"),
                            MemoryLayout.paddingLayout(1),
                            MemoryLayout.sequenceLayout(16, BYTE).withName("comm"),
                            MemoryLayout.paddingLayout(3));

                    /** The same with C's alignment, for allocating. */
                    public static final StructLayout LAYOUT = UNALIGNED.withByteAlignment(4);

                    private ev() {}

                    public static long sizeof() { return 24; }
                    public static MemorySegment asSlice(MemorySegment array, long index) { return array.asSlice(index * 24, 24); }
                    public static MemorySegment allocate(SegmentAllocator allocator) { return allocator.allocate(LAYOUT); }

                    /** {@code unsigned int pid}, offset 0, 4 bytes. */
                    public static int pid(MemorySegment s) { return s.get(INT, 0); }
                    public static void pid(MemorySegment s, int v) { s.set(INT, 0, v); }
                    public static long pid$unsigned(MemorySegment s) { return s.get(INT, 0) & 0xffffffffL; }
                    public static long pid$offset() { return 0; }

                    /** {@code unsigned char op : 3}, bits 32 to 34. */
                    public static int op(MemorySegment s) { return (int) ((long) s.get(BYTE, 4) << 61 >>> 61); }
                    public static void op(MemorySegment s, int v) { s.set(BYTE, 4, (byte) ((s.get(BYTE, 4) & ~0x7L) | (v & 0x7L))); }

                    /** {@code unsigned char ok : 1}, bit 35. */
                    public static int ok(MemorySegment s) { return (int) ((long) s.get(BYTE, 4) << 60 >>> 63); }
                    public static void ok(MemorySegment s, int v) {
                        s.set(BYTE, 4, (byte) ((s.get(BYTE, 4) & ~0x8L) | (v & 0x1L) << 3));
                    }

                    /** {@code char comm[16]}, offset 5, 16 bytes. */
                    public static MemorySegment comm(MemorySegment s) { return s.asSlice(5, 16); }
                    public static byte comm(MemorySegment s, long i) { return s.get(BYTE, 5 + Objects.checkIndex(i, 16L)); }
                    public static void comm$set(MemorySegment s, long i, byte v) { s.set(BYTE, 5 + Objects.checkIndex(i, 16L), v); }
                    public static String comm$string(MemorySegment s) { return BtfValues.text(s, 5, 16); }
                    public static long comm$offset() { return 5; }
                }
                """, text(event()));
    }

    @Test
    void shouldPlacePackedMembersByTheirUnalignedLayout() {
        int event = event();
        int outer = btf.addStruct("outer", 25);
        btf.addMember("tag", u8, 0);
        btf.addMember("e", event, 8);
        String text = text(outer);
        assertTrue(text.contains("ev.UNALIGNED.withName(\"e\"));"), text);
        assertTrue(text.contains("withByteAlignment(1);"), text);
        assertTrue(text.contains("public static MemorySegment e(MemorySegment s) { return s.asSlice(1, 24); }"), text);
        assertEquals(List.of("ev", "outer", "BtfValues"), classes(OPTIONS, outer));
    }

    @Test
    void shouldLeaveTypesAwayThatAreTooDeep() {
        int inner = btf.addStruct("inner", 4);
        btf.addMember("x", u32, 0);
        int middle = btf.addStruct("middle", 4);
        btf.addMember("inner", inner, 0);
        int outer = btf.addStruct("outer", 4);
        btf.addMember("middle", middle, 0);
        assertEquals(List.of("inner", "middle", "outer", "BtfValues"), classes(OPTIONS, outer));
        assertEquals(List.of("middle", "outer", "BtfValues"), classes(OPTIONS.withDepth(1), outer));
        assertEquals(List.of("outer", "BtfValues"), classes(OPTIONS.withDepth(0), outer));
        JavaTypes java = JavaTypes.of(btf.build(), OPTIONS.withDepth(0));
        java.add(outer);
        String text = java.sources().get(0).text();
        assertTrue(text.contains("MemoryLayout.sequenceLayout(4, BYTE).withName(\"middle\"));"), text);
    }

    @Test
    void shouldNotFollowPointers() {
        int node = btf.addStruct("node", 8);
        btf.addMember("next", btf.typeCount(), 0);
        btf.addPtr(node);
        assertTrue(text(node).contains("public static long next(MemorySegment s) { return s.get(LONG, 0); }"));
    }

    @Test
    void shouldNameTypesApart() {
        int first = btf.addStruct("context", 0);
        int second = btf.addStruct("context", 0);
        int values = btf.addEnum("context", 4, false);
        btf.addEnumerator("A", 1);
        int upper = btf.addStruct("Context", 0);
        int keyword = btf.addStruct("new", 0);
        int object = btf.addUnion("Object", 0);
        int own = btf.addStruct("p", 0);
        assertEquals(
                List.of("context", "context_2", "context_", "Context", "new_", "Object_", "p_", "BtfValues"),
                classes(OPTIONS, first, second, values, upper, keyword, object, own));
        assertEquals(
                List.of("context", "context_2", "context_", "Context__", "BtfValues"),
                classes(OPTIONS.withCaseInsensitive(true), first, second, values, upper));
        assertTrue(text(second).contains("There are others of this name; this is type [5]."), text(second));
    }

    @Test
    void shouldNameMembersThatJavaKeepsToItself() {
        int struct = btf.addStruct("s", 12);
        btf.addMember("class", u32, 0);
        btf.addMember("class_", u32, 32);
        btf.addMember("sizeof", u32, 64);
        String text = text(struct);
        assertTrue(text.contains(" int class_(MemorySegment s)"), text);
        assertTrue(text.contains(" int class__(MemorySegment s)"), text);
        assertTrue(text.contains(" int sizeof_(MemorySegment s)"), text);
        assertTrue(text.contains("INT.withName(\"class\")"), text);
    }

    @Test
    void shouldGiveNamelessTypesTheirTypedefOrANestedClass() {
        int counter = btf.addStruct("", 4);
        btf.addMember("counter", u32, 0);
        btf.addTypedef("atomic_t", counter);
        int nameless = btf.addStruct("", 8);
        btf.addMember("a", counter, 0);
        btf.addMember("b", u32, 32);
        int outer = btf.addStruct("outer", 8);
        btf.addMember("in", nameless, 0);
        assertEquals(List.of("atomic_t", "outer", "BtfValues"), classes(OPTIONS, outer));
        String text = text(outer);
        assertTrue(text.contains("$in.UNALIGNED.withName(\"in\")"), text);
        assertTrue(text.contains("public static final class $in {"), text);
        assertTrue(text.contains("atomic_t.UNALIGNED.withName(\"a\")"), text);
    }

    @Test
    void shouldTakeMembersOfNamelessMembersForItsOwn() {
        int union = btf.addUnion("", 4);
        btf.addMember("x", u32, 0);
        btf.addMember("y", u8, 0);
        int outer = btf.addStruct("outer", 8);
        btf.addMember("head", u32, 0);
        btf.addMember("", union, 32);
        String text = text(outer);
        assertTrue(text.contains("public static int x(MemorySegment s) { return s.get(INT, 4); }"), text);
        assertTrue(text.contains("public static byte y(MemorySegment s) { return s.get(BYTE, 4); }"), text);
    }

    @Test
    void shouldWriteEnumsOfAllSizes() {
        int small = btf.addEnum("small", 1, false);
        btf.addEnumerator("HIGH", 200);
        btf.addEnumerator("SAME", 200);
        int wide = btf.addEnum64("wide", 8, false);
        btf.addEnumerator("TOP", -1L);
        String text = text(small);
        assertTrue(text.contains("public static final byte HIGH = -56;"), text);
        assertTrue(text.contains("case -56 -> \"HIGH\";"), text);
        assertFalse(text.contains("\"SAME\""), text);
        String wideText = text(wide);
        assertTrue(wideText.contains("public static final long TOP = -1L;"), wideText);
        assertTrue(wideText.contains("if (v == -1L) return \"TOP\";"), wideText);
    }

    /** The expected shifts are those of CO-RE's, for a value of this size. */
    @ParameterizedTest
    @CsvSource({
        "0, 3, 4, LITTLE, 0, 1, 61, 61",
        "3, 4, 4, LITTLE, 0, 1, 57, 60",
        "3, 4, 4, BIG, 0, 1, 59, 60",
        "6, 4, 4, LITTLE, 0, 2, 54, 60",
        "28, 4, 4, BIG, 3, 1, 60, 60",
        "30, 4, 5, LITTLE, 3, 2, 54, 60",
        "14, 9, 3, LITTLE, 1, 2, 49, 55",
        "1, 60, 8, LITTLE, 0, 8, 3, 4",
        "1, 60, 8, BIG, 0, 8, 1, 4",
    })
    void shouldFindTheSmallestWindow(
            long offset, int bits, long size, String endian, long at, int bytes, int left, int right) {
        ByteOrder order = endian.equals("BIG") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        assertEquals(new BitWindow(at, bytes, left, right), BitWindow.of(offset, bits, size, order));
    }

    @Test
    void shouldFindNoWindowOverNineBytesOrPastTheEnd() {
        assertNull(BitWindow.of(7, 60, 16, ByteOrder.LITTLE_ENDIAN));
        assertNull(BitWindow.of(0, 20, 3, ByteOrder.LITTLE_ENDIAN));
        int wide = btf.addInt("long long", 8, BtfBuilder.INT_SIGNED);
        int struct = btf.addStruct("s", 9);
        btf.addBitfield("x", wide, 7, 60);
        String text = text(struct);
        assertTrue(text.contains("return BtfValues.bits(s, 7, 60) << 4 >> 4;"), text);
        assertTrue(text.contains("BtfValues.bits(s, 7, 60, v);"), text);
    }

    @Test
    void shouldTakeOldBitfieldsForSuch() {
        int three = btf.addInt("unsigned int", 4, 0, 5, 3);
        int struct = btf.addStruct("s", 4);
        btf.addMember("x", three, 0);
        String text = text(struct);
        assertTrue(text.contains("{@code unsigned int x : 3}, bits 5 to 7."), text);
    }

    @Test
    void shouldRefuseMembersPastTheEnd() {
        int struct = btf.addStruct("s", 4);
        btf.addMember("x", u32, 8);
        assertEquals(
                "new BTF: type [4] STRUCT 's': member 0 'x' ends at byte 5, expected it within the 4 bytes",
                assertThrows(BtfException.class, () -> text(struct)).getMessage());
    }

    @Test
    void shouldRefuseStructsThatContainThemselves() {
        int struct = btf.addStruct("s", 4);
        btf.addMember("x", struct, 0);
        String message = assertThrows(BtfException.class, () -> text(struct)).getMessage();
        assertEquals("new BTF: type [4] STRUCT 's': contains itself", message);
    }

    @Test
    void shouldRefuseWhatIsNoClass() {
        String message = assertThrows(BtfException.class, () -> text(u32)).getMessage();
        assertEquals(
                "new BTF: type [1] INT 'unsigned int': nothing to make a class of, expected a struct, union or enum with"
                        + " a name",
                message);
    }

    /** Names in a damaged file end no comment and no string. */
    @Test
    void shouldLetNoNameOutOfItsComment() {
        int struct = btf.addStruct("*/ evil \\u002a", 4);
        btf.addMember("a\"b*/", u32, 0);
        String text = text(struct);
        assertFalse(text.contains("*/ evil"), text);
        assertFalse(text.contains("\\u"), text);
        assertTrue(text.contains("INT.withName(\"a_b__\")"), text);
        assertTrue(text.contains("class __"), text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a..b", "1a", "a.class", "a b", ".a"})
    void shouldRefusePackagesThatJavaDoesNotTake(String name) {
        assertThrows(IllegalArgumentException.class, () -> OPTIONS.withPackageName(name));
    }

    @Test
    void shouldFindMaps() {
        int event = event();
        int key = btf.addPtr(u32);
        int value = btf.addPtr(event);
        int map = btf.addStruct("", 16);
        btf.addMember("key", key, 0);
        btf.addMember("value", value, 64);
        int ring = btf.addStruct("", 0);
        int counts = btf.addVar("counts", map, BtfType.Linkage.GLOBAL);
        int events = btf.addVar("events", ring, BtfType.Linkage.GLOBAL);
        btf.addDatasec(".maps", 32);
        btf.addVariable(counts, 0, 16);
        btf.addVariable(events, 16, 0);
        Btf built = btf.build();
        assertEquals(
                List.of(new MapTypes.MapType("counts", u32, event), new MapTypes.MapType("events", 0, 0)),
                MapTypes.of(built));
        JavaTypes java = JavaTypes.of(built, OPTIONS);
        assertNull(java.add(u32, "counts_key"));
        assertEquals("ev", java.add(event, "counts_value"));
        assertEquals("events_value", java.add(ring, "events_value"));
    }
}
