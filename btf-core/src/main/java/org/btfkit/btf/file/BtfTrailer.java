package org.btfkit.btf.file;

import java.io.IOException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.btf.format.BtfHeader;
import org.btfkit.internal.io.RandomInput;

/**
 * Bytes behind the last section of BTF data. The kernel refuses BTF with any; libbpf and bpftool ignore them.
 *
 * <p>Most often they are BTF once more: a linker that knows nothing of BTF puts the {@code .BTF} of one object behind
 * that of the other, with zeros between as the alignment of the section asks for. Every reader then takes the first for
 * all. {@link BtfSource#parts} has them all.
 *
 * <p>Immutable, and safe for use by several threads.
 *
 * @param source where the data is, for messages
 * @param offset offset of the first byte behind the last section, from the header
 * @param size how many bytes there are
 * @param next offset of the next BTF header among them, from the first one; -1 if there is none
 */
public record BtfTrailer(String source, long offset, long size, long next) {
    /**
     * Looks behind the last section.
     *
     * @param data the BTF data
     * @param source where it is, for messages
     * @return what is there, or null if nothing is
     * @throws BtfFormatException if the header is damaged
     */
    static BtfTrailer find(RandomInput data, String source) throws IOException {
        BtfHeader header = FlatAccess.to(Btf.class).readHeader(data, source);
        long end = header.headerLength() + (header.strOff() & 0xffffffffL) + (header.strLen() & 0xffffffffL);
        long size = data.size() - end;
        return size == 0 ? null : new BtfTrailer(source, end, size, nextHeader(data, end));
    }

    /** Refuses what is there; null is nothing. */
    static void requireNone(BtfTrailer trailer) {
        if (trailer != null) {
            String more = trailer.isBtf()
                    ? " (another BTF, as a linker leaves those of several objects: make one of them)"
                    : "";
            throw new BtfFormatException(trailer.source, trailer.text() + more, trailer.offset, 0);
        }
    }

    /** Finds a BTF header behind nothing but zeros. */
    private static long nextHeader(RandomInput data, long from) throws IOException {
        for (long at = from; at < data.size(); at += RandomInput.PIECE_BYTES) {
            byte[] piece = data.read(at, (int) Math.min(RandomInput.PIECE_BYTES, data.size() - at));
            for (int i = 0; i < piece.length; i++) {
                if (piece[i] != 0) {
                    return isHeader(data, at + i) ? at + i : -1;
                }
            }
        }
        return -1;
    }

    private static boolean isHeader(RandomInput data, long at) throws IOException {
        if (data.size() - at < 3) {
            return false;
        }
        byte[] start = data.read(at, 3); // the magic, in either byte order, and the version
        int magic = (start[0] & 0xff) << 8 | start[1] & 0xff;
        int swapped = (start[1] & 0xff) << 8 | start[0] & 0xff;
        return start[2] == 1 && (magic == BtfHeader.MAGIC || swapped == BtfHeader.MAGIC);
    }

    /**
     * Tells whether there is another BTF.
     *
     * @return true if a BTF header stands behind the data, or behind zeros after it
     */
    public boolean isBtf() {
        return next >= 0;
    }

    /**
     * Says what is there.
     *
     * @return one line
     */
    @Override
    public String toString() {
        return isBtf()
                ? source + ": another BTF stands behind the first, at 0x" + Long.toHexString(next)
                        + ", as a linker leaves those of several objects"
                : source + ": " + text() + ", at 0x" + Long.toHexString(offset);
    }

    /** How many bytes there are, without their place. */
    String text() {
        return size + (size == 1 ? " byte" : " bytes") + " after the last section";
    }
}
