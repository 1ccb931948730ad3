package org.btfkit.btf.build;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.function.Consumer;
import java.util.stream.Stream;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfType.Linkage;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.Parsing;
import org.btfkit.fixtures.raw.RawBtf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each breach of a rule is refused with that rule, and changes nothing. */
class BtfBuilderMisuseTest {
    private static final String NAME_MISSING = ": empty name, expected one";
    private static final String BAD_ID = ": type id -1, expected 0 or more";

    private static Arguments misuse(Consumer<BtfBuilder> call, String message) {
        return Arguments.of(message, call);
    }

    static Stream<Arguments> types() {
        return Stream.of(
                misuse(b -> b.addInt("", 4, 0), "INT" + NAME_MISSING),
                misuse(b -> b.addInt("i", 0, 0), "INT 'i': size 0 bytes, expected 1, 2, 4, 8 or 16"),
                misuse(b -> b.addInt("i", 3, 0), "INT 'i': size 3 bytes, expected 1, 2, 4, 8 or 16"),
                misuse(b -> b.addInt("i", 32, 0), "INT 'i': size 32 bytes, expected 1, 2, 4, 8 or 16"),
                misuse(b -> b.addInt("i", -128, 0), "INT 'i': size -128 bytes, expected 1, 2, 4, 8 or 16"),
                misuse(b -> b.addInt("i", 4, 8), "INT 'i': encoding 0x8, expected bits of 0x7"),
                misuse(b -> b.addInt("i", 4, 0, 1, 32), "INT 'i': 32 bits from bit 1, expected to be within 4 bytes"),
                misuse(b -> b.addInt("i", 4, 0, -1, 3), "INT 'i': 3 bits from bit -1, expected to be within 4 bytes"),
                misuse(b -> b.addInt("i", 4, 0, 0, 0), "INT 'i': 0 bits from bit 0, expected to be within 4 bytes"),
                misuse(b -> b.addPtr(-1), "PTR" + BAD_ID),
                misuse(b -> b.addArray(-1, 0, 0), "ARRAY" + BAD_ID),
                misuse(b -> b.addArray(0, -1, 0), "ARRAY" + BAD_ID),
                misuse(b -> b.addStruct("a\0b", 0), "string 'a\\0b': NUL at index 1, expected none"),
                misuse(b -> b.addUnion("\ud83d", 0), "string '\ud83d': half of a surrogate pair, expected none"),
                misuse(b -> b.addEnum("e", 3, false), "ENUM 'e': size 3 bytes, expected 1, 2, 4 or 8"),
                misuse(b -> b.addEnum("", 0, false), "ENUM: size 0 bytes, expected 1, 2, 4 or 8"),
                misuse(b -> b.addEnum64("e", 16, true), "ENUM64 'e': size 16 bytes, expected 1, 2, 4 or 8"),
                misuse(b -> b.addFwd("", true), "FWD" + NAME_MISSING),
                misuse(b -> b.addTypedef("", 0), "TYPEDEF" + NAME_MISSING),
                misuse(b -> b.addTypedef("t", -1), "TYPEDEF 't'" + BAD_ID),
                misuse(b -> b.addVolatile(-1), "VOLATILE" + BAD_ID),
                misuse(b -> b.addConst(-1), "CONST" + BAD_ID),
                misuse(b -> b.addRestrict(-1), "RESTRICT" + BAD_ID),
                misuse(b -> b.addFunc("", 0, Linkage.STATIC), "FUNC" + NAME_MISSING),
                misuse(b -> b.addFunc("f", -1, Linkage.STATIC), "FUNC 'f'" + BAD_ID),
                misuse(b -> b.addFuncProto(-1), "FUNC_PROTO" + BAD_ID),
                misuse(b -> b.addVar("", 0, Linkage.GLOBAL), "VAR" + NAME_MISSING),
                misuse(b -> b.addVar("v", -1, Linkage.GLOBAL), "VAR 'v'" + BAD_ID),
                misuse(b -> b.addDatasec("", 0), "DATASEC" + NAME_MISSING),
                misuse(b -> b.addFloat("", 4), "FLOAT" + NAME_MISSING),
                misuse(b -> b.addFloat("f", 6), "FLOAT 'f': size 6 bytes, expected 2, 4, 8, 12 or 16"),
                misuse(b -> b.addDeclTag("", 0, -1, false), "DECL_TAG" + NAME_MISSING),
                misuse(b -> b.addDeclTag("t", -1, -1, true), "DECL_TAG 't'" + BAD_ID),
                misuse(b -> b.addDeclTag("t", 0, -2, false), "DECL_TAG 't': component index -2, expected -1 or more"),
                misuse(b -> b.addTypeTag("", 0, false), "TYPE_TAG" + NAME_MISSING),
                misuse(b -> b.addTypeTag("t", -1, false), "TYPE_TAG 't'" + BAD_ID));
    }

    /** Elements for the last type: a struct, union, enum, enum64, prototype or section, or none of these. */
    static Stream<Arguments> elements() {
        Consumer<BtfBuilder> struct = b -> b.addStruct("s", 8);
        Consumer<BtfBuilder> union = b -> b.addUnion("", 8);
        Consumer<BtfBuilder> bitfields = b -> {
            b.addStruct("b", 8);
            b.addBitfield("x", 1, 3, 2);
        };
        Consumer<BtfBuilder> farMember = b -> {
            b.addStruct("b", 1 << 30);
            b.addMember("near", 1, 0);
            b.addMember("far", 1, 1 << 24);
        };
        Consumer<BtfBuilder> unsignedEnum = b -> b.addEnum("e", 4, false);
        Consumer<BtfBuilder> signedEnum = b -> b.addEnum("e", 4, true);
        Consumer<BtfBuilder> enum64 = b -> b.addEnum64("e", 8, true);
        Consumer<BtfBuilder> proto = b -> b.addFuncProto(0);
        Consumer<BtfBuilder> section = b -> b.addDatasec(".data", 0);
        return Stream.of(
                misuse(
                        proto.andThen(b -> b.addMember("m", 0, 0)),
                        "member: the last type is type [2] FUNC_PROTO, expected STRUCT or UNION"),
                misuse(
                        struct.andThen(b -> b.addParam("p", 0)),
                        "parameter: the last type is type [2] STRUCT 's', expected FUNC_PROTO"),
                misuse(
                        struct.andThen(b -> b.addEnumerator("A", 0)),
                        "enumerator: the last type is type [2] STRUCT 's', expected ENUM or ENUM64"),
                misuse(
                        struct.andThen(b -> b.addVariable(1, 0, 0)),
                        "variable: the last type is type [2] STRUCT 's', expected DATASEC"),
                misuse(struct.andThen(b -> b.addMember("m", -1, 0)), "type [2] STRUCT 's': member 0" + BAD_ID),
                misuse(
                        struct.andThen(b -> b.addMember("m", 1, 4)),
                        "type [2] STRUCT 's': member 0: offset 4 bits, expected whole bytes, or else a bitfield"),
                misuse(
                        union.andThen(b -> b.addMember("m", 1, 8)),
                        "type [2] UNION: member 0: offset 8 bits, expected 0 in a union"),
                misuse(
                        union.andThen(b -> b.addBitfield("m", 1, 1, 1)),
                        "type [2] UNION: member 0: offset 1 bits, expected 0 in a union"),
                misuse(
                        struct.andThen(b -> b.addBitfield("m", 1, 0, 0)),
                        "type [2] STRUCT 's': member 0: bitfield of 0 bits, expected 1 to 255"),
                misuse(
                        struct.andThen(b -> b.addBitfield("m", 1, 0, 256)),
                        "type [2] STRUCT 's': member 0: bitfield of 256 bits, expected 1 to 255"),
                misuse(struct.andThen(b -> b.addBitfield("m", -1, 0, 1)), "type [2] STRUCT 's': member 0" + BAD_ID),
                misuse(
                        bitfields.andThen(b -> b.addMember("m", 1, 1 << 24)),
                        "type [2] STRUCT 'b': member 1: offset 16777216 bits, expected at most 16777215 beside"
                                + " bitfields"),
                misuse(
                        bitfields.andThen(b -> b.addBitfield("m", 1, -8, 1)),
                        "type [2] STRUCT 'b': member 1: offset 4294967288 bits, expected at most 16777215 beside"
                                + " bitfields"),
                misuse(
                        farMember.andThen(b -> b.addBitfield("m", 1, 8, 1)),
                        "type [2] STRUCT 'b': member 2: bitfield after member 1: offset 16777216 bits, expected at"
                                + " most 16777215 beside bitfields"),
                misuse(struct.andThen(b -> b.addMember("\0", 1, 0)), "string '\\0': NUL at index 0, expected none"),
                misuse(
                        unsignedEnum.andThen(b -> b.addEnumerator("", 0)),
                        "type [2] ENUM 'e': enumerator 0" + NAME_MISSING),
                misuse(
                        unsignedEnum.andThen(b -> b.addEnumerator("A", -1)),
                        "type [2] ENUM 'e': enumerator 0: value -1, expected 32 bits without a sign"),
                misuse(
                        unsignedEnum.andThen(b -> b.addEnumerator("A", 1L << 32)),
                        "type [2] ENUM 'e': enumerator 0: value 4294967296, expected 32 bits without a sign"),
                misuse(
                        signedEnum.andThen(b -> b.addEnumerator("A", 1L << 31)),
                        "type [2] ENUM 'e': enumerator 0: value 2147483648, expected 32 bits with a sign"),
                misuse(enum64.andThen(b -> b.addEnumerator("", 0)), "type [2] ENUM64 'e': enumerator 0" + NAME_MISSING),
                misuse(proto.andThen(b -> b.addParam("p", -1)), "type [2] FUNC_PROTO: parameter 0" + BAD_ID),
                misuse(section.andThen(b -> b.addVariable(-1, 0, 0)), "type [2] DATASEC '.data': variable 0" + BAD_ID));
    }

    static Stream<Arguments> edits() {
        String noRef = "does not refer to a type by its third word, expected a kind that does";
        return Stream.of(
                misuse(b -> b.edit(0), "no own type [0], expected 1 to 1"),
                misuse(b -> b.edit(2), "no own type [2], expected 1 to 1"),
                misuse(b -> b.edit(-1), "no own type [4294967295], expected 1 to 1"),
                misuse(b -> b.edit(1).target(0), "type [1] STRUCT 's': " + noRef),
                misuse(b -> b.edit(1).array(0, 0), "type [1] STRUCT 's': has no element type, expected an ARRAY"),
                misuse(b -> b.edit(1).elementTarget(1, 0), "type [1] STRUCT 's': has no element 1, there are 1"),
                misuse(b -> b.edit(1).elementTarget(-1, 0), "type [1] STRUCT 's': has no element -1, there are 1"),
                misuse(b -> b.edit(1).elementTarget(0, -1), "type [1] STRUCT 's'" + BAD_ID),
                misuse(b -> b.edit(1).elementName(1, "x"), "type [1] STRUCT 's': has no element 1, there are 1"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("types")
    void shouldRefuseTypes(String message, Consumer<BtfBuilder> call) {
        BtfBuilder builder = BtfBuilder.create();
        builder.addInt("int", 4, 0);
        assertRefused(builder, call, message);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("elements")
    void shouldRefuseElements(String message, Consumer<BtfBuilder> call) {
        BtfBuilder builder = BtfBuilder.create();
        builder.addInt("int", 4, 0);
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> call.accept(builder));
        assertEquals(message, e.getMessage());
        // The type before the element is there, the element is not, nor is its name.
        Btf btf = builder.build();
        assertEquals(3, btf.typeCount());
        assertEquals(-1, btf.findString("m"));
        assertEquals(-1, btf.findString("p"));
        assertEquals(-1, btf.findString("A"));
    }

    @Test
    void shouldRefuseElementsBeforeTheFirstType() {
        Btf base = Parsing.parse(struct());
        assertRefused(
                BtfBuilder.splitOn(base),
                b -> b.addMember("m", 0, 0),
                "member: there is no type yet, expected STRUCT or UNION");
    }

    private static RawBtf struct() {
        RawBtf raw = RawBtf.littleEndian();
        raw.addStruct("s", 4, RawBtf.Member.of("m", 1, 0));
        return raw;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("edits")
    void shouldRefuseEdits(String message, Consumer<BtfBuilder> call) {
        assertRefused(BtfBuilder.copyOf(Parsing.parse(struct())), call, message);
    }

    private static void assertRefused(BtfBuilder builder, Consumer<BtfBuilder> call, String message) {
        byte[] before = BtfWriter.toBytes(builder.build());
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> call.accept(builder));
        assertEquals(message, e.getMessage());
        assertArrayEquals(before, BtfWriter.toBytes(builder.build()), "something changed");
    }
}
