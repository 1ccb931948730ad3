package org.btfkit.btf.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.format.BtfHeader;
import org.btfkit.internal.io.RandomInput;

/**
 * Finds the BTF of a kernel in its memory image, where no section says where it is.
 *
 * <p>What looks like a header has to have sections that follow one another as every encoder lays them out, lie within
 * the image, and begin and end as strings do; and then it has to parse. Kernels have small BTF of built-in BPF programs
 * as well: the largest is the kernel's. One pass over the image, and at most {@value #MAX_PARSES} attempts to parse.
 */
final class BtfScan {
    private static final int MAX_PARSES = 8;

    /** How much is looked at at a time. */
    private static final int PIECE = 1 << 20;

    private final RandomInput image;

    private BtfScan(RandomInput image) {
        this.image = image;
    }

    /**
     * Where BTF is.
     *
     * @param offset its first byte
     * @param length its size in bytes
     */
    record Place(long offset, long length) {}

    /**
     * Finds the largest BTF.
     *
     * @param image the kernel
     * @return where it is, or null if there is none
     * @throws IOException if reading fails
     */
    static Place find(RandomInput image) throws IOException {
        BtfScan scan = new BtfScan(image);
        List<Place> places = scan.places();
        places.sort(Comparator.comparingLong(Place::length).reversed());
        for (Place place : places.subList(0, Math.min(MAX_PARSES, places.size()))) {
            try {
                FlatAccess.to(Btf.class).parse(image.slice(place.offset, place.length), null, "image");
                return place;
            } catch (BtfException e) {
                // Bytes that only look like it.
            }
        }
        return null;
    }

    private List<Place> places() throws IOException {
        List<Place> places = new ArrayList<>();
        byte[] piece = new byte[(int) Math.min(PIECE + BtfHeader.LONG_LENGTH, image.size())];
        for (long start = 0; start + BtfHeader.SHORT_LENGTH <= image.size(); start += PIECE) {
            int length = (int) Math.min(piece.length, image.size() - start);
            image.read(start, piece, 0, length);
            for (int at = 0; at < PIECE && at + BtfHeader.SHORT_LENGTH <= length; at++) {
                if (piece[at + 2] == 1 && piece[at + 3] == 0) {
                    Place place = place(ByteBuffer.wrap(piece, at, length - at).slice(), start + at);
                    if (place != null) {
                        places.add(place);
                    }
                }
            }
        }
        return places;
    }

    private Place place(ByteBuffer header, long offset) throws IOException {
        int magic = header.getShort(0) & 0xffff;
        if (magic == (Short.reverseBytes((short) BtfHeader.MAGIC) & 0xffff)) {
            header.order(ByteOrder.LITTLE_ENDIAN);
        } else if (magic != BtfHeader.MAGIC) {
            return null;
        }
        int headerLength = header.getInt(4);
        long typeLen = header.getInt(12) & 0xffffffffL;
        long strOff = header.getInt(16) & 0xffffffffL;
        long strLen = header.getInt(20) & 0xffffffffL;
        boolean isHeader = (headerLength == BtfHeader.SHORT_LENGTH || headerLength == BtfHeader.LONG_LENGTH)
                && header.getInt(8) == 0
                && typeLen >= 12
                && typeLen % 4 == 0
                && strOff >= typeLen
                && strLen > 1;
        long length = headerLength + strOff + strLen;
        if (!isHeader || length > image.size() - offset) {
            return null;
        }
        long strings = offset + headerLength + strOff;
        boolean areStrings = image.read(strings, 1)[0] == 0 && image.read(strings + strLen - 1, 1)[0] == 0;
        return areStrings ? new Place(offset, length) : null;
    }
}
