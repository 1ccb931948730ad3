package org.btfkit.cli.compare;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.cli.input.BtfInput;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.Colors;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Failure;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.Progress;
import org.btfkit.cli.support.Subcommand;
import org.btfkit.cli.support.Syntax;
import org.btfkit.compare.BtfDiff;
import org.btfkit.compare.Change;
import org.btfkit.compare.Impact;

/** {@code btf diff}: says what is different between two BTFs. */
public final class DiffCommand implements Subcommand {
    private static final String OLD_BASE = "--old_base";

    private final PrintStream err;

    /**
     * Creates the subcommand.
     *
     * @param err where warnings, notes and progress go
     */
    public DiffCommand(PrintStream err) {
        this.err = err;
    }

    @Override
    public Syntax syntax() {
        Syntax syntax = new Syntax()
                .synopsis("btf diff [OPTION]... OLD NEW")
                .description(
                        "Says which types, functions and variables were added, removed or changed. Types are known by"
                                + " kind and name; their ids and order do not matter.")
                .exitStatus("0 no difference, 1 a difference, 2 it cannot be told, or misuse.")
                .footer(
                        "",
                        BtfInput.FILES,
                        "Structs that only follow from others, since they contain them, are listed by what they follow from.",
                        "",
                        "Examples:",
                        "  btf diff vmlinux-6.1 vmlinux-6.12",
                        "  btf diff --all --only task_struct vmlinux-6.1 /sys/kernel/btf/vmlinux",
                        "  btf diff --abi /boot/vmlinuz-6.12.100 /boot/vmlinuz-6.12.117",
                        "  btf diff --old_base vmlinux-6.1 -B vmlinux-6.12 old/nf_conntrack.ko new/nf_conntrack.ko.xz",
                        "  btf diff --kfuncs old/vmlinux new/vmlinux");
        BtfInput.addBase(syntax);
        syntax.add(Options.file("BASE", "Base of OLD, if it is not that of NEW.", OLD_BASE));
        NamePatterns.addTo(syntax, "types, functions and variables");
        syntax.add(Options.flag(
                "Only what breaks a module or a BPF program that is compiled already: what has gone, moved, or has another"
                        + " size or value.",
                "--abi"));
        syntax.add(Options.flag("Only kfuncs, with their flags and sets.", "--kfuncs"));
        syntax.add(
                Options.flag("All of a group, by name; else the " + DiffText.MOST + " that are used most.", "--all"));
        syntax.add(Options.flag("Only the table of numbers.", "--summary"));
        syntax.json("one object.", DiffJson.SHAPE);
        syntax.add(Colors.option());
        syntax.operands("FILE");
        return syntax;
    }

    @Override
    public int run(Arguments arguments, OutputStream out) throws IOException {
        String[] files = BtfInput.arguments(arguments, 2, 2, "two files");
        Colors colors = Colors.of(arguments);
        NamePatterns patterns = NamePatterns.of(arguments);
        try {
            Compared compared = compare(arguments, files);
            BtfDiff diff = compared.diff;
            boolean onlyLayout = arguments.has("--abi");
            diff = diff.only(change -> (!onlyLayout || change.impact() == Impact.LAYOUT) && isWanted(change, patterns));
            if (diff.isEmpty()) {
                patterns.adviceOnNames(compared.old, compared.now)
                        .forEach(advice -> err.println(Failure.warning(advice)));
            }
            if (arguments.has("--json")) {
                DiffJson.write(out, diff);
            } else {
                boolean all = arguments.has("--all");
                DiffOrder order = new DiffOrder(compared.old, compared.now);
                String text = new DiffText(colors, all, onlyLayout, order).text(diff, arguments.has("--summary"));
                out.write(text.getBytes(StandardCharsets.UTF_8));
            }
            return diff.isEmpty() ? ExitCode.OK : ExitCode.FAILURE;
        } catch (BtfException | IOException e) {
            err.println("ERROR: " + Failure.describe(e, "btf diff"));
            return ExitCode.NO_ANSWER;
        }
    }

    private static boolean isWanted(Change change, NamePatterns patterns) {
        if (change instanceof Change.Enumeration constants
                && change.subject().name().isEmpty()) {
            return constants.values().stream().anyMatch(value -> patterns.wants(value.name()));
        }
        return patterns.wants(change.subject().name());
    }

    /** What two BTFs have of differences, and the two. */
    private record Compared(BtfDiff diff, Btf old, Btf now) {}

    private Compared compare(Arguments arguments, String[] files) throws IOException {
        BtfInput input = new BtfInput(arguments, err);
        boolean wantsKfuncs = arguments.has("--kfuncs");
        BtfInput.Look<KfuncDiff.Kernel> look =
                wantsKfuncs ? KfuncDiff::read : (btf, source) -> new KfuncDiff.Kernel(btf, Map.of());
        Path oldBase = BtfInput.file(arguments, OLD_BASE);
        KfuncDiff.Kernel old;
        KfuncDiff.Kernel now;
        BtfDiff diff;
        try (Progress progress = Progress.on(err, 3)) { // two are read, then compared
            if (oldBase == null && arguments.has("-B")) {
                Btf base = input.base();
                old = input.look(Path.of(files[0]), base, look);
                progress.step();
                now = input.look(Path.of(files[1]), base, look);
            } else {
                FutureTask<KfuncDiff.Kernel> reading = new FutureTask<>(() -> {
                    Btf base = oldBase != null ? input.load(oldBase, null) : input.baseOf(files[0]);
                    return input.look(Path.of(files[0]), base, look);
                });
                Thread reader = new Thread(reading, "old"); // two kernels are read side by side
                reader.setDaemon(true);
                reader.start();
                now = input.look(Path.of(files[1]), input.baseOf(files[1]), look);
                progress.step();
                old = await(reading);
            }
            progress.step();
            diff = BtfDiff.of(old.btf(), now.btf());
        }
        return new Compared(wantsKfuncs ? KfuncDiff.compare(old, now, diff) : diff, old.btf(), now.btf());
    }

    private static <T> T await(FutureTask<T> task) throws IOException {
        try {
            return task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IOException(e.getCause());
        }
    }
}
