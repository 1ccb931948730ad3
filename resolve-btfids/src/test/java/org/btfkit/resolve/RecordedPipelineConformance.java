package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.fixtures.kernel.OracleData;
import org.btfkit.fixtures.raw.IdsView;
import org.btfkit.fixtures.raw.RawElfReader;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the newest C tool writes beside objects, compared with what is written here. */
@Tag("conformance")
class RecordedPipelineConformance {
    private static final String VMLINUX = "vmlinux-6.12.117-cloud.btf";
    private static final String BE64_BASE = "resolve/be64-s390x/in/base.btf";

    @TempDir
    Path folder;

    private final Resolving.Talk talk = new Resolving.Talk();

    /** A run of the C tool; paths in the folder, empty for none. */
    private record Run(String name, String input, String output, String btf, String base, boolean distills) {
        ResolveOptions options() {
            return ResolveOptions.withBase(file(base))
                    .withBtf(file(btf.isEmpty() ? "" : "resolve/" + btf))
                    .withDistillBase(distills);
        }

        private static Path file(String name) {
            return name.isEmpty() ? null : OracleData.file(name);
        }

        Path object() {
            return OracleData.file("resolve/" + input);
        }

        byte[] expected(String suffix) throws IOException {
            return Files.readAllBytes(OracleData.file("resolve/" + name + "/" + output + suffix));
        }

        /** What the C tool says, without the words that are added here. */
        List<String> warnings() throws IOException {
            return Files.readAllLines(OracleData.file("resolve/" + name + "/stderr"));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static final Run KM2_DISTILL =
            new Run("km2/distill", "km2/in/km2.ko", "km2.ko", "km2/in/km2.btf1", VMLINUX, true);

    static Stream<Run> freshRuns() {
        String sp = "be64-s390x/in/sp.btf1";
        return Stream.of(
                new Run("km2/plain", "km2/in/km2.ko", "km2.ko", "km2/in/km2.btf1", VMLINUX, false),
                new Run("km2/tags", "km2/in/km2.ko", "km2.ko", "km2/in/km2.tags.btf1", VMLINUX, false),
                new Run(
                        "nf_conntrack/unresolved",
                        "nf_conntrack/in/unresolved.ko",
                        "unresolved.ko",
                        "",
                        VMLINUX,
                        false),
                new Run(
                        "nf_conntrack/distill",
                        "nf_conntrack/in/nf_conntrack.ko",
                        "nf_conntrack.ko",
                        "",
                        VMLINUX,
                        true),
                new Run("be64-s390x/plain", "be64-s390x/in/x.o", "x.o", "", "", false),
                new Run("be64-s390x/exec", "be64-s390x/in/x.exec", "x.exec", "", "", false),
                new Run("be64-s390x/split", "be64-s390x/in/sp.o", "sp.o", sp, BE64_BASE, false),
                new Run("be64-s390x/split_distill", "be64-s390x/in/sp.o", "sp.o", sp, BE64_BASE, true));
    }

    private Path detached(Run run) throws IOException {
        Path object = Resolving.copy(run.object(), folder.resolve(run.object().getFileName()));
        new BtfIdsResolver(run.options()).detach(object, talk);
        return object;
    }

    private static byte[] bytes(Path object, String suffix) throws IOException {
        return Files.readAllBytes(Path.of(object + suffix));
    }

    @ParameterizedTest
    @MethodSource("freshRuns")
    void shouldWriteTheBtfThatTheCToolWrote(Run run) throws Exception {
        Path object = detached(run);
        assertArrayEquals(run.expected(".BTF"), bytes(object, ".BTF"), ".BTF");
        assertEquals(run.distills, Files.exists(Path.of(object + ".BTF.base")));
        if (run.distills) {
            assertArrayEquals(run.expected(".BTF.base"), bytes(object, ".BTF.base"), ".BTF.base");
        }
    }

    @ParameterizedTest
    @MethodSource("freshRuns")
    void shouldWriteTheIdsThatTheCToolWrote(Run run) throws Exception {
        Path object = detached(run);
        boolean isStale = run.input.equals("nf_conntrack/in/nf_conntrack.ko");
        assertEquals(!isStale, Arrays.equals(run.expected(".BTF_ids"), bytes(object, ".BTF_ids")));
        assertEquals(isStale ? 1 : 0, talk.notes.size());
    }

    @ParameterizedTest
    @MethodSource("freshRuns")
    void shouldWarnInTheCToolsWords(Run run) throws Exception {
        detached(run);
        assertEquals(run.warnings().stream().sorted().toList(), warningsWithoutReasons());
    }

    private List<String> warningsWithoutReasons() {
        return talk.warnings.stream()
                .map(line -> line.substring(0, line.indexOf(" (")))
                .sorted()
                .toList();
    }

    /** The C tool left the symbols of this object stale; the order of the ids in it is that of the types now. */
    @Test
    void shouldWriteTheSameForAStaleObjectAsForAFreshOne() throws Exception {
        ResolveOptions options =
                ResolveOptions.withBase(OracleData.file(VMLINUX)).withDistillBase(true);
        Path stale = Resolving.copy(OracleData.file("resolve/nf_conntrack/in/nf_conntrack.ko"), folder.resolve("s.ko"));
        Path fresh = Resolving.copy(OracleData.file("resolve/nf_conntrack/in/unresolved.ko"), folder.resolve("f.ko"));
        new BtfIdsResolver(options).detach(stale, talk);
        new BtfIdsResolver(options).detach(fresh, talk);
        for (String suffix : List.of(".BTF", ".BTF.base", ".BTF_ids")) {
            assertArrayEquals(bytes(fresh, suffix), bytes(stale, suffix), suffix);
        }
    }

    /** The C tool loses the id of a struct that only the base has; here the struct joins the distilled base. */
    @Test
    void shouldKeepTheIdOfAStructOfTheBase() throws Exception {
        Path object = detached(KM2_DISTILL);
        assertTrue(KM2_DISTILL.warnings().contains("WARN: resolve_btfids: unresolved symbol task_struct"));
        List<String> expected = new ArrayList<>(KM2_DISTILL.warnings());
        expected.remove("WARN: resolve_btfids: unresolved symbol task_struct");
        expected.sort(null);
        assertEquals(expected, warningsWithoutReasons());
        assertTrue(
                talk.warnings.stream()
                        .anyMatch(
                                line -> line.startsWith("WARN: resolve_btfids: unresolved symbol pid_t (typedef: type ")
                                        && line.endsWith(" of the base, and a distilled base cannot carry a typedef)")),
                talk.warnings::toString);

        Btf theirBase = Btf.parse(KM2_DISTILL.expected(".BTF.base"), null, "theirs");
        Btf ourBase = Btf.parse(bytes(object, ".BTF.base"), null, "ours");
        assertEquals(theirBase.typeCount() + 1, ourBase.typeCount());
        assertEquals(0, theirBase.find(BtfKind.STRUCT, "task_struct"));
        int id = ourBase.find(BtfKind.STRUCT, "task_struct");
        assertTrue(id != 0);
        ByteBuffer theirIds = ByteBuffer.wrap(KM2_DISTILL.expected(".BTF_ids")).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer ourIds = ByteBuffer.wrap(bytes(object, ".BTF_ids")).order(ByteOrder.LITTLE_ENDIAN);
        int recovered = 0;
        while (theirIds.hasRemaining()) {
            int theirs = theirIds.getInt();
            int ours = ourIds.getInt();
            recovered += theirs == 0 && ours == id ? 1 : 0;
        }
        assertEquals(1, recovered);
    }

    @Test
    void shouldRefuseFlagsThatDifferBetweenSets() throws Exception {
        Run run = new Run("km2/badflags", "km2/in/km2.badflags.ko", "", "km2/in/km2.btf1", VMLINUX, false);
        run.object(); // skips the test where there is no such file, outside of what must throw
        run.options();
        ResolveException e = assertThrows(ResolveException.class, () -> detached(run));
        assertTrue(
                e.getMessage()
                        .endsWith("kfunc 'km2_shared' has flags 0x1080 in set8 'km2_set_a' and 0x10a0 in set8"
                                + " 'km2_set_b', expected the same in all sets; correct the sets' declarations"),
                e.getMessage());
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(1, files.count(), "nothing beside the object");
        }
    }

    /** Everything that goes beside an object, brought into it; then there is nothing left to do for either way. */
    @ParameterizedTest
    @MethodSource("freshRuns")
    void shouldEmbedWhatItWritesBesideTheObject(Run run) throws Exception {
        Path object = detached(run);
        Path embedded = Resolving.copy(run.object(), folder.resolve("embedded"));
        ResolveOptions options = run.options().withStripSignature(true);
        new BtfIdsResolver(options).embed(embedded, null, talk);
        RawElfReader reader = new RawElfReader(Files.readAllBytes(embedded));
        for (String suffix : List.of(".BTF", ".BTF_ids", ".BTF.base")) {
            Path file = Path.of(object + suffix);
            assertEquals(Files.exists(file), reader.section(suffix).isPresent(), suffix);
            if (Files.exists(file)) {
                assertArrayEquals(Files.readAllBytes(file), reader.bytes(suffix), suffix);
            }
        }
        Btf base = run.base.isEmpty() ? null : BtfSource.load(OracleData.file(run.base));
        assertSymbolsTrue(embedded, BtfSource.load(embedded, base));
        FileState state = FileState.of(embedded);
        assertEquals(
                ObjectReport.Outcome.UNCHANGED,
                new BtfIdsResolver(options).embed(embedded, null, talk).outcome());
        state.assertUntouched();
        ResolveOptions ownBtf = options.withBtf(null);
        assertEquals(
                ObjectReport.Outcome.UNCHANGED,
                new BtfIdsResolver(ownBtf).embed(embedded, null, talk).outcome());
        state.assertUntouched();
    }

    private static void assertSymbolsTrue(Path object, Btf btf) {
        IdsView view = IdsView.of(object);
        for (IdsView.Id id : view.ids()) {
            String[] key = id.key().split(" ");
            int expected = btf.find(BtfKind.valueOf(key[0].toUpperCase(Locale.ROOT)), key[1]);
            assertEquals(expected, view.word(id.offset()), id::toString);
        }
    }

    @ParameterizedTest
    @MethodSource("freshRuns")
    void shouldPatchWhatItWroteAndLeaveItAloneAfterwards(Run run) throws Exception {
        Path object = detached(run);
        ResolveOptions options = run.options().withStripSignature(true);
        BtfIdsResolver resolver = new BtfIdsResolver(options);
        Path blob = Path.of(object + ".BTF_ids");
        byte[] ids = Files.readAllBytes(blob);
        resolver.patch(blob, object, null, talk);
        assertArrayEquals(ids, IdsView.of(object).bytes());
        assertFalse(Files.exists(Path.of(blob + ".syms")));

        FileState state = FileState.of(object);
        resolver.detach(object, talk);
        assertArrayEquals(ids, Files.readAllBytes(blob));
        assertEquals(
                ObjectReport.Outcome.UNCHANGED,
                resolver.patch(blob, object, null, talk).outcome());
        state.assertUntouched();
    }
}
