package org.btfkit.btf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.btfkit.BtfUnsupportedException;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.format.BtfHeader;
import org.btfkit.internal.io.AtomicFile;

/**
 * Writes BTF as bytes: header, types, layout if there is one, strings.
 *
 * <p>BTF that was read is written as it was: same byte order, header length, section offsets and order of strings.
 * Bytes that belong to no section are written as zeros. What is made anew has no such gaps. The cost is one copy of the
 * sections.
 *
 * <p>Keeps nothing between calls; safe for use by several threads.
 */
public final class BtfWriter {
    private BtfWriter() {}

    /**
     * Writes BTF in its own form.
     *
     * @param btf the BTF; of split BTF only what is its own is written
     * @return its bytes
     * @throws BtfUnsupportedException if its header has unknown data, see {@link BtfHeader#hasUnknownData}
     */
    public static byte[] toBytes(Btf btf) {
        return toBytes(btf, btf.header());
    }

    /**
     * Tells how many bytes BTF takes, without writing it.
     *
     * @param btf the BTF
     * @return the length of {@link #toBytes(Btf)}, in any byte order
     */
    public static int sizeBytes(Btf btf) {
        return sizeBytes(btf, btf.header());
    }

    private static int sizeBytes(Btf btf, BtfHeader form) {
        return form.headerLength() + btf.header().strOff() + (btf.stringEnd() - btf.firstStringOff());
    }

    /**
     * Writes BTF in another byte order or with another header length. Types of unknown kinds are taken to consist of
     * words of four bytes, like all others.
     *
     * @param btf the BTF
     * @param form its header with the changes that are wanted, for example {@code btf.header().withOrder(order)}; what
     *     it says of sections is ignored
     * @return the bytes
     * @throws BtfUnsupportedException if a header has unknown data
     * @throws IllegalArgumentException if it does not fit in 2 GiB, or the header has no room for the layout section
     */
    public static byte[] toBytes(Btf btf, BtfHeader form) {
        BtfHeader header = btf.header();
        header.requireRewritable(btf.source());
        form.requireRewritable(btf.source());
        FlatTypes types = btf.flat();
        byte[] strings = types.strings().own();
        form.requireFit(header.layoutLen(), (long) header.strOff() + strings.length);
        ByteBuffer out = ByteBuffer.allocate(sizeBytes(btf, form));
        out.order(form.order());
        putHeader(out, form, header);
        out.position(form.headerLength() + header.typeOff());
        out.asIntBuffer().put(types.words());
        if (header.layoutLen() != 0) {
            out.position(form.headerLength() + header.layoutOff());
            putLayout(out, btf.layoutBytes(), header.order());
        }
        out.position(form.headerLength() + header.strOff());
        out.put(strings);
        return out.array();
    }

    /**
     * Writes BTF in its own form to a file, which is made or replaced as a whole or not at all.
     *
     * @param btf the BTF
     * @param target the file; a symbolic link is followed
     * @throws IOException if writing fails
     * @throws BtfUnsupportedException if its header has unknown data
     */
    public static void write(Btf btf, Path target) throws IOException {
        byte[] bytes = toBytes(btf);
        AtomicFile.write(bytes, target);
    }

    private static void putHeader(ByteBuffer out, BtfHeader form, BtfHeader header) {
        out.putShort((short) BtfHeader.MAGIC)
                .put((byte) form.version())
                .put((byte) form.flags())
                .putInt(form.headerLength())
                .putInt(header.typeOff())
                .putInt(header.typeLen())
                .putInt(header.strOff())
                .putInt(header.strLen());
        if (form.headerLength() >= BtfHeader.LONG_LENGTH) {
            out.putInt(header.layoutOff()).putInt(header.layoutLen());
        }
    }

    /** Each entry is two bytes and a 16-bit number, which has the byte order of the data. */
    private static void putLayout(ByteBuffer out, byte[] layout, ByteOrder order) {
        ByteBuffer in = ByteBuffer.wrap(layout).order(order);
        while (in.hasRemaining()) {
            out.put(in.get()).put(in.get()).putShort(in.getShort());
        }
    }
}
