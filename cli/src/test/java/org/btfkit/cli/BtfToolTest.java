package org.btfkit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.fixtures.kernel.SampleModule;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.btfkit.fixtures.raw.RawElf;
import org.btfkit.transform.Distilled;
import org.btfkit.transform.Distiller;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The {@code btf} command on the sample kernel and its module. */
class BtfToolTest {
    @TempDir
    Path folder;

    private Path vmlinux;
    private Path module;
    private String out;
    private String err;

    @BeforeEach
    void writeSample() {
        vmlinux = SampleModule.writeVmlinuxBtf(folder);
        module = SampleModule.writeModule(folder);
    }

    private int run(Object... args) {
        CommandRun run = CommandRun.btf(args);
        out = new String(run.out(), StandardCharsets.UTF_8);
        err = run.err();
        return run.status();
    }

    @Test
    void shouldDumpOneLineForEachType() {
        assertEquals(ExitCode.OK, run("dump", vmlinux));
        long types = out.lines().filter(line -> line.startsWith("[")).count();
        assertEquals(SampleModule.FIRST_SPLIT_TYPE_ID - 1, types);
        assertEquals("", err);
    }

    @Test
    void shouldDumpOwnTypesOfSplitBtf() {
        assertEquals(ExitCode.OK, run("dump", "-B", vmlinux, module));
        assertTrue(out.startsWith("[" + SampleModule.FIRST_SPLIT_TYPE_ID + "] "), out);
    }

    @Test
    void shouldSayWhichBaseSplitBtfNeeds() {
        assertEquals(ExitCode.FAILURE, run("dump", module));
        assertTrue(err.contains("is split BTF: give its base with -B, one with "), err);
        assertTrue(err.contains(SampleModule.FIRST_SPLIT_TYPE_ID - 1 + " types"), err);
        assertEquals(1, err.lines().count(), err);
        assertEquals(ExitCode.OK, run("dump", "-B", vmlinux, vmlinux));
        assertTrue(out.startsWith("[1] "), out);
    }

    @Test
    void shouldPutTypesWithDistilledBaseOntoTheBaseGiven() throws IOException {
        Btf base = BtfSource.load(vmlinux);
        Distilled distilled = Distiller.distill(BtfSource.load(module, base));
        RawElf elf = RawElf.of(ElfVariant.MODULE);
        elf.section(".BTF").data(BtfWriter.toBytes(distilled.split()));
        elf.section(".BTF.base").data(BtfWriter.toBytes(distilled.base()));
        Path object = Files.write(folder.resolve("distilled.ko"), elf.toBytes());
        assertEquals(ExitCode.OK, run("dump", "-B", vmlinux, object));
        assertTrue(out.startsWith("[" + SampleModule.FIRST_SPLIT_TYPE_ID + "] "), out);
        assertEquals(ExitCode.OK, run("dump", object));
        assertTrue(out.startsWith("[" + distilled.base().typeCount() + "] "), out);
    }

    @Test
    void shouldDumpOnlyRootsAndWhatTheyNeed() {
        assertEquals(ExitCode.OK, run("dump", "--root", "1", vmlinux));
        long types = out.lines().filter(line -> line.startsWith("[")).count();
        assertTrue(out.startsWith("[1] "), out);
        assertTrue(types < SampleModule.FIRST_SPLIT_TYPE_ID - 1, out);
    }

    @Test
    void shouldDumpC() {
        assertEquals(ExitCode.OK, run("dump", "-f", "c", vmlinux));
        assertTrue(out.startsWith("#ifndef __VMLINUX_H__\n"), out);
        assertEquals(ExitCode.OK, run("dump", "-f", "c", "--prefix", "old_", "--root", "task", vmlinux));
        assertTrue(out.contains("struct old_task {"), out);
    }

    @Test
    void shouldDumpJson() {
        assertEquals(ExitCode.OK, run("dump", "-f", "json", vmlinux));
        assertTrue(out.startsWith("{\"types\":[{\"id\":1,"), out);
        assertEquals(1, out.lines().count());
        assertEquals(ExitCode.OK, run("dump", "-f", "json", "--pretty", vmlinux));
        assertTrue(out.lines().count() > 100, out);
    }

    @Test
    void shouldShowLayoutOfStructAndPlaceOfMember() {
        assertEquals(ExitCode.OK, run("show", "task", vmlinux));
        assertTrue(out.startsWith("struct task {\n") && out.contains("/* size: "), out);
        String first = out.lines().skip(1).findFirst().orElseThrow();
        String member = first.trim().replaceAll(";.*", "").replaceAll(".*[ *]", "");
        assertEquals(ExitCode.OK, run("show", "task." + member, vmlinux));
        assertTrue(out.startsWith("task." + member + ": offset 0, ["), out);
    }

    @Test
    void shouldFindByGlobRegexAndKind() {
        assertEquals(ExitCode.OK, run("find", "tas?", "-k", "struct", vmlinux));
        assertTrue(out.matches("\\[\\d+] STRUCT task\n"), out);
        assertEquals(ExitCode.OK, run("find", "-e", "^task_", vmlinux));
        assertTrue(out.lines().allMatch(line -> line.matches("\\[\\d+] [A-Z_0-9]+ task_.*")), out);
        assertEquals(ExitCode.FAILURE, run("find", "no_such_*", vmlinux));
        assertEquals("", out + err);
    }

    @Test
    void shouldCountTypes() {
        assertEquals(ExitCode.OK, run("stats", vmlinux));
        assertTrue(out.contains("\nall ") && out.contains("largest structs"), out);
    }

    @Test
    void shouldValidate() throws IOException {
        assertEquals(ExitCode.OK, run("validate", vmlinux));
        assertEquals(vmlinux + ": valid (kernel), 65 types, for Linux 5.0 and later\n", out);
        byte[] damaged = Files.readAllBytes(vmlinux);
        damaged[24 + 8 + 3] = 0x7f;
        Files.write(vmlinux, damaged);
        assertEquals(ExitCode.FAILURE, run("validate", vmlinux));
        assertEquals("", out);
        assertEquals(1, err.lines().count(), err);
        assertTrue(err.startsWith("ERROR: " + vmlinux + ": type [1] "), err);
    }

    @Test
    void shouldSayInOneLineWhatIsWrong() {
        String[][] commands = {
            {"dump", folder.resolve("absent").toString()},
            {"dump", folder.toString()},
            {"dump", module.toString()},
            {"show", "no_such_type", vmlinux.toString()},
            {"show", "task.no_such_member", vmlinux.toString()},
            {"show", "99999", vmlinux.toString()},
            {"dump", "--root", "no_such_type", vmlinux.toString()}
        };
        for (String[] command : commands) {
            assertEquals(ExitCode.FAILURE, run((Object[]) command), String.join(" ", command));
            assertEquals(1, err.lines().count(), err);
            assertTrue(err.startsWith("ERROR: ") && !err.contains("internal error"), err);
        }
    }

    @Test
    void shouldSayWhatMayHaveBeenMeant() {
        int last = SampleModule.FIRST_SPLIT_TYPE_ID - 1;
        String[][] calls = {
            {"who", "tsak", "no type named 'tsak'; there is task"},
            {"graph", "struct tsak", "no type named 'struct tsak'; there is task"},
            {"explain", "tsak", "no type named 'tsak'; there is task"},
            {"show", "tsak.name", "no type named 'tsak'; there is task"},
            {"show", "task.nmae", "task.nmae: type [21] STRUCT 'task' has no member 'nmae'; there is name"},
            {"show", "union task", "no type named 'union task'; there is type [21] STRUCT 'task'"},
            {"show", "t*", "no type named 't*'; btf find takes patterns"},
            {"who", "-1", "no type named '-1'; expected a name, or an id from 1 to " + last},
            {"who", "", "no type named ''; expected a name, or an id from 1 to " + last},
            {"who", "0", "no type has the id 0, ids are 1 to " + last},
            {"show", "99999999999", "no type has the id 99999999999, ids are 1 to " + last},
            {"explain", "2", "type [2] has no name, expected the name of a type or function"},
        };
        for (String[] call : calls) {
            assertEquals(ExitCode.FAILURE, run(call[0], call[1], vmlinux), call[1]);
            assertEquals("ERROR: " + vmlinux + ": " + call[2] + "\n", err);
        }
        assertEquals(ExitCode.OK, run("show", " struct  task ", vmlinux), err);
    }

    @Test
    void shouldShowTypesAsJson() {
        assertEquals(ExitCode.OK, run("show", "--json", "task", "task.name", vmlinux), err);
        List<String> lines = out.lines().toList();
        Json task = Json.parse(lines.get(0));
        assertEquals("struct", task.at("kind"));
        assertEquals(21, task.at("id"));
        assertEquals(vmlinux.toString(), task.at("file"));
        for (int i = 0; i < task.size("members"); i++) {
            if ("name".equals(task.at("members", i, "name"))) {
                assertEquals(
                        task.at("members", i, "offsetBits"),
                        Json.parse(lines.get(1)).at("offsetBits"));
                assertEquals(
                        task.at("members", i, "typeId"),
                        Json.parse(lines.get(1)).at("typeId"));
            }
        }
        assertEquals(2, lines.size());
        assertEquals(ExitCode.OK, run("find", "--json", "task", vmlinux), err);
        assertEquals("{\"file\":\"" + vmlinux + "\",\"id\":21,\"kind\":\"struct\",\"name\":\"task\"}\n", out);
        for (String command : List.of("find", "show", "who")) {
            run(command, "--json", "-B", vmlinux, "task", module); // not module.ko(.BTF), which is no file
            assertEquals(
                    module.toString(), Json.parse(out.lines().toList().get(0)).at("file"), command);
        }
    }

    @Test
    void shouldSayAsJsonWhatIsNotValid() throws IOException {
        Path text = Files.writeString(folder.resolve("text"), "no BTF, but a text");
        assertEquals(ExitCode.FAILURE, run("validate", "--json", text));
        assertEquals(false, Json.parse(out).at("valid"));
        assertEquals(text + ": not BTF: it is a text, at 0x0", Json.parse(out).at("error"));
        assertEquals("", err);
        assertEquals(ExitCode.FAILURE, run("validate", "--json", module)); // what it is without its base is not known
        assertEquals("", out);
        assertEquals(1, err.lines().count(), err);
    }

    @Test
    void shouldTellUsageErrorsApart() {
        String[][] commands = {
            {},
            {"frobnicate"},
            {"dump"},
            {"dump", "a", "b"},
            {"dump", "-f", "xml", vmlinux.toString()},
            {"dump", "--pretty", vmlinux.toString()},
            {"dump", "-f", "json", "--unsorted", vmlinux.toString()},
            {"dump", "-f", "c", "--prefix", "1 x", vmlinux.toString()},
            {"show", "task..pid", vmlinux.toString()},
            {"find", "-k", "klass", "x", vmlinux.toString()},
            {"find", "-e", "(", vmlinux.toString()},
            {"validate", "--level", "strict", vmlinux.toString()},
            {"dedup", vmlinux.toString()},
            {"dedup", "-o", "x"},
            {"dedup", "-o", "x", "--out-dir", "y", vmlinux.toString()},
            {"dedup", "--out-dir", "y", "a/x.ko", "b/x.ko.xz"},
            {"dedup", "--out-dir", "y", "-"},
            {"dedup", "-j", "0", "-o", "x", vmlinux.toString()},
            {"merge", "-o", "x"},
            {"distill", vmlinux.toString(), "-o", folder.resolve("x").toString()},
            {"relocate", vmlinux.toString(), "-o", folder.resolve("x").toString()},
            {
                "relocate",
                "--onto",
                vmlinux.toString(),
                vmlinux.toString(),
                "-o",
                folder.resolve("x").toString()
            },
            {"sort", vmlinux.toString()},
            {"sort", "-o", "x"}
        };
        for (String[] command : commands) {
            assertEquals(ExitCode.USAGE, run((Object[]) command), String.join(" ", command));
            assertEquals(1, err.lines().count(), err);
            assertTrue(err.startsWith("btf") && err.endsWith("--help)\n"), err);
        }
    }

    @Test
    void shouldExplainItself() {
        for (String name : Subcommands.NAMES) {
            List<String> args = new ArrayList<>(List.of(name.split(" ")));
            args.add("--help");
            assertEquals(ExitCode.OK, run((Object[]) args.toArray(new String[0])));
            assertTrue(out.contains("\nExamples:\n  btf " + name), out);
            // None is wrapped, which would leave two lines that are not what is meant.
            String examples = out.substring(out.indexOf("\nExamples:\n") + "\nExamples:\n".length());
            assertTrue(examples.lines().allMatch(line -> line.startsWith("  ")), examples);
        }
        assertEquals(ExitCode.OK, run("--help"));
        assertFalse(out.isEmpty());
    }

    @Test
    void shouldTakeHelpForACommandLikeTheOption() {
        for (String command : List.of("", "diff", "core", "core check")) {
            List<String> words = command.isEmpty() ? List.of() : List.of(command.split(" "));
            assertEquals(
                    ExitCode.OK,
                    run(Stream.concat(words.stream(), Stream.of("--help")).toArray()));
            String help = out;
            assertEquals(
                    ExitCode.OK,
                    run(Stream.concat(Stream.of("help"), words.stream()).toArray()));
            assertEquals(help, out);
        }
        assertEquals(ExitCode.USAGE, run("help", "dif"));
        assertEquals("btf: no command 'dif'; there is diff (see btf --help)\n", err);
    }

    @Test
    void shouldNameTheCommandOrOptionThatWasMeant() {
        assertEquals(ExitCode.USAGE, run("dmup", vmlinux));
        assertEquals("btf: no command 'dmup'; there is dump (see btf --help)\n", err);
        assertEquals(ExitCode.USAGE, run("something"));
        assertTrue(err.startsWith("btf: no command 'something', expected one of dump, show"), err);
        assertEquals(ExitCode.USAGE, run("stats", "--jsn", vmlinux));
        assertEquals("btf stats: Unknown option: '--jsn'; there is --json (see btf stats --help)\n", err);
        assertEquals(ExitCode.USAGE, run("stats", "--colour=never", vmlinux));
        assertEquals("btf stats: Unknown option: '--colour=never'; there is --color (see btf stats --help)\n", err);
        assertEquals(ExitCode.USAGE, run("stats", "-z", vmlinux));
        assertEquals("btf stats: Unknown option: '-z' (see btf stats --help)\n", err);
    }

    @Test
    void shouldNotNameItselfBeforeAFileThatCannotBeWritten() {
        assertEquals(ExitCode.FAILURE, run("report", vmlinux, "-o", folder));
        assertEquals("ERROR: " + folder + ": is a folder, expected a file to write\n", err);
    }

    @Test
    void shouldFailWhenOutputCannotBeWritten() {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        String[][] commands = {
            {"dump", vmlinux.toString()},
            {"stats", vmlinux.toString()},
            {"show", "task", vmlinux.toString()},
            {"--help"}
        };
        for (String[] command : commands) {
            ByteArrayOutputStream talk = new ByteArrayOutputStream();
            assertEquals(ExitCode.FAILURE, new BtfTool(full, new PrintStream(talk)).run(command));
            assertEquals(
                    "ERROR: btf: cannot write to standard output: No space left on device\n",
                    talk.toString(StandardCharsets.UTF_8));
        }
    }

    @Test
    void shouldTellTypesOfOneNameApart() {
        assertEquals(ExitCode.OK, run("show", "struct task", vmlinux));
        assertTrue(out.startsWith("struct task {\n"), out);
        assertEquals(ExitCode.FAILURE, run("show", "union task", vmlinux));
        assertTrue(err.contains("no type named 'union task'; there is type ["), err);
        assertTrue(err.contains("] STRUCT 'task'"), err);
        assertEquals(ExitCode.FAILURE, run("show", "tsak", vmlinux));
        assertTrue(err.endsWith("no type named 'tsak'; there is task\n"), err);
        assertEquals(ExitCode.FAILURE, run("show", "something_else", vmlinux));
        assertTrue(err.endsWith("; btf find '*something_else*' FILE lists similar ones\n"), err);
        assertEquals(ExitCode.FAILURE, run("show", "ta*", vmlinux));
        assertTrue(err.contains("btf find takes patterns"), err);
    }

    @Test
    void shouldEndQuietlyWhenNobodyReads() {
        OutputStream closed = new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        ByteArrayOutputStream talk = new ByteArrayOutputStream();
        int status = new BtfTool(closed, new PrintStream(talk)).run("dump", vmlinux.toString());
        assertEquals(ExitCode.OK, status);
        assertEquals("", talk.toString(StandardCharsets.UTF_8));
    }

    @Test
    void shouldWarnOfHeaderThatCompilersLayOutOtherwise(@TempDir Path folder) throws IOException {
        RawBtf raw = RawBtf.of(ByteOrder.LITTLE_ENDIAN);
        int intId = raw.addInt("int", 4, RawBtf.SIGNED);
        int partId = raw.addStruct("part", 4, Member.of("id", intId, 0));
        raw.addStruct("whole", 8, Member.of("", partId, 0), Member.of("typeof", intId, 32));
        Path file = Files.write(folder.resolve("part.btf"), raw.toBytes());
        CommandRun text = CommandRun.btf("dump", "-f", "c", file);
        assertEquals(0, text.status());
        assertEquals(
                "WARN: " + file + ": this header is wrong: 1 type that compilers lay out otherwise (struct whole); "
                        + "1 name that C does not have ('typeof'); use --exact\n",
                text.err());
        CommandRun exact = CommandRun.btf("dump", "-f", "c", "--exact", "--asserts", file);
        assertEquals(0, exact.status());
        assertEquals(
                "WARN: " + file + ": in this header: 1 name written differently ('typeof' as typeof_)\n", exact.err());
        String header = new String(exact.out(), StandardCharsets.UTF_8);
        assertTrue(header.contains("struct whole {\n\tstruct {\n\t\tint id;\n\t};\n\tint typeof_;\n};\n"), header);
        assertTrue(header.contains("_Static_assert(sizeof(struct whole) == 8, \"struct whole\");\n"), header);
    }
}
