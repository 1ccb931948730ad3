package org.btfkit.btf.dump;

import static org.btfkit.btf.dump.DumpOutput.bytes;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.JoinedTypes;

/**
 * Writes types as {@code bpftool -j btf dump} does, or pretty as {@code bpftool -p btf dump}: an object with the list
 * {@code types}.
 *
 * <pre>
 * {"types":[{"id":1,"kind":"INT","name":"int","size":4,"bits_offset":0,"nr_bits":32,"encoding":"SIGNED"}]}
 * </pre>
 *
 * <p>Linear time. A kind that is not known is shown as {@code UNKNOWN}, without fields. Names are not checked for being
 * UTF-8, as JSON would have it.
 *
 * <p>Keeps nothing between calls; safe for use by several threads.
 */
public final class JsonDumper {
    private static final byte[] TYPES = bytes("types");

    private final Btf btf;
    private final boolean pretty;

    /**
     * Creates a dumper.
     *
     * @param btf the BTF to dump
     * @param pretty whether to write lines and indentation, or all on one line
     */
    public JsonDumper(Btf btf, boolean pretty) {
        this.btf = btf;
        this.pretty = pretty;
    }

    /**
     * Writes all own types, those of the base left out.
     *
     * @param out where to; flushed but left open
     * @throws IOException if writing fails
     */
    public void dump(OutputStream out) throws IOException {
        dump(out, JoinedTypes.of(FlatAccess.of(btf)), null);
    }

    /**
     * Writes some types.
     *
     * @param out where to; flushed but left open
     * @param typeIds their ids, of the base as well, in the order to write them
     * @throws IOException if writing fails
     * @throws IllegalArgumentException if there is no such type; nothing is written then
     */
    public void dump(OutputStream out, int... typeIds) throws IOException {
        JoinedTypes types = JoinedTypes.of(FlatAccess.of(btf));
        types.requireTypes(typeIds);
        dump(out, types, typeIds);
    }

    private void dump(OutputStream out, JoinedTypes types, int[] typeIds) throws IOException {
        DumpOutput output = new DumpOutput(out);
        JsonText json = new JsonText(output, pretty);
        TypeFields fields = new TypeFields(types, new JsonFields(types, json));
        try {
            json.beginObject();
            json.key(TYPES);
            json.beginArray();
            fields.tellAll(typeIds);
            json.endArray();
            json.endObject();
            output.put('\n');
            output.flush();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
