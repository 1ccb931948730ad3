package org.btfkit.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.btfkit.BtfUnsupportedException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfType;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.build.BtfBuilder;
import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.btf.format.BtfHeader;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KernelFeature;
import org.btfkit.btf.validate.KernelNeeds;
import org.btfkit.btf.validate.KernelValidator;
import org.junit.jupiter.api.Test;

class DowngraderTest {
    private final BtfBuilder builder = BtfBuilder.create();
    private final int intId = builder.addInt("int", 4, BtfBuilder.INT_SIGNED);

    private static Btf without(Btf btf, KernelFeature... features) {
        return Downgrader.without(Set.of(features)).downgrade(btf).btf();
    }

    @Test
    void shouldMakeFunctionsTypedefsOfEnums() {
        int proto = builder.addFuncProto(intId);
        builder.addParam("a", intId);
        builder.addParam("b", intId);
        int func = builder.addFunc("f", proto, BtfType.Linkage.GLOBAL);
        Btf old = without(builder.build(), KernelFeature.FUNCTIONS);
        assertEquals(new BtfType.Typedef(func, "f", proto), old.type(func));
        BtfType.Enum parameters = (BtfType.Enum) old.type(proto);
        assertEquals(4, parameters.sizeBytes());
        assertEquals(
                List.of("a", "b"),
                parameters.values().stream().map(BtfType.Enumerator::name).toList());
        KernelValidator.kernel(old);
        assertEquals(KernelFeature.FIRST_RELEASE, KernelNeeds.firstRelease(old));
    }

    @Test
    void shouldNameParametersOnlyIfAskedTo() {
        int proto = builder.addFuncProto(0);
        builder.addParam("", intId);
        builder.addParam("b", intId);
        builder.addParam("", 0);
        builder.addFunc("f", proto, BtfType.Linkage.STATIC);
        Btf plain = without(builder.build(), KernelFeature.FUNCTIONS);
        assertEquals(
                proto,
                assertThrows(BtfFormatException.class, () -> KernelValidator.kernel(plain))
                        .typeId());
        Btf named = Downgrader.without(Set.of(KernelFeature.FUNCTIONS))
                .withParameterNames()
                .downgrade(builder.build())
                .btf();
        KernelValidator.kernel(named);
        BtfType.Enum parameters = (BtfType.Enum) named.type(proto);
        assertEquals(
                List.of("arg0", "b", "arg2"),
                parameters.values().stream().map(BtfType.Enumerator::name).toList());
        Btf newer = Downgrader.forRelease("5.0")
                .withParameterNames()
                .downgrade(builder.build())
                .btf();
        assertEquals("", ((BtfType.FuncProto) newer.type(proto)).params().get(0).name());
    }

    @Test
    void shouldMakeVariablesMembers() {
        int var = builder.addVar("counter", intId, BtfType.Linkage.GLOBAL);
        int other = builder.addVar("limit", intId, BtfType.Linkage.STATIC);
        int section = builder.addDatasec("?.struct_ops.link", 12);
        builder.addVariable(var, 0, 4);
        builder.addVariable(other, 8, 4);
        Btf old = without(builder.build(), KernelFeature.VARIABLES);
        BtfType.Struct struct = (BtfType.Struct) old.type(section);
        assertEquals("__struct_ops_link", struct.name());
        assertEquals(12, struct.sizeBytes());
        assertEquals(
                List.of("counter", "limit"),
                struct.members().stream().map(BtfType.Member::name).toList());
        assertEquals(
                List.of(0L, 64L),
                struct.members().stream().map(m -> (long) m.offsetBits()).toList());
        assertEquals(1, old.sizeOrType(var));
        assertEquals(BtfKind.INT, old.kind(var));
        KernelValidator.kernel(old);
    }

    @Test
    void shouldReplaceFloatsTagsAndSigns() {
        int real = builder.addFloat("double", 8);
        int typeTag = builder.addTypeTag("user", intId, false);
        int declTag = builder.addDeclTag("hint", builder.addStruct("s", 0), -1, false);
        int signed = builder.addEnum("e", 4, true);
        builder.addEnumerator("MINUS", -1);
        int wide = builder.addEnum64("big", 8, false);
        builder.addEnumerator("A", 1L << 40);
        builder.addEnumerator("B", 3);
        Downgraded result = Downgrader.forRelease("5.4").downgrade(builder.build());
        Btf old = result.btf();
        assertEquals(BtfKind.STRUCT, old.kind(real));
        assertEquals(8, old.sizeOrType(real));
        assertEquals("", old.name(real));
        assertEquals(BtfKind.CONST, old.kind(typeTag));
        assertEquals("", old.name(typeTag));
        assertEquals(BtfKind.INT, old.kind(declTag));
        assertEquals(1, old.sizeOrType(declTag));
        assertEquals(false, old.kflag(signed));
        BtfType.Union union = (BtfType.Union) old.type(wide);
        int placeholder = old.typeCount() - 1;
        assertEquals("enum64_placeholder", old.name(placeholder));
        assertEquals(
                List.of("A", "B"),
                union.members().stream().map(BtfType.Member::name).toList());
        assertTrue(union.members().stream().allMatch(m -> m.memberId() == placeholder && m.offsetBits() == 0));
        KernelValidator.kernel(old);
        assertEquals(
                List.of(
                        "type [2] FLOAT 'double' becomes STRUCT without name",
                        "type [3] TYPE_TAG 'user' becomes CONST without name",
                        "type [5] DECL_TAG 'hint' becomes INT of 1 byte",
                        "type [6] ENUM 'e' becomes unsigned",
                        "type [7] ENUM64 'big' becomes UNION of enum64_placeholder"),
                result.changes().stream().map(Object::toString).toList());
    }

    @Test
    void shouldMakeGlobalFunctionsStatic() {
        int proto = builder.addFuncProto(0);
        int global = builder.addFunc("g", proto, BtfType.Linkage.GLOBAL);
        int fixed = builder.addFunc("s", proto, BtfType.Linkage.STATIC);
        Downgraded result = Downgrader.forRelease("5.4").downgrade(builder.build());
        assertEquals(0, result.btf().vlen(global));
        assertEquals(
                List.of(global),
                result.changes().stream().map(Downgraded.Change::typeId).toList());
        assertEquals(0, result.btf().vlen(fixed));
    }

    @Test
    void shouldReplaceOnlyAQuestionMarkAtTheStart() {
        int var = builder.addVar("ops", intId, BtfType.Linkage.GLOBAL);
        int section = builder.addDatasec("?.struct_ops", 4);
        builder.addVariable(var, 0, 4);
        Btf btf = builder.build();
        assertEquals("_.struct_ops", without(btf, KernelFeature.SECTION_NAMES).name(section));
        assertEquals(
                "_.struct_ops",
                Downgrader.forRelease("6.8").downgrade(btf).btf().name(section));
        assertSame(btf, Downgrader.forRelease("6.9").downgrade(btf).btf());
    }

    @Test
    void shouldTakeAttributesForTagsOnlyIfAskedTo() {
        int attribute = builder.addTypeTag("address_space(1)", intId, true);
        int plain = builder.addTypeTag("user", intId, false);
        int note = builder.addDeclTag("noinline", builder.addTypedef("t", intId), -1, true);
        Btf btf = builder.build();
        assertSame(btf, Downgrader.forRelease("6.1").downgrade(btf).btf());
        Btf old = Downgrader.forRelease("6.1")
                .andWithout(Set.of(KernelFeature.ATTRIBUTES))
                .downgrade(btf)
                .btf();
        assertEquals(BtfKind.CONST, old.kind(attribute));
        assertEquals(BtfKind.TYPE_TAG, old.kind(plain));
        assertEquals(BtfKind.INT, old.kind(note));
    }

    @Test
    void shouldLeaveTheLayoutSectionOut() {
        builder.withLayout();
        Btf btf = builder.build();
        Downgraded result = Downgrader.without(Set.of(KernelFeature.LAYOUT)).downgrade(btf);
        assertTrue(result.isLayoutDropped());
        BtfHeader header = result.btf().header();
        assertEquals(0, header.layoutLen());
        assertEquals(header.typeLen(), header.strOff());
        assertEquals("int", result.btf().name(intId));
    }

    @Test
    void shouldNameTheTypeWithTooManyElements() {
        int large = builder.addEnum("large", 4, false);
        for (int i = 0; i <= 0xffff; i++) {
            builder.addEnumerator("E" + i, i);
        }
        Btf btf = builder.build();
        BtfFormatException e = assertThrows(
                BtfFormatException.class, () -> Downgrader.forRelease("6.12").downgrade(btf));
        assertEquals(large, e.typeId());
        assertTrue(
                e.getMessage()
                        .startsWith("new BTF: type [2] ENUM 'large': 65536 elements, expected no more than 65535 for"
                                + " kernels before 7.2"),
                e.getMessage());
    }

    @Test
    void shouldRefuseSplitBtf() {
        Btf base = builder.build();
        BtfBuilder split = BtfBuilder.splitOn(base);
        split.addPtr(intId);
        Btf btf = split.build();
        assertEquals(
                "new split BTF: split on new BTF, whose ids and strings would move as well; expected BTF without a base,"
                        + " such as both in one",
                assertThrows(
                                BtfUnsupportedException.class,
                                () -> Downgrader.forRelease("5.4").downgrade(btf))
                        .getMessage());
    }

    @Test
    void shouldRefuseWhatHasNoSubstitute() {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> Downgrader.without(EnumSet.of(KernelFeature.KFLAG)));
        assertTrue(e.getMessage().startsWith("[KFLAG]: nothing can stand for that"), e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> Downgrader.forRelease("4.17"));
        assertThrows(IllegalArgumentException.class, () -> Downgrader.forRelease("newest"));
    }

    @Test
    void shouldNotChangeWhatItIsGiven() {
        builder.addFloat("float", 4);
        Btf btf = builder.build();
        byte[] before = BtfWriter.toBytes(btf);
        Downgrader.forRelease("4.18").downgrade(btf);
        assertArrayEquals(before, BtfWriter.toBytes(btf));
    }
}
