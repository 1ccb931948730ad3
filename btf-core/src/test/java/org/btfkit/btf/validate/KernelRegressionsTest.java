package org.btfkit.btf.validate;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.fixtures.tool.KernelBtfLoader;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Small files on which the kernel's verdict is not what one would guess, because it depends on the order of types for
 * instance. {@code index.tsv} beside them has the message of each refusal.
 */
class KernelRegressionsTest {
    private static final String FOLDER = "/regressions/validator/";

    private record Regression(String name, String message) {
        byte[] data() throws IOException {
            return read(name + ".btf");
        }

        boolean isAccepted() {
            return message.equals("-");
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Regression> regressions() throws IOException {
        return new String(read("index.tsv"), StandardCharsets.UTF_8)
                .lines()
                .skip(1)
                .map(line -> line.split("\t"))
                .map(fields -> new Regression(fields[0], fields[1]))
                .toList();
    }

    private static byte[] read(String name) throws IOException {
        try (InputStream stream = KernelRegressionsTest.class.getResourceAsStream(FOLDER + name)) {
            if (stream == null) {
                throw new IOException("no resource " + FOLDER + name);
            }
            return stream.readAllBytes();
        }
    }

    @ParameterizedTest
    @MethodSource("regressions")
    void shouldJudgeAsTheKernelDoes(Regression regression) throws IOException {
        byte[] data = regression.data();
        if (regression.isAccepted()) {
            assertDoesNotThrow(() -> KernelValidator.kernel(data, null, "btf"));
        } else {
            BtfFormatException e =
                    assertThrows(BtfFormatException.class, () -> KernelValidator.kernel(data, null, "btf"));
            assertEquals("btf: " + regression.message(), e.getMessage());
        }
    }

    @Test
    void shouldBeWhatTheRunningKernelSays() throws IOException {
        Assumptions.assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN, "files are little-endian");
        try (KernelBtfLoader loader = KernelBtfLoader.open()) {
            for (Regression regression : regressions()) {
                byte[] data = regression.data();
                assertEquals(
                        regression.isAccepted(),
                        loader.load(data) == 0,
                        () -> regression + ": kernel " + KernelBtfLoader.kernelRelease() + ": " + loader.log(data));
            }
        }
    }
}
