package org.btfkit.cli.look;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.dump.CDeclarationPrinter;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.cli.input.BtfFolder;
import org.btfkit.cli.input.BtfInput;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.Colors;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Failure;
import org.btfkit.cli.support.JsonOutput;
import org.btfkit.cli.support.Progress;
import org.btfkit.cli.support.Subcommand;
import org.btfkit.cli.support.Syntax;
import org.btfkit.resolve.KfuncFlag;
import org.btfkit.resolve.KfuncSet;
import org.btfkit.resolve.KfuncUsers;

/** {@code btf kfuncs}: lists the functions that a kernel and its modules offer to BPF programs. */
public final class KfuncsCommand implements Subcommand {
    /** What is written as JSON, for the help. */
    private static final String SHAPE = """
            [ { "file": ..., "set": ...,                        set is empty if it has no name
                "programTypes": [ "xdp", ... ],                 null if they are not known
                "maybeMore": true | false,                      whether these may not be all
                "kfuncs": [ { "name": ..., "id": n,             0 if it is not in the BTF
                              "flags": [ "KF_ACQUIRE", ... ],
                              "prototype": ... } ] } ]          null if it is not in the BTF
            """;

    private final PrintStream err;

    /**
     * Creates the subcommand.
     *
     * @param err where warnings, notes and progress go
     */
    public KfuncsCommand(PrintStream err) {
        this.err = err;
    }

    @Override
    public Syntax syntax() {
        Syntax syntax = new Syntax()
                .synopsis("btf kfuncs [OPTION]... VMLINUX [MODULE|FOLDER]...")
                .description("Lists the functions that a kernel and its modules offer to BPF programs (kfuncs), by set,"
                        + " with flags and prototypes, and for which types of programs.")
                .footer(
                        "",
                        "VMLINUX and MODULE are ELF files with .BTF and .BTF_ids, plain or compressed. Modules are read"
                                + " on VMLINUX, unless -B gives another base. Of a FOLDER, all modules with .BTF_ids"
                                + " are taken.",
                        "Types of programs are read from the code that registers a set, which is known of modules of"
                                + " x86-64 and arm64 and of a vmlinux of x86-64 with symbols. The kernel lets programs"
                                + " of some other types call the same.",
                        "Sets that a kernel does not mark as kfuncs' are listed if it marks none (before 6.9).",
                        "",
                        "Examples:",
                        "  btf kfuncs /usr/lib/debug/boot/vmlinux-6.12.1",
                        "  btf kfuncs vmlinux nf_conntrack.ko.xz xfrm_interface.ko.xz",
                        "  btf kfuncs --json -B vmlinux nf_conntrack.ko");
        BtfInput.addBase(syntax);
        syntax.json("an array of sets.", SHAPE);
        syntax.add(Colors.option());
        syntax.operands("FILE");
        return syntax;
    }

    private record FileSets(String file, Btf btf, List<KfuncSet> sets, ProgramTypes types) {}

    @Override
    public int run(Arguments arguments, OutputStream out) throws IOException {
        String[] names = BtfInput.arguments(arguments, 1, Integer.MAX_VALUE, "a vmlinux or module");
        Colors colors = Colors.of(arguments);
        BtfInput input = new BtfInput(arguments, err);
        Btf base = input.base();
        List<FileSets> found = new ArrayList<>();
        boolean hasFailed = false;
        for (String name : names) {
            List<Path> files = BtfFolder.expand(Path.of(name));
            boolean isFolder = files.size() != 1 || !files.get(0).equals(Path.of(name));
            Progress progress = Progress.on(err, files.size());
            for (Path file : files) {
                try {
                    FileSets sets = input.look(file, base, (btf, source) -> setsOf(input, file, btf, source, isFolder));
                    found.add(sets);
                    String note = sets.types.note(sets.sets);
                    if (note != null) {
                        progress.clear();
                        err.println("NOTE: " + Failure.oneLine(sets.file + ": " + note));
                    }
                    base = base == null && sets.btf.base() == null ? sets.btf : base;
                } catch (BtfException | IOException e) {
                    progress.clear();
                    err.println("ERROR: " + Failure.describe(e, file.toString()));
                    hasFailed = true;
                }
                progress.step();
            }
            progress.clear();
        }
        if (arguments.has("--json")) {
            writeJson(found, out);
        } else {
            for (FileSets sets : found) {
                out.write(text(sets, found.size() > 1, colors).getBytes(StandardCharsets.UTF_8));
            }
        }
        return hasFailed ? ExitCode.FAILURE : ExitCode.OK;
    }

    private static FileSets setsOf(BtfInput input, Path file, Btf btf, BtfSource source, boolean isInFolder)
            throws IOException {
        if (source.elf() == null) {
            throw new BtfException(file + ": raw BTF, which does not tell what is in .BTF_ids; give the ELF file");
        }
        List<KfuncSet> sets = new ArrayList<>();
        for (KfuncSet set : KfuncSet.ofKfuncs(source.elf(), btf)) {
            if (set.isKnown()) {
                sets.add(set);
            } else {
                input.warn(file + ": " + set.unknownText() + "; resolve-btfids --check says more");
            }
        }
        if (sets.isEmpty() && !isInFolder) {
            input.warn(file + ": offers no functions to BPF programs");
        }
        return new FileSets(file.toString(), btf, sets, new ProgramTypes(btf, KfuncUsers.of(source.elf())));
    }

    private static String text(FileSets file, boolean isOneOfSeveral, Colors colors) {
        CDeclarationPrinter printer = file.sets.isEmpty() ? null : new CDeclarationPrinter(file.btf);
        StringBuilder text = new StringBuilder();
        if (isOneOfSeveral && !file.sets.isEmpty()) {
            text.append(colors.aside("/* " + file.file + " */")).append('\n');
        }
        for (KfuncSet set : file.sets) {
            text.append(colors.title(set.name().isEmpty() ? "set without name" : set.name()))
                    .append("  ")
                    .append(file.types.text(set))
                    .append('\n');
            for (KfuncSet.Entry entry : set.entries()) {
                if (!entry.name().isEmpty()) {
                    String flags = String.join(" | ", KfuncFlag.names(entry.flags()));
                    text.append("    ").append(entry.funcId() == 0 ? entry.name() : printer.text(entry.funcId()));
                    text.append(flags.isEmpty() ? "" : "    " + colors.notable(flags))
                            .append('\n');
                }
            }
        }
        return text.toString();
    }

    private static void writeJson(List<FileSets> files, OutputStream out) throws IOException {
        try (JsonGenerator json = JsonOutput.on(out)) {
            json.writeStartArray();
            for (FileSets file : files) {
                CDeclarationPrinter printer = file.sets.isEmpty() ? null : new CDeclarationPrinter(file.btf);
                for (KfuncSet set : file.sets) {
                    json.writeStartObject();
                    json.writeStringField("file", file.file);
                    json.writeStringField("set", set.name());
                    writeTypes(file.types, set, json);
                    json.writeArrayFieldStart("kfuncs");
                    for (KfuncSet.Entry entry : set.entries()) {
                        if (!entry.name().isEmpty()) {
                            json.writeStartObject();
                            json.writeStringField("name", entry.name());
                            json.writeNumberField("id", entry.funcId());
                            JsonOutput.strings(json, "flags", KfuncFlag.names(entry.flags()));
                            json.writeStringField(
                                    "prototype", entry.funcId() == 0 ? null : printer.text(entry.funcId()));
                            json.writeEndObject();
                        }
                    }
                    json.writeEndArray();
                    json.writeEndObject();
                }
            }
            json.writeEndArray();
            json.writeRaw('\n');
        }
    }

    private static void writeTypes(ProgramTypes types, KfuncSet set, JsonGenerator json) throws IOException {
        List<String> names = types.of(set);
        if (names.isEmpty()) {
            json.writeNullField("programTypes");
        } else {
            JsonOutput.strings(json, "programTypes", names);
        }
        json.writeBooleanField("maybeMore", names.isEmpty() || types.mayBeMore());
    }
}
