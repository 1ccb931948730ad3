package org.btfkit.cli.make;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.build.BtfBuilder;
import org.btfkit.btf.ext.BtfExt;
import org.btfkit.btf.file.BtfSections;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.file.BtfTrailer;
import org.btfkit.cli.input.BtfInput;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.Syntax;
import org.btfkit.transform.ExtMerger;
import org.btfkit.transform.Merged;
import org.btfkit.transform.MergedExt;
import org.btfkit.transform.Merger;

/**
 * What a transformation starts from.
 *
 * @param path the file it came from
 * @param stamp the attributes that the file had before it was read
 * @param isElf whether that is an ELF file, which can be read again
 * @param btf its BTF
 * @param ext what a BPF object says of its instructions, or null
 * @param hasDistilledBase whether the file brings the base of its BTF along
 * @param joined of several objects with {@code ext}: how long the sections that it is of are together, by their names;
 *     else nothing
 */
record TransformInput(
        Path path,
        BasicFileAttributes stamp,
        boolean isElf,
        Btf btf,
        BtfExt ext,
        boolean hasDistilledBase,
        Map<String, Long> joined) {
    TransformInput(Path path, BasicFileAttributes stamp, boolean isElf, Btf btf, BtfExt ext, boolean hasDistilledBase) {
        this(path, stamp, isElf, btf, ext, hasDistilledBase, Map.of());
    }

    /** Adds what the commands say alike in their help: what inputs and output are, and examples. */
    static void addHelp(Syntax syntax, String... examples) {
        List<String> footer = new ArrayList<>(List.of(
                "",
                "IN is raw BTF or ELF, plain or compressed; - is a pipe. The result goes into the section .BTF of"
                        + " OUT if that is an ELF file already, or of a copy of IN if that is one; else OUT is raw BTF."
                        + " It is libbpf's, byte for byte, but that 0 stands in the unused third word of a FWD, where gcc"
                        + " 12 writes a number that libbpf takes for a type id.",
                "",
                "Examples:"));
        footer.addAll(List.of(examples));
        syntax.footer(footer.toArray(new String[0]));
    }

    /**
     * Loads one input, of one BTF.
     *
     * @param base the base for split BTF whose file does not bring one; BTF that needs none ignores it; may be null
     * @param options says how to load on a base, and is told of what is ignored
     * @throws BtfException if several BTFs stand behind one another, of which all but the first would be lost
     */
    static TransformInput load(Path path, Btf base, BtfInput options) throws IOException {
        BasicFileAttributes stamp = stamp(path);
        try (BtfSource source = BtfSource.open(path)) {
            BtfTrailer trailer = source.trailer();
            if (trailer != null && trailer.isBtf()) {
                throw new BtfException(
                        trailer + "; all but the first would be lost, make one of them with btf merge or dedup");
            }
            options.warnOf(source);
            return only(path, stamp, source, base, options);
        }
    }

    private static TransformInput only(
            Path path, BasicFileAttributes stamp, BtfSource source, Btf base, BtfInput options) throws IOException {
        Btf distilled = source.distilledBase();
        Btf btf = distilled != null ? source.btf(distilled) : BtfInput.load(source, base, options.fit(base));
        boolean isElf = source.isElf() && Files.isRegularFile(path);
        return new TransformInput(path, stamp, isElf, btf, source.ext(), distilled != null);
    }

    /**
     * Loads one input, on a base even if it needs none: that of a single compilation unit, say, whose types are to be
     * looked for in the base. Several BTFs that stand behind one another, as a linker leaves them, become one.
     */
    static TransformInput loadOn(Path path, Btf base, BtfInput options) throws IOException {
        BasicFileAttributes stamp = stamp(path);
        try (BtfSource source = BtfSource.open(path)) {
            List<Btf> all = loadParts(path, source, base, options);
            if (all.size() > 1) {
                boolean isElf = source.isElf() && Files.isRegularFile(path);
                Btf merged = Merger.merge(all, base).btf();
                warnOfLostExt(path, source, options);
                return new TransformInput(path, stamp, isElf, merged, null, false);
            }
            TransformInput input = only(path, stamp, source, base, options);
            if (base == null || input.btf.base() != null) {
                return input;
            }
            BtfBuilder builder = BtfBuilder.splitOn(base);
            int[] idMap = builder.append(input.btf);
            BtfExt ext =
                    input.ext == null ? null : input.ext.map(id -> idMap[id], off -> builder.addString(input.btf, off));
            return new TransformInput(path, stamp, input.isElf, builder.build(path.toString()), ext, false);
        }
    }

    /** Loads all BTFs that stand behind one another in a file; none if it is only one. */
    private static List<Btf> loadParts(Path path, BtfSource source, Btf base, BtfInput options) throws IOException {
        List<Btf> all = new ArrayList<>();
        List<BtfSource> parts = source.parts();
        options.warnOf(parts.get(parts.size() - 1));
        if (parts.size() > 1) {
            requireNoDistilledBase(path, source);
            for (BtfSource part : parts) {
                all.add(options.fit(base).forKernel(source.kernelRelease()).load(part));
            }
        }
        return all;
    }

    /**
     * Loads all inputs as one: the types of the first, then those of the second, and so on. What objects say of their
     * instructions becomes one as well, as if a linker had joined their sections in this order.
     *
     * @param base as of {@link #loadOn}
     */
    static TransformInput loadAll(String[] arguments, Btf base, BtfInput options) throws IOException {
        if (arguments.length == 1) {
            return loadOn(Path.of(arguments[0]), base, options);
        }
        Path first = Path.of(arguments[0]);
        BasicFileAttributes stamp = stamp(first);
        List<ExtMerger.Part> parts = loadEach(arguments, base, options);
        Merged merged = Merger.merge(btfs(parts), base);
        MergedExt all = ExtMerger.merge(merged, parts);
        return new TransformInput(first, stamp, false, all.btf(), all.ext(), false, all.sectionBytes());
    }

    /**
     * Loads a base and all inputs as one BTF, which is no longer that of any of the files.
     *
     * @param base the base of all, not null
     */
    static TransformInput loadFlat(String[] arguments, Btf base, BtfInput options) throws IOException {
        BasicFileAttributes stamp = stamp(Path.of(arguments[0]));
        List<ExtMerger.Part> parts = loadEach(arguments, base, options);
        for (ExtMerger.Part part : parts) {
            if (part.ext() != null) {
                options.warn(part.ext().source() + ": left out, as the result is no longer the BTF of an object");
            }
        }
        Btf flat = Merger.flatten(base, btfs(parts)).btf();
        return new TransformInput(Path.of(arguments[0]), stamp, false, flat, null, false);
    }

    private static List<Btf> btfs(List<ExtMerger.Part> parts) {
        return parts.stream().map(ExtMerger.Part::btf).toList();
    }

    private static List<ExtMerger.Part> loadEach(String[] arguments, Btf base, BtfInput options) throws IOException {
        List<ExtMerger.Part> inputs = new ArrayList<>();
        for (String argument : arguments) {
            Path path = Path.of(argument);
            try (BtfSource source = BtfSource.open(path)) {
                requireNoDistilledBase(path, source);
                List<Btf> parts = loadParts(path, source, base, options);
                if (parts.isEmpty()) {
                    Btf btf = BtfInput.load(source, base, options.fit(base));
                    inputs.add(new ExtMerger.Part(btf, source.ext(), source.sections()));
                } else {
                    warnOfLostExt(path, source, options);
                    parts.forEach(part -> inputs.add(new ExtMerger.Part(part, null, List.of())));
                }
            }
        }
        return inputs;
    }

    /** Records of objects that a linker has put behind each other as they were tell of places in each of them. */
    private static void warnOfLostExt(Path path, BtfSource source, BtfInput options) {
        if (source.hasExt()) {
            options.warn(path + ": " + BtfSections.EXT + " is left out, as it is of several objects like the BTF, and"
                    + " where in a section the instructions of each begin is not known; give the objects themselves");
        }
    }

    private static void requireNoDistilledBase(Path path, BtfSource source) throws IOException {
        if (source.distilledBase() != null) {
            throw new BtfException(path + ": has a distilled base of its own, " + BtfSections.BASE
                    + ", so it cannot be appended; relocate it onto its kernel first (btf relocate)");
        }
    }

    /** Returns null if there is no such file, for which opening it has the better words. */
    private static BasicFileAttributes stamp(Path path) throws IOException {
        return Files.exists(path) ? Files.readAttributes(path, BasicFileAttributes.class) : null;
    }

    /** The base that {@code -B} names, required. */
    static Btf requireBase(Arguments parsed, BtfInput options) throws IOException {
        Btf base = options.base();
        if (base == null) {
            throw parsed.misuse("no base given, expected -B BASE");
        }
        return base;
    }
}
