package org.btfkit.btf.validate;

import static org.btfkit.btf.validate.KernelVerdicts.assertAccepted;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteOrder;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.btfkit.btf.Parsing;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.btfkit.fixtures.tool.KernelBtfLoader;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Structs with locks, lists, trees and tracked pointers, one rule after another; type 10 is the first after theirs. */
class KernelSpecialFieldsTest {
    private static final int INT = 1;
    private static final int LOCK = 2;
    private static final int RES_LOCK = 3;
    private static final int HEAD = 4;
    private static final int NODE = 5;
    private static final int ROOT = 6;
    private static final int TREE_NODE = 7;
    private static final int REFS = 8;
    private static final int ELEM = 9;
    private static final int FIRST = 10;
    private static final String ONE_TAG = " tag 'contains:<struct>:<member>', expected one";

    /** BTF with what a case adds; a message says that it is refused, at a word of a type. */
    private record Case(String name, Consumer<RawBtf> types, int typeId, int word, String message) {
        RawBtf btf() {
            RawBtf btf = KernelVerdicts.withInt().headerLength(24);
            btf.addStruct("bpf_spin_lock", 4);
            btf.addStruct("bpf_res_spin_lock", 4);
            btf.addStruct("bpf_list_head", 16);
            btf.addStruct("bpf_list_node", 24);
            btf.addStruct("bpf_rb_root", 16);
            btf.addStruct("bpf_rb_node", 32);
            btf.addStruct("bpf_refcount", 4);
            btf.addStruct("elem", 64, member("l", NODE, 0), member("r", TREE_NODE, 24), member("refs", REFS, 56));
            types.accept(btf);
            return btf;
        }

        /** Whether Linux 6.18 judges otherwise. */
        boolean isNewer() {
            return name.endsWith(" (newer)");
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static Member member(String name, int typeId, int offset) {
        return Member.of(name, typeId, 8 * offset);
    }

    private static Case accepted(String name, Consumer<RawBtf> types) {
        return new Case(name, types, 0, 0, null);
    }

    /** A refusal of type 10, at the type of a member. */
    private static Case refused(String name, int member, String message, Consumer<RawBtf> types) {
        return new Case(name, types, FIRST, 3 + 3 * member + 1, "STRUCT 's': member " + member + ": " + message);
    }

    private static Consumer<RawBtf> struct(int size, Member... members) {
        return b -> b.addStruct("s", size, members);
    }

    private static Consumer<RawBtf> list(String tag) {
        return b -> {
            b.addStruct("s", 24, member("lock", LOCK, 0), member("head", HEAD, 8));
            b.addDeclTag(tag, FIRST, 1, false);
        };
    }

    /** A struct with a member of a type that is made after it. */
    private static Consumer<RawBtf> around(int size, int memberId, Consumer<RawBtf> types) {
        return b -> {
            b.addStruct("s", size, member("lock", LOCK, 0), member("m", memberId, 8));
            types.accept(b);
        };
    }

    static Stream<Case> cases() {
        return Stream.of(locks(), lists(), contents(), pointers(), nesting(), owners())
                .flatMap(cases -> cases);
    }

    private static Stream<Case> locks() {
        return Stream.of(
                accepted("lock", struct(4, member("a", LOCK, 0))),
                accepted("lock of the other kind", struct(4, member("a", RES_LOCK, 0))),
                accepted(
                        "two of the other kind, which alone make nothing special",
                        struct(8, member("a", RES_LOCK, 0), member("b", RES_LOCK, 4))),
                refused(
                        "two locks",
                        1,
                        "another bpf_spin_lock, expected one at most",
                        struct(8, member("a", LOCK, 0), member("b", LOCK, 4))),
                refused("lookalike of a lock", 1, "another bpf_spin_lock, expected one at most", b -> {
                    b.addStruct("s", 12, member("a", LOCK, 0), member("b", FIRST + 1, 4));
                    b.addTypedef("bpf_spin_lock", INT);
                }),
                new Case(
                        "locks of both kinds",
                        struct(8, member("b", RES_LOCK, 0), member("a", LOCK, 4)),
                        FIRST,
                        1,
                        "STRUCT 's': both a bpf_spin_lock and a bpf_res_spin_lock, expected one of them"),
                refused(
                        "misaligned lock",
                        0,
                        "is type [2] STRUCT 'bpf_spin_lock' of the wrong size or misaligned",
                        struct(8, member("a", LOCK, 2))),
                accepted("misaligned lock beside a field", struct(16, member("a", LOCK, 2), member("b", REFS, 8))),
                accepted("lock behind const", b -> {
                    b.addStruct("s", 8, member("a", FIRST + 1, 0), member("b", FIRST + 1, 4));
                    b.addConst(LOCK);
                }),
                accepted("lock in a union", b -> {
                    b.addStruct("s", 8, member("a", FIRST + 1, 0), member("b", LOCK, 4));
                    b.addUnion("u", 4, member("a", LOCK, 0));
                }),
                new Case(
                        "bitfield beside a lock",
                        struct(8, member("a", LOCK, 0), Member.bitfield("b", INT, 33, 3)),
                        FIRST,
                        3 + 3 + 2,
                        "STRUCT 's': member 1: offset 33 beside fields that the kernel works with, expected a multiple of 8"),
                new Case(
                        "list node over a lock",
                        struct(32, member("a", LOCK, 0), member("b", NODE, 0)),
                        FIRST,
                        3 + 3 + 2,
                        "STRUCT 's': member 1: bpf_list_node at byte 0 overlaps a bpf_spin_lock at byte 0"),
                accepted("two timers", b -> {
                    b.addStruct(
                            "s", 40, member("lock", LOCK, 0), member("t", FIRST + 1, 8), member("u", FIRST + 1, 24));
                    b.addStruct("bpf_timer", 16);
                }));
    }

    private static Stream<Case> lists() {
        return Stream.of(
                accepted("list", list("contains:elem:l")),
                accepted("tree", b -> {
                    b.addStruct("s", 24, member("lock", RES_LOCK, 0), member("root", ROOT, 8));
                    b.addDeclTag("contains:elem:r", FIRST, 1, false);
                }),
                accepted("tag that is an attribute", b -> {
                    b.addStruct("s", 24, member("lock", LOCK, 0), member("head", HEAD, 8));
                    b.addDeclTag("contains:elem:l", FIRST, 1, true);
                }),
                refused(
                        "list without tag",
                        1,
                        "bpf_list_head with no" + ONE_TAG,
                        struct(24, member("lock", LOCK, 0), member("head", HEAD, 8))),
                refused("list with another tag", 1, "bpf_list_head with no" + ONE_TAG, list("contain:elem:l")),
                refused("list with tag on another member", 1, "bpf_list_head with no" + ONE_TAG, b -> {
                    b.addStruct("s", 24, member("lock", LOCK, 0), member("head", HEAD, 8));
                    b.addDeclTag("contains:elem:l", FIRST, 0, false);
                }),
                refused("list with two tags", 1, "bpf_list_head with more than one" + ONE_TAG, b -> {
                    list("contains:elem:l").accept(b);
                    b.addDeclTag("contains:elem:l", FIRST, 1, false);
                }));
    }

    private static Stream<Case> contents() {
        return Stream.of(
                badTag("tag without member", "contains:elem", "expected 'contains:<struct>:<member>'"),
                badTag("tag with empty member", "contains:elem:", "expected 'contains:<struct>:<member>'"),
                badTag("tag with unknown struct", "contains:no:l", "there is no STRUCT 'no'"),
                badTag("tag with empty struct", "contains::l", "there is no STRUCT ''"),
                accepted("tag with anonymous struct", b -> {
                    list("contains::l").accept(b);
                    b.addStruct("", 24, member("l", NODE, 0));
                }),
                badElem("unknown member", "contains:elem:x", "type [9] STRUCT 'elem', which has no member 'x'"),
                badElem(
                        "member with more behind it",
                        "contains:elem:l:l",
                        "type [9] STRUCT 'elem', which has no member 'l:l'"),
                badElem(
                        "node of a tree",
                        "contains:elem:r",
                        "type [9] STRUCT 'elem', which has 'r' of type [7] STRUCT 'bpf_rb_node', expected STRUCT 'bpf_list_node'"),
                refused(
                        "two nodes of a name",
                        1,
                        "bpf_list_head of type [12] STRUCT 'two', which has two members 'l'",
                        b -> {
                            list("contains:two:l").accept(b);
                            b.addStruct("two", 48, member("l", NODE, 0), member("l", NODE, 24));
                        }),
                refused(
                        "misaligned node",
                        1,
                        "bpf_list_head of type [12] STRUCT 'odd', which has a misaligned 'l'",
                        b -> {
                            list("contains:odd:l").accept(b);
                            b.addStruct("odd", 32, member("l", NODE, 4), member("refs", REFS, 28));
                        }),
                refused(
                        "node of a second type",
                        1,
                        "bpf_list_head of type [13] STRUCT 'e', which has no 'l' of the first STRUCT 'bpf_list_node'",
                        b -> {
                            list("contains:e:l").accept(b);
                            b.addStruct("bpf_list_node", 24);
                            b.addStruct("e", 24, member("l", FIRST + 2, 0));
                        }),
                new Case(
                        "list without lock",
                        b -> {
                            b.addStruct("s", 16, member("head", HEAD, 0));
                            b.addDeclTag("contains:elem:l", FIRST, 0, false);
                        },
                        FIRST,
                        1,
                        "STRUCT 's': a list or tree without a bpf_spin_lock or bpf_res_spin_lock beside it"),
                new Case(
                        "nodes without reference count",
                        struct(56, member("l", NODE, 0), member("r", TREE_NODE, 24)),
                        FIRST,
                        1,
                        "STRUCT 's': nodes of both a list and a tree without a bpf_refcount beside them"),
                accepted("two nodes of a list", struct(48, member("l", NODE, 0), member("m", NODE, 24))));
    }

    /** A refusal of the tag after a list. */
    private static Case badTag(String name, String tag, String message) {
        return new Case(name, list(tag), FIRST + 1, 0, "DECL_TAG '" + tag + "': " + message);
    }

    private static Case badElem(String name, String tag, String message) {
        return refused(name, 1, "bpf_list_head of " + message, list(tag));
    }

    private static Case pointer(String name, String message, Consumer<RawBtf> types) {
        Consumer<RawBtf> all = around(16, FIRST + 1, types);
        return message == null ? accepted(name, all) : refused(name, 1, message, all);
    }

    private static Stream<Case> pointers() {
        return Stream.of(
                pointer("tracked pointer", null, b -> {
                    b.addPtr(FIRST + 2);
                    b.addTypeTag("kptr", ELEM, false);
                }),
                pointer(
                        "pointer to a kind that is no struct",
                        "is a pointer tagged 'kptr' to type [1] INT 'int', expected a STRUCT",
                        b -> {
                            b.addPtr(FIRST + 2);
                            b.addTypeTag("kptr", INT, false);
                        }),
                pointer("attribute, which is no tag", null, b -> {
                    b.addPtr(FIRST + 2);
                    b.addTypeTag("kptr", INT, true);
                }),
                pointer("pointer for map values", null, b -> {
                    b.addPtr(FIRST + 2);
                    b.addTypeTag("uptr", INT, false);
                }),
                pointer("volatile pointer", "is a pointer tagged 'percpu_kptr' to void, expected a STRUCT", b -> {
                    b.addVolatile(FIRST + 2);
                    b.addPtr(FIRST + 3);
                    b.addTypeTag("percpu_kptr", 0, false);
                }),
                pointer("const pointer, which is not looked at", null, b -> {
                    b.addConst(FIRST + 2);
                    b.addPtr(FIRST + 3);
                    b.addTypeTag("percpu_kptr", 0, false);
                }),
                pointer("struct behind const", null, b -> {
                    b.addPtr(FIRST + 2);
                    b.addTypeTag("kptr_untrusted", FIRST + 3, false);
                    b.addConst(ELEM);
                }),
                pointer("two tags", "is type [11] PTR, which has tags of different kinds", b -> {
                    b.addPtr(FIRST + 2);
                    b.addTypeTag("kptr", FIRST + 3, false);
                    b.addTypeTag("uptr", ELEM, false);
                }),
                pointer("tag of another meaning (newer)", null, b -> {
                    b.addPtr(FIRST + 2);
                    b.addTypeTag("user", ELEM, false);
                }),
                pointer("the same tag twice (newer)", null, b -> {
                    b.addPtr(FIRST + 2);
                    b.addTypeTag("kptr", FIRST + 3, false);
                    b.addTypeTag("kptr", ELEM, false);
                }),
                refused("misaligned pointer alone", 0, "is type [11] PTR of the wrong size or misaligned", b -> {
                    b.addStruct("s", 16, member("p", FIRST + 1, 4));
                    b.addPtr(FIRST + 2);
                    b.addTypeTag("kptr", ELEM, false);
                }),
                accepted("pointer to a wrong kind where nothing is special", b -> {
                    b.addStruct("s", 8, member("p", FIRST + 1, 0));
                    b.addPtr(FIRST + 2);
                    b.addTypeTag("kptr", INT, false);
                }));
    }

    private static Consumer<RawBtf> array(int element, int count) {
        return b -> b.addArray(element, INT, count);
    }

    private static Consumer<RawBtf> pointers(int count) {
        return around(8 + 8 * count, FIRST + 1, b -> {
            b.addArray(FIRST + 2, INT, count);
            b.addPtr(FIRST + 3);
            b.addTypeTag("kptr", ELEM, false);
        });
    }

    private static Stream<Case> nesting() {
        return Stream.of(
                accepted("empty array of locks", around(8, FIRST + 1, array(LOCK, 0))),
                refused("array of nodes", 1, "array with a bpf_list_node in it", around(56, FIRST + 1, array(NODE, 2))),
                accepted("array of one node", around(32, FIRST + 1, array(NODE, 1))),
                refused(
                        "array of structs with nodes",
                        1,
                        "array with a bpf_list_node in it",
                        around(136, FIRST + 1, array(ELEM, 2))),
                accepted("struct with nodes", around(72, ELEM, b -> {})),
                accepted("lock and ten pointers", pointers(10)),
                refused(
                        "lock and eleven pointers",
                        1,
                        "12 fields that the kernel works with, expected 11 at most",
                        pointers(11)),
                refused(
                        "lock in a struct beside another (newer)",
                        1,
                        "another bpf_spin_lock, expected one at most",
                        around(16, FIRST + 1, b -> b.addStruct("t", 4, member("a", LOCK, 0)))),
                accepted("structs 31 deep", nested(31)),
                new Case(
                        "structs 32 deep",
                        nested(32),
                        FIRST + 1,
                        3 + 1,
                        "STRUCT: member 0: is nested in or nests 32 structs or more"),
                accepted("array of 31 dimensions", arrays(31)),
                new Case(
                        "array of 32 dimensions",
                        arrays(32),
                        FIRST + 32,
                        3 + 3 + 1,
                        "STRUCT 's': member 1: array of 32 dimensions or more"));
    }

    /** A struct with a lock that has structs in it, each in the next. */
    private static Consumer<RawBtf> nested(int levels) {
        return b -> {
            int inner = INT;
            for (int i = 0; i < levels; i++) {
                inner = b.addStruct("", 4, member("m", inner, 0));
            }
            b.addStruct("s", 8, member("lock", LOCK, 0), member("m", inner, 4));
        };
    }

    private static Consumer<RawBtf> arrays(int dimensions) {
        return b -> {
            int inner = INT;
            for (int i = 0; i < dimensions; i++) {
                inner = b.addArray(inner, INT, 1);
            }
            b.addStruct("s", 8, member("lock", LOCK, 0), member("m", inner, 4));
        };
    }

    /** Structs that point to the next one each, the last to one that has nothing special in it, or back. */
    private static Consumer<RawBtf> chain(String tag, int count, boolean isCircle) {
        return b -> {
            int first = FIRST + 2 * count;
            IntStream.range(0, count).forEach(i -> {
                int next = isCircle && i == count - 1 ? first : first + i + 1;
                b.addPtr(b.addTypeTag(tag, next, false));
            });
            IntStream.range(0, count).forEach(i -> b.addStruct("zq_" + i, 8, member("p", FIRST + 2 * i + 1, 0)));
            b.addStruct("zq_last", 4, member("x", INT, 0));
        };
    }

    private static Case tooLong(String name, String kind, int count, int typeId, int target, boolean isCircle) {
        return new Case(
                name + " (newer)",
                chain(kind, count, isCircle),
                typeId,
                3 + 1,
                "STRUCT 'zq_%d': member 0: %s of type [%d] STRUCT 'zq_%d', which makes a chain of more than 8 owners, or a circle"
                        .formatted(typeId - FIRST - 2 * count, kind, target, target - FIRST - 2 * count));
    }

    private static Stream<Case> owners() {
        return Stream.of(
                accepted("chain of 8 owners", chain("kptr", 8, false)),
                tooLong("chain of 9 owners", "kptr", 9, FIRST + 18 + 7, FIRST + 18 + 8, false),
                tooLong("struct that owns itself", "percpu_kptr", 1, FIRST + 2, FIRST + 2, true),
                accepted("circle of those that own nothing", chain("kptr_untrusted", 3, true)),
                accepted("list of lists (newer)", b -> {
                    list("contains:node:l").accept(b);
                    b.addStruct("node", 48, member("lock", LOCK, 0), member("l", NODE, 8), member("head", HEAD, 32));
                    b.addDeclTag("contains:leaf:l", FIRST + 2, 2, false);
                    b.addStruct("leaf", 48, member("lock", LOCK, 0), member("l", NODE, 8), member("head", HEAD, 32));
                    b.addDeclTag("contains:elem:l", FIRST + 4, 2, false);
                }),
                new Case(
                        "list of itself",
                        b -> {
                            b.addStruct(
                                    "s", 48, member("lock", LOCK, 0), member("l", NODE, 8), member("head", HEAD, 32));
                            b.addDeclTag("contains:s:l", FIRST, 2, false);
                        },
                        FIRST,
                        3 + 6 + 1,
                        "STRUCT 's': member 2: bpf_list_head of type [10] STRUCT 's', which makes a chain of more than 8 owners, or a circle"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldJudgeAsTheKernelDoes(Case c) {
        RawBtf raw = c.btf();
        if (c.message == null) {
            assertAccepted(raw);
            return;
        }
        BtfFormatException e =
                assertThrows(BtfFormatException.class, () -> KernelValidator.kernel(raw.toBytes(), null, "raw"));
        long offset = 24 + 4 * (wordsBefore(raw, c.typeId) + c.word);
        assertEquals(
                "raw: type [" + c.typeId + "] " + c.message + ", at 0x" + Long.toHexString(offset), e.getMessage());
        assertEquals(c.typeId, e.typeId());
        assertEquals(offset, e.byteOffset());
    }

    private static long wordsBefore(RawBtf raw, int typeId) {
        return FlatAccess.of(Parsing.parse(raw)).offsets()[typeId - 1];
    }

    @Test
    void shouldBeWhatTheRunningKernelSays() {
        Assumptions.assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN, "cases are little-endian");
        try (KernelBtfLoader loader = KernelBtfLoader.open()) {
            assumeKnowsAllFields(loader);
            cases().filter(c -> !c.isNewer()).forEach(c -> {
                int errno = loader.load(c.btf().toBytes());
                assertEquals(c.message == null, errno == 0, c + ": errno " + errno);
            });
        }
    }

    /** Aborts a test unless the running kernel knows {@code bpf_res_spin_lock}, the latest kind of field. */
    static void assumeKnowsAllFields(KernelBtfLoader loader) {
        Case both = locks().filter(c -> c.name.equals("locks of both kinds"))
                .findFirst()
                .orElseThrow();
        Assumptions.assumeTrue(
                loader.load(both.btf().toBytes()) != 0,
                () -> "kernel " + KernelBtfLoader.kernelRelease() + " does not know bpf_res_spin_lock (6.15 does)");
    }
}
