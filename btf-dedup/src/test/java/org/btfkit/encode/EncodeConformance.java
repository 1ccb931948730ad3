package org.btfkit.encode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.dedup.BaseIndex;
import org.btfkit.elf.ElfFile;
import org.btfkit.fixtures.kernel.DwarfSample;
import org.btfkit.fixtures.kernel.OracleData;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares what is made of real modules and of vmlinux with what pahole makes, where that data is. */
@Tag("conformance")
class EncodeConformance {
    private static final List<String> SETS = List.of("k612", "k7", "all");

    static Stream<Path> modules() {
        return OracleData.isAvailable() ? OracleData.list("dwarf/modules", ".ko.xz").stream() : Stream.of((Path) null);
    }

    static Stream<String> objects() {
        return DwarfSample.objects().stream();
    }

    @ParameterizedTest
    @MethodSource("modules")
    void shouldMakePaholesBytesOfModules(Path module) throws IOException {
        BaseIndex base = BaseIndex.of(BtfSource.load(OracleData.file("dwarf/vmlinux/vmlinux.k612.btf")));
        String name = module.getFileName().toString().replace(".ko.xz", "");
        try (ElfFile file = ElfFile.open(module)) {
            byte[] raw = BtfWriter.toBytes(new Encoder(FeatureSets.of("k612")).encodeRaw(file, base));
            assertArrayEquals(expected("dwarf/modules/expected/" + name + ".k612.raw.btf"), raw, "before dedup");
            for (String set : SETS) {
                Btf btf = new Encoder(FeatureSets.of(set)).encode(file, base);
                assertArrayEquals(
                        expected("dwarf/modules/expected/" + name + "." + set + ".btf"), BtfWriter.toBytes(btf), set);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("objects")
    void shouldMakePaholesBytesBeforeDeduplication(String object) throws IOException {
        for (String set : List.of("k612", "all")) {
            Path expected = OracleData.root().resolve("dwarf/expected/" + object + "." + set + ".raw.btf.xz");
            // Of these pahole loses types or variables.
            boolean isLess = object.startsWith("typeunits") || object.startsWith("bpf");
            if (Files.exists(expected) && !isLess) {
                try (ElfFile file = ElfFile.open(OracleData.file("dwarf/objects/" + object + ".o"))) {
                    Btf raw = new Encoder(FeatureSets.of(set)).encodeRaw(file, null);
                    assertArrayEquals(
                            expected("dwarf/expected/" + object + "." + set + ".raw.btf"), BtfWriter.toBytes(raw), set);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"k612", "k7", "all"})
    void shouldMakePaholesBytesOfVmlinux(String set) throws IOException, GeneralSecurityException {
        Map<String, String> sums = Files.readAllLines(OracleData.file("dwarf/vmlinux/SHA256")).stream()
                .map(line -> line.split(" +"))
                .collect(Collectors.toMap(fields -> fields[1], fields -> fields[0]));
        try (ElfFile file = ElfFile.open(OracleData.file("dwarf/vmlinux/vmlinux.dwarf"))) {
            byte[] bytes = BtfWriter.toBytes(new Encoder(FeatureSets.of(set)).encode(file));
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(bytes);
            assertEquals(sums.get("vmlinux." + set + ".btf"), HexFormat.of().formatHex(sum));
        }
    }

    @Test
    void shouldMakePaholesBytesOfManyMembers() throws IOException {
        for (String set : List.of("plain", "k612", "k7", "all")) {
            try (ElfFile file = ElfFile.open(OracleData.file("dwarf/objects/many.o"))) {
                assertArrayEquals(
                        expected("dwarf/expected/many." + set + ".btf"),
                        BtfWriter.toBytes(new Encoder(FeatureSets.of(set)).encode(file)));
            }
        }
    }

    private static byte[] expected(String file) throws IOException {
        return Files.readAllBytes(OracleData.file(file));
    }
}
