package org.btfkit.internal.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;

/**
 * The right to replace a file, which one thread of one process has at a time; and the name of the temporary file to
 * replace it with.
 *
 * <p><b>Problem.</b> A process that is killed leaves its temporary file behind. The next that writes the same target is
 * to remove it, but not that of a process that is still at work. Numbers of processes do not tell the two apart: they
 * are used again, and mean nothing to another container or host that shares the folder.
 *
 * <p><b>Solution.</b> While {@code a.ko} is replaced, a file {@code .a.ko.btfkit.lock} is beside it, locked. The system
 * drops the lock of a process that ends in whatever way. So a lock file that can be locked is a leftover:
 *
 * <pre>
 * make .a.ko.btfkit.lock, write a random number of bytes, lock it      the number, here 0x3f2a, is the token
 * fill .a.ko.btfkit-3f2a.tmp, rename it to a.ko
 * remove the lock file, unlock it
 * </pre>
 *
 * <p>The size of a lock file tells the name of the temporary file that goes with it, and whether the file that was
 * locked is the one that has the name: somebody may have taken it for a leftover before it was locked, and removed it.
 * Lock files are never written to but by who made them, and are removed only while they are locked.
 *
 * <p>Where files cannot be locked (some network file systems), a temporary file has a name that nobody else uses, and
 * that of a killed process stays. Should a lock be worth nothing, two processes still have different temporary files,
 * so that the target is that of one or the other.
 */
final class TargetLock implements Closeable {
    /** How long to wait for another process, which copies and flushes one file while it has the lock. */
    private static final long MAX_WAIT_MILLIS = Long.getLong("btfkit.lockWait", 60_000);

    private static final int POLL_MILLIS = 5;

    /** How often to try between two waits. */
    private static final int MAX_ATTEMPTS = 10;

    /** Tokens are at least 1 and less than this: a lock file is to be no larger than a block. */
    private static final int TOKENS = 1 << 12;

    /** How much of its target's name the name of another file has, which must not get longer than 255 bytes. */
    private static final int MAX_SHOWN = 60;

    /** Lock files of this process; the system would let it lock a file again, and with that unlock it. */
    private static final Set<Path> HELD = new HashSet<>();

    private final Path file;
    private final FileChannel channel;
    private final Path temporary;

    private TargetLock(Path file, FileChannel channel, Path temporary) {
        this.file = file;
        this.channel = channel;
        this.temporary = temporary;
    }

    /**
     * Takes the lock, and removes what a killed process has left.
     *
     * @param target the file to replace, without symbolic links in its path
     * @throws FileSystemException if another process has had the lock for too long
     */
    static TargetLock take(Path target) throws IOException {
        Path file = lockFile(target);
        long end = System.nanoTime() + MAX_WAIT_MILLIS * 1_000_000;
        while (true) {
            synchronized (HELD) {
                if (HELD.add(file)) {
                    TargetLock lock = null;
                    try {
                        lock = tryTake(target, file);
                    } finally {
                        if (lock == null) {
                            HELD.remove(file);
                        }
                    }
                    if (lock != null) {
                        return lock;
                    }
                }
            }
            if (System.nanoTime() - end > 0) {
                throw new FileSystemException(target.toString(), null, "is being written by another process");
            }
            sleep();
        }
    }

    /** Removes what a killed process has left, when there is no need to write. */
    static void removeLeftovers(Path target) {
        Path file = lockFile(target);
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            synchronized (HELD) {
                if (!HELD.contains(file)) {
                    try {
                        removeIfDead(target, file);
                    } catch (IOException e) {
                        // not ours, or no locks here
                    }
                }
            }
        }
    }

    /** Returns null if somebody else has the lock. */
    private static TargetLock tryTake(Path target, Path file) throws IOException {
        try {
            for (int attempts = 0; attempts < MAX_ATTEMPTS; attempts++) {
                FileChannel made = make(file);
                if (made != null) {
                    int token = newToken();
                    if (lock(made, file, token)) {
                        return new TargetLock(file, made, temporary(target, token));
                    }
                    made.close();
                } else if (!removeIfDead(target, file)) {
                    return null;
                }
            }
            return null; // somebody comes and goes; to be waited for no longer than one who stays
        } catch (IOException e) {
            // No locks here, or somebody else's leftover that must not be opened.
            return new TargetLock(file, null, temporary(target, System.nanoTime()));
        }
    }

    /** Returns null if the file is there. */
    private static FileChannel make(Path file) throws IOException {
        try {
            return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException e) {
            return null;
        }
    }

    /** Returns false if somebody has taken the new file for a leftover. */
    private static boolean lock(FileChannel made, Path file, int token) throws IOException {
        try {
            if (made.tryLock() == null) {
                return false;
            }
            made.write(ByteBuffer.allocate(token));
            return Files.size(file) == token;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            made.close();
            Files.deleteIfExists(file);
            throw e;
        }
    }

    /** Returns false if the lock file is somebody's. */
    private static boolean removeIfDead(Path target, Path file) throws IOException {
        // For reading as well, as a pipe in its place would otherwise keep this waiting for a reader.
        try (FileChannel there =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            FileLock lock = there.tryLock();
            if (lock == null) {
                return false;
            }
            long token = there.size();
            if (token >= TOKENS) {
                throw new IOException(file + " is no lock file");
            }
            if (Files.size(file) == token) {
                if (token > 0) {
                    Files.deleteIfExists(temporary(target, token));
                }
                Files.deleteIfExists(file);
            }
            return true;
        } catch (NoSuchFileException e) {
            return true;
        } catch (OverlappingFileLockException e) {
            return false; // of another class loader in this process
        }
    }

    /** Where to write the new content; nobody else uses this name. */
    Path temporary() {
        return temporary;
    }

    /** Gives the lock back; the temporary file must have been renamed or removed. */
    @Override
    public void close() throws IOException {
        synchronized (HELD) {
            try {
                if (channel != null) {
                    Files.deleteIfExists(file);
                    channel.close();
                }
            } finally {
                HELD.remove(file);
            }
        }
    }

    /** Removes both files without giving the lock back, for when the process is told to end. */
    void removeFiles() {
        temporary.toFile().delete();
        if (channel != null) {
            file.toFile().delete();
        }
    }

    private static int newToken() {
        int mixed = Long.hashCode(System.nanoTime() * 0x9e37_79b9_7f4a_7c15L);
        return 1 + (mixed & Integer.MAX_VALUE) % (TOKENS - 1);
    }

    private static Path lockFile(Path target) {
        return beside(target, ".lock");
    }

    private static Path temporary(Path target, long token) {
        return beside(target, "-" + Long.toHexString(token) + ".tmp");
    }

    /** Two targets may get one name: then one is replaced after the other. */
    private static Path beside(Path target, String suffix) {
        String name = target.getFileName().toString();
        if (name.length() > MAX_SHOWN) {
            int end = Character.isHighSurrogate(name.charAt(MAX_SHOWN - 1)) ? MAX_SHOWN - 1 : MAX_SHOWN;
            name = name.substring(0, end) + "~" + Integer.toHexString(name.hashCode());
        }
        return target.resolveSibling("." + name + ".btfkit" + suffix);
    }

    private static void sleep() throws IOException {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while another process was writing the file", e);
        }
    }
}
