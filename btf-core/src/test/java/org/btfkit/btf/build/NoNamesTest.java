package org.btfkit.btf.build;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.EnumSet;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfType;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.query.BtfSearch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Types without a name: null and empty mean the same to the builder, and they can be found. */
class NoNamesTest {
    private final BtfBuilder builder = BtfBuilder.create();
    private final int intId = builder.addInt("int", 4, 0);

    private static void refused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    @Test
    void shouldTakeNullForNoName() {
        int struct = builder.addStruct(null, 4);
        builder.addMember(null, intId, 0);
        builder.addBitfield(null, intId, 0, 3);
        builder.addUnion(null, 4);
        int values = builder.addEnum(null, 4, false);
        builder.addEnumerator("ONE", 1);
        builder.addEnum64(null, 8, false);
        builder.addFuncProto(intId);
        builder.addParam(null, intId);
        builder.edit(values).name(null);
        builder.edit(struct).elementName(0, null);
        assertEquals(0, builder.addString(null));
        Btf btf = builder.build();
        assertEquals("", btf.name(struct));
        assertEquals(0, btf.nameOff(values));
        assertEquals(0, btf.word(struct, 3));
    }

    @Test
    void shouldRefuseNullWhereANameIsNeeded() {
        refused("INT: empty name, expected one", () -> builder.addInt(null, 4, 0));
        refused("FWD: empty name, expected one", () -> builder.addFwd(null, false));
        refused("TYPEDEF: empty name, expected one", () -> builder.addTypedef(null, intId));
        refused("FUNC: empty name, expected one", () -> builder.addFunc(null, intId, BtfType.Linkage.GLOBAL));
        refused("VAR: empty name, expected one", () -> builder.addVar(null, intId, BtfType.Linkage.GLOBAL));
        refused("DATASEC: empty name, expected one", () -> builder.addDatasec(null, 4));
        refused("FLOAT: empty name, expected one", () -> builder.addFloat(null, 4));
        refused("DECL_TAG: empty name, expected one", () -> builder.addDeclTag(null, intId, -1, false));
        refused("TYPE_TAG: empty name, expected one", () -> builder.addTypeTag(null, intId, false));
        refused("ENUM: size 3 bytes, expected 1, 2, 4 or 8", () -> builder.addEnum(null, 3, false));
        refused(
                "type [1] INT 'int': empty name, expected one",
                () -> builder.edit(intId).name(null));
        int values = builder.addEnum("values", 4, false);
        refused("type [2] ENUM 'values': enumerator 0: empty name, expected one", () -> builder.addEnumerator(null, 1));
        builder.addEnumerator("ONE", 1);
        refused(
                "type [2] ENUM 'values': enumerator 0: empty name, expected one",
                () -> builder.edit(values).elementName(0, null));
        assertEquals(3, builder.build().typeCount());
    }

    @Test
    void shouldFindTypesWithoutAName() {
        int ptr = builder.addPtr(intId);
        int struct = builder.addStruct("", 4);
        builder.addStruct("named", 4);
        Btf base = builder.build();
        BtfBuilder split = BtfBuilder.splitOn(base);
        int own = split.addStruct("", 8);
        Btf btf = split.build();
        assertArrayEquals(new int[] {struct, own}, btf.findAll(BtfKind.STRUCT, ""));
        assertArrayEquals(new int[] {ptr}, btf.findAll(BtfKind.PTR, ""));
        assertArrayEquals(new int[] {ptr, struct, own}, BtfSearch.regex("^$").in(btf));
        assertArrayEquals(
                new int[] {own},
                BtfSearch.glob("").ofKinds(EnumSet.of(BtfKind.STRUCT)).inOwn(btf));
    }

    @Test
    void shouldTellLinkageAsTheBuilderTakesIt() {
        int proto = builder.addFuncProto(intId);
        for (BtfType.Linkage linkage : BtfType.Linkage.values()) {
            int func = builder.addFunc("f" + linkage, proto, linkage);
            int var = builder.addVar("v" + linkage, intId, linkage);
            Btf btf = builder.build();
            assertEquals(linkage, ((BtfType.Func) btf.type(func)).linkage());
            assertEquals(linkage, ((BtfType.Var) btf.type(var)).linkage());
        }
        assertNull(new BtfType.Var(1, "v", 1, 3).linkage());
        assertNull(new BtfType.Func(1, "f", 1, -1).linkage());
    }
}
