package org.btfkit.btf.validate;

import static org.btfkit.fixtures.raw.BtfKinds.STRUCT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.btfkit.BtfUnsupportedException;
import org.btfkit.btf.Parsing;
import org.btfkit.btf.format.KernelFeature;
import org.btfkit.fixtures.raw.BtfKinds;
import org.btfkit.fixtures.raw.RawBtf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KernelNeedsTest {
    /** What is added to an int of 4 bytes, and the first release that takes both. */
    private record Row(String release, String name, Consumer<RawBtf> types) {
        @Override
        public String toString() {
            return release + " for " + name;
        }
    }

    static List<Row> rows() {
        return List.of(
                new Row("4.18", "nothing else", btf -> {}),
                new Row("4.18", "a struct", btf -> btf.addStruct("s", 4, RawBtf.Member.of("m", 1, 0))),
                new Row(
                        "5.0",
                        "a bitfield by kflag",
                        btf -> btf.addComposite(STRUCT, "s", true, 4, RawBtf.Member.bitfield("m", 1, 0, 3))),
                new Row("5.0", "a forward of a union", btf -> btf.addFwd("u", true)),
                new Row("4.18", "a forward of a struct", btf -> btf.addFwd("s", false)),
                new Row("5.0", "a static function", btf -> btf.addFunc("f", btf.addFuncProto(0), 0)),
                new Row("5.6", "a global function", btf -> btf.addFunc("f", btf.addFuncProto(0), 1)),
                new Row("5.1", "an INT of 128 bits", btf -> btf.addInt("__int128", 16, RawBtf.SIGNED)),
                new Row("5.2", "a variable", btf -> btf.addVar("v", 1, 1)),
                new Row("5.12", "a section without variables", btf -> btf.addDatasec(".bss", 4)),
                new Row("6.9", "a section of any name", btf -> btf.addDatasec("?.struct_ops", 4)),
                new Row("5.5", "an ENUM of a byte", btf -> btf.addEnum("e", 1, false)),
                new Row("6.0", "an ENUM with a sign", btf -> btf.addEnum("e", 4, true)),
                new Row("6.0", "an ENUM64", btf -> btf.addEnum64("e", 8, false)),
                new Row("5.13", "a FLOAT", btf -> btf.addFloat("float", 4)),
                new Row(
                        "5.16",
                        "a tag on a declaration",
                        btf -> btf.addDeclTag("a.b", btf.addTypedef("t", 1), -1, false)),
                new Row("5.17", "a tag on a type", btf -> btf.addTypeTag("user", 1, false)),
                new Row("6.15", "an attribute of a type", btf -> btf.addTypeTag("user", 1, true)),
                new Row("6.4", "a name with a dot", btf -> btf.addStruct("s.1", 4)),
                new Row("7.1", "a layout section", RawBtf::withLayout));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void shouldFindFirstRelease(Row row) {
        RawBtf btf = KernelVerdicts.withInt();
        row.types.accept(btf);
        assertEquals(row.release, KernelNeeds.firstRelease(Parsing.parse(btf)));
    }

    @Test
    void shouldFindNewestOfSeveral() {
        RawBtf btf = KernelVerdicts.withInt();
        btf.addFloat("float", 4);
        btf.addVar("v", 1, 1);
        assertEquals(Optional.of(KernelFeature.FLOATS), KernelNeeds.newestFeature(Parsing.parse(btf)));
    }

    @Test
    void shouldCountSplittingItselfAndNotTheBase() {
        RawBtf base = KernelVerdicts.withInt();
        base.addFloat("float", 4);
        assertEquals("5.11", KernelNeeds.firstRelease(Parsing.parse(RawBtf.splitOn(base))));
    }

    @Test
    void shouldRefuseKindsThatNobodyKnows() {
        RawBtf btf = KernelVerdicts.withInt().withLayout();
        btf.add(BtfKinds.ENUM64 + 1, "new", 0, false, 0);
        byte[] layout = new byte[4 * (BtfKinds.ENUM64 + 2)];
        RawBtf described = btf.layout(layout);
        BtfUnsupportedException e =
                assertThrows(BtfUnsupportedException.class, () -> KernelNeeds.firstRelease(Parsing.parse(described)));
        assertEquals("test.btf: type [2] KIND_20 'new': of a kind that no kernel known here has", e.getMessage());
    }
}
