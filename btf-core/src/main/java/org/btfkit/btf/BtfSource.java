package org.btfkit.btf;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.elf.ElfFile;
import org.btfkit.elf.ElfSection;
import org.btfkit.internal.io.ArrayInput;
import org.btfkit.internal.io.InputFile;
import org.btfkit.internal.io.KernelImage;
import org.btfkit.internal.io.RandomInput;

/**
 * Finds BTF in a file: raw BTF, such as {@code /sys/kernel/btf/vmlinux}, or an ELF file with a {@code .BTF} section;
 * either may be compressed with gzip, xz or zstd. Of a bootable x86 kernel ({@code vmlinuz}) it takes the vmlinux that
 * is packed in it.
 *
 * <p>An ELF file may also have a {@code .BTF.base} section with a distilled base, which then is the base of its
 * {@code .BTF}, as in libbpf's {@code btf__parse_split}. From its class comes {@link Btf#pointerSize}.
 */
public final class BtfSource implements Closeable {
    /** Name of the ELF section with BTF. */
    public static final String BTF_SECTION = ".BTF";

    /** Name of the ELF section with a distilled base. */
    public static final String BASE_SECTION = ".BTF.base";

    /** Name of the ELF section with what BPF objects say of their instructions. */
    public static final String EXT_SECTION = ".BTF.ext";

    private final String name;
    private final Path path;
    private final ElfFile elf;
    private final boolean closesElf;
    private final RandomInput raw;
    private final boolean isKernelImage;

    /** What is known of raw BTF that was cut out of an ELF file; 0 if nothing is. */
    private final int pointerSize;

    private BtfSource(Path path, ElfFile elf, boolean closesElf, RandomInput raw, boolean isKernelImage) {
        this.name = path.toString();
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
                return new BtfSource(path, ElfFile.of(file), true, null, false);
            }
            if (KernelImage.isKernelImage(content)) {
                byte[] kernel = KernelImage.kernel(content, path.toString());
                InputFile unpacked = new InputFile(path, new ArrayInput(kernel), file.compression());
                BtfSource source = new BtfSource(path, ElfFile.of(unpacked), true, null, true);
                content.close();
                return source;
            }
            return new BtfSource(path, null, false, content, false);
        } catch (IOException | RuntimeException e) {
            file.content().close();
            throw e;
        }
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
        String said = elf == null ? null : KernelRelease.of(elf);
        return said != null ? said : KernelRelease.ofPlace(path);
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
     * Tells whether there is BTF.
     *
     * @return false if this is an ELF file without {@code .BTF}
     */
    public boolean hasBtf() {
        return raw != null || hasSection(BTF_SECTION);
    }

    /**
     * Parses the distilled base.
     *
     * @return the BTF of {@code .BTF.base}, or null if there is none
     * @throws IOException if reading fails
     * @throws BtfFormatException if it is damaged
     */
    public Btf distilledBase() throws IOException {
        return raw == null && hasSection(BASE_SECTION) ? parse(BASE_SECTION, null) : null;
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
        Btf btf = raw != null ? Btf.parse(raw, base, name).withPointerSize(pointerSize) : parse(BTF_SECTION, base);
        return btf.withKernelRelease(kernelRelease());
    }

    /**
     * Parses what a BPF object says of its instructions.
     *
     * @return the data of {@code .BTF.ext}, or null if there is none
     * @throws IOException if reading fails
     * @throws BtfException if it is damaged
     */
    public BtfExt ext() throws IOException {
        if (raw != null || !hasSection(EXT_SECTION)) {
            return null;
        }
        RandomInput content = content(EXT_SECTION);
        if (content.size() > Integer.MAX_VALUE - 8) {
            throw new BtfUnsupportedException(
                    label(EXT_SECTION) + ": " + content.size() + " bytes, expected less than 2 GiB");
        }
        return BtfExt.parse(content.read(0, (int) content.size()), label(EXT_SECTION));
    }

    /**
     * Reads split BTF as far as that can be done without its base.
     *
     * @return a view on its own types
     * @throws IOException if reading fails
     * @throws BtfException if there is none or it is damaged
     */
    public DetachedSplit detachedSplit() throws IOException {
        return raw != null
                ? DetachedSplit.parse(raw, name)
                : DetachedSplit.parse(content(BTF_SECTION), label(BTF_SECTION));
    }

    /**
     * Looks behind the last section of the BTF, where nothing should be.
     *
     * @return what is there, or null if nothing is
     * @throws IOException if reading fails
     * @throws BtfException if there is no BTF or its header is damaged
     */
    public BtfTrailer trailer() throws IOException {
        return raw != null ? BtfTrailer.find(raw, name) : BtfTrailer.find(content(BTF_SECTION), label(BTF_SECTION));
    }

    /**
     * Looks behind the last section of the distilled base.
     *
     * @return what is there, or null if nothing is or there is no distilled base
     * @throws IOException if reading fails
     * @throws BtfException if the header of the distilled base is damaged
     */
    public BtfTrailer baseTrailer() throws IOException {
        boolean hasBase = raw == null && hasSection(BASE_SECTION);
        return hasBase ? BtfTrailer.find(content(BASE_SECTION), label(BASE_SECTION)) : null;
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
        RandomInput content = raw != null ? raw : content(BTF_SECTION);
        long start = 0;
        for (BtfTrailer trailer = trailer(); trailer != null && trailer.isBtf(); ) {
            start += trailer.next();
            String at = "+0x" + Long.toHexString(start) + ")";
            String partName = name + (raw != null ? "(" + at : "(" + BTF_SECTION + at);
            BtfSource part = new BtfSource(this, content.slice(start, content.size() - start), partName);
            parts.add(part);
            trailer = part.trailer();
        }
        return parts;
    }

    /** Tells whether what BPF objects say of their instructions is there, whose strings are those of the BTF. */
    boolean hasExt() {
        return raw == null && hasSection(EXT_SECTION);
    }

    /** The bytes of the BTF. */
    byte[] bytes() throws IOException {
        RandomInput content = raw != null ? raw : content(BTF_SECTION);
        return content.read(0, (int) content.size());
    }

    private boolean hasSection(String sectionName) {
        ElfSection section = elf.section(sectionName);
        return section != null && section.hasBytes();
    }

    private Btf parse(String sectionName, Btf base) throws IOException {
        Btf btf = Btf.parse(content(sectionName), base, label(sectionName));
        // Of the same size as addresses, as libbpf takes it, whatever size "long" has.
        return btf.withPointerSize(elf.is64() ? 8 : 4);
    }

    private String label(String sectionName) {
        return name + "(" + sectionName + ")";
    }

    private RandomInput content(String sectionName) throws IOException {
        if (!hasSection(sectionName)) {
            throw new BtfException(name + ": has no " + sectionName + " section");
        }
        ElfSection section = elf.section(sectionName);
        if ((section.flags() & ElfSection.SHF_COMPRESSED) != 0) {
            throw new BtfUnsupportedException(name + ": section " + section + " is compressed, expected plain BTF");
        }
        return elf.content(section);
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
