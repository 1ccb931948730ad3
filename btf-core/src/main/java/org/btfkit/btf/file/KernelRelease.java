package org.btfkit.btf.file;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.btfkit.elf.ElfFile;
import org.btfkit.elf.ElfSection;
import org.btfkit.internal.io.ContentAccess;
import org.btfkit.internal.io.RandomInput;

/**
 * Finds out of which kernel a file is, as {@code uname -r} says it: {@code 6.12.117+deb12-cloud-amd64}.
 *
 * <ul>
 *   <li>A module says it in {@code .modinfo}: the first word of {@code vermagic}.
 *   <li>A vmlinux has it in its banner, {@code Linux version RELEASE (...}, near the start of {@code .rodata}.
 *   <li>Beside the vmlinux of a build tree, or of a package for building modules, which may have nothing but BTF in it,
 *       stands {@code include/config/kernel.release}.
 *   <li>{@code /sys/kernel/btf/vmlinux} is of the kernel that runs.
 * </ul>
 *
 * <p>Costs a read of some 64 KiB at most. What cannot be read is not known, which is no failure.
 */
final class KernelRelease {
    private static final Path RUNNING_VMLINUX = Path.of("/sys/kernel/btf/vmlinux");
    private static final Path RUNNING_RELEASE = Path.of("/proc/sys/kernel/osrelease");
    private static final Path TREE_RELEASE = Path.of("include/config/kernel.release");
    private static final byte[] VERMAGIC = "vermagic=".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BANNER = "Linux version ".getBytes(StandardCharsets.US_ASCII);

    /** The banner is of the first object that is linked; it stands some hundred bytes from the start. */
    private static final int BANNER_WITHIN = 1 << 16;

    /** Far more than any module says of itself. */
    private static final int MODINFO_BYTES = 1 << 20;

    private KernelRelease() {}

    /** Returns the release that an ELF file says of itself, or null. */
    static String of(ElfFile elf) throws IOException {
        String vermagic = wordAfter(VERMAGIC, head(elf, ".modinfo", MODINFO_BYTES));
        return vermagic != null ? vermagic : wordAfter(BANNER, head(elf, ".rodata", BANNER_WITHIN));
    }

    /** Returns the release that the place of a file tells, or null. */
    static String ofPlace(Path file) {
        Path beside = file.resolveSibling(TREE_RELEASE);
        Path said = file.equals(RUNNING_VMLINUX) ? RUNNING_RELEASE : beside;
        try {
            String release = Files.isReadable(said) ? Files.readString(said).trim() : "";
            return release.isEmpty() ? null : release;
        } catch (IOException e) {
            return null; // not known; whatever is wrong with that file is nothing to who has BTF to read
        }
    }

    private static byte[] head(ElfFile elf, String sectionName, int most) throws IOException {
        for (ElfSection section : elf.sections()) {
            if (section.name().equals(sectionName) && section.hasBytes()) {
                RandomInput content =
                        ContentAccess.<ElfFile, ElfSection>to(ElfFile.class).content(elf, section);
                return content.read(0, (int) Math.min(most, content.size()));
            }
        }
        return new byte[0];
    }

    /** Returns what stands between a mark at the start of a string and the next space or end; null if nothing does. */
    private static String wordAfter(byte[] mark, byte[] bytes) {
        for (int at = 0; at + mark.length < bytes.length; at++) {
            if ((at == 0 || bytes[at - 1] == 0) && startsWith(bytes, at, mark)) {
                int from = at + mark.length;
                int to = from;
                while (to < bytes.length && bytes[to] > ' ') {
                    to++;
                }
                return to == from ? null : new String(bytes, from, to - from, StandardCharsets.UTF_8);
            }
        }
        return null;
    }

    private static boolean startsWith(byte[] bytes, int at, byte[] mark) {
        for (int i = 0; i < mark.length; i++) {
            if (bytes[at + i] != mark[i]) {
                return false;
            }
        }
        return true;
    }
}
