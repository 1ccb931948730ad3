package org.btfkit.btf.dump;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.JoinedTypes;

/**
 * Writes types as {@code bpftool btf dump} does: a line per type, and an indented line per element.
 *
 * <pre>
 * [1] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED
 * [2] STRUCT 'point' size=8 vlen=2
 *         'x' type_id=1 bits_offset=0
 *         'y' type_id=1 bits_offset=32
 * </pre>
 *
 * <p>Linear time. A kind that is not known is shown as {@code UNKNOWN}, without fields.
 *
 * <p>Keeps nothing between calls; safe for use by several threads.
 */
public final class RawDumper {
    private final Btf btf;

    /**
     * Creates a dumper.
     *
     * @param btf the BTF to dump
     */
    public RawDumper(Btf btf) {
        this.btf = btf;
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

    private static void dump(OutputStream out, JoinedTypes types, int[] typeIds) throws IOException {
        DumpOutput output = new DumpOutput(out);
        TypeFields fields = new TypeFields(types, new RawFields(types, output));
        try {
            fields.tellAll(typeIds);
            output.flush();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
