package org.btfkit.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The signature that the kernel's {@code sign-file} appends to a module: a PKCS#7 message, a 12-byte {@code struct
 * module_signature} and a marker line. It covers every byte before it.
 *
 * <p>Immutable, and safe for use by several threads.
 *
 * @param offset where the signature begins, which is how long the module is without it
 * @param size its size in bytes, up to the end of the file
 */
public record ModuleSignature(long offset, long size) {
    private static final byte[] MARKER = "~Module signature appended~\n".getBytes(StandardCharsets.US_ASCII);

    /** Size of {@code struct module_signature}: eight bytes, then a big-endian length. */
    private static final int TRAILER_BYTES = 12;

    /**
     * Finds the signature of a module.
     *
     * @param file the module
     * @return its signature, or null if it has none
     * @throws IOException if reading fails
     * @throws ElfFormatException if there is a marker, but no whole signature between it and the last section
     */
    public static ModuleSignature find(ElfFile file) throws IOException {
        int tailBytes = TRAILER_BYTES + MARKER.length;
        if (file.size() < tailBytes) {
            return null;
        }
        byte[] tail = file.bytes(file.size() - tailBytes, tailBytes);
        for (int i = 0; i < MARKER.length; i++) {
            if (tail[TRAILER_BYTES + i] != MARKER[i]) {
                return null;
            }
        }
        int signerBytes = (tail[3] & 0xff) + (tail[4] & 0xff);
        long messageBytes = (ByteBuffer.wrap(tail).getInt(8) & 0xffffffffL) + signerBytes;
        long offset = file.size() - tailBytes - messageBytes;
        if (offset < file.end()) {
            throw new ElfFormatException(
                    file.toString(),
                    "module signature of " + messageBytes + " bytes, expected at most the "
                            + (file.size() - tailBytes - file.end()) + " after the last section",
                    file.size() - tailBytes);
        }
        return new ModuleSignature(offset, file.size() - offset);
    }
}
