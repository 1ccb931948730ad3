package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.btfkit.fixtures.kernel.OracleData;
import org.btfkit.fixtures.raw.IdsView;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Inputs and outputs of the C tool that are kept in a folder of their own; the tests are skipped without it. */
@Tag("conformance")
class RecordedResolveConformance {
    /** A run of the C tool on a fresh object; paths in the folder, {@code base} is empty if the object needs none. */
    private record Run(String input, String output, String base) {
        Path in() {
            return OracleData.file("resolve/" + input);
        }

        Path out() {
            return OracleData.file("resolve/" + output);
        }

        ResolveOptions options() {
            return ResolveOptions.withBase(base.isEmpty() ? null : OracleData.file(base));
        }

        List<String> warnings() throws IOException {
            String folder = output.substring(0, output.lastIndexOf('/'));
            return Files.readAllLines(OracleData.file("resolve/" + folder + "/stderr"));
        }

        @Override
        public String toString() {
            return output;
        }
    }

    private static final String VMLINUX = "vmlinux-6.12.117-cloud.btf";
    private static final Run NF_CONNTRACK =
            new Run("nf_conntrack/in/nf_conntrack.ko", "nf_conntrack/old612/nf_conntrack.ko", VMLINUX);

    @TempDir
    Path folder;

    static Stream<Run> freshRuns() {
        return Stream.of(
                new Run("be64-s390x/in/x.o", "be64-s390x/old612/x.o", ""),
                new Run("be64-s390x/in/x.exec", "be64-s390x/old612_exec/x.exec", ""),
                new Run(
                        "be64-s390x/in/sp.withbtf.o",
                        "be64-s390x/old612_split/sp.withbtf.o",
                        "resolve/be64-s390x/in/base.btf"),
                new Run("km2/in/km2.withbtf.ko", "km2/old612/km2.withbtf.ko", VMLINUX));
    }

    private Path resolved(Run run) throws IOException {
        return Resolving.resolvedCopy(run.in(), run.options(), folder.resolve("resolved"));
    }

    @ParameterizedTest
    @MethodSource("freshRuns")
    void shouldWriteTheIdsThatTheCToolWrote(Run run) throws Exception {
        byte[] expected = Files.readAllBytes(OracleData.file("resolve/" + run.output + ".BTF_ids"));
        assertArrayEquals(expected, IdsView.of(resolved(run)).bytes());
        assertArrayEquals(expected, IdsView.of(run.out()).bytes());
    }

    @ParameterizedTest
    @MethodSource("freshRuns")
    void shouldDifferFromTheCToolsFileInSymbolsOnly(Run run) throws Exception {
        Path theirs = Resolving.copy(run.out(), folder.resolve("theirs"));
        FileState.of(theirs).assertOnlySymbolsDiffer(Files.readAllBytes(resolved(run)));
        assertEquals(
                IdsView.of(run.in()).symbolValues(), IdsView.of(theirs).symbolValues(), "the C tool moves no symbol");
        assertFalse(Arrays.equals(Files.readAllBytes(theirs), Files.readAllBytes(folder.resolve("resolved"))));
    }

    @ParameterizedTest
    @MethodSource("freshRuns")
    void shouldKeepFlagsWithTheirNames(Run run) throws Exception {
        Map<Integer, List<String>> before = IdsView.of(run.in()).pairs();
        assertTrue(before.values().stream().anyMatch(pairs -> pairs.size() > 1));
        assertEquals(before, IdsView.of(resolved(run)).pairs());
    }

    /** Whatever the C tool left behind, or a first run of this one made: a run ends in the same file. */
    @ParameterizedTest
    @MethodSource("freshRuns")
    void shouldEndInOneFileFromAFreshAndFromAStaleObject(Run run) throws Exception {
        Path once = resolved(run);
        Path repaired = Resolving.resolvedCopy(run.out(), run.options(), folder.resolve("repaired"));
        assertArrayEquals(Files.readAllBytes(once), Files.readAllBytes(repaired));
        Resolving.assertNothingLeftToDo(once, run.options());
    }

    @ParameterizedTest
    @MethodSource("freshRuns")
    void shouldWarnInTheCToolsWords(Run run) throws Exception {
        Resolving.Talk talk = new Resolving.Talk();
        Resolving.resolve(Resolving.copy(run.in(), folder.resolve("copy")), run.options(), talk);
        assertEquals(
                run.warnings().stream().sorted().toList(),
                talk.warnings.stream()
                        .map(line -> line.substring(0, line.indexOf(" (")))
                        .sorted()
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("freshRuns")
    void shouldMeetBothByteOrders(Run run) {
        ByteOrder order = run.output.startsWith("be64") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        assertEquals(order, IdsView.of(run.in()).order());
    }

    /** The C tool was run on a module that was resolved before, and gave its kfuncs each other's flags. */
    @Test
    void shouldKeepFlagsWhereTheCToolMovedThem() throws Exception {
        Map<Integer, Integer> shipped = flags(NF_CONNTRACK.in());
        Map<Integer, Integer> theirs = flags(NF_CONNTRACK.out());
        Path ours = Resolving.resolvedCopy(
                NF_CONNTRACK.in(), NF_CONNTRACK.options().withStripSignature(true), folder.resolve("ours.ko"));
        assertEquals(shipped.keySet(), theirs.keySet());
        assertFalse(shipped.equals(theirs), "the C tool changed no flags");
        assertEquals(shipped, flags(ours));
        assertArrayEquals(
                IdsView.of(NF_CONNTRACK.in()).bytes(), IdsView.of(ours).bytes());
        byte[] cToolsIds = Files.readAllBytes(OracleData.file("resolve/nf_conntrack/old612/nf_conntrack.ko.BTF_ids"));
        assertFalse(Arrays.equals(cToolsIds, IdsView.of(ours).bytes()));
        IdsView view = IdsView.of(ours);
        assertEquals(
                List.of(
                        "func bpf_ct_change_status 0x10",
                        "func bpf_ct_change_timeout 0x10",
                        "func bpf_ct_insert_entry 0x7",
                        "func bpf_ct_release 0x2",
                        "func bpf_ct_set_status 0x10",
                        "func bpf_ct_set_timeout 0x10",
                        "func bpf_skb_ct_alloc 0x5",
                        "func bpf_skb_ct_lookup 0x5",
                        "func bpf_xdp_ct_alloc 0x5",
                        "func bpf_xdp_ct_lookup 0x5"),
                view.pairs(view.set("nf_ct_kfunc_set")));
    }

    /** What the C tool mixed up is past mending: by the ids in it, its flags are as right as any. */
    @Test
    void shouldLeaveWhatTheCToolMixedUpAsItIs() throws Exception {
        Path mixedUp = Resolving.resolvedCopy(NF_CONNTRACK.out(), NF_CONNTRACK.options(), folder.resolve("mixed.ko"));
        assertArrayEquals(
                IdsView.of(NF_CONNTRACK.out()).bytes(), IdsView.of(mixedUp).bytes());
    }

    @Test
    void shouldComeToTheShippedIdsFromTheUnresolvedModule() throws Exception {
        Path unresolved = OracleData.file("resolve/nf_conntrack/in/unresolved.ko");
        Path resolved = Resolving.resolvedCopy(
                unresolved, NF_CONNTRACK.options().withStripSignature(true), folder.resolve("resolved.ko"));
        assertArrayEquals(
                IdsView.of(NF_CONNTRACK.in()).bytes(), IdsView.of(resolved).bytes());
        Path repaired = Resolving.resolvedCopy(
                NF_CONNTRACK.in(), NF_CONNTRACK.options().withStripSignature(true), folder.resolve("repaired.ko"));
        assertArrayEquals(Files.readAllBytes(repaired), Files.readAllBytes(resolved));
    }

    private static Map<Integer, Integer> flags(Path nfConntrack) {
        IdsView view = IdsView.of(nfConntrack);
        return new TreeMap<>(view.flagsById(view.set("nf_ct_kfunc_set")));
    }
}
