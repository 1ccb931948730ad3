package org.btfkit.btf.flat;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.airlift.compress.zstd.ZstdInputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.fixtures.raw.RawBtf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.XZInputStream;

class FlatAccessTest {
    @TempDir
    private Path folder;

    /** Other tests have made BTF in this JVM before, so that only classes that are loaded anew can tell. */
    @Test
    void shouldParseBeforeThereIsAnyBtf() throws Exception {
        RawBtf raw = RawBtf.littleEndian();
        raw.addInt("int", 4, 0);
        Path file = Files.write(folder.resolve("one.btf"), raw.toBytes());
        URL[] classes = {whereIs(BtfSource.class), whereIs(XZInputStream.class), whereIs(ZstdInputStream.class)};
        try (URLClassLoader fresh = new URLClassLoader(classes, ClassLoader.getPlatformClassLoader())) {
            Object btf = fresh.loadClass(BtfSource.class.getName())
                    .getMethod("load", Path.class)
                    .invoke(null, file);
            assertEquals(file + ": 1 types", btf.toString());
        }
    }

    private static URL whereIs(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation();
    }
}
