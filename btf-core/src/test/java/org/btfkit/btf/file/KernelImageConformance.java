package org.btfkit.btf.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.IOException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.fixtures.kernel.KernelPackages;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Bootable kernels as Debian ships them. */
@Tag("conformance")
class KernelImageConformance {
    @Test
    void shouldReadDebiansKernel() throws IOException {
        Btf image = BtfSource.load(KernelPackages.ofUser().bootImage());
        Btf vmlinux = BtfSource.load(KernelPackages.ofUser().cloud().vmlinux());
        assertArrayEquals(FlatAccess.of(vmlinux).words(), FlatAccess.of(image).words());
        assertArrayEquals(
                FlatAccess.of(vmlinux).strings().own(),
                FlatAccess.of(image).strings().own());
    }
}
