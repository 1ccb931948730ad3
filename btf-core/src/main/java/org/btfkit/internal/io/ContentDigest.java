package org.btfkit.internal.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/**
 * Tells whether many bytes are the same as before, at the speed at which they are read.
 *
 * <p>Of each {@link #BLOCK_BYTES 64 KiB} the CRC-32 and the CRC-32C are taken, and of these, their number and what else
 * belongs to them the SHA-256. The two polynomials have no factor in common, so that both sums together are one of 64
 * bits: what differs within 8 successive bytes always shows, and of any other difference within a block one in 2^64
 * does not. SHA-256 of all the bytes would also withstand somebody who looks for another content with the same digest,
 * but only the second compiler of HotSpot makes that fast, which short runs do without: there it takes 8 seconds a
 * gigabyte, half as long as encoding does, and this 0.3.
 *
 * <p>Not safe for use by several threads.
 */
public final class ContentDigest {
    /** How many bytes have a sum of their own. */
    private static final int BLOCK_BYTES = RandomInput.PIECE_BYTES;

    private static final int SUMS_BYTES = 8;

    private final MessageDigest digest;

    /** Creates the digest of nothing. */
    public ContentDigest() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // each Java platform has it
        }
    }

    /**
     * Adds a few bytes as a unit: adding two arrays is different from adding both in one.
     *
     * @param bytes the bytes
     * @return this
     */
    public ContentDigest add(byte[] bytes) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
        digest.update(bytes);
        return this;
    }

    /**
     * Adds many bytes as a unit.
     *
     * @param content is read once
     * @return this
     * @throws IOException if reading fails
     */
    public ContentDigest add(RandomInput content) throws IOException {
        long size = content.size();
        byte[] block = new byte[(int) Math.min(BLOCK_BYTES, size)];
        ByteBuffer sums = ByteBuffer.allocate(SUMS_BYTES);
        digest.update(sums.putLong(size).flip());
        CRC32 crc = new CRC32();
        CRC32C crcC = new CRC32C();
        for (long done = 0; done < size; done += block.length) {
            int length = (int) Math.min(block.length, size - done);
            content.read(done, block, 0, length);
            crc.reset();
            crcC.reset();
            crc.update(block, 0, length);
            crcC.update(block, 0, length);
            digest.update(sums.clear()
                    .putInt((int) crc.getValue())
                    .putInt((int) crcC.getValue())
                    .flip());
        }
        return this;
    }

    /**
     * Returns what has been added as a digest, and begins anew.
     *
     * @return 32 bytes
     */
    public byte[] finish() {
        return digest.digest();
    }
}
