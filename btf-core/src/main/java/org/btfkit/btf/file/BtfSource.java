package org.btfkit.btf.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.BtfUnsupportedException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.ext.BtfExt;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.elf.ElfFile;
import org.btfkit.elf.ElfSection;
import org.btfkit.internal.io.ArrayInput;
import org.btfkit.internal.io.BootImage;
import org.btfkit.internal.io.ContentAccess;
import org.btfkit.internal.io.InputFile;
import org.btfkit.internal.io.KernelImage;
import org.btfkit.internal.io.PlainContent;
import org.btfkit.internal.io.RandomInput;

/**
 * Finds BTF in a file: raw BTF, such as {@code /sys/kernel/btf/vmlinux}, or an ELF file with a {@code .BTF} section;
 * either may be compressed with gzip, xz, zstd, lz4, lzma, bzip2 or lzo. Of a bootable x86 kernel ({@code vmlinuz}) it
 * takes the vmlinux that is packed in it; in other kernels' images ({@code Image}, zboot, {@code zImage},
 * {@code boot.img}, {@code uImage}) it looks for the BTF itself.
 *
 * <p>An ELF file may also have a {@code .BTF.base} section with a distilled base, which then is the base of its
 * {@code .BTF}, as in libbpf's {@code btf__parse_split}. From its class comes {@link Btf#pointerSize}.
 *
 * <p>Not safe for use by several threads.
 */
public final class BtfSource implements Closeable {
    private final String name;
    private final Path path;
    private final ElfFile elf;
    private final boolean closesElf;
    private final RandomInput raw;
    private final boolean isKernelImage;

    /** What is known of raw BTF that was cut out of an ELF file; 0 if nothing is. */
    private final int pointerSize;

    /** The kernel that this is of or for; asked for more than once, and read only when it is. */
    private String release;

    private boolean isReleaseKnown;

    private BtfSource(Path path, ElfFile elf, boolean closesElf, RandomInput raw, boolean isKernelImage) {
        this(path.toString(), path, elf, closesElf, raw, isKernelImage);
    }

    private BtfSource(String name, Path path, ElfFile elf, boolean closesElf, RandomInput raw, boolean isKernelImage) {
        this.name = name;
        this.path = path;
        this.elf = elf;
        this.closesElf = closesElf;
        this.raw = raw;
        this.isKernelImage = isKernelImage;
        this.pointerSize = 0;
    }

    /** A part of the data of a source, which goes on owning it. */
    private BtfSource(BtfSource whole, RandomInput part, String name) {
        this.name = name;
        this.path = whole.path;
        this.elf = null;
        this.closesElf = false;
        this.raw = part;
        this.isKernelImage = false;
        this.pointerSize = whole.elf == null ? whole.pointerSize : whole.elf.is64() ? 8 : 4;
    }

    /**
     * Opens a file.
     *
     * @param path raw BTF, ELF or a bootable kernel, plain or compressed
     * @return the open source
     * @throws IOException if it cannot be read
     * @throws BtfException if it is damaged
     */
    public static BtfSource open(Path path) throws IOException {
        InputFile file = InputFile.open(path);
        try {
            RandomInput content = file.content();
            byte[] head = content.read(0, (int) Math.min(4, content.size()));
            if (ElfFile.isElf(head)) {
                return new BtfSource(
                        path,
                        ContentAccess.<ElfFile, ElfSection>to(ElfFile.class).open(file),
                        true,
                        null,
                        false);
            }
            BootImage.Kernel kernel = BootImage.kernel(content, path.toString());
            if (kernel != null) {
                return ofKernel(file, kernel);
            }
            if (KernelImage.isKernelImage(content)) {
                return ofVmlinux(file, content);
            }
            return new BtfSource(path, null, false, content, false);
        } catch (IOException | RuntimeException e) {
            file.content().close();
            throw e;
        }
    }

    private static BtfSource ofKernel(InputFile file, BootImage.Kernel kernel) throws IOException {
        String name = file.path().toString();
        RandomInput image = kernel.content();
        if (KernelImage.isKernelImage(image)) {
            return ofVmlinux(file, image);
        }
        if (ElfFile.isElf(image.read(0, (int) Math.min(4, image.size())))) {
            return ofElf(file, image.read(0, Math.toIntExact(image.size())));
        }
        BtfScan.Place place = BtfScan.find(image);
        if (place == null) {
            throw new BtfException(BootImage.withoutBtf(kernel, name));
        }
        RandomInput part = image.slice(place.offset(), place.length());
        RandomInput raw = new RandomInput() {
            @Override
            public long size() {
                return part.size();
            }

            @Override
            public void read(long position, byte[] into, int at, int length) throws IOException {
                part.read(position, into, at, length);
            }

            @Override
            public void close() throws IOException {
                file.content().close();
            }
        };
        return new BtfSource(
                name + "(BTF at 0x" + Long.toHexString(place.offset()) + ")", file.path(), null, false, raw, false);
    }

    private static BtfSource ofVmlinux(InputFile file, RandomInput image) throws IOException {
        return ofElf(file, KernelImage.kernel(image, file.path().toString()));
    }

    private static BtfSource ofElf(InputFile file, byte[] elf) throws IOException {
        InputFile unpacked = new InputFile(file.path(), new ArrayInput(elf), file.compression());
        BtfSource source = new BtfSource(
                file.path(),
                ContentAccess.<ElfFile, ElfSection>to(ElfFile.class).open(unpacked),
                true,
                null,
                true);
        file.content().close();
        return source;
    }

    /**
     * Looks into an ELF file that is open already.
     *
     * @param elf the file; closing the source leaves it open
     * @return the source
     */
    public static BtfSource of(ElfFile elf) {
        return new BtfSource(elf.path(), elf, false, null, false);
    }

    /**
     * Parses the BTF of a file that needs no base, or brings its distilled base along.
     *
     * @param path raw BTF, ELF or a bootable kernel, plain or compressed
     * @return the BTF
     * @throws IOException if the file cannot be read
     * @throws BtfException if it has no BTF or damaged BTF
     */
    public static Btf load(Path path) throws IOException {
        return load(path, null);
    }

    /**
     * Parses the BTF of a file.
     *
     * @param path raw BTF, ELF or a bootable kernel, plain or compressed
     * @param base the base to use if the BTF is split and the file has no distilled base, or null
     * @return the BTF
     * @throws IOException if the file cannot be read
     * @throws BtfException if it has no BTF or damaged BTF
     */
    public static Btf load(Path path, Btf base) throws IOException {
        try (BtfSource source = open(path)) {
            Btf distilled = source.distilledBase();
            return source.btf(distilled != null ? distilled : base);
        }
    }

    /**
     * Tells of which kernel this is, or for which: a module by its {@code vermagic}, a vmlinux by its banner, by the
     * tree it stands in, or as the one that runs.
     *
     * @return the release as {@code uname -r} says it, or null if neither the file nor its place says so
     * @throws IOException if reading fails
     */
    public String kernelRelease() throws IOException {
        if (!isReleaseKnown) {
            String said = elf == null ? null : KernelRelease.of(elf);
            release = said != null ? said : KernelRelease.ofPlace(path);
            isReleaseKnown = true;
        }
        return release;
    }

    /**
     * Tells whether this is an ELF file, plain or compressed.
     *
     * @return false if it is raw BTF, or a bootable kernel that has an ELF file packed in it
     */
    public boolean isElf() {
        return raw == null && !isKernelImage;
    }

    /**
     * Returns the ELF file that the BTF is in; of a bootable x86 kernel the one that is packed in it.
     *
     * @return the file, which is open until this is closed; null if there is none
     */
    public ElfFile elf() {
        return elf;
    }

    /**
     * Tells whether there is BTF.
     *
     * @return false if this is an ELF file without {@code .BTF}
     */
    public boolean hasBtf() {
        return raw != null || hasSection(BtfSections.BTF);
    }

    /**
     * Parses the distilled base.
     *
     * @return the BTF of {@code .BTF.base}, or null if there is none
     * @throws IOException if reading fails
     * @throws BtfFormatException if it is damaged
     */
    public Btf distilledBase() throws IOException {
        return raw == null && hasSection(BtfSections.BASE) ? parse(BtfSections.BASE, null) : null;
    }

    /**
     * Parses the BTF.
     *
     * @param base the base that it is split on, or null
     * @return the BTF
     * @throws IOException if reading fails
     * @throws BtfException if there is none or it is damaged
     */
    public Btf btf(Btf base) throws IOException {
        requireNoPlainContent();
        Btf btf = raw != null
                ? FlatAccess.to(Btf.class).parse(raw, base, name).withPointerSize(pointerSize)
                : parse(BtfSections.BTF, base);
        return btf.withKernelRelease(kernelRelease());
    }

    /**
     * Makes of the BTF of a BPF object what libbpf hands to the kernel: with the sizes and places of variables that
     * only the ELF file has, and externs turned into variables. Of other files nothing changes.
     *
     * @param btf the BTF, as {@link #btf} gives it
     * @return BTF with the same ids, and maybe a type more; {@code btf} itself if this is no BPF object
     * @throws IOException if reading fails
     * @throws BtfException if libbpf would refuse the object for what its BTF says
     */
    public Btf asLoaded(Btf btf) throws IOException {
        return raw == null && btf.base() == null && LibbpfFixup.isBpfObject(elf) ? LibbpfFixup.apply(btf, elf) : btf;
    }

    /**
     * Parses what a BPF object says of its instructions.
     *
     * @return the data of {@code .BTF.ext}, or null if there is none
     * @throws IOException if reading fails
     * @throws BtfException if it is damaged
     */
    public BtfExt ext() throws IOException {
        if (raw != null || !hasSection(BtfSections.EXT)) {
            return null;
        }
        RandomInput content = content(BtfSections.EXT);
        if (content.size() > Integer.MAX_VALUE - 8) {
            throw new BtfUnsupportedException(
                    label(BtfSections.EXT) + ": " + content.size() + " bytes, expected less than 2 GiB");
        }
        return BtfExt.parse(content.read(0, (int) content.size()), label(BtfSections.EXT));
    }

    /**
     * Reads split BTF as far as that can be done without its base.
     *
     * @return a view on its own types
     * @throws IOException if reading fails
     * @throws BtfException if there is none or it is damaged
     */
    public DetachedSplit detachedSplit() throws IOException {
        requireNoPlainContent();
        return raw != null
                ? DetachedSplit.parse(raw, name)
                : DetachedSplit.parse(content(BtfSections.BTF), label(BtfSections.BTF));
    }

    /**
     * Checks that the BTF and its distilled base end with their last sections, as the kernel does.
     *
     * @throws IOException if reading fails
     * @throws BtfException if there is no BTF or a header is damaged
     * @throws BtfFormatException if bytes follow, with their offset
     */
    public void requireEnd() throws IOException {
        BtfTrailer.requireNone(baseTrailer());
        BtfTrailer.requireNone(trailer());
    }

    /**
     * Looks behind the last section of the BTF, where nothing should be.
     *
     * @return what is there, or null if nothing is
     * @throws IOException if reading fails
     * @throws BtfException if there is no BTF or its header is damaged
     */
    public BtfTrailer trailer() throws IOException {
        requireNoPlainContent();
        return raw != null
                ? BtfTrailer.find(raw, name)
                : BtfTrailer.find(content(BtfSections.BTF), label(BtfSections.BTF));
    }

    /**
     * Looks behind the last section of the distilled base.
     *
     * @return what is there, or null if nothing is or there is no distilled base
     * @throws IOException if reading fails
     * @throws BtfException if the header of the distilled base is damaged
     */
    public BtfTrailer baseTrailer() throws IOException {
        boolean hasBase = raw == null && hasSection(BtfSections.BASE);
        return hasBase ? BtfTrailer.find(content(BtfSections.BASE), label(BtfSections.BASE)) : null;
    }

    /**
     * Finds all BTFs that stand behind one another, as a linker leaves those of several objects: each has ids and
     * strings of its own.
     *
     * @return this one, then those that follow, which need not be closed and are read from this one as long as it is
     *     open
     * @throws IOException if reading fails
     * @throws BtfException if there is no BTF or one of the headers is damaged
     */
    public List<BtfSource> parts() throws IOException {
        List<BtfSource> parts = new ArrayList<>(List.of(this));
        RandomInput content = raw != null ? raw : content(BtfSections.BTF);
        long start = 0;
        for (BtfTrailer trailer = trailer(); trailer != null && trailer.isBtf(); ) {
            start += trailer.next();
            String at = "+0x" + Long.toHexString(start) + ")";
            String partName = name + (raw != null ? "(" + at : "(" + BtfSections.BTF + at);
            BtfSource part = new BtfSource(this, content.slice(start, content.size() - start), partName);
            parts.add(part);
            trailer = part.trailer();
        }
        return parts;
    }

    /**
     * Returns the sections of the file.
     *
     * @return in the order of their numbers; none if this is raw BTF
     */
    public List<ElfSection> sections() {
        return raw != null ? List.of() : elf.sections();
    }

    /**
     * Tells whether there is what BPF objects say of their instructions, whose ids and strings are those of the BTF.
     *
     * @return whether there is a {@code .BTF.ext} with bytes
     */
    public boolean hasExt() {
        return raw == null && hasSection(BtfSections.EXT);
    }

    /** Calls what is no BTF what it is, which says more than that its header is damaged. */
    private void requireNoPlainContent() throws IOException {
        String plain = raw == null ? "" : PlainContent.describe(raw);
        if (!plain.isEmpty()) {
            throw new BtfFormatException(name, "not BTF" + plain, 0, 0);
        }
    }

    /** The bytes of the BTF. */
    byte[] bytes() throws IOException {
        RandomInput content = raw != null ? raw : content(BtfSections.BTF);
        return content.read(0, (int) content.size());
    }

    private boolean hasSection(String sectionName) {
        ElfSection section = elf.section(sectionName);
        return section != null && section.hasBytes();
    }

    private Btf parse(String sectionName, Btf base) throws IOException {
        Btf btf = FlatAccess.to(Btf.class).parse(content(sectionName), base, label(sectionName));
        // Of the same size as addresses, as libbpf takes it, whatever size "long" has.
        return btf.withPointerSize(elf.is64() ? 8 : 4);
    }

    private String label(String sectionName) {
        return name + "(" + sectionName + ")";
    }

    private RandomInput content(String sectionName) throws IOException {
        if (!hasSection(sectionName)) {
            ElfSection empty = elf.section(sectionName);
            if (empty != null && empty.type() == ElfSection.SHT_NOBITS) {
                throw new BtfException(name + ": section " + empty + " has no bytes (NOBITS), as in a file of debug"
                        + " information; its BTF is in the file that this was split from");
            }
            throw new BtfException(name + ": has no " + sectionName + " section");
        }
        ElfSection section = elf.section(sectionName);
        if ((section.flags() & ElfSection.SHF_COMPRESSED) != 0) {
            throw new BtfUnsupportedException(name + ": section " + section + " is compressed, expected plain BTF");
        }
        return ContentAccess.<ElfFile, ElfSection>to(ElfFile.class).content(elf, section);
    }

    @Override
    public void close() throws IOException {
        if (raw != null) {
            raw.close();
        } else if (closesElf) {
            elf.close();
        }
    }
}
