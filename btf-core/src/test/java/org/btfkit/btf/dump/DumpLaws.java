package org.btfkit.btf.dump;

import static org.btfkit.btf.dump.DumpChecks.bytesOf;
import static org.btfkit.btf.dump.DumpChecks.parse;
import static org.btfkit.btf.dump.DumpChecks.textOf;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.fixtures.Reproducer;
import org.btfkit.fixtures.gen.BtfArbitraries;
import org.btfkit.fixtures.gen.BtfFlavor;
import org.btfkit.fixtures.raw.RawBtf;

class DumpLaws {
    @Provide
    Arbitrary<RawBtf> any() {
        return BtfArbitraries.btfs(BtfFlavor.ANY);
    }

    @Provide
    Arbitrary<RawBtf> anySplit() {
        return BtfArbitraries.splitBtfs(BtfFlavor.ANY);
    }

    @Provide
    Arbitrary<RawBtf> compiled() {
        return BtfArbitraries.btfs(BtfFlavor.C_LIKE);
    }

    @Property(tries = 300)
    void fieldsOfAnyTypesAreShown(@ForAll("any") RawBtf raw) throws Throwable {
        checkFields(raw);
    }

    @Property(tries = 200)
    void fieldsOfAnySplitTypesAreShown(@ForAll("anySplit") RawBtf raw) throws Throwable {
        checkFields(raw);
    }

    private static void checkFields(RawBtf raw) {
        Reproducer.of("fieldsAreShown").input("any", raw).run(() -> {
            Btf btf = parse(raw);
            long own = btf.typeCount() - btf.firstTypeId();
            String text = textOf(new RawDumper(btf)::dump);
            assertEquals(own, text.lines().filter(line -> line.startsWith("[")).count(), "lines");
            String json = textOf(new JsonDumper(btf, false)::dump);
            assertEquals(own, json.split("\\{\"id\":", -1).length - 1, "objects");
            String pretty = textOf(new JsonDumper(btf, true)::dump);
            assertEquals(json, pretty.replaceAll("\\n *", "").replace("\": ", "\":") + "\n", "pretty");
        });
    }

    @Property(tries = 300)
    void anyTypesAreWrittenAsCOrRefused(@ForAll("any") RawBtf raw) throws Throwable {
        checkC(raw);
    }

    @Property(tries = 200)
    void anySplitTypesAreWrittenAsCOrRefused(@ForAll("anySplit") RawBtf raw) throws Throwable {
        checkC(raw);
    }

    private static void checkC(RawBtf raw) {
        Reproducer.of("cIsWrittenOrRefused").input("any", raw).run(() -> {
            Btf btf = parse(raw);
            for (boolean sorted : new boolean[] {false, true}) {
                try {
                    bytesOf(new CDumper(btf, CDumpOptions.DEFAULT.withSorted(sorted))::dump);
                    CDumpOptions forward =
                            CDumpOptions.DEFAULT.withSorted(sorted).withForwardOnly(true);
                    CDumpOptions exact = CDumpOptions.DEFAULT
                            .withSorted(sorted)
                            .withExact(true)
                            .withAsserts(true);
                    bytesOf(new CDumper(btf, exact)::dump);
                    bytesOf(new CDumper(btf, forward)::dump);
                } catch (BtfException e) {
                    // What C cannot express.
                }
            }
        });
    }

    @Property(tries = 200)
    void nothingIsLeftOfTypesDeclaredElsewhere(@ForAll("compiled") RawBtf raw) throws Throwable {
        Reproducer.of("nothingIsLeft").input("compiled", raw).run(() -> {
            Btf btf = parse(raw);
            CDumpOptions options =
                    CDumpOptions.DEFAULT.withPreamble(false).withSorted(false).withExclude(btf);
            assertEquals("", textOf(new CDumper(btf, options)::dump));
        });
    }

    @Property(tries = 200)
    void allTypesAsRootsAreTheWholeDump(@ForAll("compiled") RawBtf raw) throws Throwable {
        Reproducer.of("allRoots").input("compiled", raw).run(() -> {
            Btf btf = parse(raw);
            int[] ids = new int[btf.typeCount()];
            Arrays.setAll(ids, id -> id);
            CDumpOptions whole = CDumpOptions.DEFAULT.withPreamble(false).withSorted(false);
            CDumpOptions roots =
                    CDumpOptions.DEFAULT.withPreamble(false).withSorted(false).withRootIds(ids);
            byte[] expected;
            try {
                expected = bytesOf(new CDumper(btf, whole)::dump);
            } catch (BtfException e) {
                return;
            }
            assertArrayEquals(expected, bytesOf(new CDumper(btf, roots)::dump));
        });
    }
}
