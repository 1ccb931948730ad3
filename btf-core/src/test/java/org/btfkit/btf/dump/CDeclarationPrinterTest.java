package org.btfkit.btf.dump;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfType;
import org.btfkit.btf.build.BtfBuilder;
import org.junit.jupiter.api.Test;

class CDeclarationPrinterTest {
    private final BtfBuilder builder = BtfBuilder.create();
    private final int intId = builder.addInt("int", 4, BtfBuilder.INT_SIGNED);

    private String text(int typeId) {
        Btf btf = builder.build();
        return new CDeclarationPrinter(btf).text(typeId);
    }

    @Test
    void shouldWriteThePrototypeOfAFunction() {
        int file = builder.addStruct("file", 0);
        int filePtr = builder.addPtr(file);
        int proto = builder.addFuncProto(intId);
        builder.addParam("file", filePtr);
        builder.addParam("count", intId);
        int read = builder.addFunc("vfs_read", proto, BtfType.Linkage.GLOBAL);
        assertEquals("int vfs_read(struct file *file, int count)", text(read));
    }

    @Test
    void shouldWriteFunctionsWithoutParametersOrWithAnyNumber() {
        int none = builder.addFuncProto(0);
        int any = builder.addFuncProto(0);
        builder.addParam("first", intId);
        builder.addParam("", 0);
        int stop = builder.addFunc("stop", none, BtfType.Linkage.STATIC);
        int print = builder.addFunc("print", any, BtfType.Linkage.STATIC);
        assertEquals("void stop(void)", text(stop));
        assertEquals("void print(int first, ...)", text(print));
    }

    @Test
    void shouldWriteTypesAsCastsHaveThem() {
        int proto = builder.addFuncProto(intId);
        int callback = builder.addPtr(proto);
        int constInt = builder.addConst(intId);
        int constIntPtr = builder.addPtr(constInt);
        int enumId = builder.addEnum("colour", 4, false);
        builder.addEnumerator("RED", 0);
        assertEquals("int (*)(void)", text(callback));
        assertEquals("const int *", text(constIntPtr));
        assertEquals("enum colour", text(enumId));
        assertEquals("void", text(0));
    }

    @Test
    void shouldNameVariables() {
        int array = builder.addArray(intId, intId, 3);
        int counts = builder.addVar("counts", array, BtfType.Linkage.GLOBAL);
        assertEquals("int counts[3]", text(counts));
    }

    @Test
    void shouldRefuseIdsThatAreNone() {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> text(2));
        assertEquals("type id 2, expected 0 to 1", e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> text(-1));
    }
}
