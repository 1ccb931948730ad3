package org.btfkit.btf.build;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfWriter;
import org.btfkit.fixtures.gen.BtfArbitraries;
import org.btfkit.fixtures.gen.BtfFlavor;
import org.btfkit.fixtures.gen.BtfGraph;
import org.btfkit.fixtures.gen.BtfGraph.Form;
import org.btfkit.fixtures.kernel.OracleData;
import org.btfkit.fixtures.tool.Libbpf;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Appending gives the bytes that libbpf's {@code btf__add_btf} gives. */
@net.jqwik.api.Tag("conformance")
@Tag("conformance")
class BtfAppendConformance {
    /** The form that all versions of libbpf read. */
    private static final Form FORM = new Form(Form.PLAIN.order(), 24, false);

    private static void assertAppends(List<byte[]> inputs) {
        byte[] expected = Libbpf.append(inputs);
        BtfBuilder builder = BtfBuilder.create();
        for (byte[] input : inputs) {
            builder.append(Btf.parse(input, null, "input"));
        }
        // Older versions write the short header.
        int headerLength = Btf.parse(expected, null, "libbpf").header().headerLength();
        assertArrayEquals(
                expected, BtfWriter.toBytes(builder.headerLength(headerLength).build()));
    }

    @Provide
    Arbitrary<BtfGraph> graphs() {
        // Some versions refuse BTF without types.
        return BtfArbitraries.graphs(BtfFlavor.ANY)
                .filter(graph -> !graph.nodes().isEmpty());
    }

    @Property(tries = 200)
    void appendsAsLibbpfDoes(@ForAll("graphs") BtfGraph one, @ForAll("graphs") BtfGraph two) {
        byte[] first = one.encodeWhole(FORM).btf().toBytes();
        byte[] second = two.encodeWhole(FORM).btf().toBytes();
        assertAppends(List.of(first, second, first));
    }

    @Test
    void shouldAppendOracleCasesAsLibbpfDoes() throws IOException {
        List<Path> files = new ArrayList<>(OracleData.list("cases/dedup", ".btf"));
        files.addAll(OracleData.list("cases/dump", ".btf"));
        List<byte[]> inputs = new ArrayList<>();
        for (Path file : files) {
            inputs.add(Files.readAllBytes(file));
        }
        assertAppends(inputs);
    }

    @Test
    void shouldAppendVmlinuxBeforeDeduplicationAsLibbpfDoes() throws IOException {
        byte[] before = Files.readAllBytes(OracleData.file("dedup/vmlinux.in.btf"));
        byte[] after = Files.readAllBytes(OracleData.file("dedup/vmlinux.out.btf"));
        assertAppends(List.of(before, after));
    }
}
