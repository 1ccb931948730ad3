package org.btfkit.internal.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A seal says something of the very bytes that it was made for, and of no others. */
class FileSealTest {
    private static final byte[] CLAIM = {1, 2, 3};
    private static final byte[] NOTE = "7 8".getBytes(StandardCharsets.US_ASCII);
    private static final FileSeal SEAL = new FileSeal(CLAIM, NOTE);
    private static final int SIZE = 200_000; // some blocks and part of one

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void writeFile() throws IOException {
        byte[] bytes = new byte[SIZE];
        new Random(5).nextBytes(bytes);
        file = Files.write(folder.resolve("a.ko"), bytes);
        try {
            view(file).write("probe", ByteBuffer.wrap(new byte[1]));
            view(file).delete("probe");
        } catch (IOException e) {
            assumeTrue(false, "no extended attributes in " + folder);
        }
    }

    private static UserDefinedFileAttributeView view(Path path) {
        return Files.getFileAttributeView(path, UserDefinedFileAttributeView.class);
    }

    private static BasicFileAttributes stamp(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class);
    }

    private static byte[] noteOf(Path path, byte... claim) throws IOException {
        try (FileInput content = new FileInput(path)) {
            return FileSeal.find(path, content, claim);
        }
    }

    private void replace(FileSeal seal, BytePatch... patches) throws IOException {
        AtomicFile.copy(file, stamp(file), new FileChange(SIZE, List.of(patches)).sealed(seal), file);
    }

    private static void seal(Path path) throws IOException {
        try (FileInput content = new FileInput(path)) {
            AtomicFile.seal(path, stamp(path), content, SEAL);
        }
    }

    @Test
    void shouldComeWithTheBytesThatItIsAbout() throws IOException {
        assertNull(noteOf(file, CLAIM));
        replace(SEAL, new BytePatch(3, new byte[] {9}));
        assertArrayEquals(NOTE, noteOf(file, CLAIM));
        assertEquals(List.of(FileSeal.ATTRIBUTE), view(file).list());
        assertNull(noteOf(file, (byte) 1, (byte) 2), "another claim");
        AtomicFile.write(new ArrayInput(NOTE), new FileChange(NOTE.length, List.of()).sealed(SEAL), file);
        assertArrayEquals(NOTE, noteOf(file, CLAIM));
    }

    @Test
    void shouldGoWithTheBytesThatItIsAbout() throws IOException {
        replace(SEAL);
        view(file).write("other", ByteBuffer.wrap(new byte[1]));
        replace(null, new BytePatch(3, new byte[] {9}));
        assertEquals(List.of("other"), view(file).list(), "rewritten by somebody who knows nothing of it");
    }

    @Test
    void shouldSayNothingOfOtherBytes() throws IOException {
        replace(SEAL);
        byte[] sealed = Files.readAllBytes(file);
        for (int place : new int[] {0, 65_535, 65_536, 150_000, SIZE - 1}) {
            byte[] bytes = sealed.clone();
            bytes[place] ^= 0x10;
            Files.write(file, bytes);
            assertNull(noteOf(file, CLAIM), "byte " + place);
        }
        Files.write(file, Arrays.copyOf(sealed, SIZE - 1));
        assertNull(noteOf(file, CLAIM), "shorter");
        Files.write(file, Arrays.copyOf(sealed, SIZE + 1));
        assertNull(noteOf(file, CLAIM), "longer");
        byte[] swapped = sealed.clone();
        System.arraycopy(sealed, 0, swapped, 65_536, 65_536);
        System.arraycopy(sealed, 65_536, swapped, 0, 65_536);
        Files.write(file, swapped);
        assertNull(noteOf(file, CLAIM), "blocks exchanged");
        Files.write(file, sealed);
        assertNotNull(noteOf(file, CLAIM), "the same again");
    }

    @Test
    void shouldSayNothingIfItsNoteWasChangedOrItIsNoSeal() throws IOException {
        replace(SEAL);
        ByteBuffer value = ByteBuffer.allocate(100);
        view(file).read(FileSeal.ATTRIBUTE, value);
        value.flip().put(value.limit() - 1, (byte) '9');
        view(file).write(FileSeal.ATTRIBUTE, value);
        assertNull(noteOf(file, CLAIM));
        for (int length : new int[] {0, 3, 16, 255, 256, 1000}) {
            view(file).write(FileSeal.ATTRIBUTE, ByteBuffer.wrap(new byte[length]));
            assertNull(noteOf(file, CLAIM), length + " bytes");
        }
    }

    @Test
    void shouldSealWhatNeedsNoChange() throws IOException {
        FileTime longAgo = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(file, longAgo);
        seal(file);
        assertArrayEquals(NOTE, noteOf(file, CLAIM));
        assertEquals(longAgo, Files.getLastModifiedTime(file));
        Object changed = Files.getAttribute(file, "unix:ctime");
        seal(file);
        assertEquals(changed, Files.getAttribute(file, "unix:ctime"), "a seal that is there is not set again");
    }

    @Test
    void shouldNotSealWhatHasChangedMeanwhile() throws IOException {
        BasicFileAttributes before = stamp(file);
        try (FileInput content = new FileInput(file)) {
            Files.write(file, new byte[SIZE + 1]);
            AtomicFile.seal(file, before, content, SEAL);
        }
        assertEquals(List.of(), view(file).list());
    }

    /** The mode comes last, as it may forbid to write attributes. */
    @Test
    void shouldSealAFileThatNobodyMayWriteTo() throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        Path target = Files.copy(file, folder.resolve("b.ko"), StandardCopyOption.COPY_ATTRIBUTES);
        AtomicFile.copy(file, stamp(file), new FileChange(SIZE, List.of()).sealed(SEAL), target);
        assertArrayEquals(NOTE, noteOf(target, CLAIM));
        assertNull(noteOf(file, CLAIM));
    }

    @Test
    void shouldTravelWithACopyThatKeepsAttributes() throws IOException {
        seal(file);
        Path with = Files.copy(file, folder.resolve("with"), StandardCopyOption.COPY_ATTRIBUTES);
        Path without = Files.copy(file, folder.resolve("without"));
        assertArrayEquals(NOTE, noteOf(with, CLAIM));
        assertNull(noteOf(without, CLAIM));
    }

    /** Where there are no such attributes, as on many file systems of networks, and in {@code /proc}. */
    @Test
    void shouldDoNothingWhereThereAreNoAttributes() throws IOException {
        Path odd = Path.of("/proc/self/comm");
        FileSeal.put(odd, new byte[20]);
        FileSeal.remove(odd);
        assertNull(FileSeal.find(odd, new ArrayInput(NOTE), CLAIM));
    }

    // ---- the digest

    @Test
    void shouldTellUnitsApart() throws IOException {
        Set<String> digests = new HashSet<>();
        byte[] ab = {'a', 'b'};
        byte[] a = {'a'};
        byte[] b = {'b'};
        digests.add(Arrays.toString(new ContentDigest().add(ab).finish()));
        digests.add(Arrays.toString(new ContentDigest().add(a).add(b).finish()));
        digests.add(Arrays.toString(new ContentDigest().add(b).add(a).finish()));
        digests.add(Arrays.toString(new ContentDigest().add(new ArrayInput(ab)).finish()));
        digests.add(Arrays.toString(new ContentDigest()
                .add(new ArrayInput(a))
                .add(new ArrayInput(b))
                .finish()));
        digests.add(Arrays.toString(
                new ContentDigest().add(new ArrayInput(new byte[0])).finish()));
        digests.add(Arrays.toString(new ContentDigest().finish()));
        assertEquals(7, digests.size());
        assertFalse(digests.contains(Arrays.toString(new byte[32])));
        assertTrue(digests.contains(Arrays.toString(new ContentDigest().add(ab).finish())), "the same each time");
    }

    /** Words of zeros and ones have sums that a weaker digest would not tell apart. */
    @Test
    void shouldTellZerosOfAnyLengthApart() throws IOException {
        Set<String> digests = new HashSet<>();
        for (int length = 0; length < 300; length++) {
            digests.add(Arrays.toString(
                    new ContentDigest().add(new ArrayInput(new byte[length])).finish()));
        }
        assertEquals(300, digests.size());
    }
}
