package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.btfkit.fixtures.raw.BtfIdsObject;
import org.btfkit.fixtures.raw.BtfIdsObject.Entry;
import org.btfkit.fixtures.raw.BtfIdsObject.IdLookup;
import org.btfkit.fixtures.raw.BtfIdsObject.IdSet8;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawElf;
import org.btfkit.fixtures.raw.RawElf.Reloc;
import org.btfkit.fixtures.raw.RawElfReader;
import org.btfkit.resolve.Workbench.Result;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Copying a blob into an object: with the moves of its symbols, without them, and with moves that do not fit. */
class PatchTest {
    private static final String SIGNATURE = "~Module signature appended~\n";

    private final Workbench bench = new Workbench();
    private final BtfIdsObject object = BtfIdsObject.of(ElfVariant.MODULE)
            .with(new IdSet8("s", 0, List.of(Entry.func("late", 1), Entry.func("early", 2))));
    private final byte[] fresh = object.toBytes();
    private ResolveOptions options;
    private byte[] expected;

    /** Deduplicated and sorted BTF, so that its ids are those of the result. */
    @BeforeEach
    void detach() throws IOException {
        RawBtf btf = RawBtf.littleEndian();
        int proto = btf.addFuncProto(0);
        btf.addFunc("early", proto, 1);
        btf.addFunc("late", proto, 1);
        options = bench.given(btf);
        expected = object.resolvedBytes(IdLookup.in(btf));
        bench.detach(fresh, options).orThrow();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private Path blob() {
        return bench.path("object.ko.BTF_ids");
    }

    private Path moves() {
        return bench.path("object.ko.BTF_ids.syms");
    }

    private void assertRefused(String message, Result result) {
        assertTrue(result.isRefused(), () -> "not refused: " + result.report());
        assertEquals(message, result.refusal().getMessage());
    }

    @Test
    void shouldCopyTheBlobAndMoveTheSymbols() throws IOException {
        Result result = bench.patch(fresh, options);
        assertArrayEquals(expected, result.orThrow());
        assertEquals(ObjectReport.Outcome.WRITTEN, result.report().outcome());
        assertEquals(2, result.report().movedSymbols());
        assertEquals(List.of(), result.log().warnings);
        assertFalse(Files.exists(moves()));
        assertTrue(Files.exists(blob()));
    }

    /** The moves are plain text. */
    @Test
    void shouldWriteMovesThatAPersonCanRead() throws IOException {
        List<String> lines = Files.readAllLines(moves());
        assertTrue(lines.get(0).matches("btfids-syms 1 24 [0-9a-f]{1,8}"), lines.get(0));
        int late = index("__BTF_ID__func__late__0");
        int early = index("__BTF_ID__func__early__1");
        List<String> expectedLines = late < early
                ? List.of(late + " 8 16 __BTF_ID__func__late__0", early + " 16 8 __BTF_ID__func__early__1")
                : List.of(early + " 16 8 __BTF_ID__func__early__1", late + " 8 16 __BTF_ID__func__late__0");
        assertEquals(expectedLines, lines.subList(1, lines.size()));
    }

    private int index(String symbol) {
        return new RawElfReader(fresh).symbol(symbol).orElseThrow().index();
    }

    /** A build that was stopped between writing the object and removing the moves. */
    @Test
    void shouldAcceptSymbolsThatHaveBeenMovedAlready() throws IOException {
        Result again = bench.patch(expected, options);
        assertArrayEquals(expected, again.orThrow());
        assertFalse(again.touched());
        assertFalse(Files.exists(moves()));
    }

    /** Tools that add sections may renumber the symbols. */
    @Test
    void shouldFindSymbolsThatHaveOtherIndexes() throws IOException {
        String text = Files.readString(moves());
        int late = index("__BTF_ID__func__late__0");
        Files.writeString(moves(), text.replace(late + " 8 16", (late + 40) + " 8 16"));
        assertArrayEquals(expected, bench.patch(fresh, options).orThrow());
    }

    /** Two sources may give two symbols one name. Which of them is where is then told by their indexes alone. */
    @Test
    void shouldNotMoveSymbolsOfOneNameBack() throws IOException {
        RawElf elf = RawElf.of(ElfVariant.MODULE);
        byte[] words = new byte[24];
        words[12] = 1;
        words[20] = 2;
        RawElf.Section section = elf.section(".BTF_ids").data(words);
        elf.symbol("__BTF_ID__set8__s").in(section).size(24);
        elf.symbol("__BTF_ID__func__late__0").in(section).value(16).size(4);
        elf.symbol("__BTF_ID__func__late__0").in(section).value(8).size(4);
        byte[] twins = elf.toBytes();
        bench.detach(twins, options).orThrow();
        byte[] moved = Files.readAllBytes(moves());
        Result once = bench.patch(twins, options);
        assertEquals(2, once.report().movedSymbols());
        Files.write(moves(), moved);
        Result again = bench.patch(once.orThrow(), options);
        assertArrayEquals(once.bytes(), again.orThrow());
        assertFalse(again.touched());
    }

    @Test
    void shouldWarnWithoutMoves() throws IOException {
        Files.delete(moves());
        Result result = bench.patch(fresh, options);
        RawElfReader reader = new RawElfReader(result.orThrow());
        assertArrayEquals(Files.readAllBytes(blob()), reader.bytes(".BTF_ids"));
        assertEquals(new RawElfReader(fresh).symbols(), reader.symbols());
        assertEquals(
                List.of("no " + moves() + ", so no symbol is moved: those of 1 sets may name each other's slots"
                        + " now"),
                result.log().warnings);
        assertEquals(0, result.report().movedSymbols());
        // Nothing to warn of where nothing changes.
        Result again = bench.patch(result.bytes(), options);
        assertEquals(List.of(), again.log().warnings);
        assertFalse(again.touched());
    }

    @Test
    void shouldTakeThatWarningForFatalAsAnyOther() throws IOException {
        Files.delete(moves());
        assertRefused(
                bench.path("object.ko") + ": 1 warnings, which are fatal as asked; not written",
                bench.patch(fresh, options.withFatalWarnings(true)));
    }

    @Test
    void shouldRefuseMovesOfAnotherBlob() throws IOException {
        byte[] other = Files.readAllBytes(blob());
        other[12] ^= 1;
        Files.write(blob(), other);
        assertRefused(moves() + ": was made for another blob than " + blob(), bench.patch(fresh, options));
        assertTrue(Files.exists(moves()));
    }

    @Test
    void shouldRefuseMovesOfAnotherObject() throws IOException {
        byte[] relinked = BtfIdsObject.of(ElfVariant.MODULE)
                .with(new IdSet8("s", 0, List.of(Entry.func("other", 1), Entry.func("early", 2))))
                .toBytes();
        assertRefused(
                moves() + ": was made for another object, or another state of it, than " + bench.path("object.ko"),
                bench.patch(relinked, options));
    }

    @Test
    void shouldRefuseWhatIsNoListOfMoves() throws IOException {
        String text = Files.readString(moves());
        for (String broken : List.of(
                "",
                "btfids-syms 2 24 0\n",
                text.substring(0, text.length() - 1),
                text + "7 8\n",
                text + "x 8 16 name\n",
                text + "1 99999999999 16 name\n")) {
            Files.writeString(moves(), broken);
            assertRefused(
                    moves() + ": is no list of symbol moves, expected the one that was written beside the blob",
                    bench.patch(fresh, options));
        }
    }

    @Test
    void shouldRefuseABlobOfAnotherSize() throws IOException {
        Files.write(blob(), new byte[20]);
        assertRefused(
                blob() + ": 20 bytes, expected 24 as in section .BTF_ids of " + bench.path("object.ko"),
                bench.patch(fresh, options));
    }

    @Test
    void shouldRefuseABlobWithoutTheObjectsSets() throws IOException {
        Files.delete(moves());
        Files.write(blob(), new byte[24]);
        assertRefused(
                blob() + ": holds 0 at 0x0, expected the number of entries of set8 's', 2; it was not made for "
                        + bench.path("object.ko"),
                bench.patch(fresh, options));
    }

    @Test
    void shouldRefuseAnObjectWithoutTheSection() throws IOException {
        byte[] without = RawElf.of(ElfVariant.MODULE).toBytes();
        assertRefused(
                bench.path("object.ko") + ": has no .BTF_ids section to copy " + blob() + " into",
                bench.patch(without, options));
    }

    @Test
    void shouldRefuseRelocationsAgainstMovedSymbols() throws IOException {
        RawElf elf = object.toElf();
        RawElf.Section data = elf.section(".data.refs").data(new byte[8]);
        elf.rela(data, List.of(new Reloc(0, elf.findSymbol("__BTF_ID__func__late__0"), 1, 0)));
        bench.detach(fresh, options).orThrow();
        Result result = bench.patch(elf.toBytes(), options);
        assertTrue(result.isRefused());
        assertTrue(result.refusal().getMessage().contains("refers to symbol __BTF_ID__func__late__0"));
        assertTrue(Files.exists(moves()));
        // As it could not be patched, nothing is written beside such an object either.
        assertTrue(bench.detach(elf.toBytes(), options).isRefused());
    }

    @Test
    void shouldRefuseASignedModule() throws IOException {
        byte[] tail = new byte[12];
        tail[2] = 2;
        byte[] signed = concat(fresh, tail, SIGNATURE.getBytes(StandardCharsets.US_ASCII));
        Result result = bench.patch(signed, options);
        assertTrue(result.isRefused());
        assertTrue(result.refusal().getMessage().contains("has a module signature"), result.refusal()::getMessage);
        assertTrue(bench.embed(signed, options).isRefused());
        assertArrayEquals(
                expected, bench.patch(signed, options.withStripSignature(true)).orThrow());
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
