package org.btfkit.btf.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.format.BtfHeader;
import org.btfkit.btf.validate.KernelValidator;
import org.btfkit.fixtures.kernel.OracleData;
import org.btfkit.fixtures.tool.ExternalTool;
import org.btfkit.fixtures.tool.KernelBtfLoader;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** BTF of real BPF objects is what libbpf makes of it, and the running kernel takes it. */
@Tag("conformance")
class LibbpfFixupConformance {
    @TempDir
    Path folder;

    /** The bytes that libbpf hands to the newest kernel, of objects as Debian ships them. */
    @Test
    void shouldMakeWhatLibbpfLoads() throws IOException {
        Path expected = unpack("core/cases/loaded.tar.xz").resolve("loaded");
        List<Path> objects = objects();
        String suffix = ".for-newest.btf";
        int compared = 0;
        try (Stream<Path> files = Files.list(expected)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(suffix)).toList()) {
                String name = file.getFileName().toString().replace(suffix, "");
                for (Path object : objects) {
                    if (object.getFileName().toString().matches("\\Q" + name + "\\E(\\.el)?(\\.bpf)?(\\.o)?")) {
                        Btf want = BtfSource.load(file);
                        Btf loaded = LibbpfFixupTest.loaded(object);
                        assertArrayEquals(
                                FlatAccess.of(want).words(),
                                FlatAccess.of(loaded).words(),
                                object.toString());
                        assertArrayEquals(
                                FlatAccess.of(want).strings().own(),
                                FlatAccess.of(loaded).strings().own(),
                                object.toString());
                        compared++;
                    }
                }
            }
        }
        assertTrue(compared >= 5, "compared: " + compared);
    }

    @Test
    void shouldMakeRealObjectsLoadable() throws IOException {
        List<Path> objects = objects();
        assertTrue(objects.size() > 60, "objects: " + objects.size());
        try (KernelBtfLoader kernel = KernelBtfLoader.open()) {
            for (Path object : objects) {
                Btf loaded = LibbpfFixupTest.loaded(object);
                assertDoesNotThrow(() -> KernelValidator.kernel(loaded), object.toString());
                byte[] bytes = BtfWriter.toBytes(loaded, BtfHeader.of(ByteOrder.nativeOrder(), 24));
                assertEquals(0, kernel.load(bytes), () -> object + ": " + kernel.log(bytes));
            }
        }
    }

    private List<Path> objects() throws IOException {
        Path shipped = unpack("core/objects.tar.xz");
        unpack("core/cases/realobj.tar.xz");
        unpack("core/cases/objects.tar.xz");
        try (Stream<Path> files = Files.walk(shipped)) {
            return files.filter(path -> path.toString().endsWith(".o")).toList();
        }
    }

    private Path unpack(String archive) {
        ExternalTool.named("tar", "tar").check("xJf", OracleData.file(archive), "-C", folder);
        return folder;
    }
}
