package org.btfkit.btf.layout;

import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.fixtures.gen.BtfArbitraries;
import org.btfkit.fixtures.gen.BtfFlavor;
import org.btfkit.fixtures.raw.RawBtf;

/** Whatever the types are like, there is a layout or one kind of exception. */
class LayoutPrinterLaws {
    @Provide
    Arbitrary<RawBtf> btfs() {
        return BtfArbitraries.btfs(BtfFlavor.ANY);
    }

    /** Whatever the types are like: a text or a BtfException. */
    @Property(tries = 300)
    void printsOrRefuses(@ForAll("btfs") RawBtf generated, @ForAll boolean expand) {
        Btf btf = Btf.parse(generated.toBytes(), null, "test");
        LayoutPrinter printer = new LayoutPrinter(btf, LayoutOptions.DEFAULT.withExpand(expand));
        for (int typeId = 1; typeId < btf.typeCount(); typeId++) {
            if (btf.kind(typeId) == BtfKind.STRUCT || btf.kind(typeId) == BtfKind.UNION) {
                try {
                    assertTrue(printer.print(typeId).endsWith(";\n"));
                } catch (BtfException e) {
                    assertTrue(e.getMessage() != null);
                }
            }
        }
    }
}
