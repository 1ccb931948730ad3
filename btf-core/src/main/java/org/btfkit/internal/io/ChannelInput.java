package org.btfkit.internal.io;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** What has been written to a file that is open, and stays open. */
final class ChannelInput implements RandomInput {
    private final FileChannel channel;
    private final long size;

    ChannelInput(FileChannel channel) throws IOException {
        this.channel = channel;
        this.size = channel.size();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void read(long position, byte[] into, int at, int length) throws IOException {
        for (int done = 0; done < length; ) {
            // In pieces, as the JDK keeps a buffer outside of the heap as large as what is read at once.
            int piece = Math.min(PIECE_BYTES, length - done);
            int count = channel.read(ByteBuffer.wrap(into, at + done, piece), position + done);
            if (count < 0) {
                throw new EOFException("file became shorter while it was read");
            }
            done += count;
        }
    }

    @Override
    public void close() {}
}
