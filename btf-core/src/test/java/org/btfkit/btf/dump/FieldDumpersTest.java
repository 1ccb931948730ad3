package org.btfkit.btf.dump;

import static org.btfkit.btf.dump.DumpChecks.assertSameText;
import static org.btfkit.btf.dump.DumpChecks.bytesOf;
import static org.btfkit.btf.dump.DumpChecks.golden;
import static org.btfkit.btf.dump.DumpChecks.parse;
import static org.btfkit.btf.dump.DumpChecks.textOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.fixtures.kernel.OracleData;
import org.btfkit.fixtures.raw.RawBtf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FieldDumpersTest {
    private static final String VMLINUX = "vmlinux-6.12.117-cloud.btf";

    @ParameterizedTest
    @ValueSource(strings = {"kinds", "kinds-be", "names", "split"})
    void shouldWriteWhatBpftoolWrites(String name) {
        Btf btf = parse(DumpCases.all().get(name));
        assertSameText(golden(name + ".raw.txt"), bytesOf(new RawDumper(btf)::dump), name + " raw");
        assertSameText(golden(name + ".json"), bytesOf(new JsonDumper(btf, false)::dump), name + " json");
        assertSameText(golden(name + ".pretty.json"), bytesOf(new JsonDumper(btf, true)::dump), name + " pretty");
    }

    @Test
    void shouldWriteVmlinuxAsBpftoolDoes() throws IOException {
        Btf btf = BtfSource.load(OracleData.file(VMLINUX));
        assertSameText(oracle("dump/vmlinux.raw.txt"), bytesOf(new RawDumper(btf)::dump), "vmlinux raw");
        assertSameText(oracle("dump/vmlinux.json"), bytesOf(new JsonDumper(btf, false)::dump), "vmlinux json");
    }

    @Test
    void shouldWriteModuleAsBpftoolDoes() throws IOException {
        Btf base = BtfSource.load(OracleData.file(VMLINUX));
        Btf btf = BtfSource.load(OracleData.file("dump/nf_conntrack.ko"), base);
        assertSameText(oracle("dump/nf_conntrack.raw.txt"), bytesOf(new RawDumper(btf)::dump), "raw");
        assertSameText(oracle("dump/nf_conntrack.pretty.json"), bytesOf(new JsonDumper(btf, true)::dump), "pretty");
    }

    @Test
    void shouldWriteClangObjectsAsBpftoolDoes() throws IOException {
        List<Path> inputs = OracleData.list("cases/dump", ".btf");
        assertTrue(inputs.size() >= 4, "cases");
        for (Path input : inputs) {
            String stem = input.toString().substring(0, input.toString().length() - ".btf".length());
            Btf btf = BtfSource.load(input);
            byte[] raw = Files.readAllBytes(Path.of(stem + ".raw.txt"));
            assertSameText(raw, bytesOf(new RawDumper(btf)::dump), stem);
            byte[] json = Files.readAllBytes(Path.of(stem + ".json"));
            assertSameText(json, bytesOf(new JsonDumper(btf, false)::dump), stem);
        }
    }

    private static byte[] oracle(String relative) throws IOException {
        return Files.readAllBytes(OracleData.file(relative));
    }

    @Test
    void shouldWriteOnlyTypesAskedFor() {
        Btf btf = parse(DumpCases.split());
        String raw = textOf(out -> new RawDumper(btf).dump(out, 3, 1));
        assertEquals(
                "[3] PTR '(anon)' type_id=2\n[1] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED\n", raw);
        String json = textOf(out -> new JsonDumper(btf, false).dump(out, 0));
        assertEquals("{\"types\":[{\"id\":0,\"kind\":\"UNKNOWN\",\"name\":\"(anon)\"}]}\n", json);
    }

    @Test
    void shouldRejectIdOfNoTypeBeforeWriting() {
        Btf btf = parse(DumpCases.split());
        IllegalArgumentException error = assertThrows(
                IllegalArgumentException.class,
                () -> new RawDumper(btf).dump(failing(new AssertionError("written")), 1, 5));
        assertEquals("no type [5], there are 5", error.getMessage());
    }

    @Test
    void shouldShowKindNotKnownHere() {
        RawBtf raw = RawBtf.littleEndian();
        byte[] layout = new byte[4 * 78];
        layout[4 * 77] = 4;
        layout[4 * 77 + 1] = 8;
        raw.layout(layout);
        raw.add(77, "future", 2, true, 0, 1, 2, 3, 4, 5);
        raw.addPtr(1);
        assertEquals("[1] UNKNOWN 'future'\n[2] PTR '(anon)' type_id=1\n", textOf(new RawDumper(parse(raw))::dump));
    }

    @Test
    void shouldWriteEmptyList() {
        Btf btf = parse(RawBtf.littleEndian());
        assertEquals("", textOf(new RawDumper(btf)::dump));
        assertEquals("{\"types\":[]}\n", textOf(new JsonDumper(btf, false)::dump));
        assertEquals("{\n    \"types\": []\n}\n", textOf(new JsonDumper(btf, true)::dump));
    }

    @Test
    void shouldPassFailureOfStreamOn() {
        IOException full = new IOException("full");
        OutputStream out = failing(full);
        Btf btf = parse(DumpCases.names());
        assertSame(full, assertThrows(IOException.class, () -> new RawDumper(btf).dump(out)));
        assertSame(full, assertThrows(IOException.class, () -> new JsonDumper(btf, true).dump(out)));
    }

    private static OutputStream failing(Throwable failure) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                if (failure instanceof IOException e) {
                    throw e;
                }
                throw (AssertionError) failure;
            }
        };
    }
}
