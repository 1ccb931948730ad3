package org.btfkit.transform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;
import org.btfkit.BtfException;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.relo.BpfObject;
import org.btfkit.btf.relo.CoreRelocator;
import org.btfkit.btf.relo.CoreTarget;
import org.btfkit.fixtures.kernel.CoreOracle;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares with {@code bpftool gen min_core_btf}, byte for byte. */
@Tag("conformance")
class MinimizerConformance {
    private static CoreTarget target(String name) {
        try {
            return CoreTarget.of(BtfSource.load(CoreOracle.target(name)), List.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CoreRelocator object(Path file) {
        try {
            return CoreRelocator.of(BpfObject.read(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** bpftool writes the byte order of its host, which was little-endian. */
    private static byte[] asBpftool(Minimized small) {
        return BtfWriter.toBytes(small.vmlinux(), small.vmlinux().header().withOrder(ByteOrder.LITTLE_ENDIAN));
    }

    @ParameterizedTest
    @ValueSource(strings = {"6.1.192", "6.12.100", "6.12.117"})
    void shouldKeepOfKernelsWhatBpftoolKeeps(String kernel) throws IOException {
        CoreTarget target = target(kernel);
        List<Path> files = CoreOracle.files(CoreOracle.debianObjects(), ".bpf.o");
        assertEquals(56, files.size());
        StringJoiner different = new StringJoiner(" ");
        for (Path file : files) {
            String name = file.getFileName().toString().replace(".bpf.o", "." + kernel + ".btf");
            compare(name, CoreOracle.debianMinimized().resolve(name), target, List.of(object(file)), different);
        }
        List<CoreRelocator> all =
                files.stream().map(MinimizerConformance::object).toList();
        String name = "all." + kernel + ".btf";
        compare(name, CoreOracle.debianMinimized().resolve(name), target, all, different);
        assertEquals("", different.toString());
    }

    private static void compare(
            String name, Path file, CoreTarget target, List<CoreRelocator> objects, StringJoiner different)
            throws IOException {
        byte[] expected = Files.readAllBytes(file);
        if (!Arrays.equals(expected, asBpftool(Minimizer.minimizeLikeBpftool(target, objects)))) {
            different.add(name);
        }
        Minimized enough = Minimizer.minimize(target, objects);
        if (enough.kept().isEmpty() && !Arrays.equals(expected, asBpftool(enough))) {
            different.add(name + "(enough)");
        }
    }

    @Test
    void shouldKeepOfHardCasesWhatBpftoolKeeps() throws IOException {
        List<Path> files = CoreOracle.files(CoreOracle.cases("min"), ".btf");
        assertTrue(files.size() > 80, () -> files.size() + " files");
        StringJoiner different = new StringJoiner(" ");
        for (Path file : files) {
            String name = file.getFileName().toString();
            String[] names = name.replaceFirst("\\.btf$", "").split("@");
            compare(name, file, target(names[1]), List.of(object(CoreOracle.object(names[0]))), different);
        }
        assertEquals("", different.toString());
    }

    @Test
    void shouldRefuseWhatBpftoolRefuses() {
        List<Path> files = CoreOracle.files(CoreOracle.cases("min"), ".err");
        for (Path file : files) {
            String[] names =
                    file.getFileName().toString().replaceFirst("\\.err$", "").split("@");
            CoreTarget target = target(names[1]);
            List<CoreRelocator> objects = List.of(object(CoreOracle.object(names[0])));
            if (names[0].startsWith("s07") || names[0].startsWith("s13")) {
                // Kinds that bpftool cannot mark.
                Minimizer.minimize(target, objects);
            } else {
                assertThrows(BtfException.class, () -> Minimizer.minimize(target, objects), file.toString());
            }
        }
        assertEquals(12, files.size());
    }
}
