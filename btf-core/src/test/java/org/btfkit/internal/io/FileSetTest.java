package org.btfkit.internal.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files are replaced together or not at all. */
class FileSetTest {
    @TempDir
    Path folder;

    private void replace(String... contents) throws IOException {
        FileSet set = new FileSet();
        for (int i = 0; i < contents.length; i++) {
            byte[] bytes = contents[i] == null ? null : contents[i].getBytes(StandardCharsets.US_ASCII);
            set.put(folder.resolve("abcd".substring(i, i + 1)), bytes);
        }
        set.replace(folder.resolve("b"));
    }

    private Map<String, String> files() throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> list = Files.list(folder)) {
            for (Path file : list.filter(Files::isRegularFile).toList()) {
                files.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        return files;
    }

    @Test
    void shouldMakeReplaceAndRemove() throws IOException {
        replace("1", "2", null, "4");
        assertEquals(Map.of("a", "1", "b", "2", "d", "4"), files());
        replace(null, "5", "6", "7");
        assertEquals(Map.of("b", "5", "c", "6", "d", "7"), files());
    }

    @Test
    void shouldLeaveAllIfOneCannotBeWritten() throws IOException {
        replace("1", "2", null, null);
        Files.createDirectory(folder.resolve("d"));
        assertThrows(IOException.class, () -> replace("3", "4", "5", "6"));
        assertEquals(Map.of("a", "1", "b", "2"), files());
        assertThrows(IOException.class, () -> replace(null, "4", "5", "6"));
        assertEquals(Map.of("a", "1", "b", "2"), files());
    }

    @Test
    void shouldRemoveWhatAKilledProcessHasLeft() throws IOException {
        Files.write(folder.resolve(".c.btfkit.lock"), new byte[0x12]);
        Files.write(folder.resolve(".c.btfkit-12.tmp"), new byte[3]);
        Files.write(folder.resolve(".b.btfkit.lock"), new byte[0x13]);
        Files.write(folder.resolve(".b.btfkit-13.tmp"), new byte[3]);
        replace("1", "2", null, null);
        assertEquals(Map.of("a", "1", "b", "2"), files());
    }
}
