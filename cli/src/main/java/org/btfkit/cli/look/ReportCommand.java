package org.btfkit.cli.look;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.cli.compare.DiffJson;
import org.btfkit.cli.html.ReportFile;
import org.btfkit.cli.html.ReportPage;
import org.btfkit.cli.input.BtfInput;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.Progress;
import org.btfkit.cli.support.Subcommand;
import org.btfkit.cli.support.Syntax;
import org.btfkit.compare.BtfDiff;
import org.btfkit.elf.ElfFile;
import org.btfkit.internal.io.AtomicFile;
import org.btfkit.resolve.KfuncFlag;
import org.btfkit.resolve.KfuncSet;
import org.btfkit.resolve.KfuncUsers;

/** {@code btf report}: makes a page to explore BTF in a browser. */
public final class ReportCommand implements Subcommand {
    private static final String DIFF = "--diff";

    private final PrintStream err;

    /**
     * Creates the subcommand.
     *
     * @param err where warnings, notes and progress go
     */
    public ReportCommand(PrintStream err) {
        this.err = err;
    }

    @Override
    public Syntax syntax() {
        Syntax syntax = new Syntax()
                .synopsis("btf report [OPTION]... FILE... -o OUT.html")
                .description("Makes one HTML page, with all that it needs in it, to explore BTF in a browser: search,"
                        + " definitions with links both ways, memory layouts, kfuncs.")
                .footer(
                        "",
                        BtfInput.FILES,
                        "Modules are read on the first FILE, unless -B gives another base.",
                        "",
                        "Examples:",
                        "  btf report /sys/kernel/btf/vmlinux -o kernel.html",
                        "  btf report vmlinux nf_conntrack.ko.xz xfs.ko.xz -o kernel.html",
                        "  btf report --diff vmlinux-6.1 vmlinux-6.12 -o changes.html");
        BtfInput.addBase(syntax);
        syntax.add(Options.file("OLD", "Also show how the first FILE differs from this one.", DIFF));
        syntax.add(Options.text("TITLE", "Title of the page. Default: the name of the first FILE.", "--title"));
        syntax.add(Options.text("OUT", "The page to make or replace; - for standard output.", "-o", "--output"));
        syntax.operands("FILE");
        return syntax;
    }

    @Override
    public int run(Arguments arguments, OutputStream out) throws IOException {
        String[] names = BtfInput.arguments(arguments, 1, Integer.MAX_VALUE, "one file or more");
        String target = Options.output(arguments);
        if (!target.equals("-")) {
            BtfInput.requireOtherThan(
                    arguments,
                    Path.of(target),
                    Arrays.stream(names).map(Path::of).toList());
        }
        byte[] html = page(arguments, names);
        if (target.equals("-")) {
            out.write(html);
        } else {
            AtomicFile.write(html, Path.of(target));
        }
        return ExitCode.OK;
    }

    private byte[] page(Arguments arguments, String[] names) throws IOException {
        Path old = BtfInput.file(arguments, DIFF);
        // A step for each file that is read, one for the comparison, and one for each file that is packed.
        try (Progress progress = Progress.on(err, 2 * (names.length + (old == null ? 1 : 2)) + 1)) {
            List<ReportFile> files = read(new BtfInput(arguments, err), names, progress);
            String title = arguments.value("--title", files.get(0).name());
            ReportPage page = new ReportPage(title, files);
            if (old != null) {
                Btf oldBtf = old(arguments, old, files.get(0).btf());
                files.add(new ReportFile(shortName(old.toString(), files), oldBtf, List.of()));
                progress.step();
                ByteArrayOutputStream json = new ByteArrayOutputStream();
                DiffJson.write(json, BtfDiff.of(oldBtf, files.get(0).btf()));
                page = new ReportPage(title, files).withDiff(files.size() - 1, json.toByteArray());
                progress.step();
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            page.write(bytes, progress::step);
            return bytes.toByteArray();
        }
    }

    /** The old file, on the base of the new one if it needs one. */
    private Btf old(Arguments arguments, Path old, Btf now) throws IOException {
        return new BtfInput(arguments, err).load(old, now.base());
    }

    /** Reads the files; the base that {@code -B} names comes last, as a page of its own. */
    private List<ReportFile> read(BtfInput input, String[] names, Progress progress) throws IOException {
        List<ReportFile> files = new ArrayList<>();
        Btf base = input.baseOf(names[0]);
        for (String name : names) {
            ReportFile file = input.look(Path.of(name), base, (btf, source) -> {
                List<ReportFile.Kfunc> kfuncs =
                        source.elf() == null ? List.of() : kfuncs(input, name, source.elf(), btf);
                return new ReportFile(shortName(name, files), btf, kfuncs);
            });
            files.add(file);
            progress.step();
            base = base == null ? file.btf() : base;
        }
        for (ReportFile file : List.copyOf(files)) {
            Btf needed = file.btf().base();
            if (needed != null && files.stream().noneMatch(other -> other.btf() == needed)) {
                files.add(new ReportFile(shortName(needed.source(), files), needed, List.of()));
            }
        }
        return files;
    }

    private static List<ReportFile.Kfunc> kfuncs(BtfInput input, String name, ElfFile elf, Btf btf) throws IOException {
        List<ReportFile.Kfunc> kfuncs = new ArrayList<>();
        ProgramTypes types = new ProgramTypes(btf, KfuncUsers.of(elf));
        for (KfuncSet set : KfuncSet.ofKfuncs(elf, btf)) {
            if (!set.isKnown()) {
                input.warn(name + ": " + set.unknownText() + ", left out; see resolve-btfids --check");
            }
            for (KfuncSet.Entry entry : set.entries()) {
                if (!entry.name().isEmpty()) {
                    kfuncs.add(new ReportFile.Kfunc(
                            entry.name(), entry.funcId(), set.name(), KfuncFlag.names(entry.flags()), types.of(set)));
                }
            }
        }
        return kfuncs;
    }

    /** The last part of a path, or the whole if another file has the same. */
    private static String shortName(String path, List<ReportFile> others) {
        Path last = Path.of(path).getFileName();
        String name = last == null ? path : last.toString();
        for (ReportFile other : others) {
            if (other.name().equals(name)) {
                return path;
            }
        }
        return name;
    }
}
