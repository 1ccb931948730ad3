package org.btfkit.cli.html;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertIterableEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.btfkit.btf.Btf;
import org.btfkit.btf.dump.CDeclarationPrinter;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.layout.StructLayout;
import org.btfkit.btf.query.MemberPath;
import org.btfkit.btf.query.TypeQueries;
import org.btfkit.btf.query.TypeSizes;
import org.btfkit.btf.query.TypeUses;
import org.btfkit.btf.query.TypeUses.Relation;
import org.btfkit.cli.CommandRun;
import org.btfkit.compare.BtfDiff;
import org.btfkit.compare.Change;
import org.btfkit.compare.Subject;
import org.btfkit.fixtures.kernel.KernelPackages;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** The report of a real kernel and a module of it, used in a browser as a reader would. */
@Tag("conformance")
class ReportPageConformance {
    private static final int CHUNK = 4000;
    private static final int EVERY = 3;
    private static final long MAX_BYTES = 3_000_000;

    private static final Map<String, Relation> RELATIONS = Map.of(
            "typedefs", Relation.NAMES,
            "contains", Relation.CONTAINS,
            "points", Relation.POINTS,
            "variables", Relation.VARIABLE,
            "takes", Relation.TAKES,
            "returns", Relation.RETURNS,
            "calls", Relation.CALLS);

    @TempDir
    static Path folder;

    private static Btf vmlinux;
    private static String address;
    private static Chromium page;

    @BeforeAll
    static void openPage() throws Exception {
        Path kernel = KernelPackages.ofUser().cloud().vmlinux();
        Path module = KernelPackages.ofUser().module("nf_conntrack");
        Path html = folder.resolve("report.html");
        vmlinux = BtfSource.load(kernel);
        CommandRun.btfOk("report", kernel, "-o", folder.resolve("kernel.html"));
        CommandRun.btfOk("report", kernel, module, "-o", html);
        address = html.toUri().toString();
        page = Chromium.open(folder.resolve("profile"), 1280, 1000);
        page.go(address);
    }

    @AfterAll
    static void closePage() {
        if (page != null) {
            assertEquals(List.of(), page.errors());
            page.close();
        }
    }

    @Test
    void shouldBeSmallAndPaintSoon(TestReporter reporter) throws Exception {
        long size = Files.size(folder.resolve("kernel.html"));
        assertTrue(size <= MAX_BYTES, size + " bytes");
        page.open("about:blank");
        page.go(address + "#task_struct");
        reporter.publishEntry(
                "first paint, ready (ms)",
                page.text("performance.getEntriesByName('first-contentful-paint')[0].startTime + ', '"
                        + " + performance.now()"));
    }

    @Test
    void shouldFindAsOneTypes(TestReporter reporter) {
        page.go(address + "#");
        page.press("/");
        page.await("document.activeElement.id === 'query'");
        double slowest = 0;
        for (String key : "task_struct".split("")) {
            page.press(key);
            slowest = Math.max(slowest, Double.parseDouble(page.text("String(page.lastSearchMillis)")));
        }
        reporter.publishEntry("slowest key stroke (ms)", String.valueOf(slowest));
        assertEquals(
                "struct task_struct",
                page.text("document.querySelector('[aria-selected]').innerText.replace(/\\s+/g, ' ')"));
        page.press("Enter");
        page.await("location.hash === '#task_struct'");
        page.await("document.querySelector('h1').innerText === 'struct task_struct'");
    }

    @Test
    void shouldFollowLinksBothWays() {
        page.go(address + "#task_struct");
        page.text("[...document.querySelectorAll('.layout a')].find(a => a.textContent === 'mm_struct').click() + ''");
        page.await("document.querySelector('h1').innerText === 'struct mm_struct'");
        page.text("document.querySelectorAll('.more').forEach((more) => more.click()) + ''");
        page.text("[...document.querySelectorAll('.uses a')].find(a => a.hash === '#task_struct.mm').click() + ''");
        page.await("document.documentElement.dataset.shown === '#task_struct.mm'");
        assertEquals("mm", page.text("document.querySelector('.marked .membername').innerText"));
    }

    @Test
    void shouldShowAMemberByItsAddress() {
        page.go(address + "#task_struct.se.vruntime");
        assertEquals(
                "task_struct.se.vruntime".substring(12), page.text("document.querySelector('.marked').dataset.path"));
        long offset = MemberPath.find(new TypeSizes(vmlinux), "task_struct.se.vruntime")
                .offsetBits();
        assertEquals(String.valueOf(offset / 8), page.text("document.querySelector('.marked td').innerText"));
    }

    @Test
    void shouldShowTypesOfAModule() {
        page.go(address + "#nf_conntrack.ko.xz!nf_conn");
        assertEquals("struct nf_conn", page.text("document.querySelector('h1').innerText"));
        assertTrue(page.text("document.querySelector('main').innerText").contains("nf_ct_delete"));
    }

    /** As {@code btf kfuncs} says of the same files. */
    @Test
    void shouldListKfuncsWithTheProgramsThatMayCallThem() {
        page.go(address + "#/kfuncs");
        String row = page.text("[...document.querySelectorAll('tr.member')].find(row =>"
                + " row.cells[0].innerText === 'bpf_skb_ct_lookup').innerText.replace(/\\s+/g, ' ')");
        assertEquals(
                "bpf_skb_ct_lookup KF_ACQUIREKF_RET_NULL nf_ct_kfunc_set for sched_cls, xdp nf_conntrack.ko.xz", row);
        page.go(address + "#nf_conntrack.ko.xz!bpf_skb_ct_lookup");
        String text = page.text("document.querySelector('main').innerText");
        assertTrue(text.contains("kfunc of the set nf_ct_kfunc_set, for sched_cls, xdp: "), text);
    }

    @Test
    void shouldLayOutEveryStructAsTheLibraryDoes() {
        page.go(address);
        TypeSizes sizes = new TypeSizes(vmlinux);
        int[] structs = IntStream.range(1, vmlinux.typeCount())
                .filter(id -> vmlinux.kind(id) == BtfKind.STRUCT || vmlinux.kind(id) == BtfKind.UNION)
                .toArray();
        assertTrue(structs.length > 8000);
        for (int from = 0; from < structs.length; from += CHUNK) {
            StringBuilder expected = new StringBuilder();
            StringBuilder ids = new StringBuilder("0");
            for (int i = from; i < Math.min(structs.length, from + CHUNK); i++) {
                expected.append(lines(StructLayout.of(sizes, structs[i], 64)));
                ids.append(',').append(structs[i]);
            }
            String found = page.text("[" + ids + "].slice(1).map((id) => { const l = layoutOf(page.files[0].btf, id);"
                    + " return `${id} ${l.size} ${l.holeBytes} ${l.holeBits} ${l.paddingBytes} ${l.paddingBits}\\n`"
                    + " + l.members.map((m) => `${m.name} ${m.offset} ${m.unitOffset} ${m.size} ${m.bits} ${m.holeBytes}"
                    + " ${m.holeBits}\\n`).join(''); }).join('')");
            assertIterableEquals(
                    expected.toString().lines().toList(), found.lines().toList());
        }
    }

    private static String lines(StructLayout layout) {
        StringBuilder lines = new StringBuilder(layout.typeId() + " " + layout.sizeBytes() + " " + layout.holeBytes()
                + " " + layout.holeBits() + " " + layout.paddingBytes() + " " + layout.paddingBits() + "\n");
        for (StructLayout.Member member : layout.members()) {
            lines.append(
                    member.name() + " " + member.offsetBits() + " " + member.offsetBytes() + " " + member.sizeBytes()
                            + " " + member.bitfieldSize() + " " + member.holeBytes() + " " + member.holeBits() + "\n");
        }
        return lines.toString();
    }

    @Test
    void shouldDeclareEveryFunctionAsTheLibraryDoes() {
        page.go(address);
        CDeclarationPrinter printer = new CDeclarationPrinter(vmlinux);
        int[] functions = TypeQueries.ofKind(vmlinux, BtfKind.FUNC);
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < functions.length; i += EVERY) {
            expected.append(printer.text(functions[i])).append('\n');
        }
        String found = page.text("(() => { const { btf } = page.files[0]; const found = [];"
                + " for (let id = 1; id < btf.end; id++) if (btf.kind(id) === K.FUNC) found.push(id);"
                + " return found.filter((id, i) => i % " + EVERY
                + " === 0).map((id) => textOf(declaration(btf, id)) + '\\n').join(''); })()");
        assertIterableEquals(expected.toString().lines().toList(), found.lines().toList());
    }

    @Test
    void shouldFindTheUsesThatTheLibraryFinds() {
        page.go(address);
        TypeUses uses = TypeUses.of(vmlinux);
        for (String name : List.of("vm_struct", "list_head", "file", "spinlock_t", "gfp_t", "bpf_prog", "sk_buff")) {
            int typeId = vmlinux.findAll(name)[0];
            List<String> expected = uses.to(typeId).stream()
                    .map(use -> use.relation() + " " + use.userId() + " " + use.path() + " " + use.offsetBits())
                    .sorted()
                    .toList();
            String found = page.text("Object.entries(page.file.uses.of(" + typeId + ")).flatMap(([relation, list]) =>"
                    + " list.map((use) => `${relation} ${use.id} ${use.path || ''} ${use.offset || 0}`)).join('\\n')");
            List<String> translated = found.lines()
                    .map(line ->
                            RELATIONS.get(line.substring(0, line.indexOf(' '))) + line.substring(line.indexOf(' ')))
                    .sorted()
                    .toList();
            assertIterableEquals(expected, translated);
        }
    }

    @Test
    void shouldShowHowKernelsDiffer() throws Exception {
        Path old = KernelPackages.ofUser().otherVersion().vmlinux();
        Path html = folder.resolve("changes.html");
        CommandRun.btfOk(
                "report", "--diff", old, KernelPackages.ofUser().cloud().vmlinux(), "-o", html);
        BtfDiff diff = BtfDiff.of(BtfSource.load(old), vmlinux);
        assertFalse(diff.isEmpty());
        page.go(html.toUri() + "#/changes");
        String numbers = page.text(
                "[...document.querySelectorAll('.numbers td.number')].map((cell) => cell.innerText)" + ".join('\\n')");
        int sum = numbers.lines()
                .filter(line -> !line.isEmpty())
                .mapToInt(line -> Integer.parseInt(line.replace(",", "")))
                .sum();
        assertEquals(diff.changes().size(), sum);
        Subject changed = diff.changes().stream()
                .filter(change -> change instanceof Change.Composite composite && composite.isDirect())
                .map(Change::subject)
                .findFirst()
                .orElseThrow();
        page.go(html.toUri() + "#@" + changed.afterId());
        assertTrue(page.text("document.querySelector('.banner').innerText").startsWith("changed since "));
    }
}
