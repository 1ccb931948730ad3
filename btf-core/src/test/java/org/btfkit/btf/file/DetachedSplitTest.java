package org.btfkit.btf.file;

import static org.btfkit.btf.Parsing.SOURCE;
import static org.btfkit.btf.Parsing.parse;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.Parsing;
import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.fixtures.kernel.SampleModule;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Enumerator;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.btfkit.fixtures.raw.RawBtf.Param;
import org.btfkit.fixtures.raw.RawElfReader;
import org.btfkit.internal.io.ArrayInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What can be told of split BTF without its base. */
class DetachedSplitTest {
    static List<Parsing.Form> forms() {
        return Parsing.forms();
    }

    private static RawBtf base(Parsing.Form form) {
        RawBtf base = form.empty();
        base.addInt("int", 4, RawBtf.SIGNED);
        base.addPtr(1);
        base.addFuncProto(1, new Param("arg", 2));
        return base;
    }

    /** A module: a struct of its own, two functions with own prototypes, one with the base's. */
    private static RawBtf split(RawBtf base) {
        RawBtf split = RawBtf.splitOn(base);
        int first = split.firstOwnId();
        split.addStruct("own_struct", 8, Member.of("member", 1, 0));
        split.addPtr(first);
        split.addFuncProto(0, new Param("own_arg", 2));
        split.addFuncProto(1);
        split.addFunc("own_func", first + 2, 1);
        split.addFunc("base_proto_func", 3, 0);
        split.addFunc("last_func", first + 3, 1);
        return split;
    }

    @ParameterizedTest
    @MethodSource("forms")
    void shouldTellSizesOfTheBase(Parsing.Form form) {
        RawBtf base = base(form);
        DetachedSplit detached = detached(split(base));
        assertEquals(base.nextId(), detached.baseTypeCount());
        assertEquals(base.stringEnd(), detached.baseStringEnd());
        assertEquals(7, detached.count());
        assertFalse(detached.isSelfContained());
        assertEquals(SOURCE, detached.source());
        assertEquals("test.btf: 7 split types", detached.toString());
    }

    @ParameterizedTest
    @MethodSource("forms")
    void shouldNameOwnTypes(Parsing.Form form) {
        DetachedSplit detached = detached(split(base(form)));
        assertEquals(BtfKind.STRUCT, detached.kind(0));
        assertEquals("own_struct", detached.name(0));
        assertEquals(BtfKind.FUNC_PROTO, detached.kind(2));
        assertEquals("", detached.name(2));
        assertEquals("last_func", detached.name(6));
    }

    @Test
    void shouldNotTellNameThatTheBaseHas() {
        RawBtf base = base(Parsing.forms().get(0));
        RawBtf split = RawBtf.splitOn(base);
        split.addTypedef("int", 1);
        split.addTypedef("own", 1);
        DetachedSplit detached = detached(split);
        assertNull(detached.name(0));
        assertEquals("own", detached.name(1));
    }

    @Test
    void shouldTellSizesOfTheSampleModule() throws Exception {
        Btf vmlinux = Btf.parse(SampleModule.vmlinuxBtf(), null, SOURCE);
        byte[] own = SampleModule.module();
        RawElfReader elf = new RawElfReader(own);
        DetachedSplit detached = DetachedSplit.parse(new ArrayInput(elf.bytes(".BTF")), SOURCE);
        assertEquals(SampleModule.FIRST_SPLIT_TYPE_ID, detached.baseTypeCount());
        assertEquals(vmlinux.stringEnd(), detached.baseStringEnd());
        assertTrue(detached.namesFit(vmlinux.stringEnd()));
    }

    @Test
    void shouldTellThatNamesFitOnlyTheRightBase() {
        RawBtf base = base(Parsing.forms().get(0));
        DetachedSplit detached = detached(split(base));
        for (int stringEnd = 0; stringEnd < 3 * base.stringEnd(); stringEnd++) {
            assertEquals(stringEnd == base.stringEnd(), detached.namesFit(stringEnd), "stringEnd " + stringEnd);
        }
    }

    @Test
    void shouldFindNamesOfEveryKindThatDoNotFit() {
        RawBtf base = base(Parsing.forms().get(0));
        int end = base.stringEnd();
        RawBtf members = RawBtf.splitOn(base);
        members.addStruct("", 4, Member.of("mm", 1, 0));
        RawBtf values = RawBtf.splitOn(base);
        values.addEnum64("", 8, false, new Enumerator("vv", 1));
        RawBtf params = RawBtf.splitOn(base);
        params.addFuncProto(0, new Param("pp", 1));
        for (RawBtf split : new RawBtf[] {members, values, params}) {
            DetachedSplit detached = detached(split);
            assertTrue(detached.namesFit(end));
            assertFalse(detached.namesFit(end - 1));
            assertFalse(detached.namesFit(end - 4));
            assertTrue(detached.namesFit(end + 1), "taken for a name of a larger base");
            assertTrue(detached.usesOwnStrings(end));
            assertFalse(detached.usesOwnStrings(end + 1));
        }
    }

    @Test
    void shouldNotTellSizesWithoutFunctionsAndNames() {
        RawBtf split = RawBtf.splitOn(base(Parsing.forms().get(0)));
        split.addPtr(1);
        DetachedSplit detached = detached(split);
        assertEquals(-1, detached.baseTypeCount());
        assertEquals(-1, detached.baseStringEnd());
        assertTrue(detached.usesOwnStrings(1_000_000), "no strings, so none to be used");
    }

    @Test
    void shouldNotTellTypeCountThatIsAmbiguous() {
        RawBtf split = RawBtf.splitOn(base(Parsing.forms().get(0)));
        split.addFuncProto(0);
        split.addFuncProto(1);
        split.addFunc("f", 5, 1);
        // Either prototype could be the one that is meant.
        assertEquals(-1, detached(split).baseTypeCount());
    }

    @Test
    void shouldNotTellTypeCountIfAllPrototypesAreOfTheBase() {
        RawBtf split = RawBtf.splitOn(base(Parsing.forms().get(0)));
        split.addFunc("f", 3, 1);
        assertEquals(-1, detached(split).baseTypeCount());
    }

    /** Sorted BTF of a large module: what has no name first. Once took a time quadratic in the number of types. */
    @Test
    void shouldTellTypeCountOfManyTypesQuickly() {
        RawBtf split = RawBtf.splitOn(base(Parsing.forms().get(0)));
        int first = split.firstOwnId();
        int count = 200_000;
        for (int i = 0; i < count; i++) {
            if (isPrototype(i)) {
                split.addFuncProto(0);
            } else {
                split.addPtr(0);
            }
        }
        for (int i = 0; i < count; i++) {
            if (isPrototype(i)) {
                split.addFunc("f", first + i, 1);
            }
        }
        DetachedSplit detached = detached(split);
        assertEquals(first, assertTimeout(Duration.ofSeconds(5), detached::baseTypeCount));
    }

    /** A pattern (of Thue and Morse) that is unlike itself wherever it is shifted. */
    private static boolean isPrototype(int position) {
        return Integer.bitCount(position) % 2 != 0;
    }

    @Test
    void shouldSeeThatWholeBtfNeedsNoBase() {
        RawBtf raw = base(Parsing.forms().get(0));
        raw.addArray(1, 1, 3);
        raw.addStruct("s", 4, Member.of("m", 1, 0));
        raw.addFunc("f", 3, 1);
        assertTrue(detached(raw).isSelfContained());
        assertEquals(1, detached(raw).baseTypeCount());
    }

    @Test
    void shouldSeeIdsOutsideInEveryPlace() {
        int outside = 6;
        RawBtf[] all = new RawBtf[5];
        for (int i = 0; i < all.length; i++) {
            all[i] = base(Parsing.forms().get(0));
        }
        all[0].addPtr(outside);
        all[1].addArray(outside, 1, 1);
        all[2].addArray(1, outside, 1);
        all[3].addStruct("s", 4, Member.of("a", 1, 0), Member.of("m", outside, 0));
        all[4].addPtr(-1);
        for (RawBtf raw : all) {
            raw.addPtr(0);
            assertFalse(detached(raw).isSelfContained(), raw.toString());
        }
    }

    @Test
    void shouldSeeNamesOutside() {
        RawBtf raw = base(Parsing.forms().get(0));
        raw.addTypedef("t", 1);
        raw.patch(4, 0, raw.stringEnd());
        assertFalse(detached(raw).isSelfContained());
        raw.patch(4, 0, -1);
        assertFalse(detached(raw).isSelfContained());
        assertFalse(detached(raw).namesFit(1));
    }

    @Test
    void shouldNotBeSelfContainedWithoutEmptyString() {
        RawBtf split = RawBtf.splitOn(RawBtf.littleEndian());
        split.addTypedef("t", 0);
        assertFalse(detached(split).isSelfContained());
    }

    @Test
    void shouldStepOverUnknownKinds() {
        byte[] layout = new byte[4 * 31];
        layout[4 * 30] = 4;
        RawBtf split = RawBtf.splitOn(base(Parsing.forms().get(1))).layout(layout);
        split.add(30, "novel", 0, false, 12345, 67890);
        split.addTypedef("t", 1);
        DetachedSplit detached = detached(split);
        assertNull(detached.kind(0));
        assertEquals("novel", detached.name(0));
        assertEquals(2, detached.count());
    }

    @Test
    void shouldRejectDamagedData() {
        RawBtf split = RawBtf.splitOn(base(Parsing.forms().get(0)));
        split.appendWords(1, 2);
        BtfFormatException e = assertThrows(BtfFormatException.class, () -> detached(split));
        assertEquals(1, e.typeId());
        assertEquals("test.btf: type [1] truncated: 2 words, expected 3, at 0x18", e.getMessage());
    }

    @Test
    void shouldAgreeWithTheParsedSplit() {
        for (Parsing.Form form : Parsing.forms()) {
            RawBtf raw = split(base(form));
            Btf btf = parse(raw);
            DetachedSplit detached = detached(raw);
            for (int i = 0; i < detached.count(); i++) {
                assertEquals(btf.kind(btf.firstTypeId() + i), detached.kind(i));
                assertEquals(btf.name(btf.firstTypeId() + i), detached.name(i));
            }
        }
    }

    private static DetachedSplit detached(RawBtf btf) {
        try {
            return DetachedSplit.parse(new ArrayInput(btf.toBytes()), SOURCE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
