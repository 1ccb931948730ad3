package org.btfkit.internal.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.btfkit.fixtures.tool.ExternalTool;
import org.btfkit.fixtures.tool.PlainUser;
import org.btfkit.fixtures.tool.SmallDisk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file is replaced as a whole or not at all, keeps what it had besides its bytes, and nothing is left beside it. */
class AtomicFileTest {
    private static final byte[] OLD = "0123456789".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NEW = "01ab45678Z".getBytes(StandardCharsets.US_ASCII);
    private static final List<BytePatch> PATCHES =
            List.of(new BytePatch(2, new byte[] {'a', 'b'}), new BytePatch(9, new byte[] {'Z'}));

    private static final FileChange CHANGE = new FileChange(OLD.length, PATCHES);

    @TempDir
    Path folder;

    private Path file(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private static BasicFileAttributes stamp(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class);
    }

    private static void copy(Path source, Path target) throws IOException {
        AtomicFile.copy(source, stamp(source), CHANGE, target);
    }

    private static void write(Path target) throws IOException {
        AtomicFile.write(new ArrayInput(OLD), CHANGE, target);
    }

    private void assertOnly(String... names) {
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(
                    Stream.of(names).sorted().toList(),
                    files.map(path -> path.getFileName().toString()).sorted().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ranges are read from the original, even where the copy has other bytes by then. */
    @Test
    void shouldMoveRanges() throws IOException {
        List<RangeCopy> moves = List.of(new RangeCopy(0, 5, 4), new RangeCopy(5, 0, 5));
        FileChange change = new FileChange(12, moves, List.of(new BytePatch(8, new byte[] {'X', 'Y'})));
        byte[] expected = "567890123\0\0\0".getBytes(StandardCharsets.US_ASCII);
        expected[8] = 'X';
        expected[9] = 'Y';
        Path file = file("a.ko", OLD);
        AtomicFile.copy(file, stamp(file), change, file);
        assertArrayEquals(expected, Files.readAllBytes(file));
        Path made = folder.resolve("made");
        AtomicFile.write(new ArrayInput(OLD), change, made);
        assertArrayEquals(expected, Files.readAllBytes(made));
        assertOnly("a.ko", "made");
    }

    @Test
    void shouldReplaceFileInPlace() throws IOException {
        Path file = file("a.ko", OLD);
        Object before = stamp(file).fileKey();
        copy(file, file);
        assertArrayEquals(NEW, Files.readAllBytes(file));
        assertNotEquals(before, stamp(file).fileKey(), "not written over, but replaced");
        assertOnly("a.ko");
    }

    @Test
    void shouldMakeFile() throws IOException {
        Path source = file("a.ko", OLD);
        copy(source, folder.resolve("b.ko"));
        write(folder.resolve("c.ko"));
        assertArrayEquals(OLD, Files.readAllBytes(source));
        assertArrayEquals(NEW, Files.readAllBytes(folder.resolve("b.ko")));
        assertArrayEquals(NEW, Files.readAllBytes(folder.resolve("c.ko")));
        assertOnly("a.ko", "b.ko", "c.ko");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 100_000})
    void shouldReplaceOtherFileOfAnyLength(int length) throws IOException {
        Path source = file("a.ko", OLD);
        Path other = file("b.ko", new byte[length]);
        copy(source, other);
        assertArrayEquals(NEW, Files.readAllBytes(other));
        Files.write(other, new byte[length]);
        write(other);
        assertArrayEquals(NEW, Files.readAllBytes(other));
        assertOnly("a.ko", "b.ko");
    }

    @Test
    void shouldCutOff() throws IOException {
        Path file = file("a.ko", OLD);
        AtomicFile.copy(file, stamp(file), new FileChange(4, List.of(new BytePatch(0, new byte[] {'x'}))), file);
        assertEquals("x123", Files.readString(file));
    }

    @Test
    void shouldWriteMoreThanAPiece() throws IOException {
        byte[] large = new byte[3 * RandomInput.PIECE_BYTES + 7];
        Arrays.fill(large, (byte) 7);
        AtomicFile.write(new ArrayInput(large), new FileChange(large.length, List.of()), folder.resolve("large"));
        assertArrayEquals(large, Files.readAllBytes(folder.resolve("large")));
    }

    @Test
    void shouldSetTimeOfModification() throws IOException {
        Path file = file("a.ko", OLD);
        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
        copy(file, file);
        assertTrue(Files.getLastModifiedTime(file)
                .toInstant()
                .isAfter(Instant.now().minusSeconds(60)));
    }

    // ---- what a file has besides its bytes

    @ParameterizedTest
    @ValueSource(strings = {"rw-r--r--", "rwxrwxrwx", "rw-------", "r--r--r--", "r--------", "---------"})
    void shouldKeepMode(String mode) throws IOException {
        Path source = file("a.ko", OLD);
        Path made = folder.resolve("made");
        Path there = file("there", new byte[3]);
        assumeTrue(
                PlainUser.isRoot() || mode.startsWith("rw"), "only root may write to files that nobody may write to");
        Files.setPosixFilePermissions(there, PosixFilePermissions.fromString(mode));
        copy(source, there);
        assertEquals(mode, mode(there));
        write(there);
        assertEquals(mode, mode(there));
        Files.setPosixFilePermissions(source, PosixFilePermissions.fromString(mode));
        copy(source, made);
        assertEquals(mode, mode(made));
        copy(source, source);
        assertEquals(mode, mode(source));
        assertArrayEquals(NEW, Files.readAllBytes(source));
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void shouldKeepOwnerAndGroup() throws IOException {
        assumeTrue(PlainUser.isRoot(), "only root can give files away");
        Path source = file("a.ko", OLD);
        Path there = file("there", OLD);
        for (Path path : List.of(source, there)) {
            Files.setAttribute(path, "unix:uid", path == source ? 4321 : 4322);
            Files.setAttribute(path, "unix:gid", path == source ? 1234 : 1235);
        }
        copy(source, there);
        assertEquals("4322:1235", owner(there));
        write(there);
        assertEquals("4322:1235", owner(there));
        copy(source, folder.resolve("made"));
        assertEquals("4321:1234", owner(folder.resolve("made")));
        copy(source, source);
        assertEquals("4321:1234", owner(source));
    }

    private static String owner(Path path) throws IOException {
        return Files.getAttribute(path, "unix:uid") + ":" + Files.getAttribute(path, "unix:gid");
    }

    @Test
    void shouldKeepExtendedAttributes() throws IOException {
        Path source = file("a.ko", OLD);
        Path there = file("there", OLD);
        setAttribute(source, "of.source");
        setAttribute(there, "of.target");
        copy(source, there);
        assertEquals(List.of("of.target"), attributes(there));
        write(there);
        assertEquals(List.of("of.target"), attributes(there));
        copy(source, folder.resolve("made"));
        assertEquals(List.of("of.source"), attributes(folder.resolve("made")));
        copy(source, source);
        assertEquals(List.of("of.source"), attributes(source));
    }

    private static void setAttribute(Path path, String name) {
        try {
            Files.getFileAttributeView(path, UserDefinedFileAttributeView.class)
                    .write(name, ByteBuffer.wrap(new byte[] {1, 2}));
        } catch (IOException | NullPointerException e) {
            assumeTrue(false, "no extended attributes in " + path.getParent() + ": " + e);
        }
    }

    private static List<String> attributes(Path path) throws IOException {
        return Files.getFileAttributeView(path, UserDefinedFileAttributeView.class)
                .list();
    }

    @Test
    void shouldKeepAccessControlList() throws IOException {
        ExternalTool set = ExternalTool.named("setfacl", "acl");
        assumeTrue(set.isAvailable(), "no setfacl (Debian package acl)");
        Path source = file("a.ko", OLD);
        assumeTrue(set.run("-m", "u:4321:rw,g:1234:r", source).isOk(), "no access control lists in " + folder);
        ExternalTool get = ExternalTool.named("getfacl", "acl");
        String before = get.check("-cpn", source).out();
        assertTrue(before.contains("user:4321:rw-"), before);
        copy(source, source);
        assertEquals(before, get.check("-cpn", source).out());
        copy(source, folder.resolve("made"));
        assertEquals(before, get.check("-cpn", folder.resolve("made")).out());
    }

    /**
     * In a folder with a default list, a file keeps its own list; one without gets entries, as each new file there
     * does, but they allow no more than the group's bits of its mode.
     */
    @Test
    void shouldKeepAccessInFolderWithDefaultAccessControlList() throws IOException {
        ExternalTool set = ExternalTool.named("setfacl", "acl");
        ExternalTool get = ExternalTool.named("getfacl", "acl");
        assumeTrue(set.isAvailable(), "no setfacl (Debian package acl)");
        Path listed = file("listed", OLD);
        Path secret = file("secret", OLD);
        assumeTrue(set.run("-m", "u:4321:r,m:r", listed).isOk(), "no access control lists in " + folder);
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        String before = get.check("-cpn", listed).out();
        set.check("-d", "-m", "u:4322:rwx,g:1234:rwx", folder);
        for (Path file : List.of(listed, secret)) {
            copy(file, file);
            write(file);
        }
        assertEquals(before, get.check("-cpn", listed).out());
        String after = get.check("-cpn", secret).out();
        assertTrue(after.contains("mask::---"), after);
        assertEquals("rw-------", mode(secret));
    }

    // ---- where it goes

    @Test
    void shouldLeaveOtherNamesWithTheOldContent() throws IOException {
        Path source = file("a.ko", OLD);
        assertNull(AtomicFile.noteOfOtherNames(source));
        Path second = Files.createLink(folder.resolve("second"), source);
        Files.createLink(folder.resolve("third"), source);
        assertEquals(
                "the other names of " + source + " (hard links: 2) keep the old content",
                AtomicFile.noteOfOtherNames(source));
        copy(source, source);
        assertArrayEquals(NEW, Files.readAllBytes(source));
        assertArrayEquals(OLD, Files.readAllBytes(second));
        assertNull(AtomicFile.noteOfOtherNames(source));
        assertEquals(
                "the other names of " + second + " (hard links: 1) keep the old content",
                AtomicFile.noteOfOtherNames(second));
        assertNull(AtomicFile.noteOfOtherNames(folder.resolve("missing")));
        assertNull(AtomicFile.noteOfOtherNames(
                Files.createDirectories(folder.resolve("below/it")).getParent()));
    }

    @Test
    void shouldFollowSymbolicLinks() throws IOException {
        Path source = file("a.ko", OLD);
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("a.ko"));
        copy(link, link);
        assertTrue(Files.isSymbolicLink(link));
        assertArrayEquals(NEW, Files.readAllBytes(source));
        Path other = file("b.ko", OLD);
        Path otherLink = Files.createSymbolicLink(folder.resolve("link2"), other);
        copy(source, otherLink);
        assertTrue(Files.isSymbolicLink(otherLink));
        assertArrayEquals(NEW, Files.readAllBytes(other));
        write(otherLink);
        assertTrue(Files.isSymbolicLink(otherLink));
        assertOnly("a.ko", "b.ko", "link", "link2");
    }

    @Test
    void shouldMakeFileThatALinkLeadsTo() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("made"));
        Path first = Files.createSymbolicLink(folder.resolve("first"), link);
        write(first);
        assertTrue(Files.isSymbolicLink(first));
        assertTrue(Files.isSymbolicLink(link));
        assertArrayEquals(NEW, Files.readAllBytes(folder.resolve("made")));
        assertOnly("first", "link", "made");
    }

    @Test
    void shouldMakeNoTemporaryNameThatIsTooLong() throws IOException {
        for (String name : List.of("n".repeat(255), "\u4e16".repeat(85))) {
            Path file = folder.resolve(name);
            write(file);
            copy(file, file);
            assertArrayEquals(NEW, Files.readAllBytes(file));
            Files.delete(file);
        }
    }

    @Test
    void shouldRefuseFolder() {
        FileSystemException e = assertThrows(FileSystemException.class, () -> write(folder));
        assertEquals(folder.toString(), e.getFile());
        assertEquals("is a folder, expected a file to write", e.getReason());
        assertThrows(IOException.class, () -> write(Path.of("/")));
        assertOnly();
    }

    @Test
    void shouldRefuseWhatIsNoRegularFile() throws IOException {
        ExternalTool mkfifo = ExternalTool.named("mkfifo", "coreutils");
        assumeTrue(mkfifo.isAvailable(), "no mkfifo (Debian package coreutils)");
        Path pipe = folder.resolve("pipe");
        mkfifo.check(pipe);
        Path source = file("a.ko", OLD);
        FileSystemException e = assertThrows(FileSystemException.class, () -> write(pipe));
        assertEquals(pipe.toString(), e.getFile());
        assertEquals("is no regular file, so it cannot be replaced", e.getReason());
        assertThrows(IOException.class, () -> copy(source, pipe));
        assertFalse(Files.isRegularFile(pipe));
        assertOnly("a.ko", "pipe");
    }

    @Test
    void shouldRefuseFileThatMustNotBeWrittenTo() throws IOException {
        assumeTrue(!PlainUser.isRoot(), "root may write to any file");
        Path source = file("a.ko", OLD);
        Path there = file("there", OLD);
        Files.setPosixFilePermissions(there, PosixFilePermissions.fromString("r--r--r--"));
        assertThrows(AccessDeniedException.class, () -> copy(source, there));
        assertThrows(AccessDeniedException.class, () -> write(there));
        assertThrows(AccessDeniedException.class, () -> copy(there, there));
        assertOnly("a.ko", "there");
    }

    @Test
    void shouldMakeCopyOfFileThatMustNotBeWrittenTo() throws IOException {
        Path source = file("a.ko", OLD);
        Files.setPosixFilePermissions(source, PosixFilePermissions.fromString("r--r--r--"));
        copy(source, folder.resolve("made"));
        assertArrayEquals(NEW, Files.readAllBytes(folder.resolve("made")));
        assertEquals("r--r--r--", mode(folder.resolve("made")));
    }

    @Test
    void shouldNotMakeFolders() {
        Path target = folder.resolve("missing").resolve("b.ko");
        NoSuchFileException e = assertThrows(NoSuchFileException.class, () -> write(target));
        assertEquals(target.getParent().toString(), e.getFile());
        assertThrows(NoSuchFileException.class, () -> copy(file("a.ko", OLD), target));
        assertOnly("a.ko");
    }

    // ---- what goes wrong

    @Test
    void shouldRefuseSourceThatHasChanged() throws IOException {
        Path source = file("a.ko", OLD);
        Path target = file("b.ko", new byte[] {1});
        BasicFileAttributes stamp = stamp(source);
        Files.write(source, new byte[11]);
        assertRefused(source, stamp, target, "longer");
        Files.write(source, OLD);
        Files.setLastModifiedTime(source, FileTime.from(Instant.EPOCH));
        assertRefused(source, stamp, target, "time");
        Files.write(folder.resolve("new"), OLD);
        Files.setLastModifiedTime(folder.resolve("new"), stamp.lastModifiedTime());
        Files.move(folder.resolve("new"), source, StandardCopyOption.REPLACE_EXISTING);
        assertRefused(source, stamp, target, "replaced");
    }

    private void assertRefused(Path source, BasicFileAttributes stamp, Path target, String what) throws IOException {
        byte[] before = Files.readAllBytes(source);
        for (Path place : List.of(target, source)) {
            IOException e = assertThrows(IOException.class, () -> AtomicFile.copy(source, stamp, CHANGE, place), what);
            assertEquals("changed by somebody else meanwhile, nothing written", e.getMessage());
        }
        assertArrayEquals(before, Files.readAllBytes(source));
        assertArrayEquals(new byte[] {1}, Files.readAllBytes(target));
        assertOnly("a.ko", "b.ko");
    }

    @Test
    void shouldLeaveNothingBehindIfReadingFails() throws IOException {
        Path there = file("there", OLD);
        RandomInput broken = new RandomInput() {
            @Override
            public long size() {
                return 100;
            }

            @Override
            public void read(long position, byte[] into, int at, int length) throws IOException {
                throw new IOException("broken");
            }

            @Override
            public void close() {}
        };
        for (Path target : List.of(there, folder.resolve("made"))) {
            IOException e = assertThrows(
                    IOException.class, () -> AtomicFile.write(broken, new FileChange(100, List.of()), target));
            assertEquals("broken", e.getMessage());
        }
        assertArrayEquals(OLD, Files.readAllBytes(there));
        assertOnly("there");
    }

    @Test
    void shouldLeaveNothingBehindIfThereIsNoRoom() throws IOException {
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("small"), 64)) {
            Path small = disk.folder();
            Path target = Files.write(small.resolve("there"), OLD);
            byte[] large = new byte[200_000];
            FileSystemException none = assertThrows(
                    FileSystemException.class,
                    () -> AtomicFile.copy(
                            file("large", large),
                            stamp(folder.resolve("large")),
                            new FileChange(large.length, List.of()),
                            small.resolve("made")));
            assertNamesTarget(small.resolve("made"), none);
            assertNamesTarget(
                    target,
                    assertThrows(
                            FileSystemException.class,
                            () -> AtomicFile.write(
                                    new ArrayInput(large), new FileChange(large.length, List.of()), target)));
            assertArrayEquals(OLD, Files.readAllBytes(target));
            try (Stream<Path> files = Files.list(small)) {
                assertEquals(List.of(target), files.toList());
            }
        }
    }

    /** The file beside the target is nothing that its user knows. */
    private static void assertNamesTarget(Path target, FileSystemException e) {
        assertEquals(target.toString(), e.getFile());
        assertNull(e.getOtherFile());
        assertEquals(
                "No space left on device, nothing written; the new file needs room beside the old one: check the disk,"
                        + " quotas and ulimit -f",
                e.getReason());
    }

    /** An interrupted process leaves its temporary file; it is in nobody's way, and not for others to remove. */
    @Test
    void shouldNotTouchTemporaryFilesOfOthers() throws IOException {
        Path file = file("a.ko", OLD);
        Path others = file(".a.ko.btfkit-1-1.tmp", new byte[] {9});
        copy(file, file);
        assertArrayEquals(NEW, Files.readAllBytes(file));
        assertArrayEquals(new byte[] {9}, Files.readAllBytes(others));
    }
}
