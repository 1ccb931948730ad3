package org.btfkit.cli.look;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.btfkit.cli.CommandRun;
import org.btfkit.fixtures.kernel.SampleModule;
import org.btfkit.fixtures.tool.Bpftool;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code btf dump} beside bpftool, on the sample kernel; the dumpers' own tests do so on real ones. */
@Tag("conformance")
class DumpCommandConformance {
    @TempDir
    Path folder;

    @Test
    void shouldDumpAsBpftoolDoes() {
        Path vmlinux = SampleModule.writeVmlinuxBtf(folder);
        assertEquals(
                Bpftool.dumpRaw(vmlinux, null),
                CommandRun.btfOk("dump", vmlinux).outText());
    }
}
