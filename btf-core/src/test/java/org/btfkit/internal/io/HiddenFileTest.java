package org.btfkit.internal.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.btfkit.fixtures.tool.ExternalTool;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The hidden file while somebody who can write to the folder gives its name to other files. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HiddenFileTest {
    private static final byte[] OLD = {1, 2, 3};
    private static final byte[] NEW = {4, 5, 6, 7};
    private static final byte[] PRECIOUS = {9, 9, 9, 9, 9, 9};
    private static final FileTime LONG_AGO = FileTime.from(Instant.ofEpochSecond(1_000_000));

    /** What takes the name. */
    enum Swap {
        SYMBOLIC_LINK,
        HARD_LINK,
        OTHER_FILE,
        PIPE,
        FOLDER,
        NOTHING;

        void put(Path name, Path victim) throws IOException {
            Files.move(name, name.resolveSibling("moved away"), StandardCopyOption.REPLACE_EXISTING);
            switch (this) {
                case SYMBOLIC_LINK -> Files.createSymbolicLink(name, victim);
                case HARD_LINK -> Files.createLink(name, victim);
                case OTHER_FILE -> Files.write(name, PRECIOUS);
                case PIPE -> {
                    ExternalTool mkfifo = ExternalTool.named("mkfifo", "coreutils");
                    assumeTrue(mkfifo.isAvailable(), "no mkfifo (Debian package coreutils)");
                    mkfifo.check(name);
                }
                case FOLDER -> Files.createDirectory(name);
                case NOTHING -> {}
                default -> throw new AssertionError(this);
            }
        }
    }

    @TempDir
    Path folder;

    private Path shared;
    private Path victim;
    private Path target;

    @BeforeEach
    void setUp() throws IOException {
        shared = Files.createDirectory(folder.resolve("shared"));
        target = Files.write(shared.resolve("a.ko"), OLD);
        victim = Files.write(folder.resolve("victim"), PRECIOUS);
        Files.setPosixFilePermissions(victim, PosixFilePermissions.fromString("rw-r-x---"));
        Files.setLastModifiedTime(victim, LONG_AGO);
    }

    private void assertVictimIsUntouched() throws IOException {
        assertArrayEquals(PRECIOUS, Files.readAllBytes(victim));
        assertEquals("rw-r-x---", PosixFilePermissions.toString(Files.getPosixFilePermissions(victim)));
        assertEquals(LONG_AGO, Files.getLastModifiedTime(victim));
    }

    private void assertRefused(IOException e) throws IOException {
        FileSystemException refused = (FileSystemException) e;
        assertEquals(target.toString(), refused.getFile());
        assertEquals(
                "somebody has put another file in the place of the one that was to become it, nothing written; use a"
                        + " folder that others cannot write to",
                refused.getReason());
        assertVictimIsUntouched();
    }

    private static Path hidden(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(path -> path.toString().endsWith(".tmp"))
                    .findAny()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Bytes that, when they are read, give the name of the hidden file to something else. */
    private RandomInput swapping(Swap swap) {
        return new RandomInput() {
            private boolean done;

            @Override
            public long size() {
                return NEW.length;
            }

            @Override
            public void read(long position, byte[] into, int at, int length) throws IOException {
                if (!done) {
                    done = true;
                    swap.put(hidden(shared), victim);
                }
                System.arraycopy(NEW, (int) position, into, at, length);
            }

            @Override
            public void close() {}
        };
    }

    @ParameterizedTest
    @EnumSource(Swap.class)
    void shouldWriteToNothingElseWhileTheFileIsFilled(Swap swap) throws IOException {
        FileChange change = new FileChange(NEW.length, List.of(new BytePatch(0, new byte[] {8})));
        for (Path place : List.of(target, shared.resolve("made"))) {
            IOException e =
                    assertThrows(IOException.class, () -> AtomicFile.write(swapping(swap), change, place), swap::name);
            target = place;
            assertRefused(e);
        }
        assertArrayEquals(OLD, Files.readAllBytes(shared.resolve("a.ko")));
    }

    @ParameterizedTest
    @EnumSource(Swap.class)
    void shouldWriteToNothingElseWhenTheCopyIsOpened(Swap swap) throws IOException {
        Path name = shared.resolve("name.tmp");
        try (HiddenFile file = HiddenFile.copyOf(target, name, target)) {
            swap.put(name, victim);
            if (swap == Swap.OTHER_FILE) {
                file.openAgain(); // a file with one name: what it was to become, for all that can be seen
                return;
            }
            assertRefused(assertThrows(IOException.class, file::openAgain));
        }
    }

    /** That nobody may write to the file is seen, and changed, in what is open as well. */
    @Test
    void shouldSetAttributesOfWhatIsOpen() throws IOException {
        Path name = shared.resolve("name.tmp");
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("r--rw-r--"));
        try (HiddenFile file = HiddenFile.copyOf(target, name, target)) {
            Files.setPosixFilePermissions(name, PosixFilePermissions.fromString("rw-------"));
            Swap.SYMBOLIC_LINK.put(name, victim);
            file.put(new ArrayInput(NEW));
            file.setAttributes(target);
            file.flush();
        }
        Path moved = shared.resolve("moved away");
        assertArrayEquals(NEW, Files.readAllBytes(moved));
        assertEquals("r--rw-r--", PosixFilePermissions.toString(Files.getPosixFilePermissions(moved)));
        assertVictimIsUntouched();
    }

    /** It has to be told from other open files, of which some were opened later. */
    @Test
    void shouldFindItAmongManyOpenFiles() throws IOException {
        List<FileChannel> others = new ArrayList<>();
        try {
            for (int i = 0; i < 300; i++) {
                others.add(FileChannel.open(victim));
            }
            for (int i = 0; i < others.size(); i += 7) {
                others.get(i).close();
            }
            AtomicFile.write(new ArrayInput(NEW), new FileChange(NEW.length, List.of()), target);
            assertArrayEquals(NEW, Files.readAllBytes(target));
        } finally {
            for (FileChannel other : others) {
                other.close();
            }
        }
        assertVictimIsUntouched();
    }

    /** What has been opened is not kept open: a build calls this for thousands of files. */
    @Test
    void shouldCloseWhatItOpens() throws IOException {
        Path open = Path.of("/proc/self/fd");
        assumeTrue(Files.isDirectory(open), "no /proc");
        long before = open.toFile().list().length;
        for (int i = 0; i < 200; i++) {
            AtomicFile.write(new ArrayInput(NEW), new FileChange(NEW.length, List.of()), target);
            AtomicFile.write(new ArrayInput(NEW), new FileChange(NEW.length, List.of()), shared.resolve("made" + i));
            FileChange none = new FileChange(100, List.of());
            assertThrows(IOException.class, () -> AtomicFile.write(swapping(Swap.HARD_LINK), none, target));
        }
        long after = open.toFile().list().length;
        assertEquals(true, after < before + 100, before + " open files, then " + after);
    }

    @Test
    void shouldTakeAnyContent() throws IOException {
        for (int length : new int[] {0, 1, RandomInput.PIECE_BYTES, 2 * RandomInput.PIECE_BYTES + 1}) {
            byte[] bytes = new byte[length];
            Arrays.fill(bytes, (byte) 5);
            BytePatch all = new BytePatch(0, bytes);
            AtomicFile.write(new ArrayInput(new byte[0]), new FileChange(length, List.of(all)), target);
            assertArrayEquals(bytes, Files.readAllBytes(target));
        }
    }
}
