package org.btfkit.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.build.BtfBuilder;
import org.btfkit.btf.ext.BtfExt;
import org.btfkit.btf.file.BtfSections;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.transform.Merger;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * What a transformation starts from.
 *
 * @param path the file it came from
 * @param stamp the attributes that the file had before it was read
 * @param isElf whether that is an ELF file, which can be read again
 * @param btf its BTF
 * @param ext what a BPF object says of its instructions, or null
 * @param hasDistilledBase whether the file brings the base of its BTF along
 */
record TransformInput(
        Path path, BasicFileAttributes stamp, boolean isElf, Btf btf, BtfExt ext, boolean hasDistilledBase) {
    /** Adds what the commands say alike in their help: what inputs and output are, and examples. */
    static void addHelp(CommandSpec spec, String... examples) {
        List<String> footer = new ArrayList<>(List.of(
                "",
                "IN is raw BTF or ELF, plain or compressed; - is a pipe. The result goes into the section .BTF of"
                        + " OUT if that is an ELF file already, or of a copy of IN if that is one; else OUT is raw BTF."
                        + " It is libbpf's, byte for byte, but that 0 stands in the unused third word of a FWD, where gcc"
                        + " 12 writes a number that libbpf takes for a type id.",
                "",
                "Examples:"));
        footer.addAll(List.of(examples));
        spec.usageMessage().footer(footer.toArray(new String[0]));
    }

    /** Returns the file that an argument names. */
    static Path file(String argument) {
        return Path.of(argument.equals("-") ? "/dev/stdin" : argument);
    }

    /**
     * Loads one input.
     *
     * @param base the base for split BTF whose file does not bring one; BTF that needs none ignores it; may be null
     */
    static TransformInput load(Path path, Btf base) throws IOException {
        BasicFileAttributes stamp = stamp(path);
        try (BtfSource source = BtfSource.open(path)) {
            Btf distilled = source.distilledBase();
            Btf btf = distilled != null ? source.btf(distilled) : BtfInput.load(source, base);
            boolean isElf = source.isElf() && Files.isRegularFile(path);
            return new TransformInput(path, stamp, isElf, btf, source.ext(), distilled != null);
        }
    }

    /**
     * Loads one input, on a base even if it needs none: that of a single compilation unit, say, whose types are to be
     * looked for in the base.
     */
    static TransformInput loadOn(Path path, Btf base) throws IOException {
        TransformInput input = load(path, base);
        if (base == null || input.btf.base() != null) {
            return input;
        }
        BtfBuilder builder = BtfBuilder.splitOn(base);
        int[] idMap = builder.append(input.btf);
        BtfExt ext =
                input.ext == null ? null : input.ext.map(id -> idMap[id], off -> builder.addString(input.btf, off));
        return new TransformInput(path, input.stamp, input.isElf, builder.build(path.toString()), ext, false);
    }

    /**
     * Loads all inputs as one: the types of the first, then those of the second, and so on. Of several objects there is
     * no one {@code .BTF.ext}, as their instructions stay apart.
     *
     * @param base as of {@link #loadOn}
     */
    static TransformInput loadAll(String[] arguments, Btf base) throws IOException {
        if (arguments.length == 1) {
            return loadOn(file(arguments[0]), base);
        }
        BasicFileAttributes stamp = stamp(file(arguments[0]));
        Btf merged = Merger.merge(loadEach(arguments, base), base).btf();
        return new TransformInput(file(arguments[0]), stamp, false, merged, null, false);
    }

    /**
     * Loads a base and all inputs as one BTF, which is no longer that of any of the files.
     *
     * @param base the base of all, not null
     */
    static TransformInput loadFlat(String[] arguments, Btf base) throws IOException {
        BasicFileAttributes stamp = stamp(file(arguments[0]));
        Btf flat = Merger.flatten(base, loadEach(arguments, base)).btf();
        return new TransformInput(file(arguments[0]), stamp, false, flat, null, false);
    }

    private static List<Btf> loadEach(String[] arguments, Btf base) throws IOException {
        List<Btf> inputs = new ArrayList<>();
        for (String argument : arguments) {
            TransformInput input = load(file(argument), base);
            if (input.hasDistilledBase) {
                throw new BtfException(input.path + ": has a distilled base of its own, " + BtfSections.BASE
                        + ", so it cannot be appended; relocate it onto its kernel first (btf relocate)");
            }
            inputs.add(input.btf);
        }
        return inputs;
    }

    /** Returns null if there is no such file, for which opening it has the better words. */
    private static BasicFileAttributes stamp(Path path) throws IOException {
        return Files.exists(path) ? Files.readAttributes(path, BasicFileAttributes.class) : null;
    }

    /** The base that {@code -B} names, required. */
    static Btf requireBase(ParseResult parsed) throws IOException {
        Btf base = BtfInput.base(parsed);
        if (base == null) {
            throw new ParameterException(parsed.commandSpec().commandLine(), "no base given, expected -B BASE");
        }
        return base;
    }
}
