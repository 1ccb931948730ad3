package org.btfkit.cli.input;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.btfkit.BtfException;
import org.btfkit.btf.format.BtfHeader;

/** Finds the files with BTF in a folder: raw BTF as in /sys/kernel/btf, and kernel modules, however they are packed. */
public final class BtfFolder {
    /** The file in a folder that the others are split on. */
    public static final String VMLINUX = "vmlinux";

    private static final Pattern MODULE_OR_BTF = Pattern.compile(".*\\.(ko|btf|o)(\\.(gz|xz|zst))?");

    /** A kernel that is called as distributions call theirs, with its version. */
    private static final Pattern KERNEL = Pattern.compile("vmlinu[xz]-\\d.*");

    private static final Pattern MODULE = Pattern.compile(".*\\.ko(\\.(gz|xz|zst))?");

    private BtfFolder() {}

    /**
     * Returns a file itself, or the files in a folder and those below it: first vmlinux, then by name. What is linked
     * to from there is left out, as a folder of modules links to the kernel's sources.
     *
     * @param path the file or folder
     * @return the files, one at least
     * @throws IOException if the folder cannot be read
     * @throws BtfException if there is none in the folder
     */
    public static List<Path> expand(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (Stream<Path> found = Files.walk(path)) {
            List<Path> files = found.filter(Files::isRegularFile)
                    .filter(file -> !Files.isSymbolicLink(file))
                    .filter(BtfFolder::hasBtf)
                    .sorted(Comparator.comparing((Path file) -> !file.equals(path.resolve(VMLINUX)))
                            .thenComparing(file -> file))
                    .toList();
            if (files.isEmpty()) {
                throw new BtfException(path + ": no BTF in this folder, expected raw BTF or modules (*.ko, *.ko.xz)");
            }
            return files;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /**
     * Returns a file itself, or the modules in a folder and those below it: all but kernels, by their names.
     *
     * @param path the file or folder
     * @return the files, one at least
     * @throws IOException if the folder cannot be read
     * @throws BtfException if there is none in the folder
     */
    public static List<Path> modules(Path path) throws IOException {
        return expand(path, "modules in this folder", file -> !isNamedAsKernel(file));
    }

    /**
     * Returns a file itself, or the kernels in a folder and those below it: by their names, or raw BTF that is not
     * split.
     *
     * @param path the file or folder
     * @return the files, one at least
     * @throws IOException if the folder cannot be read
     * @throws BtfException if there is none in the folder
     */
    public static List<Path> kernels(Path path) throws IOException {
        return expand(
                path,
                "kernels in this folder (vmlinux, vmlinuz-VERSION, *.btf)",
                file -> isNamedAsKernel(file) || file.toString().endsWith(".btf") && !isRawSplit(file));
    }

    private static List<Path> expand(Path path, String wanted, Predicate<Path> isWanted) throws IOException {
        List<Path> files = expand(path);
        if (!Files.isDirectory(path)) {
            return files;
        }
        List<Path> found = files.stream().filter(isWanted).toList();
        if (found.isEmpty()) {
            throw new BtfException(path + ": no " + wanted + ", only " + files.get(0));
        }
        return found;
    }

    /**
     * Tells whether a file in a folder is a kernel by its name, and so no module.
     *
     * @param file the file
     * @return whether it is called as kernels are
     */
    public static boolean isNamedAsKernel(Path file) {
        String name = file.getFileName().toString();
        return name.equals(VMLINUX) || KERNEL.matcher(name).matches();
    }

    /**
     * Tells whether a file is a module: by its name, or if it is raw BTF, as in {@code /sys/kernel/btf}, since its
     * strings go on where those of a base end.
     *
     * @param file the file
     * @return whether it is a module
     */
    public static boolean isModule(Path file) {
        return isNamedAsModule(file) || !isNamedAsKernel(file) && isRawSplit(file);
    }

    /**
     * Tells whether a file is called as modules are.
     *
     * @param file the file
     * @return whether it is
     */
    public static boolean isNamedAsModule(Path file) {
        return MODULE.matcher(file.toString()).matches();
    }

    /** Tells whether a file is raw BTF that is split; not so what is compressed, or cannot be read. */
    private static boolean isRawSplit(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] start = in.readNBytes(BtfHeader.SHORT_LENGTH);
            ByteBuffer header = ByteBuffer.wrap(Arrays.copyOf(start, BtfHeader.SHORT_LENGTH));
            if (header.getShort(0) != (short) BtfHeader.MAGIC) {
                header.order(ByteOrder.LITTLE_ENDIAN);
            }
            if (header.getShort(0) != (short) BtfHeader.MAGIC) {
                return false;
            }
            long strings = header.getInt(BtfHeader.HDR_LEN_OFFSET) + (long) header.getInt(BtfHeader.STR_OFF_OFFSET);
            in.skipNBytes(Math.max(0, strings - BtfHeader.SHORT_LENGTH));
            return in.read() > 0;
        } catch (IOException e) {
            return false; // damaged, or unreadable: said when it is read
        }
    }

    /**
     * By its name, or if that does not tell, by its first bytes; a version as in {@code 6.12.117} looks like a suffix.
     * One without a suffix that cannot be read is not left out in silence.
     */
    private static boolean hasBtf(Path file) {
        String name = file.getFileName().toString();
        if (isNamedAsKernel(file) || MODULE_OR_BTF.matcher(name).matches()) {
            return true;
        }
        try (InputStream in = Files.newInputStream(file)) {
            int first = in.read();
            int second = in.read();
            return (first | second << 8) == BtfHeader.MAGIC || (second | first << 8) == BtfHeader.MAGIC;
        } catch (IOException e) {
            return name.indexOf('.') < 0;
        }
    }
}
