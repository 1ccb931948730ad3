package org.btfkit.cli.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.btfkit.cli.CommandRun;
import org.btfkit.cli.Json;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.fixtures.kernel.SampleModule;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Enumerator;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.btfkit.fixtures.raw.RawBtf.Param;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code btf diff}, {@code check} and {@code explain}. */
class CompareCommandsTest {
    @TempDir
    Path folder;

    private Path write(String name, RawBtf raw) {
        try {
            return Files.write(folder.resolve(name), raw.toBytes());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A kernel in which {@code struct page} has a size, {@code struct folio} contains it, and a function takes it. */
    private Path kernel(String name, boolean isNew) {
        RawBtf raw = RawBtf.littleEndian();
        int u32 = raw.addInt("u32", 4, 0);
        int page = isNew
                ? raw.addStruct("page", 8, Member.of("flags", u32, 0), Member.of("refs", u32, 32))
                : raw.addStruct("page", 4, Member.of("flags", u32, 0));
        raw.addStruct("folio", isNew ? 8 : 4, Member.of("page", page, 0));
        int pointer = raw.addPtr(page);
        Param arg = new Param("page", pointer);
        raw.addFunc(
                "put_page", isNew ? raw.addFuncProto(0, arg, new Param("count", u32)) : raw.addFuncProto(0, arg), 1);
        raw.addEnum("zone", 4, false, new Enumerator("ZONE_DMA", 0), new Enumerator("ZONE_MAX", isNew ? 2 : 1));
        raw.addFunc(isNew ? "new_function" : "old_function", raw.addFuncProto(u32), 1);
        return write(name, raw);
    }

    @Test
    void diffShouldSumUpAndThenTell() {
        Path old = kernel("old.btf", false);
        Path now = kernel("new.btf", true);
        CommandRun run = CommandRun.btf("diff", old, now);
        assertEquals(ExitCode.FAILURE, run.status());
        assertEquals("", run.err());
        assertEquals(
                List.of(
                        "old  " + old + "  9 types",
                        "new  " + now + "  9 types",
                        "",
                        "                    removed    added  changed following",
                        "structs, unions           -        -        1         1",
                        "enums                     -        -        1         -",
                        "functions                 1        1        1         -",
                        "",
                        "Structs, unions changed (1)",
                        "~ struct page  4 -> 8 bytes",
                        "    + 4              refs: u32, 4 bytes",
                        "",
                        "Structs, unions that follow from others (1)",
                        "~ because struct page changed: 1 type",
                        "    struct folio (4 -> 8)",
                        "",
                        "Enums changed (1)",
                        "~ enum zone",
                        "    ~ ZONE_MAX = 1 -> 2",
                        "",
                        "Functions removed (1)",
                        "- u32 old_function(void)",
                        "",
                        "Functions added (1)",
                        "+ u32 new_function(void)",
                        "",
                        "Functions changed (1)",
                        "- void put_page(struct page *page)",
                        "+ void put_page(struct page *page, u32 count)"),
                run.outLines());
    }

    /** Structs a00 to a23, the last of which are in others. */
    private Path manyStructs(String name, int size) {
        RawBtf raw = RawBtf.littleEndian();
        int u32 = raw.addInt("u32", 4, 0);
        for (int i = 0; i < 24; i++) {
            int id = raw.addStruct("a%02d".formatted(i), size, Member.of("m", u32, 0));
            if (i >= 22) {
                raw.addFunc("take" + i, raw.addFuncProto(0, new Param("p", raw.addPtr(raw.addConst(id)))), 1);
            }
        }
        return write(name, raw);
    }

    @Test
    void diffShouldTellOfWhatIsUsedMostWhereItCannotTellAll() {
        Path old = manyStructs("old.btf", 4);
        Path now = manyStructs("new.btf", 8);
        List<String> lines = CommandRun.btf("diff", old, now).outLines();
        int title = lines.indexOf("Structs, unions changed (24, most used first)");
        assertEquals(
                List.of("~ struct a22  4 -> 8 bytes", "~ struct a23  4 -> 8 bytes", "~ struct a00  4 -> 8 bytes"),
                lines.subList(title + 1, title + 4));
        assertEquals("  ... and 4 more, see --all", lines.get(title + 21));
        List<String> all = CommandRun.btf("diff", "--all", old, now).outLines();
        title = all.indexOf("Structs, unions changed (24)");
        assertEquals("~ struct a00  4 -> 8 bytes", all.get(title + 1));
        assertEquals("~ struct a23  4 -> 8 bytes", all.get(title + 24));
    }

    @Test
    void diffShouldAdviseOnNamesThatAreNotThere() {
        Path old = kernel("old.btf", false);
        CommandRun run = CommandRun.btf("diff", old, kernel("new.btf", true), "--only", "pgae", "--only", "ZONE_MXA");
        assertEquals(ExitCode.OK, run.status());
        assertEquals(
                List.of(
                        "WARN: --only pgae: nothing has such a name; there is page",
                        "WARN: --only ZONE_MXA: nothing has such a name"),
                run.errLines());
        CommandRun same = CommandRun.btfOk("diff", old, kernel("same.btf", false), "--only", "p*", "--only", "u32");
        assertTrue(same.outText().endsWith("No difference.\n"), same.outText());
    }

    @Test
    void diffShouldExitWithZeroWhereNothingIsDifferent() {
        Path one = kernel("one.btf", true);
        List<String> lines =
                CommandRun.btfOk("diff", one, kernel("other.btf", true)).outLines();
        assertEquals("No difference.", lines.get(lines.size() - 1));
    }

    @Test
    void diffShouldSelect() {
        Path old = kernel("old.btf", false);
        Path now = kernel("new.btf", true);
        String only = CommandRun.btf("diff", "--only", "put_*", old, now).outText();
        assertTrue(only.contains("functions                 -        -        1"), only);
        assertTrue(!only.contains("struct page  4"), only);
        String abi = CommandRun.btf("diff", "--abi", old, now).outText();
        assertTrue(abi.contains("- u32 old_function(void)") && !abi.contains("new_function"), abi);
        CommandRun none = CommandRun.btfOk("diff", "--ignore", "*", old, now);
        assertTrue(none.outText().endsWith("No difference.\n"), none.outText());
    }

    @Test
    void diffShouldWriteJsonAndColours() {
        Path old = kernel("old.btf", false);
        Path now = kernel("new.btf", true);
        Json json = Json.parse(
                CommandRun.btf("diff", "--json", "--only", "page", old, now).outText());
        assertEquals(1, json.size("changes"));
        assertEquals("struct", json.at("changes", 0, "kind"));
        assertEquals("layout", json.at("changes", 0, "impact"));
        assertEquals("refs", json.at("changes", 0, "members", 0, "path"));
        String coloured = CommandRun.btf("diff", "--color", "always", old, now).outText();
        assertTrue(coloured.contains("\u001b[32m+ u32 new_function(void)\u001b[0m"), coloured);
        assertEquals(
                ExitCode.USAGE,
                CommandRun.btf("diff", "--color", "sometimes", old, now).status());
    }

    @Test
    void diffShouldNotTakeAFailureForADifference() {
        Path old = kernel("old.btf", false);
        CommandRun run = CommandRun.btf("diff", old, folder.resolve("none.btf"));
        assertEquals(ExitCode.NO_ANSWER, run.status());
        assertEquals(1, run.errors().size(), run.err());
    }

    @Test
    void diffShouldCompareKfuncs() {
        Path vmlinux = SampleModule.writeVmlinuxBtf(folder);
        Path module = SampleModule.writeModule(folder);
        CommandRun same = CommandRun.btf("diff", "--kfuncs", "-B", vmlinux, module, module);
        assertEquals(ExitCode.OK, same.status(), same.err());
        CommandRun raw = CommandRun.btf("diff", "--kfuncs", "-B", vmlinux, vmlinux, module);
        assertEquals(ExitCode.NO_ANSWER, raw.status());
        assertTrue(raw.err().contains("raw BTF, which does not tell which functions are kfuncs"), raw.err());
    }

    @Test
    void checkShouldSayThatIdsAreNotResolvedYet() {
        Path vmlinux = SampleModule.writeVmlinuxBtf(folder);
        Path module = SampleModule.writeModule(folder);
        CommandRun fresh = CommandRun.btf("check", module, "--on", vmlinux);
        assertEquals(ExitCode.FAILURE, fresh.status(), fresh.toString());
        assertTrue(
                fresh.outLines().get(0).endsWith("sample.vmlinux.btf: loads, but its ids are wrong"), fresh.outText());
        assertTrue(fresh.outText().contains("has no ids yet: run resolve-btfids on the module"), fresh.outText());
        assertEquals(0, CommandRun.resolveBtfids("-b", vmlinux, module).status());
        List<String> lines = CommandRun.btfOk("check", module, "--on", vmlinux).outLines();
        assertTrue(lines.get(0).endsWith(": loads"), lines.toString());
        assertTrue(
                lines.contains("  kfuncs    " + SampleModule.KFUNCS.size() + ", see -v or btf kfuncs"),
                lines.toString());
    }

    /** As strip leaves it; the kernel wants no symbols. */
    @Test
    void checkShouldNotTakeStrippedIdsForWrong() throws IOException {
        Path vmlinux = SampleModule.writeVmlinuxBtf(folder);
        Path module = SampleModule.writeModule(folder);
        CommandRun.resolveBtfids("-b", vmlinux, module);
        String bytes = Files.readString(module, StandardCharsets.ISO_8859_1);
        Files.writeString(module, bytes.replace("__BTF_ID__", "__none_ID_"), StandardCharsets.ISO_8859_1);
        List<String> lines = CommandRun.btfOk("check", module, "--on", vmlinux).outLines();
        assertTrue(lines.get(0).endsWith(": loads"), lines.toString());
        assertTrue(lines.contains("  .BTF_ids  cannot be checked"), lines.toString());
        assertTrue(lines.toString().contains(" words have no symbols, as after strip, so that"), lines.toString());
    }

    /** A module has ids, so that distilling its BTF alone would be refused. */
    @Test
    void checkShouldGiveAdviceThatWorks() {
        Path vmlinux = SampleModule.writeVmlinuxBtf(folder);
        Path module = SampleModule.writeModule(folder);
        Path other = kernel("other.btf", false);
        CommandRun run = CommandRun.btf("check", module, "--on", other);
        assertTrue(
                run.outText().contains(", resolve-btfids --embed --distill_base -b THAT MODULE: it then loads here"),
                run.outText());
        CommandRun embed = CommandRun.resolveBtfids("--embed", "--distill_base", "-b", vmlinux, module);
        assertEquals(0, embed.status(), embed.err());
    }

    @Test
    void checkShouldNotTakeTheKernelInAFolderForAModule() throws IOException {
        Path kernels = Files.createDirectory(folder.resolve("btf"));
        Path vmlinux = Files.move(SampleModule.writeVmlinuxBtf(folder), kernels.resolve("vmlinux"));
        CommandRun none = CommandRun.btf("check", kernels, "--on", vmlinux);
        assertEquals(ExitCode.NO_ANSWER, none.status());
        assertEquals(List.of("ERROR: " + kernels + ": no modules in this folder, only " + vmlinux), none.errLines());
        Path module = Files.move(SampleModule.writeModule(folder), kernels.resolve("sample.ko"));
        CommandRun.resolveBtfids("-b", vmlinux, module);
        List<String> lines = CommandRun.btfOk("check", kernels, "--on", vmlinux).outLines();
        assertEquals(module + " on " + vmlinux + ": loads", lines.get(0));
    }

    @Test
    void checkShouldTakeAllKernelsOfAFolder() throws IOException {
        Path kernels = Files.createDirectory(folder.resolve("kernels"));
        Path module = Files.move(SampleModule.writeModule(folder), kernels.resolve("sample.ko"));
        CommandRun none = CommandRun.btf("check", module, "--on", kernels);
        assertEquals(ExitCode.NO_ANSWER, none.status());
        assertEquals(
                List.of("ERROR: " + kernels + ": no kernels in this folder (vmlinux, vmlinuz-VERSION, *.btf), only "
                        + module),
                none.errLines());
        Path vmlinux = Files.move(SampleModule.writeVmlinuxBtf(folder), kernels.resolve("sample.btf"));
        Path old = Files.writeString(kernels.resolve("vmlinuz-4.19"), "a kernel without BTF");
        CommandRun.resolveBtfids("-b", vmlinux, module);
        CommandRun run = CommandRun.btf("check", module, "--on", kernels);
        assertEquals(ExitCode.OK, run.status(), run::toString);
        assertEquals(module + " on " + vmlinux + ": loads", run.outLines().get(0));
        assertEquals(1, run.errLines().size(), run::toString);
        assertTrue(run.errLines().get(0).startsWith("WARN: " + old + ": "), run::toString);
        assertTrue(run.errLines().get(0).endsWith("; left out"), run::toString);
    }

    @Test
    void checkShouldGiveAVerdictForEachBase() {
        Path vmlinux = SampleModule.writeVmlinuxBtf(folder);
        Path module = SampleModule.writeModule(folder);
        CommandRun.resolveBtfids("-b", vmlinux, module);
        Path other = kernel("other.btf", false);
        CommandRun run = CommandRun.btf("check", "--json", module, "--on", vmlinux, "--on", other);
        assertEquals(ExitCode.FAILURE, run.status());
        Json json = Json.parse(run.outText());
        assertEquals(true, json.at("modules", 0, "verdicts", 0, "good"));
        assertEquals("loads", json.at("modules", 0, "verdicts", 0, "btf"));
        assertEquals(false, json.at("modules", 0, "verdicts", 1, "good"));
        assertEquals("refused", json.at("modules", 0, "verdicts", 1, "btf"));
        assertTrue(
                json.at("modules", 0, "verdicts", 1, "cause").toString().startsWith("it was made on another base: "),
                run.outText());
    }

    @Test
    void checkShouldNotTakeAFailureForAVerdict() {
        Path vmlinux = SampleModule.writeVmlinuxBtf(folder);
        CommandRun run = CommandRun.btf("check", folder.resolve("none.ko"), "--on", vmlinux);
        assertEquals(ExitCode.NO_ANSWER, run.status());
        assertEquals(1, run.errors().size(), run.err());
        CommandRun noBase = CommandRun.btf("check", SampleModule.writeModule(folder), "--on", folder.resolve("none"));
        assertEquals(ExitCode.NO_ANSWER, noBase.status());
        assertEquals(1, noBase.errors().size(), noBase.err());
    }

    @Test
    void explainShouldShowTheNearestDifference() {
        RawBtf raw = RawBtf.littleEndian();
        int u32 = raw.addInt("u32", 4, 0);
        int one = raw.addStruct("mib", 4, Member.of("packets", u32, 0));
        int other = raw.addStruct("mib", 4, Member.of("bytes", u32, 0));
        raw.addStruct("net", 8, Member.of("mib", raw.addPtr(one), 0));
        raw.addStruct("net", 8, Member.of("mib", raw.addPtr(other), 0));
        Path file = write("two.btf", raw);
        assertEquals(
                List.of(
                        "struct net has 2 ids",
                        "  [5]  8 bytes  used by no named type",
                        "  [7]  8 bytes  used by no named type",
                        "  [5] and [7] differ first at net.mib*:",
                        "    [5] member packets at 0",
                        "    [7] member bytes at 0"),
                CommandRun.btfOk("explain", "net", file).outLines());
        assertEquals(
                CommandRun.btfOk("explain", "net", file).outText(),
                CommandRun.btfOk("explain", "7", file).outText());
        Json json =
                Json.parse(CommandRun.btfOk("explain", "--json", "net", file).outText());
        assertEquals(2, json.size("kinds", 0, "types"));
        assertEquals(5, json.at("kinds", 0, "types", 0, "id"));
        assertEquals(8, json.at("kinds", 0, "types", 0, "size"));
        assertEquals(".mib*", json.at("kinds", 0, "differences", 0, "path"));
        assertEquals("member bytes at 0", json.at("kinds", 0, "differences", 0, "there"));
        CommandRun wrong = CommandRun.btf("explain", "nett", file);
        assertEquals(ExitCode.FAILURE, wrong.status());
        assertEquals(List.of("ERROR: " + file + ": no type named 'nett'; there is net"), wrong.errLines());
    }

    @Test
    void explainShouldTellWhyAnIdIsNotResolved() {
        Path vmlinux = SampleModule.writeVmlinuxBtf(folder);
        Path module = SampleModule.writeModule(folder);
        String name = SampleModule.KFUNCS.get(0);
        String fresh = CommandRun.btfOk("explain", name, "-B", vmlinux, module).outText();
        assertTrue(
                fresh.contains(
                        ": func " + name + " has no id\n  nothing has been resolved yet, or it was not in the BTF"
                                + " then; resolve-btfids resolves it\n"),
                fresh);
        CommandRun.resolveBtfids("-b", vmlinux, module);
        String resolved =
                CommandRun.btfOk("explain", name, "-B", vmlinux, module).outText();
        assertTrue(resolved.endsWith("\n  resolved\n"), resolved);
    }
}
