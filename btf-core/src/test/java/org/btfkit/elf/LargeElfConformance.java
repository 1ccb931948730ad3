package org.btfkit.elf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file larger than any array is changed. The copy has no holes: three gigabytes to write, so not for every build. */
@Tag("conformance")
class LargeElfConformance {
    @TempDir
    Path folder;

    @Test
    void shouldChangeBytesBehindTwoGigabytes() throws IOException {
        assumeTrue(
                Files.getFileStore(folder).getUsableSpace() > 3 * LargeElfTest.FAR,
                "no room for a copy without holes in " + folder);
        Path path = LargeElfTest.sparseFile(folder);
        LargeElfTest.write(path, ByteOrder.LITTLE_ENDIAN);
        try (ElfFile file = ElfFile.open(path)) {
            ElfEditor editor = new ElfEditor(file);
            editor.setBytes(file.section(".data"), new byte[] {5, 6, 7, 8});
            editor.setSymbolValue(1, 78);
            editor.writeInPlace();
        }
        try (ElfFile file = ElfFile.open(path)) {
            assertArrayEquals(new byte[] {5, 6, 7, 8}, file.bytes(file.section(".data")));
            assertEquals(78, file.symbols().value(1));
        }
    }
}
