package org.btfkit.cli.make;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.ext.BtfExt;
import org.btfkit.btf.file.BtfSections;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.cli.input.BtfInput;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.Syntax;
import org.btfkit.elf.ElfSection;
import org.btfkit.internal.io.AtomicFile;

/**
 * Where the {@code .BTF.ext} of a result goes: beside the BTF in an object, into a file of its own, or nowhere, which
 * is said.
 */
final class ExtOutput {
    private final Path file;
    private final BtfInput options;

    /**
     * Reads the option.
     *
     * @param options is told of what is left out
     */
    ExtOutput(Arguments parsed, BtfInput options) {
        this.file = parsed.value("--out-ext", null);
        this.options = options;
    }

    /** Adds the option. */
    static void addOption(Syntax syntax) {
        syntax.add(Options.file(
                "FILE",
                "Write the .BTF.ext of BPF objects here, of several as if their sections were linked in this order.",
                "--out-ext"));
    }

    /**
     * Writes the result with what belongs beside it.
     *
     * @param input what it was made of
     * @param ext what it says of instructions, or null
     * @throws BtfException if the target is an object with other sections
     */
    void write(TransformInput input, TransformOutput output, String target, Btf btf, BtfExt ext) throws IOException {
        if (file != null && ext == null) {
            throw new BtfException(input.path() + ": no " + BtfSections.EXT + " for --out-ext " + file);
        }
        boolean isInElf = ext != null && output.isElf(input, target);
        String misfit = isInElf && !input.joined().isEmpty() ? misfit(Path.of(target), input.joined()) : null;
        output.write(input, target, btf, misfit == null && isInElf ? ext : null);
        if (file != null) {
            byte[] bytes = ext.toBytes(btf.order());
            AtomicFile.write(bytes, file);
        } else if (misfit != null) {
            options.warn(target + ": " + misfit + ", so " + BtfSections.EXT + " of the inputs is left out");
        } else if (ext != null && !isInElf) {
            options.warn(target + ": " + BtfSections.EXT + " of the inputs is left out, as this is raw BTF;"
                    + " --out-ext FILE keeps it");
        }
    }

    /** Says why a file is not what a linker makes of the inputs; null if it may be. */
    private static String misfit(Path target, Map<String, Long> joined) throws IOException {
        Map<String, Long> found = new TreeMap<>();
        try (BtfSource source = BtfSource.open(target)) {
            for (ElfSection section : source.sections()) {
                found.putIfAbsent(section.name(), section.size());
            }
        }
        for (Map.Entry<String, Long> section : new TreeMap<>(joined).entrySet()) {
            Long size = found.get(section.getKey());
            if (!section.getValue().equals(size)) {
                return "section '" + section.getKey() + "' has " + (size == null ? 0 : size) + " bytes, expected "
                        + section.getValue() + " as those of the inputs together";
            }
        }
        return null;
    }
}
