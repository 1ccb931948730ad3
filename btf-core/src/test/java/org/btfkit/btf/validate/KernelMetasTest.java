package org.btfkit.btf.validate;

import static org.btfkit.btf.validate.KernelVerdicts.assertAccepted;
import static org.btfkit.btf.validate.KernelVerdicts.assertRefused;
import static org.btfkit.btf.validate.KernelVerdicts.assertSecondRefused;
import static org.btfkit.btf.validate.KernelVerdicts.withInt;

import java.util.function.Consumer;
import java.util.stream.Stream;
import org.btfkit.fixtures.raw.BtfKinds;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Enumerator;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.btfkit.fixtures.raw.RawBtf.Param;
import org.btfkit.fixtures.raw.RawBtf.SecInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class KernelMetasTest {
    private static final String NO_IDENTIFIER = "name is no identifier of up to 512 characters";
    private static final String NO_SECTION = "name is no section's: 1 to 512 printable characters";

    private static Arguments rule(Consumer<RawBtf> second, int word, String message) {
        return Arguments.of(second, word, message);
    }

    static Stream<Arguments> integers() {
        return Stream.of(
                rule(b -> b.add(BtfKinds.INT, "i", 1, false, 4, 32), 1, "INT 'i': vlen 1, expected 0"),
                rule(
                        b -> b.add(BtfKinds.INT, "i", 0, true, 4, 32),
                        1,
                        "INT 'i': kflag set, which has no meaning for this kind"),
                rule(
                        b -> b.add(BtfKinds.INT, "i", 0, false, 4, 0x10000020),
                        3,
                        "INT 'i': undefined bits in 0x10000020"),
                rule(
                        b -> b.addInt("i", 32, 0, 1, 128),
                        3,
                        "INT 'i': 128 bits from bit 1, expected no more than 128 in all"),
                rule(b -> b.addInt("i", 4, 0, 1, 32), 3, "INT 'i': 32 bits from bit 1 in a size of 4 bytes"),
                rule(b -> b.addInt("i", 0, 0, 0, 1), 3, "INT 'i': 1 bits from bit 0 in a size of 0 bytes"),
                rule(b -> b.addInt("i", 4, 3), 3, "INT 'i': encoding 3, expected 0, 1, 2 or 4"),
                rule(b -> b.addInt("i", 4, 8), 3, "INT 'i': encoding 8, expected 0, 1, 2 or 4"),
                rule(b -> b.addFloat("f", 5), 2, "FLOAT 'f': size 5, expected 2, 4, 8, 12 or 16"),
                rule(b -> b.add(BtfKinds.FLOAT, "f", 2, false, 4), 1, "FLOAT 'f': vlen 2, expected 0"),
                rule(
                        b -> b.add(BtfKinds.FLOAT, "f", 0, true, 4),
                        1,
                        "FLOAT 'f': kflag set, which has no meaning for this kind"));
    }

    static Stream<Arguments> references() {
        return Stream.of(
                rule(
                        b -> b.add(BtfKinds.PTR, "p", 0, false, 1),
                        0,
                        "PTR 'p': name_off 5, expected 0: this kind has no name"),
                rule(b -> b.add(BtfKinds.PTR, "", 1, false, 1), 1, "PTR: vlen 1, expected 0"),
                rule(
                        b -> b.add(BtfKinds.CONST, "", 0, true, 1),
                        1,
                        "CONST: kflag set, which has no meaning for this kind"),
                rule(
                        b -> b.add(BtfKinds.VOLATILE, "v", 0, false, 1),
                        0,
                        "VOLATILE 'v': name_off 5, expected 0: this kind has no name"),
                rule(b -> b.add(BtfKinds.RESTRICT, "", 7, false, 1), 1, "RESTRICT: vlen 7, expected 0"),
                rule(b -> b.addTypedef("", 1), 0, "TYPEDEF: no name"),
                rule(b -> b.addTypedef("a b", 1), 0, "TYPEDEF 'a b': " + NO_IDENTIFIER),
                rule(
                        b -> b.add(BtfKinds.TYPEDEF, "t", 0, true, 1),
                        1,
                        "TYPEDEF 't': kflag set, which has no meaning for this kind"),
                rule(b -> b.add(BtfKinds.TYPEDEF, "t", 1, false, 1), 1, "TYPEDEF 't': vlen 1, expected 0"),
                rule(b -> b.addTypeTag("", 1, false), 0, "TYPE_TAG: no value"),
                rule(b -> b.add(BtfKinds.TYPE_TAG, "t", 1, false, 1), 1, "TYPE_TAG 't': vlen 1, expected 0"),
                rule(b -> b.addFwd("", false), 0, "FWD: no name"),
                rule(b -> b.addFwd("1", true), 0, "FWD '1': " + NO_IDENTIFIER),
                rule(b -> b.add(BtfKinds.FWD, "f", 0, false, 1), 2, "FWD 'f': third word 1, expected 0"),
                rule(b -> b.add(BtfKinds.FWD, "f", 1, false, 0), 1, "FWD 'f': vlen 1, expected 0"));
    }

    static Stream<Arguments> arrays() {
        return Stream.of(
                rule(
                        b -> b.add(BtfKinds.ARRAY, "a", 0, false, 0, 1, 1, 2),
                        0,
                        "ARRAY 'a': name_off 5, expected 0: this kind has no name"),
                rule(b -> b.add(BtfKinds.ARRAY, "", 1, false, 0, 1, 1, 2), 1, "ARRAY: vlen 1, expected 0"),
                rule(
                        b -> b.add(BtfKinds.ARRAY, "", 0, true, 0, 1, 1, 2),
                        1,
                        "ARRAY: kflag set, which has no meaning for this kind"),
                rule(b -> b.add(BtfKinds.ARRAY, "", 0, false, 4, 1, 1, 2), 2, "ARRAY: size 4, expected 0"),
                rule(b -> b.addArray(0, 1, 2), 3, "ARRAY: elements of type void"),
                rule(b -> b.addArray(1, 0, 2), 4, "ARRAY: index of type void"));
    }

    static Stream<Arguments> composites() {
        return Stream.of(
                rule(b -> b.addStruct("a-b", 4), 0, "STRUCT 'a-b': " + NO_IDENTIFIER),
                rule(b -> b.addStruct("s", 4, Member.of("m+", 1, 0)), 3, "STRUCT 's': member 0: " + NO_IDENTIFIER),
                rule(b -> b.addStruct("s", 4, Member.of("m", 0, 0)), 4, "STRUCT 's': member 0: type void"),
                rule(
                        b -> b.addUnion("u", 8, Member.of("m", 1, 0), Member.of("n", 1, 32)),
                        8,
                        "UNION 'u': member 1: offset 32 in a union, expected 0"),
                rule(
                        b -> b.addStruct("s", 8, Member.of("m", 1, 32), Member.of("n", 1, 0)),
                        8,
                        "STRUCT 's': member 1: offset 0 before that of the member before, 32"),
                rule(
                        b -> b.addStruct("s", 4, Member.of("m", 1, 33)),
                        5,
                        "STRUCT 's': member 0: offset 33 past the end of the type (4 bytes)"),
                rule(
                        b -> b.addStruct("s", 4, Member.of("m", 1, -1)),
                        5,
                        "STRUCT 's': member 0: offset 4294967295 past the end of the type (4 bytes)"));
    }

    static Stream<Arguments> enumerations() {
        return Stream.of(
                rule(b -> b.addEnum("e", 3, false), 2, "ENUM 'e': size 3, expected 1, 2, 4 or 8"),
                rule(b -> b.addEnum("e", 0, false), 2, "ENUM 'e': size 0, expected 1, 2, 4 or 8"),
                rule(b -> b.addEnum64("e", 16, false), 2, "ENUM64 'e': size 16, expected 1, 2, 4 or 8"),
                rule(b -> b.addEnum("e f", 4, false), 0, "ENUM 'e f': " + NO_IDENTIFIER),
                rule(
                        b -> b.addEnum("e", 4, false, new Enumerator("A", 0), new Enumerator("", 1)),
                        5,
                        "ENUM 'e': enumerator 1: no name"),
                rule(
                        b -> b.addEnum64("e", 8, false, new Enumerator("A", 0), new Enumerator("?", 1)),
                        6,
                        "ENUM64 'e': enumerator 1: " + NO_IDENTIFIER));
    }

    static Stream<Arguments> variables() {
        return Stream.of(
                rule(b -> b.addVar("", 1, 0), 0, "VAR: no name"),
                rule(b -> b.addVar("v", 0, 0), 2, "VAR 'v': type void"),
                rule(b -> b.addVar("v", 1, 2), 3, "VAR 'v': linkage 2, expected 0 (static) or 1 (global)"),
                rule(b -> b.addVar("v", 1, -1), 3, "VAR 'v': linkage 4294967295, expected 0 (static) or 1 (global)"),
                rule(b -> b.add(BtfKinds.VAR, "v", 1, false, 1, 0), 1, "VAR 'v': vlen 1, expected 0"),
                rule(b -> b.addDatasec(".data", 0), 2, "DATASEC '.data': size 0"),
                rule(b -> b.addDatasec("", 4), 0, "DATASEC: " + NO_SECTION),
                rule(b -> b.addDatasec("a\n", 4), 0, "DATASEC 'a\n': " + NO_SECTION),
                rule(
                        b -> b.add(BtfKinds.DATASEC, ".d", 0, true, 4),
                        1,
                        "DATASEC '.d': kflag set, which has no meaning for this kind"),
                rule(b -> b.addDatasec(".d", 4, new SecInfo(0, 0, 4)), 3, "DATASEC '.d': variable 0: type void"),
                rule(
                        b -> b.addDatasec(".d", 8, new SecInfo(1, 0, 4), new SecInfo(1, 3, 4)),
                        7,
                        "DATASEC '.d': variable 1: offset 3 before the end of the variable before, 4"),
                rule(
                        b -> b.addDatasec(".d", 8, new SecInfo(1, 0, 0)),
                        5,
                        "DATASEC '.d': variable 0: bytes 0 to 0 of a section of 8 bytes"),
                rule(
                        b -> b.addDatasec(".d", 8, new SecInfo(1, 4, 5)),
                        4,
                        "DATASEC '.d': variable 0: bytes 4 to 9 of a section of 8 bytes"),
                rule(
                        b -> b.addDatasec(".d", 8, new SecInfo(1, 0, -1)),
                        5,
                        "DATASEC '.d': variable 0: bytes 0 to 4294967295 of a section of 8 bytes"));
    }

    static Stream<Arguments> functions() {
        return Stream.of(
                rule(b -> b.addFunc("", b.nextId() + 1, 0), 0, "FUNC: no name"),
                rule(b -> b.addFunc("f()", b.nextId() + 1, 0), 0, "FUNC 'f()': " + NO_IDENTIFIER),
                rule(
                        b -> b.addFunc("f", b.nextId() + 1, 2),
                        1,
                        "FUNC 'f': linkage 2, expected 0 (static) or 1 (global)"),
                rule(
                        b -> b.add(BtfKinds.FUNC, "f", 0, true, b.nextId() + 1),
                        1,
                        "FUNC 'f': kflag set, which has no meaning for this kind"),
                rule(
                        b -> b.add(BtfKinds.FUNC_PROTO, "p", 0, false, 0),
                        0,
                        "FUNC_PROTO 'p': name_off 5, expected 0: this kind has no name"),
                rule(
                        b -> b.add(BtfKinds.FUNC_PROTO, "", 0, true, 0),
                        1,
                        "FUNC_PROTO: kflag set, which has no meaning for this kind"),
                rule(b -> b.addDeclTag("", 1, -1, false), 0, "DECL_TAG: no value"),
                rule(b -> b.add(BtfKinds.DECL_TAG, "t", 1, false, 1, -1), 1, "DECL_TAG 't': vlen 1, expected 0"),
                rule(b -> b.addDeclTag("t", 1, -2, false), 3, "DECL_TAG 't': component index -2, expected -1 or more"));
    }

    @ParameterizedTest
    @MethodSource({"integers", "references", "arrays", "composites", "enumerations", "variables", "functions"})
    void shouldRefuseTypeThatIsWrongByItself(Consumer<RawBtf> second, int word, String message) {
        RawBtf btf = withInt();
        second.accept(btf);
        btf.addFuncProto(0);
        assertSecondRefused(btf, word, message);
    }

    @Test
    void shouldRefuseKindThatOnlyTheLayoutKnows() {
        byte[] layout = new byte[4 * 21];
        RawBtf btf = withInt().layout(layout);
        btf.add(20, "new", 0, false, 0);
        assertSecondRefused(btf, 1, "KIND_20 'new': kind 20, which the kernel does not know");
    }

    @Test
    void shouldAcceptTypesWithoutReferences() {
        RawBtf btf = withInt();
        btf.addInt("__int128", 16, RawBtf.SIGNED);
        btf.addInt("any name", 4, RawBtf.BOOL);
        btf.addInt("", 4, RawBtf.CHAR, 0, 0);
        btf.addFloat("", 12);
        btf.addEnum("", 1, true, new Enumerator("A", -1));
        btf.addEnum64("e64", 4, true);
        btf.addStruct("empty", 0);
        btf.addFwd("f", true);
        btf.addDeclTag("any text", 8, -1, true);
        btf.addTypeTag("any text", 1, true);
        assertAccepted(btf);
    }

    @Test
    void shouldAcceptVlenOf24Bits() {
        RawBtf btf = withInt();
        int[] words = new int[2 * 65_536];
        int nameOff = btf.string("E");
        for (int i = 0; i < words.length; i += 2) {
            words[i] = nameOff;
        }
        btf.addWords(0, RawBtf.info(BtfKinds.ENUM, 65_536, false), 4, words);
        assertAccepted(btf);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "_", ".", "a.b", "_0", "A9", "z__Z."})
    void shouldTakeIdentifiers(String name) {
        RawBtf btf = withInt();
        btf.addTypedef(name, 1);
        assertAccepted(btf);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "9a", "a-b", "a b", "a\u007f", "a:b", "@", "[", "`", "{", "/"})
    void shouldRefuseWhatIsNoIdentifier(String name) {
        RawBtf btf = withInt();
        btf.addTypedef(name, 1);
        assertSecondRefused(btf, 0, "TYPEDEF '" + name + "': " + NO_IDENTIFIER);
    }

    @Test
    void shouldTakeLatin1LettersAsTheKernelDoes() {
        for (int c = 1; c < 256; c++) {
            boolean letter = c >= 0xc0 && c != 0xd7 && c != 0xf7;
            if (c >= 0x80) {
                RawBtf btf = withInt();
                int nameOff = btf.stringBytes(new byte[] {(byte) c, 0});
                btf.addWords(nameOff, RawBtf.info(BtfKinds.TYPEDEF, 0, false), 1);
                if (letter) {
                    assertAccepted(btf);
                } else {
                    assertSecondRefused(btf, 0, "TYPEDEF '\ufffd': " + NO_IDENTIFIER);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {".data", "license", "a b", "?.struct_ops", ".data.foo:bar/~"})
    void shouldTakeSectionNames(String name) {
        RawBtf btf = withInt();
        btf.addVar("v", 1, 0);
        btf.addDatasec(name, 4, new SecInfo(2, 0, 4));
        assertAccepted(btf);
    }

    @Test
    void shouldLimitLengthOfNames() {
        RawBtf btf = withInt();
        btf.addTypedef("n".repeat(512), 1);
        assertAccepted(btf);
        btf.addTypedef("n".repeat(513), 1);
        assertRefused(btf, 3, 0x3c, "type [3] TYPEDEF '" + "n".repeat(513) + "': " + NO_IDENTIFIER);
    }

    @Test
    void shouldCheckOwnTypesOfSplitOnly() {
        RawBtf base = withInt();
        base.addTypedef("not valid", 1);
        RawBtf split = RawBtf.splitOn(base);
        split.addTypedef("t", 2);
        assertAccepted(split);
        split.addTypedef("not valid", 1);
        assertRefused(split, 4, 32 + 12, "type [4] TYPEDEF 'not valid': " + NO_IDENTIFIER);
    }

    @Test
    void shouldRefuseNameOffsetPastLimitInSplit() {
        RawBtf base = withInt();
        base.stringBytes(new byte[(1 << 24) - base.stringEnd()]);
        RawBtf split = RawBtf.splitOn(base);
        split.addStruct("s", 4);
        assertRefused(
                split,
                2,
                32,
                "type [2] STRUCT 's': name_off 16777216, expected no more than the kernel's limit of 16777215");
    }

    @Test
    void shouldRefuseParameterNameOnlyInResolve() {
        RawBtf btf = withInt();
        btf.addFuncProto(0, new Param("a b", 1));
        assertSecondRefused(btf, 3, "FUNC_PROTO: parameter 0: " + NO_IDENTIFIER);
    }
}
