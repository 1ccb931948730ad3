package org.btfkit.encode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfWriter;
import org.btfkit.dedup.BaseIndex;
import org.btfkit.elf.ElfFile;
import org.btfkit.fixtures.kernel.DwarfSample;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares what is made of small objects with what pahole makes of them. */
class EncoderTest {
    @TempDir
    private Path folder;

    static Stream<DwarfSample> samples() {
        return DwarfSample.all().stream();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void shouldMakePaholesBytes(DwarfSample sample) throws IOException {
        Encoder encoder = new Encoder(FeatureSets.of(sample.set()));
        try (ElfFile file = ElfFile.open(DwarfSample.packed(sample.object(), folder))) {
            switch (sample.outcome()) {
                case SAME -> assertArrayEquals(sample.expected(), bytes(encoder.encode(file)));
                case NOTHING -> assertNull(encoder.encode(file));
                case REFUSED -> {
                    String message = assertThrows(BtfException.class, () -> encoder.encode(file))
                            .getMessage();
                    assertTrue(message.contains(sample.detail()), message);
                    assertTrue(message.startsWith(file.toString()), message);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void shouldNotDependOnThreads(int threads) throws IOException {
        for (String object : List.of("dup", "fwd", "asm_and_c")) {
            Encoder encoder = new Encoder(FeatureSets.of("k612").withThreads(threads));
            try (ElfFile file = ElfFile.open(DwarfSample.packed(object, folder))) {
                assertArrayEquals(DwarfSample.expected(object, "k612"), bytes(encoder.encode(file)), object);
            }
        }
    }

    @Test
    void shouldTakeAllTypesFromABaseThatHasThem() throws IOException {
        Encoder encoder = new Encoder(FeatureSets.of("k612"));
        try (ElfFile file = ElfFile.open(DwarfSample.packed("recursive", folder))) {
            Btf base = encoder.encode(file);
            Btf split = encoder.encode(file, BaseIndex.of(base));
            assertEquals(base.typeCount(), split.typeCount(), "types beside those of the base");
            assertEquals(base.stringEnd(), split.stringEnd(), "strings beside those of the base");
        }
    }

    @Test
    void shouldSayWhyAFunctionIsLeftOut() throws IOException {
        List<String> leftOut = leftOut("isra_exec", "k612");
        assertTrue(leftOut.contains("function: parameters are optimized out"), leftOut.toString());
        assertTrue(leftOut("packedstack", "k612").contains("function: a packed struct is passed on the stack"));
    }

    @Test
    void shouldSayWhyAVariableIsLeftOut() throws IOException {
        List<String> leftOut = leftOut("percpu", "k612");
        assertTrue(
                leftOut.contains("named$dollar: its name has a character that C has not, or more than 127 bytes"),
                leftOut.toString());
    }

    private List<String> leftOut(String object, String set) throws IOException {
        List<String> leftOut = new ArrayList<>();
        Encoder encoder = new Encoder(FeatureSets.of(set), new EncodeListener() {
            @Override
            public void functionLeftOut(String function, LeftOut reason) {
                leftOut.add("function: " + reason.text());
            }

            @Override
            public void variableLeftOut(String variable, String reason) {
                leftOut.add(variable + ": " + reason);
            }
        });
        try (ElfFile file = ElfFile.open(DwarfSample.packed(object, folder))) {
            assertNotNull(encoder.encode(file));
        }
        return leftOut;
    }

    private static byte[] bytes(Btf btf) {
        return btf == null ? null : BtfWriter.toBytes(btf);
    }
}
