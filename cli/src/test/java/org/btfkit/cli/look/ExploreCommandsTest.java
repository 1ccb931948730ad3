package org.btfkit.cli.look;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.btfkit.cli.CommandRun;
import org.btfkit.cli.Json;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.fixtures.kernel.SampleModule;
import org.btfkit.fixtures.raw.BtfIdsObject;
import org.btfkit.fixtures.raw.BtfIdsObject.Entry;
import org.btfkit.fixtures.raw.BtfIdsObject.IdLookup;
import org.btfkit.fixtures.raw.BtfIdsObject.IdSet8;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawBtf;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code btf who}, {@code kfuncs}, {@code graph}, {@code report} and coloured dumps on the sample kernel and module.
 */
class ExploreCommandsTest {
    @TempDir
    Path folder;

    private Path vmlinux;
    private Path module;

    @BeforeEach
    void writeSample() {
        vmlinux = SampleModule.writeVmlinuxBtf(folder);
        module = SampleModule.writeModule(folder);
    }

    @Test
    void whoShouldGroupUsesByRelation() {
        String text =
                CommandRun.btfOk("who", "sample_queue", "-B", vmlinux, module).outText();
        assertTrue(text.contains("] struct sample_queue\n"), text);
        assertTrue(text.contains("\ntaken by "), text);
        assertTrue(text.contains("    void sample_queue_release(struct sample_queue *"), text);
    }

    @Test
    void whoShouldLimitRelationsAndWriteJson() {
        String line = CommandRun.btfOk("who", "--json", "-k", "returns", "sample_queue", "-B", vmlinux, module)
                .outText();
        Json json = Json.parse(line);
        assertEquals("sample_queue", json.at("name"));
        assertEquals("returns", json.at("uses", 0, "relation"));
        assertEquals("sample_queue_acquire", json.at("uses", 0, "name"));
        assertEquals(1, json.size("uses"));
        CommandRun misuse = CommandRun.btf("who", "-k", "loves", "task", vmlinux);
        assertEquals(ExitCode.USAGE, misuse.status());
        assertTrue(
                misuse.err().startsWith("btf who: 'loves', expected one of names, contains, points, "), misuse.err());
    }

    @Test
    void whoShouldFindUsersInEachOfSeveralFiles() {
        CommandRun run = CommandRun.btf("who", "-k", "takes", "task", vmlinux, module, "-B", vmlinux);
        assertTrue(run.err().isEmpty(), run.err());
        assertTrue(run.outText().startsWith("/* " + vmlinux + " */\n["), run.outText());
    }

    @Test
    void kfuncsShouldNameFlags() {
        List<String> lines = CommandRun.btfOk("kfuncs", "-B", vmlinux, module).outLines();
        assertEquals(1 + SampleModule.KFUNCS.size(), lines.size());
        assertTrue(lines.get(0).endsWith("  for programs of unknown types"), lines.get(0));
        assertTrue(
                lines.stream()
                        .anyMatch(line -> line.contains(" *sample_queue_acquire(")
                                && line.endsWith("    KF_ACQUIRE | KF_RET_NULL")),
                lines.toString());
        assertTrue(
                lines.stream()
                        .anyMatch(line ->
                                line.contains("sample_drain(") && line.endsWith("    KF_TRUSTED_ARGS | KF_SLEEPABLE")),
                lines.toString());
    }

    @Test
    void kfuncsShouldWriteJson() {
        Json json = Json.parse(
                CommandRun.btfOk("kfuncs", "--json", "-B", vmlinux, module).outText());
        assertEquals(1, json.size());
        assertEquals(module.toString(), json.at(0, "file"));
        assertEquals(SampleModule.KFUNCS.size(), json.size(0, "kfuncs"));
        assertNull(json.at(0, "programTypes"));
        assertEquals(true, json.at(0, "maybeMore"));
    }

    @Test
    void kfuncsShouldSayWhyAKernelTellsNoTypesOfPrograms() throws IOException {
        RawBtf btf = RawBtf.littleEndian();
        int proto = btf.addFuncProto(0);
        btf.addFunc("one", proto, 1);
        byte[] bytes = BtfIdsObject.of(ElfVariant.MODULE)
                .with(new IdSet8("set", BtfIdsObject.SET8_KFUNCS, List.of(Entry.func("one", 1))))
                .withBtf(btf.toBytes())
                .resolvedBytes(IdLookup.in(btf));
        Path kernel = Files.write(folder.resolve("stripped"), bytes);
        CommandRun run = CommandRun.btf("kfuncs", kernel);
        assertEquals(List.of("set  for programs of unknown types", "    void one(void)    KF_ACQUIRE"), run.outLines());
        assertEquals(
                List.of("NOTE: " + kernel + ": types of programs are not known; they are read from code of x86-64 or"
                        + " arm64, with symbols, which a vmlinux of kernel headers, for one, does not have"),
                run.errLines());
    }

    @Test
    void kfuncsShouldRefuseRawBtf() {
        CommandRun run = CommandRun.btf("kfuncs", vmlinux);
        assertEquals(ExitCode.FAILURE, run.status());
        assertEquals(
                List.of("ERROR: " + vmlinux + ": raw BTF, which does not tell what is in .BTF_ids; give the ELF file"),
                run.errLines());
    }

    @Test
    void graphShouldWriteDotAndSvg() throws Exception {
        String dot = CommandRun.btfOk("graph", "task", vmlinux).outText();
        assertTrue(dot.startsWith("digraph types {\n"), dot);
        Path svg = folder.resolve("task.svg");
        CommandRun.btfOk("graph", "task", vmlinux, "-o", svg);
        var document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(svg.toFile());
        assertEquals("task", document.getElementsByTagName("title").item(0).getTextContent());
        assertTrue(document.getElementsByTagName("rect").getLength() >= 2);
    }

    @Test
    void graphShouldWriteJson() {
        Json json = Json.parse(CommandRun.btfOk("graph", "--json", "--depth", "1", "task", vmlinux)
                .outText());
        assertEquals(false, json.at("isCut"));
        assertEquals("task", json.at("types", 0, "name"));
        assertEquals("struct", json.at("types", 0, "kind"));
        assertEquals(0, json.at("types", 0, "distance"));
        int drawn = (Integer) json.at("types", 0, "members", 0, "drawn");
        assertEquals(json.at("types", 0, "members", 0, "targetId"), json.at("types", drawn, "id"));
        assertEquals(json.at("types", 0, "members", 0, "target"), json.at("types", drawn, "name"));
        CommandRun both = CommandRun.btf("graph", "--json", "--svg", "task", vmlinux);
        assertEquals(ExitCode.USAGE, both.status());
        assertTrue(both.err().contains("--json and --svg: expected one of them"), both.err());
    }

    @Test
    void dumpShouldAddColoursAndNothingElse() {
        for (String format : List.of("raw", "c", "json")) {
            String plain = CommandRun.btfOk("dump", "-f", format, "--color", "never", vmlinux)
                    .outText();
            String coloured = CommandRun.btfOk("dump", "-f", format, "--color", "always", vmlinux)
                    .outText();
            assertEquals(plain, coloured.replaceAll("\u001b\\[\\d+m", ""), format);
            assertEquals(format.equals("json"), plain.equals(coloured), format);
        }
        String raw = CommandRun.btfOk("dump", "--color", "always", "--root", "task", vmlinux)
                .outText();
        assertTrue(raw.contains("STRUCT \u001b[1m'task'\u001b[0m size="), raw);
        String c = CommandRun.btfOk("dump", "-f", "c", "--color", "always", vmlinux)
                .outText();
        assertTrue(c.contains("\n\u001b[1mstruct task\u001b[0m {\n"), c);
    }

    @Test
    void graphShouldRefuseWhatItCannotDraw() {
        CommandRun run = CommandRun.btf("graph", "int", vmlinux);
        assertEquals(ExitCode.FAILURE, run.status());
        assertTrue(run.err().endsWith("INT 'int': expected a struct, union, or typedef of one\n"), run.err());
        assertEquals(
                ExitCode.USAGE,
                CommandRun.btf("graph", "--depth", "-1", "task", vmlinux).status());
    }

    @Test
    void reportShouldWriteOnePage() throws IOException {
        Path page = folder.resolve("report.html");
        CommandRun.btfOk("report", vmlinux, module, "-o", page, "--title", "a <b> & c");
        String html = Files.readString(page);
        assertTrue(html.startsWith("<!DOCTYPE html>"), html.substring(0, 40));
        assertTrue(html.contains("<title>a &lt;b&gt; &amp; c</title>"));
        assertEquals(-1, html.indexOf("@DATA@"));
        assertTrue(html.contains("id=\"data-1\""));
        assertEquals(-1, html.indexOf("http://"), "needs no network");
        assertEquals(-1, html.indexOf("https://"), "needs no network");
        String info = html.substring(html.indexOf("id=\"info\">") + 10);
        Json json = Json.parse(info.substring(0, info.indexOf("</script>")));
        assertEquals(0, json.at("files", 1, "base"));
        assertEquals(SampleModule.KFUNCS.size(), json.size("files", 1, "kfuncs"));
    }

    @Test
    void reportShouldAddTheBaseThatItNeeds() throws IOException {
        Path page = folder.resolve("report.html");
        CommandRun.btfOk("report", module, "-B", vmlinux, "-o", page);
        assertTrue(Files.readString(page).contains("\"name\":\"sample.vmlinux.btf\""));
    }

    @Test
    void reportShouldLeaveNothingBehindWhenItFails() {
        Path page = folder.resolve("report.html");
        CommandRun run = CommandRun.btf("report", module, "-o", page);
        assertEquals(ExitCode.FAILURE, run.status());
        assertEquals(1, run.errLines().size(), run.err());
        assertTrue(Files.notExists(page));
        assertEquals(ExitCode.USAGE, CommandRun.btf("report", vmlinux).status());
    }
}
