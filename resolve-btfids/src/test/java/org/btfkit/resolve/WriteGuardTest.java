package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.btfkit.elf.ElfFormatException;
import org.btfkit.fixtures.raw.BtfIdsObject;
import org.btfkit.fixtures.raw.BtfIdsObject.Entry;
import org.btfkit.fixtures.raw.BtfIdsObject.IdList;
import org.btfkit.fixtures.raw.BtfIdsObject.IdLookup;
import org.btfkit.fixtures.raw.BtfIdsObject.IdSet8;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawElf;
import org.btfkit.fixtures.raw.RawElf.Reloc;
import org.btfkit.fixtures.raw.RawElf.Section;
import org.btfkit.resolve.ResolveException.Reason;
import org.btfkit.resolve.Workbench.Result;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** In these objects the symbols of {@code moved} and {@code other} change places, that of {@code stays} does not. */
class WriteGuardTest {
    private static final int SHT_RELR = 19;
    private static final int SHT_CREL = 0x40000014;

    private final Workbench bench = new Workbench();

    @AfterEach
    void close() {
        bench.close();
    }

    static List<ElfVariant> variants() {
        return ElfVariant.all();
    }

    private static BtfIdsObject object(ElfVariant variant) {
        return BtfIdsObject.of(variant)
                .with(new IdList("l", List.of(Entry.func("stays"))))
                .with(new IdSet8("s", 0, List.of(Entry.func("moved", 1), Entry.func("other", 2))));
    }

    private static RawBtf btf(ElfVariant variant) {
        RawBtf btf = RawBtf.of(variant.order());
        int proto = btf.addFuncProto(0);
        List.of("stays", "other", "moved").forEach(name -> btf.addFunc(name, proto, 1));
        return btf;
    }

    private Result resolve(RawElf elf) throws IOException {
        return bench.resolve(elf.toBytes(), bench.given(btf(elf.variant())));
    }

    private void assertRefused(String message, RawElf elf) throws IOException {
        assertEquals(
                bench.path("object.ko") + ": .BTF_ids: " + message,
                resolve(elf).refusal().getMessage());
    }

    private static Section data(RawElf elf) {
        return elf.section(".data.refs").data(new byte[64]);
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldRefuseRelocationsAgainstMovedSymbols(ElfVariant variant) throws IOException {
        for (boolean addends : new boolean[] {true, false}) {
            RawElf elf = object(variant).toElf();
            List<Reloc> relocs = List.of(
                    new Reloc(0, elf.findSymbol("init_module"), 1, 0),
                    new Reloc(8, elf.findSymbol("__BTF_ID__func__moved__1"), 1, 0));
            Section table = addends ? elf.rela(data(elf), relocs) : elf.rel(data(elf), relocs);
            assertRefused(
                    "a relocation in section [" + table.index() + "] " + table.name()
                            + " refers to symbol __BTF_ID__func__moved__1, which sorting its set would move; relink the"
                            + " object without that reference",
                    elf);
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldAllowRelocationsAgainstWhatStays(ElfVariant variant) throws IOException {
        RawElf elf = object(variant).toElf();
        List<Reloc> relocs = List.of(
                new Reloc(0, elf.findSymbol("__BTF_ID__func__stays__0"), 1, 0),
                new Reloc(8, elf.findSymbol("__BTF_ID__set8__s"), 1, 0),
                new Reloc(16, elf.findSymbol("s"), 1, 4),
                new Reloc(24, null, 8, 0x1234));
        elf.rela(data(elf), relocs);
        assertTrue(resolve(elf).touched());
    }

    @Test
    void shouldRefuseRelocationsInsideOfObjectFiles() throws IOException {
        RawElf elf = object(ElfVariant.MODULE).toElf();
        Section table = elf.rela(elf.find(".BTF_ids"), List.of(new Reloc(4, null, 1, 0)));
        assertRefused(
                "relocations inside it (section [" + table.index()
                        + "] .rela.BTF_ids), expected plain words; relink the object",
                elf);
    }

    @Test
    void shouldAllowEmptyTableOfRelocationsInside() throws IOException {
        RawElf elf = object(ElfVariant.MODULE).toElf();
        elf.rela(elf.find(".BTF_ids"), List.of());
        assertTrue(resolve(elf).touched());
    }

    static List<ElfVariant> linkedVariants() {
        return ElfVariant.all().stream().filter(v -> !v.relocatable()).toList();
    }

    private void assertRefusedInside(String section, long address, RawElf elf) throws IOException {
        assertRefused(
                "a relocation inside it at address 0x" + Long.toHexString(address) + " (section " + section
                        + "), expected plain words; relink the object",
                elf);
    }

    @ParameterizedTest
    @MethodSource("linkedVariants")
    void shouldRefuseRelocationsAtAddressesInside(ElfVariant variant) throws IOException {
        BtfIdsObject object = object(variant);
        long end = object.address() + object.section().length;
        for (long address : new long[] {object.address(), end - 4}) {
            RawElf elf = object.toElf();
            Section table = elf.rela(data(elf), List.of(new Reloc(address, null, 8, 0)));
            assertRefusedInside("[" + table.index() + "] .rela.data.refs", address, elf);
        }
        RawElf elf = object.toElf();
        elf.rel(data(elf), List.of(new Reloc(object.address() - 4, null, 8, 0), new Reloc(end, null, 8, 0)));
        assertTrue(resolve(elf).touched());
    }

    /** RELR words: an address, or a bitmap of the words behind the last one with bit 0 set. */
    private static RawElf withPacked(BtfIdsObject object, long... words) {
        RawElf elf = object.toElf();
        int wordBytes = object.variant().is64() ? 8 : 4;
        ByteBuffer bytes = ByteBuffer.allocate(words.length * wordBytes)
                .order(object.variant().order());
        for (long word : words) {
            if (wordBytes == 8) {
                bytes.putLong(word);
            } else {
                bytes.putInt((int) word);
            }
        }
        elf.section(".relr.dyn").type(SHT_RELR).entsize(wordBytes).data(bytes.array());
        return elf;
    }

    @ParameterizedTest
    @MethodSource("linkedVariants")
    void shouldRefusePackedRelocationsInside(ElfVariant variant) throws IOException {
        int wordBytes = variant.is64() ? 8 : 4;
        BtfIdsObject object = object(variant).withAddress(0x10000);
        String section = "[" + withPacked(object).find(".relr.dyn").index() + "] .relr.dyn";
        assertRefusedInside(section, 0x10008, withPacked(object, 0x8000, 0x10008));
        // Bit n of a bitmap stands for the n-th word behind the address before it, or behind the bitmap before it.
        long before = 0x10000 - 2L * wordBytes;
        assertRefusedInside(section, 0x10000, withPacked(object, before, 1 | 1 << 2));
        int perBitmap = 8 * wordBytes - 1;
        long farBefore = 0x10000 - (1L + perBitmap + 4) * wordBytes;
        assertRefusedInside(section, 0x10000, withPacked(object, farBefore, 1, 1 | 1 << 5));

        assertTrue(resolve(withPacked(object, before, 3)).touched());
        assertTrue(
                resolve(withPacked(object, farBefore, 1, 1 | 1 << 4, 0x20000)).touched());
        long end = 0x10000 + object.section().length;
        assertTrue(resolve(withPacked(object, end, 1 | 1 << 1)).touched());
    }

    @Test
    void shouldRefuseCompactRelocations() throws IOException {
        RawElf elf = object(ElfVariant.MODULE).toElf();
        int index = elf.section(".crel.data").type(SHT_CREL).data(new byte[3]).index();
        assertRefused(
                "compact relocations in section [" + index
                        + "] .crel.data, which are not understood; use relocations of type REL or RELA",
                elf);
    }

    @Test
    void shouldNotLookAtRelocationsIfNothingChanges() throws IOException {
        RawElf elf = object(ElfVariant.MODULE).resolvedElf(IdLookup.in(btf(ElfVariant.MODULE)));
        elf.rela(data(elf), List.of(new Reloc(0, elf.findSymbol("__BTF_ID__func__moved__1"), 1, 0)));
        elf.section(".crel.data").type(SHT_CREL).data(new byte[3]);
        assertFalse(resolve(elf).touched());
    }

    @Test
    void shouldRefuseSignedModule() throws IOException {
        RawElf elf = object(ElfVariant.MODULE).toElf();
        int unsigned = elf.toBytes().length;
        Result result = resolve(elf.moduleSignature(new byte[100]));
        assertEquals(
                bench.path("object.ko") + ": has a module signature (140 bytes at 0x" + Integer.toHexString(unsigned)
                        + "), which a change would invalidate",
                result.refusal().getMessage());
        assertEquals(Reason.SIGNATURE, result.refusal().reason());
    }

    @Test
    void shouldStripSignatureWhenAsked() throws IOException {
        BtfIdsObject object = object(ElfVariant.MODULE);
        RawBtf btf = btf(ElfVariant.MODULE);
        byte[] signed = object.toElf().moduleSignature(new byte[100]).toBytes();
        Result result = bench.resolve(signed, bench.given(btf).withStripSignature(true));
        assertArrayEquals(object.resolvedBytes(IdLookup.in(btf)), result.orThrow());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldKeepSignatureIfNothingChanges(boolean strip) throws IOException {
        RawBtf btf = btf(ElfVariant.MODULE);
        byte[] signed = object(ElfVariant.MODULE)
                .resolvedElf(IdLookup.in(btf))
                .moduleSignature(new byte[100])
                .toBytes();
        Result result = bench.resolve(signed, bench.given(btf).withStripSignature(strip));
        assertNull(result.refusal());
        assertFalse(result.touched());
    }

    @Test
    void shouldRejectDamagedSignature() throws IOException {
        byte[] signed =
                object(ElfVariant.MODULE).toElf().moduleSignature(new byte[100]).toBytes();
        int lengthAt = signed.length - RawElf.SIGNATURE_MARKER.length() - 4;
        Arrays.fill(signed, lengthAt, lengthAt + 4, (byte) 0xff);
        ElfFormatException e = assertThrows(
                ElfFormatException.class, () -> bench.resolve(signed, bench.given(btf(ElfVariant.MODULE))));
        assertTrue(e.getMessage().contains(": module signature of 4294967295 bytes"), e.getMessage());
    }
}
