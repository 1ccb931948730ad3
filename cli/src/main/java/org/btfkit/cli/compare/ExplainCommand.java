package org.btfkit.cli.compare;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.cli.input.BtfInput;
import org.btfkit.cli.input.TypeArgument;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.Colors;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Failure;
import org.btfkit.cli.support.Progress;
import org.btfkit.cli.support.Subcommand;
import org.btfkit.cli.support.Syntax;
import org.btfkit.dedup.BaseIndex;
import org.btfkit.elf.ElfFile;
import org.btfkit.encode.EncodeListener;
import org.btfkit.encode.EncodeOptions;
import org.btfkit.encode.Encoder;

/** {@code btf explain}: says why a name has several ids, no id, or is not in the BTF. */
public final class ExplainCommand implements Subcommand {
    private final PrintStream err;

    /**
     * Creates the subcommand.
     *
     * @param err where warnings, notes and progress go
     */
    public ExplainCommand(PrintStream err) {
        this.err = err;
    }

    @Override
    public Syntax syntax() {
        Syntax syntax = new Syntax()
                .synopsis("btf explain [OPTION]... NAME FILE")
                .description(
                        "Says why a name has several ids, and where they differ first; why its id in .BTF_ids is not"
                                + " resolved; why a function is not in the BTF.")
                .footer(
                        "",
                        "NAME is the name of a type or function, or the id of a type that has one.",
                        BtfInput.FILES,
                        "Why a function was left out can be told if FILE has DWARF: it is encoded again to see, which"
                                + " takes as long as btf encode.",
                        "",
                        "Examples:",
                        "  btf explain net vmlinux",
                        "  btf explain -B vmlinux bpf_ct_release nf_conntrack.ko",
                        "  btf explain vfs_read vmlinux.debug",
                        "  btf explain --json net vmlinux | jq '.kinds[].differences[]'");
        BtfInput.addBase(syntax);
        syntax.json("one object.", ExplainJson.SHAPE);
        syntax.add(Colors.option());
        syntax.operands("FILE");
        return syntax;
    }

    @Override
    public int run(Arguments arguments, OutputStream out) throws IOException {
        String[] given = BtfInput.arguments(arguments, 2, 2, "a name and a file");
        Colors colors = Colors.of(arguments);
        Path file = Path.of(given[1]);
        BtfInput input = new BtfInput(arguments, err);
        Btf base = input.baseOf(given[1]);
        boolean isEncoded = isOnlyDwarf(file);
        Explained explained;
        if (isEncoded) {
            try (ElfFile elf = ElfFile.open(file)) {
                Btf btf = encode(elf, base);
                explained = explain(given[0], btf, btf, elf, base);
            }
        } else {
            explained = input.look(file, base, (btf, source) -> {
                Btf distilled = source.distilledBase();
                Btf stored = distilled == null ? btf : source.btf(distilled);
                return explain(given[0], btf, stored, source.elf(), base);
            });
        }
        if (arguments.has("--json")) {
            ExplainJson.write(out, explained, given[1], isEncoded);
        } else {
            String note = file + ": has no BTF; this is of what btf encode makes of its DWARF";
            String text = (isEncoded ? colors.aside(Failure.oneLine(note)) + "\n" : "")
                    + new ExplainText(colors, explained).text();
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return ExitCode.OK;
    }

    /** Explains a name, with or without {@code struct} and the like before it, or that of a type id. */
    private Explained explain(String given, Btf btf, Btf stored, ElfFile elf, Btf base) throws IOException {
        String name = TypeArgument.isId(given)
                ? btf.name(TypeArgument.find(btf, given)[0])
                : given.substring(given.lastIndexOf(' ') + 1);
        if (name.isEmpty()) {
            throw new BtfException(btf.source() + ": "
                    + (given.isBlank() ? "an empty name" : "type [" + given + "] has no name")
                    + ", expected the name of a type or function");
        }
        Explained explained = Explained.of(name, btf, stored, elf, base, err);
        if (explained.isEmpty()) {
            throw TypeArgument.notFound(btf, given);
        }
        return explained;
    }

    private Btf encode(ElfFile elf, Btf base) throws IOException {
        try (Progress progress = Progress.on(err, Progress.SHARES)) {
            EncodeListener listener = new EncodeListener() {
                @Override
                public void unitsDone(int done, int total) {
                    progress.moveTo(done, total);
                }
            };
            Encoder encoder = new Encoder(EncodeOptions.DEFAULT, listener);
            return base == null ? encoder.encode(elf) : encoder.encode(elf, BaseIndex.of(base));
        }
    }

    private static boolean isOnlyDwarf(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return false; // a pipe can be read once
        }
        try (BtfSource source = BtfSource.open(file)) {
            return !source.hasBtf() && source.elf() != null && MissingFunction.hasDwarf(source.elf());
        }
    }
}
