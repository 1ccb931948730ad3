package org.btfkit.cli.support;

import java.io.IOException;
import java.io.OutputStream;

/** Buffered output that tells a reader who has gone away ({@code btf dump FILE | head}) from other failures. */
public final class PipeOutput extends OutputStream {
    private static final int BUFFER_BYTES = 1 << 16;

    private final OutputStream out;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int used;

    /** Nobody reads the output any more. */
    public static final class ClosedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private ClosedException() {
            super("nobody reads the output");
        }
    }

    /**
     * Buffers an output.
     *
     * @param out where the data goes
     */
    public PipeOutput(OutputStream out) {
        this.out = out;
    }

    @Override
    public void write(int value) throws IOException {
        if (used == buffer.length) {
            drain();
        }
        buffer[used++] = (byte) value;
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        if (length > buffer.length - used) {
            drain();
        }
        if (length > buffer.length) {
            send(bytes, from, length);
        } else {
            System.arraycopy(bytes, from, buffer, used, length);
            used += length;
        }
    }

    @Override
    public void flush() throws IOException {
        drain();
        out.flush();
    }

    private void drain() throws IOException {
        int length = used;
        used = 0;
        send(buffer, 0, length);
    }

    private void send(byte[] bytes, int from, int length) throws IOException {
        try {
            out.write(bytes, from, length);
        } catch (IOException e) {
            if ("Broken pipe".equals(e.getMessage())) {
                throw new ClosedException();
            }
            throw new IOException("cannot write to standard output: " + e.getMessage(), e);
        }
    }
}
