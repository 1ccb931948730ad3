package org.btfkit.elf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawElf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Finding the signature behind a module, and refusing one that would reach into the module. */
class ModuleSignatureTest {
    private static final Elves.Use FIND = ModuleSignature::find;
    private static final int TAIL = 12 + RawElf.SIGNATURE_MARKER.length();

    @TempDir
    Path folder;

    static List<ElfVariant> variants() {
        return ElfVariant.all().subList(0, 4);
    }

    private static RawElf module(ElfVariant variant) {
        RawElf elf = RawElf.of(variant);
        elf.symbol("s").in(elf.section(".text").data(new byte[100]));
        return elf;
    }

    private ModuleSignature find(byte[] bytes) throws IOException {
        try (ElfFile file = ElfFile.open(Elves.write(folder, bytes))) {
            return ModuleSignature.find(file);
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldFindSignature(ElfVariant variant) throws IOException {
        int bare = module(variant).toBytes().length;
        for (int message : new int[] {0, 1, 255, 256, 700}) {
            byte[] signed = module(variant).moduleSignature(new byte[message]).toBytes();
            assertEquals(new ModuleSignature(bare, message + TAIL), find(signed));
        }
    }

    /** The older kind has the signer's name and key before the signature, their lengths in two bytes. */
    @Test
    void shouldCountSignerAndKey() throws IOException {
        RawElf module = module(ElfVariant.MODULE);
        int bare = module.toBytes().length;
        byte[] descriptor = {0, 0, 1, (byte) 200, (byte) 255, 0, 0, 0, 0, 0, 1, 0};
        module.trailer(new byte[200 + 255 + 256]).trailer(descriptor);
        module.trailer(RawElf.SIGNATURE_MARKER.getBytes(StandardCharsets.US_ASCII));
        assertEquals(new ModuleSignature(bare, 200 + 255 + 256 + TAIL), find(module.toBytes()));
    }

    @Test
    void shouldFindSignatureBehindPadding() throws IOException {
        RawElf module = module(ElfVariant.MODULE);
        int bare = module.toBytes().length;
        byte[] signed =
                module.trailer(new byte[13]).moduleSignature(new byte[50]).toBytes();
        assertEquals(new ModuleSignature(bare + 13, 50 + TAIL), find(signed));
    }

    @Test
    void shouldFindNone() throws IOException {
        byte[] signed = module(ElfVariant.MODULE).moduleSignature(new byte[50]).toBytes();
        assertNull(find(module(ElfVariant.MODULE).toBytes()));
        assertNull(find(Arrays.copyOf(signed, signed.length + 1)));
        assertNull(find(Arrays.copyOf(signed, signed.length - 1)));
        byte[] other = signed.clone();
        other[signed.length - RawElf.SIGNATURE_MARKER.length()] = '-';
        assertNull(find(other));
    }

    /** With --strip_signature that much would be cut off. */
    @ParameterizedTest
    @ValueSource(ints = {51, 52, 100, 0x7fff_ffff, 0x8000_0000, -1})
    void shouldRejectSignatureThatReachesIntoTheModule(int length) {
        for (ElfVariant variant : variants()) {
            byte[] signed = module(variant).moduleSignature(new byte[50]).toBytes();
            ByteBuffer.wrap(signed).putInt(signed.length - TAIL + 8, length);
            String message = "module signature of " + Integer.toUnsignedString(length)
                    + " bytes, expected at most the 50 after the last section";
            Elves.assertFault(folder, signed, FIND, signed.length - TAIL, message);
        }
    }

    @Test
    void shouldNotTakeSectionForSignature() {
        RawElf elf = RawElf.of(ElfVariant.MODULE).sectionHeadersFirst();
        elf.symbol("s").in(elf.section(".text"));
        int bare = elf.toBytes().length;
        byte[] signed = elf.moduleSignature(new byte[9]).toBytes();
        ByteBuffer.wrap(signed).putInt(signed.length - TAIL + 8, 10);
        String message = "module signature of 10 bytes, expected at most the 9 after the last section";
        Elves.assertFault(folder, signed, FIND, bare + 9, message);
    }
}
