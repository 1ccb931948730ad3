package org.btfkit.cli.make;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfSections;
import org.btfkit.cli.input.BtfInput;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Failure;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.OutFolder;
import org.btfkit.cli.support.Parallel;
import org.btfkit.cli.support.Progress;
import org.btfkit.cli.support.Subcommand;
import org.btfkit.cli.support.Syntax;
import org.btfkit.dedup.BaseIndex;
import org.btfkit.dedup.DedupOptions;
import org.btfkit.dedup.DedupResult;
import org.btfkit.dedup.Deduplicator;

/** {@code btf dedup}: makes each type unique, of all inputs together or of each by itself. */
public final class DedupCommand implements Subcommand {
    private static final String FAILED = "ERROR: ";

    private final PrintStream err;

    /**
     * Creates the subcommand.
     *
     * @param err where warnings, notes and progress go
     */
    public DedupCommand(PrintStream err) {
        this.err = err;
    }

    @Override
    public Syntax syntax() {
        Syntax syntax = new Syntax()
                .synopsis(
                        "btf dedup [OPTION]... IN... -o OUT            (all inputs together)",
                        "btf dedup [OPTION]... --out-dir DIR IN...     (each by itself)")
                .description("Makes each type and string unique, with the result of libbpf's btf__dedup. Types that"
                        + " the base has are taken from there. Several BTFs behind one another in one input, as ld -r leaves"
                        + " those of objects, are several inputs. The .BTF.ext of BPF objects become one, as if their sections"
                        + " were linked in this order.");
        TransformInput.addHelp(
                syntax,
                "  btf dedup vmlinux.unit*.btf -o vmlinux.btf",
                "  btf dedup -B vmlinux a.o b.o -o module.ko",
                "  btf dedup -B vmlinux --out-dir deduped *.ko",
                "  btf dedup - -o - < in.btf | btf dump /dev/stdin");
        BtfInput.addBase(syntax);
        syntax.add(Options.file(
                "DIR", "Deduplicate each input by itself, on one base, into a file of its name here.", "--out-dir"));
        ExtOutput.addOption(syntax);
        TransformOutput.addOptions(syntax);
        syntax.add(Options.jobs("Number of threads."));
        return syntax;
    }

    @Override
    public int run(Arguments arguments, OutputStream out) throws IOException {
        String[] inputs = BtfInput.arguments(arguments, 1, Integer.MAX_VALUE, "one input or more");
        int jobs = Options.jobs(arguments);
        TransformOutput output = new TransformOutput(arguments, out, err);
        BtfInput options = new BtfInput(arguments, err);
        Path folder = arguments.value("--out-dir", null);
        if (folder == null) {
            String target = Options.output(arguments);
            together(inputs, options, output, new ExtOutput(arguments, options), target, jobs);
            return ExitCode.OK;
        }
        if (arguments.has("--out-ext")) {
            throw arguments.misuse("--out-ext and --out-dir are given, expected one of them");
        }
        if (arguments.has("-o")) {
            throw arguments.misuse("-o and --out-dir are given, expected one of them");
        }
        if (List.of(inputs).contains(BtfInput.STANDARD_INPUT)) {
            throw arguments.misuse("- has no name that its result could have, expected -o OUT");
        }
        OutFolder.requireDifferentNames(arguments, List.of(inputs), "");
        OutFolder.requireNoFile(folder);
        Btf base = options.base();
        OutFolder.make(folder);
        return each(inputs, base == null ? null : BaseIndex.of(base), options, output, folder, jobs);
    }

    private void together(
            String[] inputs, BtfInput options, TransformOutput output, ExtOutput ext, String target, int jobs)
            throws IOException {
        TransformProgress progress = new TransformProgress(err);
        try {
            TransformInput input = TransformInput.loadAll(inputs, options.base(), options);
            Deduplicator deduplicator =
                    new Deduplicator(DedupOptions.DEFAULT.withThreads(jobs).withListener(progress));
            DedupResult result = deduplicator.dedup(input.btf(), input.ext());
            progress.end();
            ext.write(input, output, target, result.btf(), result.ext());
        } finally {
            progress.end();
        }
    }

    /** Deduplicates each input by itself; one that fails does not keep the others from being worked on. */
    private int each(String[] inputs, BaseIndex base, BtfInput options, TransformOutput output, Path folder, int jobs) {
        Progress progress = Progress.on(err, inputs.length);
        Deduplicator deduplicator =
                new Deduplicator(DedupOptions.DEFAULT.withThreads(Math.max(1, jobs / Math.min(jobs, inputs.length))));
        int[] failures = {0};
        Parallel.run(
                List.of(inputs),
                jobs,
                (String input) -> one(input, base, options, output, folder, deduplicator),
                (input, failure) -> FAILED + Failure.describe(failure, input),
                line -> {
                    progress.clear();
                    progress.step();
                    if (!line.isEmpty()) {
                        failures[0] += line.startsWith(FAILED) ? 1 : 0;
                        err.println(line);
                    }
                });
        progress.clear();
        if (inputs.length > 1) {
            err.println(inputs.length + " inputs, " + (inputs.length - failures[0]) + " deduplicated"
                    + (failures[0] == 0 ? "" : ", " + failures[0] + " failed"));
        }
        return failures[0] == 0 ? ExitCode.OK : ExitCode.FAILURE;
    }

    /** Returns the line that is to be said, nothing if there is none. */
    private static String one(
            String file,
            BaseIndex base,
            BtfInput options,
            TransformOutput output,
            Path folder,
            Deduplicator deduplicator) {
        try {
            TransformInput input = TransformInput.loadOn(Path.of(file), base == null ? null : base.base(), options);
            boolean isOnBase = base != null && input.btf().base() == base.base();
            DedupResult result = isOnBase
                    ? deduplicator.dedup(input.btf(), base, input.ext())
                    : deduplicator.dedup(input.btf(), input.ext());
            // Raw BTF of an ELF file is called as resolve_btfids calls it.
            String ending = input.isElf() && output.isRaw() ? BtfSections.BTF : "";
            String target = folder.resolve(OutFolder.plainName(file) + ending).toString();
            String note = output.put(input, target, result.btf(), result.ext());
            if (result.ext() != null && output.isRaw()) {
                return "WARN: "
                        + Failure.oneLine(target + ": " + BtfSections.EXT + " of " + file
                                + " is left out, as this is raw BTF; -o OUT --out-ext FILE keeps it");
            }
            return note == null ? "" : note;
        } catch (OutOfMemoryError e) {
            throw e;
        } catch (IOException | RuntimeException | Error e) {
            return FAILED + Failure.describe(e, file);
        }
    }
}
