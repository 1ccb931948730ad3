package org.btfkit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.btfkit.cli.laws.LawsSyntax;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Option;
import org.btfkit.cli.support.PicocliReader;
import org.btfkit.cli.support.Syntax;
import org.btfkit.fixtures.kernel.SampleModule;
import org.btfkit.fixtures.raw.RawBtf;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds of every subcommand of {@code btf}: its help, and what it says of a file that is not what it takes. */
class EveryCommandTest {
    /** A call for each place of a file, which is {@code F}; V, M and P are a kernel, a module and a BPF object. */
    private static final List<String> FILES = List.of(
            "dump F",
            "dump -B F M",
            "show task F",
            "show -B F task M",
            "find t* F",
            "find -B F t* M",
            "stats F",
            "stats -B F M",
            "who task F",
            "who -B F task M",
            "kfuncs F",
            "kfuncs -B F M",
            "graph task F",
            "report F -o O",
            "report V F -o O",
            "report --diff F V -o O",
            "validate F",
            "validate --json F",
            "validate -B F M",
            "diff F V",
            "diff V F",
            "diff --old_base F -B V M M",
            "check F --on V",
            "check M --on F",
            "explain task F",
            "explain -B F task M",
            "encode F -o O",
            "encode -B F M -o O",
            "dedup F -o O",
            "dedup V F -o O",
            "dedup -B F M --raw -o O",
            "merge F -o O",
            "merge V F -o O",
            "distill -B F M --raw -o O",
            "distill -B V F --raw -o O",
            "relocate --onto F -B V M --raw -o O",
            "relocate --onto V -B F M --raw -o O",
            "sort F -o O",
            "sanitize --for 5.4 F -o O",
            "core check F --on V",
            "core check P --on F",
            "core list F",
            "core list P --on F",
            "core apply F --on V -o O",
            "core apply P --on F -o O",
            "min-core F -B V --out-dir O",
            "min-core P -B F --out-dir O",
            "java task -B F --package p -o O");

    /** A call of each command that has colours or JSON, on what it has something to say of. */
    private static final List<String> CALLS = List.of(
            "dump V",
            "show task task.name V",
            "find t* V",
            "stats V",
            "who task V",
            "kfuncs -B V M",
            "validate V",
            "diff S V",
            "check M --on V",
            "explain task V",
            "encode M -o O",
            "core check P --on V",
            "core list P --on V",
            "graph task V");

    @TempDir
    Path folder;

    private Path out;

    @BeforeEach
    void write() throws IOException {
        SampleModule.writeVmlinuxBtf(folder);
        SampleModule.writeModule(folder);
        SampleModule.writeBpfObject(folder);
        out = folder.resolve("out");
        Files.createDirectory(folder.resolve("folder"));
        Files.writeString(folder.resolve("text"), "# a script, and no file with BTF in it\n");
        Files.write(folder.resolve("empty"), new byte[0]);
    }

    /** The arguments of a call. */
    private List<String> arguments(String call, Path file) {
        List<String> arguments = new ArrayList<>();
        for (String word : call.split(" ")) {
            arguments.add(
                    switch (word) {
                        case "F" -> file.toString();
                        case "V" -> SampleModule.writeVmlinuxBtf(folder).toString();
                        case "M" -> SampleModule.writeModule(folder).toString();
                        case "P" -> SampleModule.writeBpfObject(folder).toString();
                        case "S" -> smallKernel().toString();
                        case "O" -> out.toString();
                        default -> word;
                    });
        }
        return arguments;
    }

    /** A kernel that has nothing of what the sample has. */
    private Path smallKernel() {
        RawBtf raw = RawBtf.littleEndian();
        raw.addInt("int", 4, RawBtf.SIGNED);
        try {
            return Files.write(folder.resolve("small.btf"), raw.toBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CommandRun run(List<String> arguments, String... more) {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of(more));
        return CommandRun.btf(all.toArray());
    }

    /** The first words of a call that are a command. */
    private static String command(String call) {
        String[] words = call.split(" ");
        return Subcommands.wordsOf(words) == 2 ? words[0] + " " + words[1] : words[0];
    }

    @Test
    void shouldSayWhatAFileIsThatItDoesNotTake() throws IOException {
        Set<String> called = new TreeSet<>();
        for (String call : FILES) {
            called.add(command(call));
            for (String kind : List.of("empty", "text", "folder", "absent")) {
                Path file = folder.resolve(kind);
                CommandRun run = run(arguments(call, file));
                assertNotEquals(ExitCode.OK, run.status(), run::toString);
                String said = run.err() + (run.out().length > 0 ? run.outText() : "");
                String expected = switch (kind) {
                    case "empty" -> "it is empty";
                    case "text" -> "it is a text";
                    case "folder" -> "folder";
                    default -> "No such file or directory";
                };
                assertTrue(said.contains(file.toString()) && said.contains(expected), run::toString);
                assertTrue(run.errLines().size() <= 1, run::toString);
                assertFalse(said.contains("internal error"), run::toString);
                assertFalse(Files.exists(out) && !Files.isDirectory(out), run::toString);
            }
        }
        assertEquals(new TreeSet<>(Subcommands.NAMES), called);
    }

    @Test
    void shouldSayInItsHelpHowItEndsAndWhatItsJsonIs() {
        BtfTool.subcommands().forEach((name, syntax) -> {
            CommandRun help = run(List.of(name.split(" ")), "--help");
            CommandRun version = run(List.of(name.split(" ")), "--version");
            assertEquals(CommandRun.btfOk("--version").outText(), version.outText(), name);
            assertTrue(help.outText().contains("\nExit status: 0 "), help::toString);
            assertEquals(has(syntax, "--json"), help.outText().contains("\nShape of the JSON:\n  "), name);
            boolean isShape = false;
            for (String line : help.outLines()) {
                isShape = line.equals("Shape of the JSON:") || isShape && !line.equals("Examples:");
                // A line that is wrapped begins at the left.
                assertTrue(!isShape || line.isEmpty() || line.startsWith("  ") || line.startsWith("Shape"), line);
            }
        });
    }

    /** Also of those that are no subcommands. */
    @Test
    void shouldSayOnceHowItEnds() {
        for (CommandRun help : List.of(
                CommandRun.resolveBtfids("--help"), CommandRun.genBtf("--help"), CommandRun.btf("diff", "--help"))) {
            assertEquals(2, help.outText().split("Exit status: ", -1).length, help::toString);
        }
        assertEquals(2, PicocliReader.usage(LawsSyntax.create()).split("Exit status: ", -1).length);
    }

    private static boolean has(Syntax syntax, String option) {
        return syntax.options().stream().map(Option::names).anyMatch(names -> names.contains(option));
    }

    @Test
    void shouldColourAndWriteJsonIfAsked() throws IOException {
        Set<String> coloured = new TreeSet<>();
        Set<String> json = new TreeSet<>();
        for (String call : CALLS) {
            Syntax syntax = BtfTool.subcommands().get(command(call));
            if (has(syntax, "--color")) {
                coloured.add(command(call));
                assertTrue(
                        run(arguments(call, null), "--color", "always")
                                .outText()
                                .contains("\u001b["),
                        call);
                assertFalse(
                        run(arguments(call, null), "--color", "never").outText().contains("\u001b["), call);
                assertFalse(run(arguments(call, null)).outText().contains("\u001b["), call);
                assertEquals(
                        ExitCode.USAGE,
                        run(arguments(call, null), "--color", "some").status(),
                        call);
            }
            if (has(syntax, "--json")) {
                json.add(command(call));
                Files.deleteIfExists(out);
                CommandRun run = run(arguments(call, null), "--json");
                assertTrue(run.out().length > 0, run::toString);
                if (run.outText().startsWith("{\"")) {
                    run.outLines().forEach(Json::parse);
                } else {
                    Json.parse(run.outText());
                }
            }
        }
        Set<String> withColours = new TreeSet<>();
        Set<String> withJson = new TreeSet<>();
        BtfTool.subcommands().forEach((name, syntax) -> {
            if (has(syntax, "--color")) {
                withColours.add(name);
            }
            if (has(syntax, "--json")) {
                withJson.add(name);
            }
        });
        assertEquals(withColours, coloured);
        assertEquals(withJson, json);
    }
}
