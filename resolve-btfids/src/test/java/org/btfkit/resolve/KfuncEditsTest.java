package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Param;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The edits of BTF for kfuncs one by one: which types are added, in which order, and that nothing is done twice. */
class KfuncEditsTest {
    private static final IdSet SET = new IdSet(true, "ids", 0, 1);

    private final RawBtf raw = RawBtf.littleEndian();
    private int intId;
    private int voidPtr;
    private int aux;

    @BeforeEach
    void setUp() {
        intId = raw.addInt("int", 4, RawBtf.SIGNED);
        voidPtr = raw.addPtr(0);
        aux = raw.addStruct("bpf_prog_aux", 0);
    }

    private Btf parsed() {
        return Btf.parse(
                raw.toBytes(), raw.base() == null ? null : Btf.parse(raw.base().toBytes(), null, "base"), "in");
    }

    private Kfunc kfunc(String name, int flags) {
        return new Kfunc(name, Kfunc.findOwnFunc(parsed(), name), flags, SET);
    }

    private int func(String name, int returnId, Param... params) {
        return raw.addFunc(name, raw.addFuncProto(returnId, params), 1);
    }

    /** Edits, checks that editing again changes nothing, and returns the added types in words. */
    private List<String> added(Kfunc... kfuncs) {
        Btf before = parsed();
        Btf after = KfuncEdits.apply(before, List.of(kfuncs));
        assertSame(after, KfuncEdits.apply(after, List.of(kfuncs)), "edited again");
        List<String> result = new ArrayList<>();
        for (int id = before.typeCount(); id < after.typeCount(); id++) {
            result.add(text(after, id));
        }
        return result;
    }

    private static String text(Btf btf, int id) {
        BtfKind kind = btf.kind(id);
        String text = kind + (btf.name(id).isEmpty() ? "" : " " + btf.name(id)) + (btf.kflag(id) ? " attr" : "")
                + " -> " + btf.sizeOrType(id);
        if (kind == BtfKind.DECL_TAG) {
            return text + " @" + btf.word(id, 3);
        }
        if (kind != BtfKind.FUNC_PROTO) {
            return text;
        }
        StringBuilder params = new StringBuilder(text).append(" (");
        for (int i = 0; i < btf.vlen(id); i++) {
            params.append(i == 0 ? "" : ", ").append(btf.string(btf.word(id, 3 + 2 * i)));
            params.append(' ').append(btf.word(id, 4 + 2 * i));
        }
        return params.append(')').toString();
    }

    @Test
    void shouldTagKfuncs() {
        int func = func("f", 0);
        assertEquals(List.of("DECL_TAG bpf_kfunc -> " + func + " @-1"), added(kfunc("f", 0)));
        assertEquals(
                List.of("DECL_TAG bpf_kfunc -> " + func + " @-1", "DECL_TAG bpf_fastcall -> " + func + " @-1"),
                added(kfunc("f", KfuncFlag.FASTCALL.bit)));
    }

    @Test
    void shouldNotAddTagsThatAreThere() {
        int func = func("f", 0);
        raw.addDeclTag("bpf_kfunc", func, -1, false);
        assertEquals(List.of(), added(kfunc("f", 0)));
        assertEquals(List.of("DECL_TAG bpf_fastcall -> " + func + " @-1"), added(kfunc("f", KfuncFlag.FASTCALL.bit)));
    }

    @Test
    void shouldNotTakeAnotherTagForTheTag() {
        int func = func("f", 0, new Param("p", intId));
        raw.addDeclTag("bpf_kfunc", func, 0, false);
        raw.addDeclTag("bpf_kfunc", func, -1, true);
        raw.addDeclTag("bpf_kfunc", func("g", 0), -1, false);
        assertEquals(List.of("DECL_TAG bpf_kfunc -> " + func + " @-1"), added(kfunc("f", 0)));
    }

    @Test
    void shouldHideImplicitArguments() {
        int auxPtr = raw.addPtr(raw.addConst(aux));
        int constPtr = raw.addConst(auxPtr);
        int proto = raw.addFuncProto(intId, new Param("a", intId), new Param("aux", constPtr), new Param("b", intId));
        int func = raw.addFunc("f", proto, 2);
        raw.addDeclTag("user", func, 1, true);
        raw.addDeclTag("bpf_kfunc", func, -1, false);
        int next = raw.nextId();
        Kfunc kfunc = kfunc("f", KfuncFlag.IMPLICIT_ARGS.bit | KfuncFlag.FASTCALL.bit);
        assertEquals(
                List.of(
                        "DECL_TAG bpf_fastcall -> " + func + " @-1",
                        "FUNC f_impl -> " + proto,
                        "DECL_TAG user attr -> " + (next + 1) + " @1",
                        "DECL_TAG bpf_fastcall -> " + (next + 1) + " @-1",
                        "FUNC_PROTO -> " + intId + " (a " + intId + ")"),
                added(kfunc));
        Btf after = KfuncEdits.apply(parsed(), List.of(kfunc));
        assertEquals(next + 4, after.sizeOrType(func));
        assertEquals(2, after.vlen(next + 1), "linkage");
    }

    @Test
    void shouldKeepAnImplementationThatIsThere() {
        int meta = raw.addPtr(raw.addStruct("btf_struct_meta", 0));
        int func = func("f", 0, new Param("meta", meta));
        func("f_impl", 0, new Param("meta", meta));
        assertEquals(
                List.of("DECL_TAG bpf_kfunc -> " + func + " @-1", "FUNC_PROTO -> 0 ()"),
                added(kfunc("f", KfuncFlag.IMPLICIT_ARGS.bit)));
    }

    @Test
    void shouldAddAnImplementationEvenIfNoArgumentIsImplicit() {
        int func = func("f", 0, new Param("p", voidPtr));
        assertEquals(
                List.of("DECL_TAG bpf_kfunc -> " + func + " @-1", "FUNC f_impl -> " + (func - 1)),
                added(kfunc("f", KfuncFlag.IMPLICIT_ARGS.bit)));
    }

    @Test
    void shouldNotTakeUnionsOrStructsThemselvesForImplicit() {
        int union = raw.addPtr(raw.addUnion("bpf_prog_aux", 0));
        func("f", 0, new Param("a", union), new Param("b", aux));
        func("f_impl", 0);
        assertEquals(1, added(kfunc("f", KfuncFlag.IMPLICIT_ARGS.bit)).size());
    }

    @Test
    void shouldTagArenaPointers() {
        int constPtr = raw.addPtr(raw.addConst(0));
        int func = func("f", voidPtr, new Param("a", voidPtr), new Param("n", intId), new Param("s__arena", constPtr));
        int next = raw.nextId();
        assertEquals(
                List.of(
                        "DECL_TAG bpf_kfunc -> " + func + " @-1",
                        "TYPE_TAG address_space(1) attr -> 0",
                        "PTR -> " + (next + 1),
                        "FUNC_PROTO -> " + (next + 2) + " (a " + (next + 5) + ", n " + intId + ", s__arena "
                                + (next + 7) + ")",
                        "TYPE_TAG address_space(1) attr -> 0",
                        "PTR -> " + (next + 4),
                        "TYPE_TAG address_space(1) attr -> " + (constPtr - 1),
                        "PTR -> " + (next + 6)),
                added(kfunc("f", KfuncFlag.ARENA_RET.bit | KfuncFlag.ARENA_ARG1.bit)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"p__arena", "p__arena__nullable", "__arena"})
    void shouldKnowArenaPointersByTheirNames(String name) {
        func("f", 0, new Param(name, voidPtr));
        assertEquals(4, added(kfunc("f", 0)).size());
    }

    @Test
    void shouldTagWhatIsNotTaggedYet() {
        int tagged = raw.addPtr(raw.addTypeTag("address_space(1)", 0, true));
        int plainTag = raw.addPtr(raw.addTypeTag("address_space(1)", 0, false));
        int func = func("f", tagged, new Param("a", tagged), new Param("b", plainTag));
        int next = raw.nextId();
        assertEquals(
                List.of(
                        "DECL_TAG bpf_kfunc -> " + func + " @-1",
                        "FUNC_PROTO -> " + tagged + " (a " + tagged + ", b " + (next + 3) + ")",
                        "TYPE_TAG address_space(1) attr -> " + (plainTag - 1),
                        "PTR -> " + (next + 2)),
                added(kfunc("f", KfuncFlag.ARENA_RET.bit | KfuncFlag.ARENA_ARG1.bit | KfuncFlag.ARENA_ARG2.bit)));
    }

    @Test
    void shouldRefuseAnArenaArgumentThatIsNoPointer() {
        func("f", 0, new Param("p", intId));
        Kfunc kfunc = kfunc("f", KfuncFlag.ARENA_ARG1.bit);
        ResolveException e = assertThrows(ResolveException.class, () -> KfuncEdits.apply(parsed(), List.of(kfunc)));
        assertEquals(
                "in: type [" + kfunc.funcId() + "] FUNC 'f' in set8 'ids': parameter 1 'p' is type [" + intId
                        + "] INT 'int', expected a" + " PTR as it is said to point into an arena",
                e.getMessage());
    }

    @Test
    void shouldRefuseAnArenaReturnTypeThatIsNoPointer() {
        func("f", 0);
        Kfunc kfunc = kfunc("f", KfuncFlag.ARENA_RET.bit);
        ResolveException e = assertThrows(ResolveException.class, () -> KfuncEdits.apply(parsed(), List.of(kfunc)));
        assertTrue(e.getMessage().contains("the return type is VOID, expected a PTR"), e.getMessage());
    }

    /** Prototypes are shared, so another function keeps what it had; and so does the input. */
    @Test
    void shouldChangeNoOtherFunction() {
        int proto = raw.addFuncProto(0, new Param("p", voidPtr));
        int f = raw.addFunc("f", proto, 1);
        int g = raw.addFunc("g", proto, 1);
        Btf before = parsed();
        byte[] bytes = raw.toBytes();
        Btf after = KfuncEdits.apply(before, List.of(kfunc("f", KfuncFlag.ARENA_ARG1.bit)));
        assertEquals(proto, after.sizeOrType(g));
        assertTrue(after.sizeOrType(f) != proto);
        assertEquals(proto, before.sizeOrType(f));
        assertArrayEquals(bytes, raw.toBytes());
    }

    /** Modifiers that refer to each other in a circle are no BTF of a compiler, but must not hang anything. */
    @Test
    void shouldEndOnACircleOfModifiers() {
        int first = raw.addConst(raw.nextId() + 1);
        raw.addVolatile(first);
        func("f", 0, new Param("p", first));
        assertEquals(2, added(kfunc("f", KfuncFlag.IMPLICIT_ARGS.bit)).size());
    }

    @Test
    void shouldLookForFunctionsAmongOwnTypesOnly() {
        RawBtf base = RawBtf.littleEndian();
        int proto = base.addFuncProto(0);
        base.addFunc("f", proto, 1);
        base.addFunc("f_impl", proto, 1);
        RawBtf split = RawBtf.splitOn(base);
        int func = split.addFunc("f", proto, 1);
        Btf btf = Btf.parse(split.toBytes(), Btf.parse(base.toBytes(), null, "base"), "in");
        assertEquals(func, Kfunc.findOwnFunc(btf, "f"));
        assertEquals(0, Kfunc.findOwnFunc(btf, "f_impl"));
        Btf after = KfuncEdits.apply(btf, List.of(new Kfunc("f", func, KfuncFlag.IMPLICIT_ARGS.bit, SET)));
        assertEquals("FUNC f_impl -> " + proto, text(after, func + 2));
        assertEquals(2, Arrays.stream(after.findAll(BtfKind.FUNC, "f_impl")).count());
    }
}
