package org.btfkit.btf.relo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.btfkit.fixtures.Scratch;
import org.btfkit.fixtures.gen.BtfGraph;
import org.btfkit.fixtures.gen.CoreRecords;
import org.btfkit.fixtures.raw.RawBpfObject;

/** Objects for tests. */
final class CoreObjects {
    private static final String SECTION = "raw_tp/a";

    private CoreObjects() {}

    /** Builds an object whose instructions hold the values that its own types give, as a compiler writes them. */
    static byte[] build(BtfGraph graph, BtfGraph.Form form, List<CoreRecords.Record> records) {
        CoreRelocator first = CoreRelocator.of(read(build(graph, form, records, new long[records.size()])));
        long[] values = new long[records.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = first.localValue(i);
        }
        return build(graph, form, records, values);
    }

    private static byte[] build(BtfGraph graph, BtfGraph.Form form, List<CoreRecords.Record> records, long[] values) {
        BtfGraph.Encoding encoded = graph.encodeWhole(form);
        RawBpfObject object = RawBpfObject.of(encoded.btf());
        for (int i = 0; i < values.length; i++) {
            CoreRecords.Record record = records.get(i);
            object.relo(SECTION, record.kind(), encoded.ids().get(record.node()), record.access(), values[i]);
        }
        return object.toBytes();
    }

    /** Reads an object from its bytes. */
    static BpfObject read(byte[] bytes) {
        try (Scratch scratch = Scratch.create()) {
            Path file = Files.write(scratch.resolve("prog.bpf.o"), bytes);
            return BpfObject.read(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
