package org.btfkit.cli.resolve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.btfkit.cli.CommandRun;
import org.btfkit.fixtures.kernel.SampleModule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Bad inputs that once found a defect; README.md beside them says which. */
class RegressionsTest {
    @TempDir
    Path folder;

    /** An input with the option it is given with, empty for none, and what the refusal says, null if it is none. */
    record Row(String file, String option, String text) {
        String[] options() {
            return option.isEmpty() ? new String[0] : new String[] {option};
        }

        @Override
        public String toString() {
            return file;
        }
    }

    static List<Row> rows() {
        return List.of(
                new Row("cut-off.ko.xz", "--check", "module.ko: cannot decompress XZ data: it ends too early"),
                new Row("ids-over-another-section.ko", "", "section [1] .BTF_ids overlaps section [3] .data"),
                new Row(
                        "ids-over-the-elf-header.ko",
                        "--trust_symbols",
                        "section [1] .BTF_ids overlaps the ELF header"),
                new Row("kernel-image-of-a-gigabyte.btf", "", "payload of 1073741824 bytes when decompressed"),
                new Row("section-names-of-2-gib.ko", "", "module.ko: e_shstrndx 1 is no string table"),
                new Row("signature-longer-than-it-is.ko", "--strip_signature", "module signature of 208 bytes"),
                new Row("symbol-table-in-null-section.ko", "", "no symbol says what belongs into its 24 bytes"));
    }

    private static byte[] read(String file) throws IOException {
        try (InputStream in = RegressionsTest.class.getResourceAsStream("/regressions/" + file)) {
            assertNotNull(in, file);
            return in.readAllBytes();
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void shouldBeDoneOrRefused(Row row) throws IOException {
        BadInput input = new BadInput(folder);
        boolean isBase = row.file.endsWith(".btf");
        byte[] object = isBase ? SampleModule.module() : read(row.file);
        byte[] base = isBase ? read(row.file) : SampleModule.vmlinuxBtf();
        if (row.text != null) {
            input.refuse(object, base, row.text, row.options());
        } else {
            CommandRun run = input.check(object, base, row.options());
            assertEquals(0, run.status(), run::toString);
        }
    }

    @Test
    void shouldHaveARowForEveryFile() throws IOException, URISyntaxException {
        Path files = Path.of(RegressionsTest.class.getResource("/regressions").toURI());
        try (Stream<Path> all = Files.list(files)) {
            assertEquals(
                    Stream.concat(rows().stream().map(Row::file), Stream.of("README.md", "laws"))
                            .sorted()
                            .toList(),
                    all.map(path -> path.getFileName().toString()).sorted().toList());
        }
    }
}
