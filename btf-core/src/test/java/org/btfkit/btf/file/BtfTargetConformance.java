package org.btfkit.btf.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.btfkit.btf.Parsing;
import org.btfkit.fixtures.kernel.KernelPackages;
import org.btfkit.fixtures.raw.RawElfReader;
import org.btfkit.fixtures.tool.KernelBtfLoader;
import org.btfkit.fixtures.tool.Readelf;
import org.btfkit.fixtures.tool.ToolResult;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Other BTF in a real vmlinux. */
@Tag("conformance")
class BtfTargetConformance {
    @TempDir
    Path folder;

    /** The kernel takes what stands between __start_BTF and __stop_BTF then, and tools find nothing else changed. */
    @Test
    void shouldFillUpInVmlinux() throws IOException {
        Path vmlinux = KernelPackages.ofUser().cloud().vmlinux();
        Path changed = folder.resolve("vmlinux");
        BtfTargetTest.put(vmlinux, changed, Parsing.parse(BtfTargetTest.ints(ByteOrder.LITTLE_ENDIAN, 1000)));
        assertFalse(Arrays.equals(Files.readAllBytes(vmlinux), Files.readAllBytes(changed)));
        assertArrayEquals(
                BtfTargetTest.rest(Files.readAllBytes(vmlinux)), BtfTargetTest.rest(Files.readAllBytes(changed)));
        for (String what : new String[] {"--segments", "--sections"}) {
            ToolResult before = Readelf.tool().check("--wide", what, vmlinux);
            assertEquals(
                    before.outLines(),
                    Readelf.tool().check("--wide", what, changed).outLines());
        }
        byte[] section = new RawElfReader(Files.readAllBytes(changed)).bytes(".BTF");
        try (KernelBtfLoader kernel = KernelBtfLoader.open()) {
            assertEquals(0, kernel.load(section));
        }
    }
}
