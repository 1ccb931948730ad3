package org.btfkit.btf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.btfkit.btf.file.BtfSections;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.elf.ElfFile;
import org.btfkit.elf.ElfSection;
import org.btfkit.fixtures.kernel.KernelPackages;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The BTF of a real kernel and all its modules is written back byte for byte, in both byte orders. */
@Tag("conformance")
class KernelRoundTripConformance {
    private static final KernelPackages PACKAGES = KernelPackages.ofUser();

    private static Btf assertRoundTrip(Path path, Btf base) {
        try (ElfFile elf = ElfFile.open(path)) {
            ElfSection section = elf.section(BtfSections.BTF);
            byte[] bytes = elf.bytes(section);
            Btf btf = BtfSource.of(elf).btf(base);
            assertArrayEquals(bytes, BtfWriter.toBytes(btf), path.toString());

            byte[] swapped = BtfWriter.toBytes(btf, btf.header().withOrder(ByteOrder.BIG_ENDIAN));
            Btf big = Btf.parse(swapped, base, path + " swapped");
            assertArrayEquals(bytes, BtfWriter.toBytes(big, btf.header()), path + " swapped twice");
            return btf;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldKeepEveryByteOfVmlinuxAndAllModules() {
        Btf vmlinux = assertRoundTrip(PACKAGES.cloud().vmlinux(), null);
        AtomicInteger types = new AtomicInteger();
        PACKAGES.moduleFiles().parallelStream()
                .map(module -> assertRoundTrip(module, vmlinux))
                .forEach(btf -> types.addAndGet(btf.typeCount() - btf.firstTypeId()));
        assertTrue(PACKAGES.moduleFiles().size() > 1000);
        assertTrue(types.get() > PACKAGES.moduleFiles().size());
    }
}
