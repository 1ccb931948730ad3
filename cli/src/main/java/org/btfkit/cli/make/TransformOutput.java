package org.btfkit.cli.make;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.ext.BtfExt;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.file.BtfTarget;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.Failure;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.Syntax;
import org.btfkit.elf.ElfEditor;
import org.btfkit.elf.ElfFile;
import org.btfkit.elf.ModuleSignature;
import org.btfkit.internal.io.AtomicFile;
import org.btfkit.internal.io.BytePatch;
import org.btfkit.internal.io.FileChange;
import org.btfkit.resolve.BtfIdsResolver;

/** Where the result of a transformation goes: a pipe, a file of raw BTF, or a section of an ELF file. */
final class TransformOutput {
    private final boolean raw;
    private final boolean stripSignature;
    private final OutputStream out;
    private final PrintStream err;

    /**
     * Reads the options.
     *
     * @param out what {@code -} stands for
     * @param err where notes go
     */
    TransformOutput(Arguments parsed, OutputStream out, PrintStream err) {
        this(parsed.has("--raw"), parsed.has("--strip_signature"), out, err);
    }

    /**
     * Takes the options.
     *
     * @param raw whether results are raw BTF even where there is an ELF file
     * @param stripSignature whether to cut off a signature that a change invalidates
     * @param out what {@code -} stands for
     * @param err where notes go; null if only {@link #put} is called
     */
    TransformOutput(boolean raw, boolean stripSignature, OutputStream out, PrintStream err) {
        this.raw = raw;
        this.stripSignature = stripSignature;
        this.out = out;
        this.err = err;
    }

    /** Adds the inputs, and the options that say where and how to write. */
    static void addOptions(Syntax syntax) {
        syntax.add(Options.text("OUT", "The file to make or replace.", "-o", "--output"));
        syntax.add(Options.flag("Write raw BTF even if IN or OUT is an ELF file.", "--raw"));
        syntax.add(Options.flag("Cut off a module signature that a change invalidates.", "--strip_signature"));
        syntax.operands("IN");
    }

    /**
     * Writes a result as a whole or not at all. What goes over its own input is not written if that has been changed
     * since it was read.
     *
     * @param input the input, of which an ELF file is copied
     * @param target the file to make or replace, or {@code -}
     * @param ext what a BPF object says of its instructions, or null; for ELF files
     * @param distilledBase the base that is to be beside the result in an ELF file, or null
     */
    void write(TransformInput input, String target, Btf btf, BtfExt ext, Btf distilledBase) throws IOException {
        String note = put(input, target, btf, ext, distilledBase);
        if (note != null) {
            err.println(note);
        }
    }

    /** As {@link #write}, but returns the line that is to be said, or null. */
    String put(TransformInput input, String target, Btf btf, BtfExt ext, Btf distilledBase) throws IOException {
        String note = target.equals("-") ? null : AtomicFile.noteOfOtherNames(Path.of(target));
        Path template = template(input, target);
        if (template != null) {
            try (ElfFile elf = ElfFile.open(template)) {
                if (isSame(input.path(), template)) {
                    AtomicFile.requireUnchanged(template, input.stamp());
                }
                if (!writeElf(elf, Path.of(target), btf, ext, distilledBase)) {
                    note = null;
                }
            }
        } else if (target.equals("-")) {
            out.write(BtfWriter.toBytes(btf));
        } else if (isSame(input.path(), Path.of(target))) {
            byte[] bytes = BtfWriter.toBytes(btf);
            FileChange all = new FileChange(bytes.length, List.of(new BytePatch(0, bytes)));
            AtomicFile.copy(input.path(), input.stamp(), all, Path.of(target));
        } else {
            BtfWriter.write(btf, Path.of(target));
        }
        return note == null ? null : Failure.oneLine("NOTE: " + target + ": " + note);
    }

    /** Writes a result that is on the base of its input, which stays beside it if it was there. */
    void write(TransformInput input, String target, Btf btf, BtfExt ext) throws IOException {
        write(input, target, btf, ext, input.hasDistilledBase() ? input.btf().base() : null);
    }

    /** As {@link #write}, but returns the line that is to be said, or null: where several are at work. */
    String put(TransformInput input, String target, Btf btf, BtfExt ext) throws IOException {
        return put(
                input, target, btf, ext, input.hasDistilledBase() ? input.btf().base() : null);
    }

    /** Tells whether results are raw BTF, whatever the input is. */
    boolean isRaw() {
        return raw;
    }

    /** Tells whether a result would go into an ELF file. */
    boolean isElf(TransformInput input, String target) throws IOException {
        return template(input, target) != null;
    }

    /** The ELF file whose section is to be replaced in the result; null if the result is raw BTF. */
    private Path template(TransformInput input, String target) throws IOException {
        if (raw || target.equals("-")) {
            return null;
        }
        Path place = Path.of(target);
        if (Files.isRegularFile(place)) {
            try (BtfSource source = BtfSource.open(place)) {
                if (source.isElf()) {
                    return place;
                }
            } catch (BtfException e) {
                throw new BtfException(e.getMessage() + "; it is in the way, remove it or name another file", e);
            }
        }
        return input.isElf() ? input.path() : null;
    }

    /** Returns false if the target already is what it is to be. */
    private boolean writeElf(ElfFile elf, Path target, Btf btf, BtfExt ext, Btf distilledBase) throws IOException {
        ElfEditor editor = new ElfEditor(elf);
        BtfTarget.put(elf, editor, btf, ext, distilledBase);
        if (editor.hasChanges()) {
            if (BtfIdsResolver.hasIds(elf)) {
                throw new BtfException(elf + ": .BTF_ids holds ids of the BTF that would be replaced; use"
                        + " resolve-btfids --embed, which keeps both together, or --raw");
            }
            ModuleSignature signature = ModuleSignature.find(elf);
            if (signature != null) {
                if (!stripSignature) {
                    throw new BtfException(elf + ": has a module signature, which the change would invalidate; use"
                            + " --strip_signature to cut it off, or --raw");
                }
                editor.truncate(signature.offset());
            }
        }
        if (isSame(elf.path(), target)) {
            editor.writeInPlace();
            return editor.hasChanges();
        }
        editor.writeTo(target);
        return true;
    }

    private static boolean isSame(Path file, Path other) throws IOException {
        return Files.exists(other) && Files.isSameFile(file, other);
    }
}
