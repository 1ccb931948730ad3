package org.btfkit.internal.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.btfkit.BtfException;

/**
 * A bootable kernel other than a bzImage: what kind it is, and what is packed in it.
 *
 * <p>Some hold the kernel as it lies in memory, without ELF headers (an {@code Image}), some pack that once more:
 *
 * <ul>
 *   <li>arm64, riscv64 and loongarch64 {@code Image}: plain; a magic number at 0x38 of its header
 *   <li>EFI zboot ({@code vmlinuz.efi}): "zimg" at 4, then offset and size of a compressed Image
 *   <li>Android {@code boot.img}, versions 0 to 4: the kernel begins on the second page
 *   <li>U-Boot {@code uImage}: a header of 64 bytes, big-endian
 *   <li>arm {@code zImage} and s390x {@code bzImage}: somewhere within, compressed
 * </ul>
 *
 * <p>The sources are the kernel's documents arm64/booting, riscv/boot-image-header and its zboot header, Android's
 * {@code bootimg.h}, and U-Boot's {@code image.h}. No size is believed that the file is too short for.
 */
public final class BootImage {
    /** What every message says at its end. */
    private static final String ELSEWHERE =
            "; the BTF of a kernel is also in /sys/kernel/btf/vmlinux where it runs, and in the vmlinux of its"
                    + " linux-headers or debug package";

    /** More than any kernel; what address space x86 has for one. */
    private static final int MAX_KERNEL_BYTES = 1 << 30;

    /** Far more than a kernel shrinks; keeps a few bytes from claiming much memory. */
    private static final int MAX_RATIO = 4096;

    /** Images within images: a boot.img with a zboot image with an Image, compressed, is the most that makes sense. */
    private static final int MAX_NESTING = 6;

    /** Places that look like compressed data that are tried. */
    private static final int MAX_TRIES = 64;

    private static final int HEAD = 0x40;
    private static final int S390_MARK = 0x10008;
    private static final int UIMAGE_MAGIC = 0x27051956;
    private static final int UIMAGE_HEADER = 64;
    private static final int UIMAGE_MULTI = 4;

    private BootImage() {}

    /** What kinds there are, in words for messages. */
    private enum Kind {
        ARM64("an arm64 Image"),
        RISCV("a riscv64 Image"),
        LOONGARCH("a loongarch64 Image"),
        ZBOOT("an EFI zboot image"),
        ANDROID("an Android boot image"),
        ANDROID_VENDOR("an Android vendor boot image, which has no kernel"),
        UIMAGE("a U-Boot image (uImage)"),
        ARM("an arm zImage"),
        S390("an s390x kernel image"),
        FIT("a device tree or FIT image (dtb, itb)"),
        EFI("an EFI program");

        private final String words;

        Kind(String words) {
            this.words = words;
        }
    }

    /**
     * A kernel as it lies in memory, or an ELF file or bzImage that was packed.
     *
     * @param what what the file is, for messages
     * @param content the unpacked bytes
     */
    public record Kernel(String what, RandomInput content) {}

    /**
     * Unpacks a kernel.
     *
     * @param image the file
     * @param source where it came from, for messages
     * @return the kernel, or null if the file is no such image
     * @throws IOException if reading fails
     * @throws BtfException if it is damaged, or packs what is not known
     */
    public static Kernel kernel(RandomInput image, String source) throws IOException {
        Kind outer = detect(image);
        if (outer == null) {
            return null;
        }
        RandomInput content = image;
        Kind kind = outer;
        for (int depth = 0; depth < MAX_NESTING; depth++) {
            if (kind == null) {
                Compression compression = compression(content);
                if (compression == Compression.NONE) {
                    return new Kernel(outer.words, content);
                }
                content = decompress(compression, content, source + ": " + outer.words);
            } else {
                RandomInput payload = payload(kind, content, source);
                if (payload == null) {
                    return new Kernel(outer.words, content);
                }
                content = payload;
            }
            kind = detect(content);
        }
        throw new BtfException(source + ": " + outer.words + " with images in images, more than " + MAX_NESTING);
    }

    /**
     * Words the failure for an image in which there is no BTF.
     *
     * @param kernel the kernel
     * @param source where it came from
     * @return the message
     */
    public static String withoutBtf(Kernel kernel, String source) {
        return source + ": " + kernel.what + " without BTF that could be found" + ELSEWHERE;
    }

    private static Compression compression(RandomInput content) throws IOException {
        return Compression.detect(content.read(0, (int) Math.min(Compression.MAGIC_BYTES, content.size())));
    }

    private static Kind detect(RandomInput image) throws IOException {
        ByteBuffer head = ByteBuffer.wrap(Arrays.copyOf(image.read(0, (int) Math.min(HEAD, image.size())), HEAD))
                .order(ByteOrder.LITTLE_ENDIAN);
        boolean isPe = head.get(0) == 'M' && head.get(1) == 'Z';
        int magic = head.getInt(0x38);
        if (magic == 0x644d5241) { // "ARM\x64"
            return Kind.ARM64;
        } else if (magic == 0x05435352 || head.getLong(0x30) == 0x5643534952L) { // "RSC\x05", "RISCV"
            return Kind.RISCV;
        } else if (isPe && head.getInt(4) == 0x676d697a) { // "zimg"
            return Kind.ZBOOT;
        } else if (isPe && magic == 0x818223cd) {
            return Kind.LOONGARCH;
        } else if (head.getInt(0x24) == 0x016f2818 || head.getInt(0x24) == 0x18286f01) {
            return Kind.ARM;
        } else if (head.getLong(0) == 0x2144494f52444e41L) { // "ANDROID!"
            return Kind.ANDROID;
        } else if (head.getLong(0) == 0x544f4f4252444e56L) { // "VNDRBOOT"
            return Kind.ANDROID_VENDOR;
        } else if (Integer.reverseBytes(head.getInt(0)) == UIMAGE_MAGIC) {
            return Kind.UIMAGE;
        } else if (Integer.reverseBytes(head.getInt(0)) == 0xd00dfeed) {
            return Kind.FIT;
        } else if (image.size() >= S390_MARK + 6
                && Arrays.equals(image.read(S390_MARK, 6), new byte[] {'S', '3', '9', '0', 'E', 'P'})) {
            return Kind.S390;
        }
        return isPe && !KernelImage.isKernelImage(image) ? Kind.EFI : null;
    }

    /** Returns what a container has for its kernel; null if the image is the kernel itself. */
    private static RandomInput payload(Kind kind, RandomInput image, String source) throws IOException {
        String where = source + ": " + kind.words;
        ByteBuffer head = ByteBuffer.wrap(Arrays.copyOf(image.read(0, (int) Math.min(HEAD, image.size())), HEAD))
                .order(ByteOrder.LITTLE_ENDIAN);
        return switch (kind) {
            case ARM64, RISCV, LOONGARCH, EFI -> null;
            case ARM, S390 -> unpackSomewhere(image, where);
            case ZBOOT -> {
                RandomInput packed = part(image, unsigned(head.getInt(8)), unsigned(head.getInt(12)), where);
                if (compression(packed) == Compression.NONE) {
                    throw new BtfException(where + " compressed as '" + text(head, 24, 32) + "', of which nothing is"
                            + " known here" + ELSEWHERE);
                }
                yield packed;
            }
            case ANDROID -> {
                long size = unsigned(head.getInt(8));
                int version = head.getInt(0x28);
                long page = version == 3 || version == 4 ? 4096 : unsigned(head.getInt(0x24));
                yield part(image, page, size, where);
            }
            case UIMAGE -> {
                head.order(ByteOrder.BIG_ENDIAN);
                long size = unsigned(head.getInt(12));
                if (head.get(30) != UIMAGE_MULTI) {
                    yield part(image, UIMAGE_HEADER, size, where);
                }
                yield firstOf(part(image, UIMAGE_HEADER, size, where), where);
            }
            case ANDROID_VENDOR, FIT -> throw new BtfException(where + ", expected a kernel" + ELSEWHERE);
        };
    }

    /** Several files in one begin with their sizes, up to one that is 0. */
    private static RandomInput firstOf(RandomInput files, String where) throws IOException {
        for (long at = 0; at + 4 <= Math.min(files.size(), 4096); at += 4) {
            if (files.readInts(at, 1, ByteOrder.BIG_ENDIAN)[0] == 0) {
                return part(files, at + 4, unsigned(files.readInts(0, 1, ByteOrder.BIG_ENDIAN)[0]), where);
            }
        }
        throw new BtfException(where + " with a list of files that does not end");
    }

    private static RandomInput part(RandomInput image, long at, long size, String where) {
        if (size == 0 || at > image.size() || size > image.size() - at) {
            throw new BtfException(where + " with its kernel at " + at + ".." + (at + size) + ", expected within its "
                    + image.size() + " bytes");
        }
        return image.slice(at, size);
    }

    private static RandomInput decompress(Compression compression, RandomInput packed, String where)
            throws IOException {
        if (packed.size() > MAX_KERNEL_BYTES) {
            throw new BtfException(
                    where + " with " + packed.size() + " compressed bytes, expected at most " + MAX_KERNEL_BYTES);
        }
        byte[] bytes = packed.read(0, (int) packed.size());
        int limit = (int) Math.min(MAX_KERNEL_BYTES, (long) MAX_RATIO * bytes.length);
        return new ArrayInput(compression.decompress(bytes, where, limit, true));
    }

    /**
     * Finds compressed data by trying what looks like it, as nothing tells where it is; the first that can be
     * decompressed and is larger than what is left of the file is the kernel.
     */
    private static RandomInput unpackSomewhere(RandomInput image, String where) throws IOException {
        if (image.size() > MAX_KERNEL_BYTES) {
            throw new BtfException(where + " of " + image.size() + " bytes, expected at most " + MAX_KERNEL_BYTES);
        }
        byte[] bytes = image.read(0, (int) image.size());
        int tries = 0;
        for (int at = 0; at + Compression.MAGIC_BYTES < bytes.length && tries < MAX_TRIES; at++) {
            if (!mayBegin(bytes[at])) {
                continue;
            }
            Compression compression = Compression.detect(Arrays.copyOfRange(bytes, at, at + Compression.MAGIC_BYTES));
            boolean isGzip = compression == Compression.GZIP && bytes[at + 2] == 8 && (bytes[at + 3] & 0xe0) == 0;
            if (compression == Compression.NONE || compression == Compression.GZIP && !isGzip) {
                continue;
            }
            tries++;
            try {
                RandomInput rest = new ArrayInput(bytes).slice(at, (long) bytes.length - at);
                RandomInput plain = decompress(compression, rest, where);
                if (plain.size() >= rest.size()) {
                    return plain;
                }
            } catch (BtfException e) {
                // No compressed data after all: look on.
            }
        }
        return null;
    }

    private static boolean mayBegin(byte b) {
        return switch (b) {
            case 0x1f, (byte) 0xfd, 0x28, 0x04, 0x02, 'B', (byte) 0x89, 0x5d -> true;
            default -> false;
        };
    }

    private static long unsigned(int word) {
        return word & 0xffffffffL;
    }

    private static String text(ByteBuffer head, int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to && head.get(i) >= ' '; i++) {
            text.append((char) head.get(i));
        }
        return text.toString();
    }
}
