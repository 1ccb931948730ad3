package org.btfkit.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.validate.KernelValidator;
import org.btfkit.cli.KernelBuild.Way;
import org.btfkit.fixtures.Scratch;
import org.btfkit.fixtures.kernel.ChangedBase;
import org.btfkit.fixtures.kernel.KernelPackages;
import org.btfkit.fixtures.kernel.ModuleBuilder;
import org.btfkit.fixtures.kernel.ModuleTree;
import org.btfkit.fixtures.raw.IdsView;
import org.btfkit.fixtures.tool.Bpftool;
import org.btfkit.fixtures.tool.BtfNames;
import org.btfkit.fixtures.tool.KernelBtfLoader;
import org.btfkit.fixtures.tool.Objcopy;
import org.btfkit.fixtures.tool.Pahole;
import org.btfkit.fixtures.tool.Readelf;
import org.btfkit.fixtures.tool.ToolResult;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Kbuild builds modules out of tree with the commands of this project in its BTF step, then again on another vmlinux.
 */
@Tag("conformance")
class KernelBuildConformance {
    private static final String PAIR = "btfkit_pair";
    private static final List<String> WITH_IDS =
            List.of(ModuleBuilder.MIXED, ModuleBuilder.TWINS, PAIR, "btfkit_lists");

    private static Scratch scratch;
    private static KernelBuild build;
    private static Path vmlinux;
    private static Path otherVersion;

    /** {@link #vmlinux} with more functions and the others in another order. */
    private static Path changed;

    private static final Map<Way, Path> FRESH = new EnumMap<>(Way.class);

    @BeforeAll
    static void compile() throws IOException {
        scratch = Scratch.create(); // has links to kernel headers, which must survive
        KernelPackages packages = KernelPackages.ofUser();
        vmlinux = packages.buildable().vmlinux();
        otherVersion = packages.otherVersion().vmlinux();
        changed = Files.write(
                scratch.resolve("changed.btf"),
                ChangedBase.of(Objcopy.section(vmlinux, ".BTF"), 137).bytes());
        build = KernelBuild.create(Files.createDirectory(scratch.resolve("build")), packages.buildable());
        for (Way way : Way.values()) {
            FRESH.put(way, build.fresh(way, vmlinux));
        }
    }

    @AfterAll
    static void cleanUp() {
        if (scratch != null) {
            scratch.close();
        }
    }

    private static Path fresh(Way way, String module) {
        return FRESH.get(way).resolve(module + ".ko");
    }

    // ---- a fresh build

    @ParameterizedTest
    @EnumSource(names = "C_TOOL", mode = EnumSource.Mode.EXCLUDE)
    void shouldMakeModulesWhoseIdsAndSymbolsAreTrue(Way way) {
        for (String module : WITH_IDS) {
            assertTruth(fresh(way, module), module, vmlinux);
        }
    }

    /** Fails unless symbols, ids and flags of a module belong together, by readelf's and bpftool's account. */
    private static void assertTruth(Path object, String module, Path base) {
        IdsView view = IdsView.of(object);
        IdsView plain = IdsView.of(build.plain(module));
        BtfNames names = BtfNames.of(object, base);
        assertEquals(List.of(), names.untrue(view), object + ": symbols on wrong slots");
        assertArrayEquals(names.resolved(plain), view.bytes(), object + ": ids");
        assertEquals(plain.pairs(), view.pairs(), object + ": which function has which flags");
        Map<Integer, Long> values = new TreeMap<>();
        for (Readelf.Symbol symbol : Readelf.idSymbols(object)) {
            values.put(symbol.index(), symbol.value());
        }
        assertEquals(values, view.symbolValues());
    }

    @ParameterizedTest
    @EnumSource(names = "C_TOOL", mode = EnumSource.Mode.EXCLUDE)
    void shouldLeaveTheRestOfModulesAsItWas(Way way) {
        for (String module : ModuleTree.MODULES) {
            Path object = fresh(way, module);
            assertEquals(relocations(build.plain(module)), relocations(object), object + ": relocations");
            assertEquals(Readelf.complaints(build.plain(module)), Readelf.complaints(object));
        }
    }

    /** Every relocation, with the symbol's name and value instead of its number, which objcopy may change. */
    private static List<String> relocations(Path object) {
        List<String> result = new ArrayList<>();
        for (String line : Readelf.tool().check("--wide", "--relocs", object).outLines()) {
            String[] fields = line.trim().split("\\s+");
            if (line.startsWith("Relocation section")) {
                result.add(fields[2]);
            } else if (fields.length > 4) {
                fields[1] = "";
                result.add(String.join(" ", fields));
            }
        }
        return result;
    }

    @ParameterizedTest
    @EnumSource(names = "C_TOOL", mode = EnumSource.Mode.EXCLUDE)
    void shouldMakeBtfThatIsValid(Way way) throws Exception {
        Btf base = BtfSource.load(vmlinux);
        for (String module : ModuleTree.MODULES) {
            Path object = fresh(way, module);
            KernelValidator.kernel(BtfSource.load(object, base));
            Bpftool.dumpRaw(object, vmlinux);
        }
    }

    /** No kernel takes split BTF that is not a module's; put together with its base it is BTF like any other. */
    @ParameterizedTest
    @EnumSource(names = "C_TOOL", mode = EnumSource.Mode.EXCLUDE)
    void shouldMakeBtfThatTheKernelTakes(Way way) {
        byte[] base = Objcopy.section(vmlinux, ".BTF");
        try (KernelBtfLoader loader = KernelBtfLoader.open()) {
            for (String module : ModuleTree.MODULES) {
                byte[] whole = joined(base, Objcopy.section(fresh(way, module), ".BTF"));
                assertEquals(0, loader.load(whole), () -> module + ": " + loader.log(whole));
            }
        }
    }

    /** Types and strings of a base, then those of the BTF that is split on it; headers may be of several lengths. */
    private static byte[] joined(byte[] base, byte[] split) {
        ByteBuffer one = ByteBuffer.wrap(base).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer two = ByteBuffer.wrap(split).order(ByteOrder.LITTLE_ENDIAN);
        int oneHead = one.getInt(4);
        int twoHead = two.getInt(4);
        int types = one.getInt(12) + two.getInt(12);
        int strings = one.getInt(20) + two.getInt(20);
        ByteBuffer whole = ByteBuffer.allocate(24 + types + strings).order(ByteOrder.LITTLE_ENDIAN);
        whole.put(base, 0, 4).putInt(24).putInt(0).putInt(types).putInt(types).putInt(strings);
        whole.put(base, oneHead, one.getInt(12)).put(split, twoHead, two.getInt(12));
        whole.put(base, oneHead + one.getInt(16), one.getInt(20));
        return whole.put(split, twoHead + two.getInt(16), two.getInt(20)).array();
    }

    /** The steps one by one: BTF is made beside the module, then embedded. */
    @Test
    void shouldMakeTheSameByOneCommandAsByEncodingAndEmbedding() throws Exception {
        String features = "encode_force,var,float,enum64,decl_tag,type_tag,optimized_func,consistent_func,attributes";
        for (String module : ModuleTree.MODULES) {
            Path expected = plainCopy(module);
            Path btf = Path.of(expected + ".BTF.1");
            CommandRun.btfOk("encode", "-B", vmlinux, "--features", features, expected, "-o", btf);
            check("--embed", "--btf", btf, "-b", vmlinux, expected);
            assertSame(expected, fresh(Way.GEN_BTF, module));
        }
    }

    /** What a kernel before 7.0 has: BTF as pahole makes it, ids resolved by it. */
    @Test
    void shouldMakeWhatAnOlderKernelHas() throws Exception {
        String features =
                "encode_force,var,float,enum64,decl_tag,type_tag,optimized_func,consistent_func,decl_tag_kfuncs";
        for (String module : ModuleTree.MODULES) {
            Path expected = plainCopy(module);
            CommandRun.btfOk("encode", "-B", vmlinux, "--features", features, expected, "--in-place");
            check("-b", vmlinux, expected);
            Path actual = plainCopy(module);
            CommandRun run = CommandRun.genBtf("--kernel", "6.12", "-b", vmlinux, actual);
            assertEquals(0, run.status(), run::toString);
            assertSame(expected, actual);
            // Over to the newest kernel's, and back.
            run = CommandRun.genBtf("-b", vmlinux, actual);
            assertEquals(0, run.status(), run::toString);
            assertSame(fresh(Way.GEN_BTF, module), actual);
            run = CommandRun.genBtf("--kernel", "6.12", "-b", vmlinux, actual);
            assertEquals(0, run.status(), run::toString);
            assertSame(expected, actual);
        }
    }

    /** Fails unless two objects have the same BTF, ids and symbols. */
    private static void assertSame(Path expected, Path actual) {
        assertArrayEquals(Objcopy.section(expected, ".BTF"), Objcopy.section(actual, ".BTF"), actual + ": .BTF");
        assertEquals(
                Readelf.section(expected, ".BTF.base").isPresent(),
                Readelf.section(actual, ".BTF.base").isPresent());
        if (Readelf.section(expected, ".BTF_ids").isPresent()) {
            assertArrayEquals(
                    Objcopy.section(expected, ".BTF_ids"), Objcopy.section(actual, ".BTF_ids"), actual + ": .BTF_ids");
        }
        assertEquals(Readelf.symbols(expected), Readelf.symbols(actual), actual + ": symbols");
    }

    @Test
    void shouldTagKfuncsAndOnlyThose() {
        String dump = Bpftool.dumpRaw(fresh(Way.EMBED, ModuleBuilder.TWINS), vmlinux);
        assertEquals(
                5,
                dump.lines()
                        .filter(line -> line.contains("DECL_TAG 'bpf_kfunc'"))
                        .count());
        assertEquals(
                1,
                dump.lines()
                        .filter(line -> line.contains("DECL_TAG 'bpf_fastcall'"))
                        .count());
        assertFalse(Bpftool.dumpRaw(fresh(Way.EMBED, "btfkit_lists"), vmlinux).contains("DECL_TAG"));
    }

    /** The C tool's objects differ in what it leaves undone, where symbols are, and in nothing else. */
    @Test
    void shouldMakeInPlaceWhatTheCToolMakes() {
        for (String module : Way.C_TOOL.modules()) {
            Path expected = fresh(Way.C_TOOL, module);
            Path actual = fresh(Way.IN_PLACE, module);
            assertArrayEquals(Objcopy.section(expected, ".BTF"), Objcopy.section(actual, ".BTF"), module);
            if (WITH_IDS.contains(module)) {
                assertArrayEquals(Objcopy.section(expected, ".BTF_ids"), Objcopy.section(actual, ".BTF_ids"), module);
            }
        }
    }

    // ---- only vmlinux has changed

    /** pahole has replaced the BTF that the ids came from, but in a tree of ours the symbols can be trusted. */
    @ParameterizedTest
    @EnumSource(names = {"IN_PLACE", "EMBED"})
    void shouldMakeWhatAFreshBuildMakesWhenSymbolsAreTrusted(Way way) throws Exception {
        assertRebuilds(way, "--trust_symbols");
    }

    /** The BTF that the ids came from still is in the module, so that nothing has to be trusted. */
    @Test
    void shouldMakeWhatAFreshBuildMakesByGenBtf() throws Exception {
        assertRebuilds(Way.GEN_BTF);
    }

    private static void assertRebuilds(Way way, String... options) throws IOException {
        build.restore(FRESH.get(way), way, vmlinux);
        build.assertUpToDate(way);
        Path there = build.again(way, otherVersion, options);
        Path back = build.again(way, vmlinux, options);
        Path expected = build.fresh(way, otherVersion, options);
        for (String module : ModuleTree.MODULES) {
            assertSame(expected.resolve(module + ".ko"), there.resolve(module + ".ko"));
            assertSame(fresh(way, module), back.resolve(module + ".ko"));
        }
        for (String module : WITH_IDS) {
            assertTruth(there.resolve(module + ".ko"), module, otherVersion);
        }
    }

    /** What the project is for: the same with the C tool, which takes the flags from the kfuncs they belong to. */
    @Test
    void shouldDifferFromTheCToolWhichMovesFlags() throws Exception {
        build.restore(FRESH.get(Way.C_TOOL), Way.C_TOOL, vmlinux);
        Path again = build.again(Way.C_TOOL, otherVersion).resolve(PAIR + ".ko");
        Path fresh = build.fresh(Way.C_TOOL, otherVersion).resolve(PAIR + ".ko");
        IdsView right = IdsView.of(fresh);
        IdsView wrong = IdsView.of(again);
        assertNotEquals(
                right.flagsById(right.set("pair_kfuncs")), wrong.flagsById(wrong.set("pair_kfuncs")), "flags by id");
    }

    // ---- only vmlinux has changed; each command by itself, on a vmlinux that came to be in another way

    private static Path copy(Way way, String module) throws IOException {
        return Files.copy(
                fresh(way, module),
                Files.createTempDirectory(scratch.folder(), "copy").resolve(module + ".ko"));
    }

    private static Path plainCopy(String module) throws IOException {
        return Files.copy(
                build.plain(module),
                Files.createTempDirectory(scratch.folder(), "copy").resolve(module + ".ko"));
    }

    private record Run(int status, String err) {}

    private static Run run(Object... arguments) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(err, true, StandardCharsets.UTF_8);
        String[] strings = new String[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
            strings[i] = arguments[i].toString();
        }
        int status = new ResolveBtfids(print, print).run(strings);
        return new Run(status, err.toString(StandardCharsets.UTF_8));
    }

    private static void check(Object... arguments) {
        Run run = run(arguments);
        assertEquals(0, run.status, run.err);
    }

    /** BTF that pahole makes on a base goes into an object by itself; what the object has does not matter. */
    @Test
    void shouldEmbedBtfThatWasMadeBesideTheModule() throws Exception {
        for (Path base : List.of(changed, KernelPackages.ofUser().otherFlavour().vmlinux())) {
            for (String module : ModuleTree.MODULES) {
                Path object = copy(Way.EMBED, module);
                Path btf = Path.of(object + ".BTF.1");
                Pahole.encodeDetached(object, base, btf);
                check("--embed", "--btf", btf, "-b", base, object);
                Path expected = plainCopy(module);
                check("--embed", "--btf", btf, "-b", base, expected);
                assertSame(expected, object);
                byte[] once = Files.readAllBytes(object);
                check("--embed", "--btf", btf, "-b", base, object);
                // The module says that it is for the kernel it was built for, and so little BTF cannot say otherwise.
                check("--embed", "--trust_base", "-b", base, object);
                assertArrayEquals(once, Files.readAllBytes(object), object + ": again");
            }
        }
    }

    /** Without pahole: the old base says what the BTF means, unless that little BTF fits the new one as well. */
    @Test
    void shouldCarryEmbeddedBtfOverWithTheOldBase() throws Exception {
        int carried = 0;
        for (String module : WITH_IDS) {
            Path object = copy(Way.EMBED, module);
            Run run = run("--embed", "--old_base", vmlinux, "-b", changed, object);
            if (run.status == 0) {
                carried++;
                assertTruth(object, module, changed);
                check("--embed", "-b", changed, object);
            } else {
                assertTrue(run.err.contains("as well as on " + vmlinux), run.err);
            }
        }
        assertNotEquals(0, carried);
    }

    /** Without pahole and the old base: a distilled base says it. */
    @Test
    void shouldCarryEmbeddedBtfOverWithADistilledBase() throws Exception {
        for (String module : WITH_IDS) {
            Path object = copy(Way.EMBED, module);
            check("--embed", "--distill_base", "-b", vmlinux, object);
            Path distilled = Files.copy(object, Path.of(object + ".distilled"));
            check("--embed", "--distill_base", "-b", changed, distilled);
            check("--embed", "-b", changed, object);
            assertFalse(Readelf.section(object, ".BTF.base").isPresent());
            assertTruth(object, module, changed);
        }
    }

    /** Without pahole, the old base or a distilled one nobody knows what the BTF means. */
    @Test
    void shouldRefuseEmbeddedBtfWhoseBaseIsGone() throws Exception {
        Path object = copy(Way.EMBED, PAIR);
        byte[] before = Files.readAllBytes(object);
        Run run = run("--embed", "-b", otherVersion, object);
        assertEquals(1, run.status);
        assertTrue(run.err.contains("was not made on the base " + otherVersion), run.err);
        assertArrayEquals(before, Files.readAllBytes(object));
    }

    /**
     * Embedding has sorted the BTF by name, pahole has replaced it: now the ids of two functions look as if they had
     * changed places. Unless the symbols are to be trusted, that must not be taken for the C tool's work.
     */
    @Test
    void shouldRefuseWhatMayHaveBeenSortedByName() throws Exception {
        Path object = copy(Way.EMBED, PAIR);
        Pahole.encode(object, changed);
        byte[] before = Files.readAllBytes(object);
        for (String way : List.of("--embed", "--repair")) {
            Run run = run(way, "-b", changed, object);
            assertEquals(1, run.status, run.err);
            assertTrue(run.err.contains("sorted by name"), run.err);
            assertTrue(run.err.contains("--trust_symbols"), run.err);
            assertArrayEquals(before, Files.readAllBytes(object));
        }
        check("--embed", "--trust_symbols", "-b", changed, object);
        assertTruth(object, PAIR, changed);
    }

    /** As make removes what it could not finish, a further run of it links that anew. */
    @Test
    void shouldSayWhatToDoWhenKbuildMetWhatCannotBeShown() throws Exception {
        build.restore(FRESH.get(Way.EMBED), Way.EMBED, vmlinux);
        build.replaceVmlinux(otherVersion);
        ToolResult refused = build.make(Way.EMBED);
        assertFalse(refused.isOk());
        assertTrue(refused.err().contains("--trust_symbols"), refused.err());
        assertTrue(refused.err().contains("relink"), refused.err());
    }
}
