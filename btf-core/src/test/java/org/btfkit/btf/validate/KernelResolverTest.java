package org.btfkit.btf.validate;

import static org.btfkit.btf.validate.KernelVerdicts.assertAccepted;
import static org.btfkit.btf.validate.KernelVerdicts.assertRefused;
import static org.btfkit.btf.validate.KernelVerdicts.assertSecondRefused;
import static org.btfkit.btf.validate.KernelVerdicts.withInt;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.time.Duration;
import java.util.Arrays;
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

class KernelResolverTest {
    private static Arguments rule(Consumer<RawBtf> rest, int word, String message) {
        return Arguments.of(rest, word, message);
    }

    static Stream<Arguments> references() {
        return Stream.of(
                rule(
                        b -> {
                            b.addPtr(3);
                            b.addVar("v", 1, 0);
                        },
                        2,
                        "PTR: refers to type [3] VAR 'v', which is no data type"),
                rule(
                        b -> {
                            b.addTypedef("t", 3);
                            b.addDeclTag("tag", 2, -1, false);
                        },
                        2,
                        "TYPEDEF 't': refers to type [3] DECL_TAG 'tag', which is no data type"),
                rule(
                        b -> {
                            b.addPtr(3);
                            b.addFunc("f", 4, 0);
                            b.addFuncProto(0);
                        },
                        2,
                        "PTR: refers to type [3] FUNC 'f', which is no data type"),
                rule(
                        b -> {
                            b.addVar("v", 3, 0);
                            b.addFwd("f", false);
                        },
                        2,
                        "VAR 'v': of type [3] FWD 'f', which has no size"),
                rule(
                        b -> {
                            b.addVar("v", 3, 0);
                            b.addConst(0);
                        },
                        2,
                        "VAR 'v': of type [3] CONST, which has no size"),
                rule(
                        b -> {
                            b.addFunc("f", 3, 0);
                            b.addFuncProto(0, new Param("", 1));
                        },
                        2,
                        "FUNC 'f': parameter 0 of its prototype, type [3] FUNC_PROTO, has no name"));
    }

    static Stream<Arguments> arrays() {
        return Stream.of(
                rule(
                        b -> {
                            b.addArray(3, 1, 2);
                            b.addFwd("f", false);
                        },
                        3,
                        "ARRAY: element is type [3] FWD 'f', which has no size"),
                rule(
                        b -> {
                            b.addArray(3, 1, 2);
                            b.addConst(0);
                        },
                        3,
                        "ARRAY: element is type [3] CONST, which has no size"),
                rule(
                        b -> {
                            b.addArray(1, 3, 2);
                            b.addFloat("f", 4);
                        },
                        4,
                        "ARRAY: index is type [3] FLOAT 'f', expected an integer of 1, 2, 4, 8 or 16 whole bytes"),
                rule(
                        b -> {
                            b.addArray(1, 3, 2);
                            b.addVar("v", 1, 0);
                        },
                        4,
                        "ARRAY: index is type [3] VAR 'v', which is no data type"),
                rule(
                        b -> {
                            b.addArray(1, 3, 2);
                            b.addInt("i", 4, 0, 0, 31);
                        },
                        4,
                        "ARRAY: index is type [3] INT 'i', expected an integer of 1, 2, 4, 8 or 16 whole bytes"),
                rule(
                        b -> {
                            b.addArray(3, 1, 2);
                            b.addInt("i", 4, 0, 0, 24);
                        },
                        3,
                        "ARRAY: element is type [3] INT 'i', expected an integer to have 1, 2, 4, 8 or 16 whole bytes"),
                rule(b -> b.addArray(1, 1, 1 << 30), 5, "ARRAY: 1073741824 elements of 4 bytes, 4 GiB or more"));
    }

    static Stream<Arguments> sections() {
        return Stream.of(rule(
                b -> b.addDatasec(".d", 4, new SecInfo(1, 0, 4)),
                3,
                "DATASEC '.d': variable 0: is type [1] INT 'int', expected a VAR"));
    }

    static Stream<Arguments> prototypes() {
        return Stream.of(
                rule(
                        b -> {
                            b.addFuncProto(3);
                            b.addFwd("f", false);
                        },
                        2,
                        "FUNC_PROTO: returns type [3] FWD 'f', which has no size"),
                rule(
                        b -> {
                            b.addFuncProto(3);
                            b.addConst(0);
                        },
                        2,
                        "FUNC_PROTO: returns type [3] CONST, which has no size"),
                rule(
                        b -> {
                            b.addFuncProto(3);
                            b.addVar("v", 1, 0);
                        },
                        2,
                        "FUNC_PROTO: refers to type [3] VAR 'v', which is no data type"),
                rule(
                        b -> b.addFuncProto(0, Param.VARARG, new Param("a", 1)),
                        4,
                        "FUNC_PROTO: parameter 0: is void, which has no size"),
                rule(
                        b -> b.addFuncProto(0, new Param("a", 0)),
                        3,
                        "FUNC_PROTO: parameter 0: name_off 5 of \"...\", expected 0"),
                rule(
                        b -> {
                            b.addFuncProto(0, new Param("a", 1), new Param("b", 3));
                            b.addFuncProto(0);
                        },
                        6,
                        "FUNC_PROTO: parameter 1: is type [3] FUNC_PROTO, which has no size"),
                rule(
                        b -> {
                            b.addFuncProto(0, new Param("a", 3));
                            b.addDeclTag("t", 1, -1, false);
                        },
                        4,
                        "FUNC_PROTO: parameter 0: is type [3] DECL_TAG 't', which is no data type"));
    }

    static Stream<Arguments> tags() {
        return Stream.of(
                rule(
                        b -> b.addDeclTag("t", 1, -1, false),
                        2,
                        "DECL_TAG 't': refers to type [1] INT 'int', expected a STRUCT, UNION, FUNC, VAR or TYPEDEF"),
                rule(
                        b -> {
                            b.addDeclTag("t", 3, 1, false);
                            b.addStruct("s", 4, Member.of("m", 1, 0));
                        },
                        3,
                        "DECL_TAG 't': component index 1 of type [3] STRUCT 's', which has 1"),
                rule(
                        b -> {
                            b.addDeclTag("t", 3, 0, false);
                            b.addVar("v", 1, 0);
                        },
                        3,
                        "DECL_TAG 't': component index 0 of type [3] VAR 'v', which has 0"),
                rule(
                        b -> {
                            b.addDeclTag("t", 3, 0, false);
                            b.addTypedef("d", 1);
                        },
                        3,
                        "DECL_TAG 't': component index 0 of type [3] TYPEDEF 'd', which has 0"),
                rule(
                        b -> {
                            b.addDeclTag("t", 3, 2, false);
                            b.addFunc("f", 4, 0);
                            b.addFuncProto(0, new Param("a", 1), new Param("b", 1));
                        },
                        3,
                        "DECL_TAG 't': component index 2 of type [3] FUNC 'f', which has 2"));
    }

    static Stream<Arguments> members() {
        return Stream.of(
                rule(
                        b -> {
                            b.addStruct("s", 4, Member.of("m", 3, 0));
                            b.addFwd("f", false);
                        },
                        4,
                        "STRUCT 's': member 0: is type [3] FWD 'f', which has no size"),
                rule(
                        b -> {
                            b.addStruct("s", 4, Member.of("m", 3, 0));
                            b.addTypedef("t", 0);
                        },
                        4,
                        "STRUCT 's': member 0: is type [3] TYPEDEF 't', which has no size"),
                rule(
                        b -> {
                            b.addStruct("s", 4, Member.of("m", 3, 0));
                            b.addVar("v", 1, 0);
                        },
                        4,
                        "STRUCT 's': member 0: is type [3] VAR 'v', which is no data type"),
                rule(
                        b -> b.addStruct("s", 4, Member.of("m", 1, 8)),
                        5,
                        "STRUCT 's': member 0: bytes 1 to 5 of a type of 4 bytes"),
                rule(
                        b -> {
                            b.addStruct("s", 32, Member.of("m", 3, 4));
                            b.addInt("i", 16, 0);
                        },
                        5,
                        "STRUCT 's': member 0: 128 bits from bit 4 of a byte, expected 128 at most"),
                rule(
                        b -> {
                            b.addStruct("s", 8, Member.of("m", 3, 4));
                            b.addPtr(1);
                        },
                        5,
                        "STRUCT 's': member 0: offset 4, expected a multiple of 8"),
                rule(
                        b -> {
                            b.addStruct("s", 4, Member.of("m", 3, 0));
                            b.addPtr(1);
                        },
                        5,
                        "STRUCT 's': member 0: bytes 0 to 8 of a type of 4 bytes"),
                rule(
                        b -> {
                            b.addStruct("s", 4, Member.of("m", 3, 0));
                            b.addArray(1, 1, 2);
                        },
                        5,
                        "STRUCT 's': member 0: bytes 0 to 8 of a type of 4 bytes"),
                rule(
                        b -> {
                            b.addStruct("s", 16, Member.of("m", 3, 32));
                            b.addFloat("double", 8);
                        },
                        5,
                        "STRUCT 's': member 0: offset 32 of a FLOAT, expected a multiple of 64"),
                rule(
                        b -> {
                            b.addStruct("s", 2, Member.of("m", 3, 0));
                            b.addEnum("e", 4, false, new Enumerator("A", 0));
                        },
                        5,
                        "STRUCT 's': member 0: bytes 0 to 4 of a type of 2 bytes"));
    }

    static Stream<Arguments> bitfields() {
        return Stream.of(
                rule(
                        b -> b.addStruct("s", 4, Member.bitfield("m", 1, 0, 33)),
                        5,
                        "STRUCT 's': member 0: bitfield of 33 bits, its type has 32"),
                rule(
                        b -> b.addStruct("s", 4, Member.bitfield("m", 1, 30, 3)),
                        5,
                        "STRUCT 's': member 0: bytes 3 to 5 of a type of 4 bytes"),
                rule(
                        b -> b.addComposite(BtfKinds.STRUCT, "s", true, 8, Member.of("m", 1, 4)),
                        5,
                        "STRUCT 's': member 0: offset 4, expected a multiple of 8"),
                rule(
                        b -> {
                            b.addStruct("s", 4, Member.bitfield("m", 3, 0, 2));
                            b.addInt("i", 4, 0, 0, 3);
                        },
                        4,
                        "STRUCT 's': member 0: integer of 3 bits in a type with kflag, expected whole bytes"),
                rule(
                        b -> {
                            b.addStruct("s", 8, Member.bitfield("m", 3, 0, 2));
                            b.addPtr(1);
                        },
                        5,
                        "STRUCT 's': member 0: bitfield of 2 bits, neither of an INT nor of an ENUM"),
                rule(
                        b -> {
                            b.addStruct("s", 8, Member.bitfield("m", 3, 0, 33));
                            b.addEnum("e", 4, false, new Enumerator("A", 0));
                        },
                        5,
                        "STRUCT 's': member 0: bitfield of 33 bits, its type has 32"));
    }

    @ParameterizedTest
    @MethodSource({"references", "arrays", "sections", "prototypes", "tags", "members", "bitfields"})
    void shouldRefuseReferenceThatMakesNoSense(Consumer<RawBtf> rest, int word, String message) {
        RawBtf btf = withInt();
        rest.accept(btf);
        assertSecondRefused(btf, word, message);
    }

    @Test
    void shouldRefuseArrayWithinItself() {
        RawBtf btf = withInt();
        btf.addArray(3, 1, 2);
        btf.addConst(2);
        assertRefused(btf, 3, KernelVerdicts.SECOND + 24 + 8, "type [3] CONST: refers back to type [2] ARRAY, a loop");
    }

    @Test
    void shouldRefuseStructWithinItself() {
        RawBtf btf = withInt();
        btf.addStruct("s", 4, Member.of("m", 3, 0));
        btf.addArray(2, 1, 1);
        assertRefused(
                btf, 3, KernelVerdicts.SECOND + 24 + 12, "type [3] ARRAY: refers back to type [2] STRUCT 's', a loop");
    }

    @Test
    void shouldRefuseCircleOfModifiersAndPointers() {
        RawBtf btf = withInt();
        btf.addPtr(3);
        btf.addConst(2);
        assertRefused(btf, 3, KernelVerdicts.SECOND + 12 + 8, "type [3] CONST: refers back to type [2] PTR, a loop");
    }

    @Test
    void shouldFindCircleOfPointersBehindMember() {
        RawBtf btf = withInt();
        btf.addStruct("s", 8, Member.of("m", 3, 0));
        btf.addConst(4);
        btf.addPtr(3);
        // The member's CONST stands for the PTR; going on from the PTR leads back to it.
        assertRefused(btf, 4, KernelVerdicts.SECOND + 24 + 12 + 8, "type [4] PTR: refers back to type [4] PTR, a loop");
    }

    @Test
    void shouldAcceptListOfStructs() {
        RawBtf btf = withInt();
        btf.addStruct("list", 16, Member.of("next", 3, 0), Member.of("value", 1, 64));
        btf.addPtr(4);
        btf.addConst(2);
        assertAccepted(btf);
    }

    @Test
    void shouldFollowThirtyTwoTypesAndNoMore() {
        RawBtf btf = withInt();
        for (int i = 0; i < 32; i++) {
            btf.addStruct("", 4, Member.of("m", i == 31 ? 1 : btf.nextId() + 1, 0));
        }
        assertAccepted(btf);
        RawBtf deeper = withInt();
        for (int i = 0; i < 33; i++) {
            deeper.addStruct("", 4, Member.of("m", i == 32 ? 1 : deeper.nextId() + 1, 0));
        }
        assertRefused(
                deeper,
                33,
                KernelVerdicts.SECOND + 31 * 24 + 16,
                "type [33] STRUCT: reference to type [34] STRUCT more than 32 types deep");
    }

    @Test
    void shouldNotCountDepthOfWhatIsResolved() {
        RawBtf btf = withInt();
        btf.addStruct("", 4, Member.of("m", 1, 0));
        for (int i = 0; i < 100; i++) {
            btf.addStruct("", 4, Member.of("m", btf.nextId() - 1, 0));
        }
        assertAccepted(btf);
    }

    @Test
    void shouldCompareVariableWithItsPlaceIfItComesFirst() {
        RawBtf btf = withInt();
        btf.addVar("v", 1, 0);
        btf.addDatasec(".d", 8, new SecInfo(2, 0, 3));
        assertRefused(
                btf,
                3,
                KernelVerdicts.SECOND + 16 + 20,
                "type [3] DATASEC '.d': variable 0: size 3, expected at least the variable's 4");
        RawBtf later = withInt();
        later.addDatasec(".d", 8, new SecInfo(3, 0, 3));
        later.addVar("v", 1, 0);
        assertAccepted(later);
    }

    @Test
    void shouldNotResolveSplit() {
        RawBtf split = RawBtf.splitOn(withInt());
        split.addStruct("s", 4, Member.of("m", 2, 0));
        assertAccepted(split);
    }

    @Test
    void shouldRefuseTagAfterModifier() {
        RawBtf btf = withInt();
        btf.addConst(3);
        btf.addTypeTag("t", 1, false);
        assertSecondRefused(btf, 2, "CONST: leads to type [3] TYPE_TAG 't', but tags stand before modifiers");
        RawBtf right = withInt();
        right.addTypeTag("t", 3, false);
        right.addTypeTag("u", 4, false);
        right.addConst(1);
        assertAccepted(right);
    }

    @Test
    void shouldLimitChainsOfModifiersInSplit() {
        RawBtf split = RawBtf.splitOn(withInt());
        for (int i = 0; i < 33; i++) {
            split.addConst(i == 32 ? 1 : split.nextId() + 1);
        }
        assertRefused(split, 2, 32 + 8, "type [2] CONST: begins a chain of more than 32 modifiers, or a circle");
        RawBtf circle = RawBtf.splitOn(withInt());
        circle.addConst(3);
        circle.addVolatile(2);
        assertRefused(circle, 2, 32 + 8, "type [2] CONST: begins a chain of more than 32 modifiers, or a circle");
    }

    @Test
    void shouldTakeLinearTimeForFunctionsWithOnePrototype() {
        RawBtf btf = withInt();
        Param[] params = new Param[60_000];
        Arrays.fill(params, new Param("a", 1));
        btf.addFuncProto(0, params);
        for (int i = 0; i < 200_000; i++) {
            btf.addFunc("f", 2, 0);
        }
        assertTimeout(Duration.ofSeconds(10), () -> assertAccepted(btf));
    }

    @Test
    void shouldTakeLinearTimeForLongChains() {
        RawBtf btf = withInt();
        for (int i = 0; i < 200_000; i++) {
            btf.addConst(btf.nextId() - 1);
        }
        assertAccepted(btf);
    }
}
