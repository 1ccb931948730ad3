package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.btfkit.fixtures.Reproducer;
import org.btfkit.fixtures.gen.BtfIdsArbitraries;
import org.btfkit.fixtures.gen.BtfIdsCase;
import org.btfkit.fixtures.raw.BtfIdsObject;
import org.btfkit.fixtures.raw.BtfIdsObject.IdSymbol;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawElf;
import org.btfkit.fixtures.raw.RawElfReader;
import org.btfkit.resolve.Workbench.Result;

/** The laws of one run: no-op, truth, pairs, the model of the contract, nothing else changed. */
@WithWorkbench
class ResolveLaws {
    private static Workbench bench;

    @Provide
    Arbitrary<BtfIdsCase> cases() {
        return BtfIdsArbitraries.cases();
    }

    @Provide
    Arbitrary<BtfIdsCase> splitCases() {
        return cases().filter(BtfIdsCase::isSplit);
    }

    private static Reproducer reproducer(String law, BtfIdsCase sample) {
        return Reproducer.of(law)
                .input("object.ko", sample.object1().toBytes())
                .input("btf1", sample.btf1())
                .input("btf2", sample.btf2());
    }

    private static byte[] resolved(BtfIdsCase sample) throws IOException {
        return bench.resolve(sample.object1().toBytes(), bench.own(sample.btf1()))
                .orThrow();
    }

    /** Law 1. */
    @Property(tries = 1000)
    void resolveTwiceIsNoOp(@ForAll("cases") BtfIdsCase sample) {
        reproducer("resolveTwiceIsNoOp", sample).run(() -> {
            ResolveOptions options = bench.own(sample.btf1());
            byte[] once = bench.resolve(sample.object1().toBytes(), options).orThrow();
            Result again = bench.resolve(once, options);
            assertArrayEquals(once, again.orThrow());
            assertFalse(again.touched());
            boolean empty = sample.object().idSymbols().isEmpty()
                    && sample.object().items().stream().noneMatch(item -> item.headBytes() > 0);
            assertEquals(
                    empty ? ObjectReport.Outcome.NOTHING_TO_DO : ObjectReport.Outcome.UNCHANGED,
                    again.report().outcome());
            assertEquals(0, again.report().movedSymbols());
        });
    }

    /** Law 3. */
    @Property(tries = 1000)
    void symbolsTellTheTruth(@ForAll("cases") BtfIdsCase sample) {
        reproducer("symbolsTellTheTruth", sample)
                .run(() -> ReadIds.assertTruth(ReadIds.of(sample.object(), resolved(sample)), sample.btf1()));
    }

    /** Law 4. */
    @Property(tries = 1000)
    void pairsStayTogether(@ForAll("cases") BtfIdsCase sample) {
        reproducer("pairsStayTogether", sample)
                .run(() -> ReadIds.assertPairs(ReadIds.of(sample.object(), resolved(sample))));
    }

    /** Law 5, against the model; against the C tool see {@link ResolveConformance}. */
    @Property(tries = 1000)
    void matchesTheContractModel(@ForAll("cases") BtfIdsCase sample) {
        reproducer("matchesTheContractModel", sample).run(() -> {
            BtfIdsObject object = sample.object1();
            RawElfReader actual = new RawElfReader(resolved(sample));
            assertArrayEquals(object.resolvedSection(sample.ids1()), actual.bytes(".BTF_ids"));
            Map<Integer, Long> values = object.resolvedValues(sample.ids1());
            values.forEach((index, value) ->
                    assertEquals(value, actual.symbols().get(index).value(), () -> "symbol " + index));
        });
    }

    /** Law 6. */
    @Property(tries = 1000)
    void onlyIdsAndSymbolValuesChange(@ForAll("cases") BtfIdsCase sample) {
        reproducer("onlyIdsAndSymbolValuesChange", sample).run(() -> {
            byte[] fresh = sample.object1().toBytes();
            byte[] actual = resolved(sample);
            boolean[] mayChange = changeable(sample.object(), fresh);
            assertEquals(fresh.length, actual.length);
            for (int i = 0; i < fresh.length; i++) {
                int at = i;
                assertTrue(mayChange[i] || fresh[i] == actual[i], () -> "byte 0x" + Integer.toHexString(at));
            }
        });
    }

    /** An object that brings its base along needs no other, and does not look at one. */
    @Property(tries = 1000)
    void theDistilledBaseIsTheBase(@ForAll("splitCases") BtfIdsCase sample) {
        reproducer("theDistilledBaseIsTheBase", sample).run(() -> {
            BtfIdsObject object =
                    sample.object1().withBtfBase(sample.btf1().base().toBytes());
            byte[] alone = bench.resolve(object.toBytes(), ResolveOptions.withBase(null))
                    .orThrow();
            assertArrayEquals(object.resolvedBytes(sample.ids1()), alone);
            Result again = bench.resolve(alone, bench.own(sample.btf2()));
            assertArrayEquals(alone, again.orThrow());
            assertFalse(again.touched());
        });
    }

    /** Another file gets what the object itself would become, whether that is a change or not. */
    @Property(tries = 1000)
    void resolvingToAnotherFileLeavesTheObject(@ForAll("cases") BtfIdsCase sample, @ForAll boolean fresh) {
        reproducer("resolvingToAnotherFileLeavesTheObject", sample).run(() -> {
            byte[] expected = resolved(sample);
            byte[] input = fresh ? sample.object1().toBytes() : expected;
            Path object = bench.write("input.ko", input);
            Path target = bench.path("target.ko");
            Files.deleteIfExists(target);
            Workbench.Stamp stamp = Workbench.Stamp.of(object);
            new BtfIdsResolver(bench.own(sample.btf1())).resolve(object, target, ResolveListener.SILENT);
            assertArrayEquals(expected, Files.readAllBytes(target));
            assertArrayEquals(input, Files.readAllBytes(object));
            assertEquals(stamp, Workbench.Stamp.of(object));
        });
    }

    /** Symbols say in a table of their own which section they are in. */
    @Example
    void shouldResolveBehind65280Sections() throws IOException {
        RawBtf btf = RawBtf.littleEndian();
        btf.addStruct("a", 0);
        btf.addStruct("b", 0);
        RawElf elf = RawElf.of(ElfVariant.MODULE).fillerSections("filler", 65_300);
        RawElf.Section section = elf.section(".BTF_ids").data(new byte[12]);
        elf.symbol("__BTF_ID__set__s").in(section).size(12);
        elf.symbol("__BTF_ID__struct__b__1").in(section).value(4).size(4);
        elf.symbol("__BTF_ID__struct__a__2").in(section).value(8).size(4);
        elf.symbol("__BTF_ID__struct__a__3").shndx(section.index() - 65_280).value(8);
        elf.section(".BTF").data(btf.toBytes());

        byte[] once = bench.resolve(elf.toBytes(), bench.own(btf)).orThrow();
        RawElfReader reader = new RawElfReader(once);
        assertArrayEquals(new int[] {2, 1, 2}, reader.words(".BTF_ids"));
        assertEquals(8, reader.symbol("__BTF_ID__struct__b__1").orElseThrow().value());
        assertEquals(4, reader.symbol("__BTF_ID__struct__a__2").orElseThrow().value());
        assertFalse(bench.resolve(once, bench.own(btf)).touched());
    }

    /** The bytes of the section, and those of st_value of the symbols of its slots. */
    private static boolean[] changeable(BtfIdsObject object, byte[] file) {
        RawElfReader reader = new RawElfReader(file);
        boolean[] may = new boolean[file.length];
        RawElfReader.Section ids = reader.section(".BTF_ids").orElseThrow();
        mark(may, ids.offset(), ids.size());
        long symtab = reader.section(".symtab").orElseThrow().offset();
        boolean is64 = object.variant().is64();
        for (IdSymbol symbol : object.idSymbols()) {
            mark(may, symtab + symbol.symbolIndex() * (is64 ? 24L : 16L) + (is64 ? 8 : 4), is64 ? 8 : 4);
        }
        return may;
    }

    private static void mark(boolean[] may, long offset, long count) {
        for (long i = offset; i < offset + count; i++) {
            may[(int) i] = true;
        }
    }
}
