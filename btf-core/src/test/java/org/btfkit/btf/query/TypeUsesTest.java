package org.btfkit.btf.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.query.TypeUses.Relation;
import org.btfkit.btf.query.TypeUses.Use;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.btfkit.fixtures.raw.RawBtf.Param;
import org.junit.jupiter.api.Test;

class TypeUsesTest {
    private final RawBtf base = RawBtf.littleEndian();
    private final int intId = base.addInt("int", 4, RawBtf.SIGNED);
    private final int node = base.addStruct("node", 8);
    private final int nodePtr = base.addPtr(node);

    private List<String> uses(RawBtf raw, int typeId) {
        Btf btf = raw == base
                ? Btf.parse(base.toBytes(), null, "base")
                : Btf.parse(raw.toBytes(), Btf.parse(base.toBytes(), null, "base"), "split");
        return TypeUses.of(btf).to(typeId).stream().map(use -> text(btf, use)).toList();
    }

    private static String text(Btf btf, Use use) {
        String name = btf.name(use.userId()).isEmpty() ? "[" + use.userId() + "]" : btf.name(use.userId());
        boolean isMember =
                List.of(Relation.CONTAINS, Relation.POINTS, Relation.CALLS).contains(use.relation());
        return use.relation() + " " + name + (isMember ? "." + use.path() + " " + use.offsetBits() : "");
    }

    @Test
    void shouldTellContainedFromPointedTo() {
        base.addStruct("list", 16, Member.of("first", node, 0), Member.of("last", nodePtr, 64));
        assertEquals(List.of("CONTAINS list.first 0", "POINTS list.last 64"), uses(base, node));
        assertEquals(List.of("CONTAINS list.last 64"), uses(base, nodePtr));
    }

    @Test
    void shouldLookThroughTypedefsQualifiersAndArrays() {
        int typedef = base.addTypedef("node_t", node);
        int array = base.addArray(base.addConst(typedef), intId, 4);
        base.addStruct("table", 32, Member.of("nodes", array, 0));
        base.addVar("spare", base.addPtr(base.addVolatile(typedef)), 1);
        assertEquals(List.of("NAMES node_t", "CONTAINS table.nodes 0", "VARIABLE spare"), uses(base, node));
    }

    @Test
    void shouldCountUsersThroughAllThatLeadsToThem() {
        int typedef = base.addTypedef("node_t", node);
        int array = base.addArray(base.addConst(typedef), intId, 4);
        base.addStruct("table", 40, Member.of("nodes", array, 0), Member.of("first", nodePtr, 256));
        base.addVar("spare", base.addPtr(base.addVolatile(typedef)), 1);
        int proto = base.addFuncProto(intId, new Param("node", nodePtr));
        base.addFunc("put", proto, 1);
        base.addFunc("get", proto, 1);
        TypeUses uses = TypeUses.of(Btf.parse(base.toBytes(), null, "base"));
        assertEquals(5, uses.count(node));
        assertEquals(2, uses.count(intId));
        assertThrows(IllegalArgumentException.class, () -> uses.count(1000));
    }

    @Test
    void shouldNotTakeTheIndexOfAnArrayForItsElement() {
        int array = base.addArray(node, intId, 4);
        base.addStruct("table", 32, Member.of("nodes", array, 0));
        assertEquals(List.of(), uses(base, intId));
    }

    @Test
    void shouldNameMembersFromTheNamedTypeAroundThem() {
        int inner = base.addUnion("", 8, Member.of("self", node, 0), Member.of("link", nodePtr, 0));
        int twice = base.addArray(base.addConst(inner), intId, 2);
        base.addStruct("a", 24, Member.of("", inner, 64), Member.of("pair", twice, 128));
        int alias = base.addStruct("", 16, Member.of("u", inner, 32));
        base.addTypedef("b_t", alias);
        assertEquals(
                List.of(
                        "CONTAINS a.self 64",
                        "CONTAINS a.pair[].self 128",
                        "CONTAINS b_t.u.self 32",
                        "POINTS a.link 64",
                        "POINTS a.pair[].link 128",
                        "POINTS b_t.u.link 32"),
                uses(base, node));
    }

    @Test
    void shouldFindFunctionsAndWhatPointsToThem() {
        int constPtr = base.addPtr(base.addConst(node));
        int proto = base.addFuncProto(nodePtr, new Param("n", constPtr), new Param("other", constPtr));
        base.addFunc("next", proto, 1);
        int callback = base.addTypedef("next_fn", base.addPtr(proto));
        base.addStruct("ops", 8, Member.of("next", callback, 0));
        base.addFunc("unrelated", base.addFuncProto(intId, new Param("n", intId)), 1);
        assertEquals(List.of("TAKES next", "RETURNS next", "CALLS ops.next 0"), uses(base, node));
    }

    @Test
    void shouldFindUsersInSplitBtf() {
        base.addFunc("base_func", base.addFuncProto(0, new Param("n", nodePtr)), 1);
        RawBtf split = RawBtf.splitOn(base);
        split.addStruct("module_node", 8, Member.of("n", node, 0));
        assertEquals(List.of("CONTAINS module_node.n 0", "TAKES base_func"), uses(split, node));
    }

    @Test
    void shouldEndOnTypesThatPointToEachOther() {
        RawBtf raw = RawBtf.littleEndian();
        int self = raw.addStruct("self", 8, Member.of("next", 2, 0));
        raw.addPtr(self);
        Btf btf = Btf.parse(raw.toBytes(), null, "self");
        assertEquals(
                List.of(new Use(Relation.POINTS, self, "next", 0)),
                TypeUses.of(btf).to(self));
    }

    @Test
    void shouldRefuseMoreUsesThanAnyKernelHas() {
        RawBtf raw = RawBtf.littleEndian();
        int innermost = raw.addInt("int", 4, 0);
        int at = raw.addStruct("", 4, Member.of("x", innermost, 0));
        for (int i = 0; i < 21; i++) {
            at = raw.addStruct("", 4, Member.of("", at, 0), Member.of("", at, 0));
        }
        raw.addStruct("outer", 4, Member.of("", at, 0));
        Btf btf = Btf.parse(raw.toBytes(), null, "forged");
        BtfException e = assertThrows(BtfException.class, () -> TypeUses.of(btf).to(innermost));
        assertEquals("forged: more than 1048576 uses of a type", e.getMessage());
    }

    @Test
    void shouldRefuseIdsThatAreNone() {
        Btf btf = Btf.parse(base.toBytes(), null, "base");
        assertThrows(IllegalArgumentException.class, () -> TypeUses.of(btf).to(99));
    }
}
