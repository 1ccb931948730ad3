package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.btfkit.fixtures.kernel.CResolveBtfids;
import org.btfkit.fixtures.raw.IdsView;
import org.btfkit.fixtures.raw.IdsView.Id;
import org.btfkit.fixtures.raw.IdsView.IdSet;
import org.btfkit.fixtures.tool.BtfNames;
import org.btfkit.fixtures.tool.Objcopy;
import org.btfkit.fixtures.tool.Readelf;
import org.btfkit.resolve.ObjectReport.Outcome;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Debian's vmlinux and every module of its image package that has .BTF_ids, as shipped. */
@Tag("conformance")
class ShippedObjectsConformance {
    private static final int KF_ACQUIRE = 1;
    private static final int KF_RELEASE = 2;

    @TempDir
    Path folder;

    static Stream<Path> objects() throws IOException {
        List<Path> objects = new ArrayList<>(ShippedObjects.modules());
        objects.add(ShippedObjects.vmlinux());
        return objects.stream();
    }

    static Stream<Path> staleModules() throws IOException {
        return ShippedObjects.modules().stream()
                .filter(module -> !names(module).untrue(IdsView.of(module)).isEmpty());
    }

    static Stream<Path> truthfulModules() throws IOException {
        return ShippedObjects.modules().stream()
                .filter(module -> names(module).untrue(IdsView.of(module)).isEmpty());
    }

    static Stream<Path> staleObjects() throws IOException {
        return Stream.concat(staleModules(), Stream.of(ShippedObjects.vmlinux()));
    }

    private static BtfNames names(Path object) {
        return BtfNames.of(object, ShippedObjects.baseOf(object));
    }

    private static ResolveOptions options(Path object) {
        return ResolveOptions.withBase(ShippedObjects.baseOf(object));
    }

    private Path copy(Path object) throws IOException {
        return Resolving.copy(object, folder.resolve(object.getFileName().toString()));
    }

    /** The object's bytes without a signature. */
    private static byte[] unsigned(Path object) throws IOException {
        byte[] bytes = Files.readAllBytes(object);
        return Arrays.copyOf(bytes, ShippedObjects.unsignedLength(bytes));
    }

    @Test
    void shouldMeetStaleAndTruthfulModulesAllOfThemSigned() throws Exception {
        Set<String> stale =
                staleModules().map(module -> module.getFileName().toString()).collect(Collectors.toSet());
        assertTrue(stale.containsAll(Set.of("nf_conntrack.ko", "fou.ko", "tcp_bbr.ko")), stale.toString());
        assertTrue(truthfulModules().findAny().isPresent());
        for (Path module : ShippedObjects.modules()) {
            assertNotEquals(Files.size(module), unsigned(module).length, module + " is not signed");
        }
    }

    @ParameterizedTest
    @MethodSource("objects")
    void shouldReportExactlyTheStaleSets(Path object) throws Exception {
        BtfNames names = names(object);
        IdsView view = IdsView.of(object);
        Set<Integer> untrue = names.untrue(view).stream().map(Id::offset).collect(Collectors.toSet());
        List<String> expected = new ArrayList<>();
        for (IdSet set : view.sets()) {
            boolean isStale = view.idsOf(set).stream().anyMatch(id -> untrue.contains(id.offset()));
            expected.add("%s %s at %d: %d ids, %s"
                    .formatted(
                            set.hasPairs() ? "set8" : "set",
                            set.name(),
                            set.offset(),
                            set.count(),
                            isStale ? "STALE" : "RESOLVED"));
        }
        ObjectReport report = new BtfIdsResolver(options(object)).check(object, ResolveListener.SILENT);
        assertEquals(Outcome.CHECKED, report.outcome());
        assertEquals(
                expected,
                report.sets().stream()
                        .filter(set -> !set.kind().equals("list"))
                        .map(set -> "%s %s at %d: %d ids, %s"
                                .formatted(set.kind(), set.name(), set.offset(), set.count(), set.state()))
                        .toList());
        assertEquals(!untrue.isEmpty(), report.hasAny(SetReport.State.STALE));
        assertEquals(untrue.size(), report.movedSymbols());
    }

    @ParameterizedTest
    @MethodSource("objects")
    void shouldNotChangeAnObjectByChecking(Path object) throws Exception {
        FileState before = FileState.of(copy(object));
        new BtfIdsResolver(options(object)).check(before.file(), ResolveListener.SILENT);
        before.assertUntouched();
    }

    @ParameterizedTest
    @MethodSource("staleModules")
    void shouldRefuseToInvalidateASignature(Path module) throws Exception {
        Path copy = copy(module);
        Resolving.assertRefuses(copy, options(module), copy.toString(), "module signature");
    }

    @ParameterizedTest
    @MethodSource("truthfulModules")
    void shouldLeaveASignedModuleAloneThatIsRightAlready(Path module) throws Exception {
        Resolving.assertNothingLeftToDo(copy(module), options(module));
        Resolving.assertNothingLeftToDo(copy(module), options(module).withStripSignature(true));
    }

    @ParameterizedTest
    @MethodSource("staleModules")
    void shouldRepairAModuleAndCutOffItsSignature(Path module) throws Exception {
        assertRepaired(module);
    }

    @Test
    void shouldRepairVmlinux() throws Exception {
        assertRepaired(ShippedObjects.vmlinux());
    }

    private void assertRepaired(Path object) throws IOException {
        ResolveOptions options = options(object).withStripSignature(true);
        BtfNames names = names(object);
        int untrue = names.untrue(IdsView.of(object)).size();
        Path repaired = copy(object);
        FileState shipped = FileState.of(Files.write(folder.resolve("unsigned"), unsigned(object)));
        ObjectReport report = Resolving.resolve(repaired, options);
        assertEquals(Outcome.WRITTEN, report.outcome());
        assertEquals(untrue, report.movedSymbols());
        shipped.assertOnlySymbolsDiffer(Files.readAllBytes(repaired));
        assertArrayEquals(IdsView.of(object).bytes(), IdsView.of(repaired).bytes());
        Resolving.assertSymbolsTrue(repaired, names);
        Resolving.assertNothingLeftToDo(repaired, options(object));
    }

    @ParameterizedTest
    @MethodSource("staleObjects")
    void shouldMoveTheSameSymbolsWhenAskedToRepairOnly(Path object) throws Exception {
        ResolveOptions options = options(object).withStripSignature(true);
        Path resolved = Resolving.resolvedCopy(object, options, folder.resolve("resolved"));
        Path repaired = copy(object);
        ObjectReport report = new BtfIdsResolver(options).repair(repaired, null, ResolveListener.SILENT);
        assertEquals(Outcome.WRITTEN, report.outcome());
        assertArrayEquals(Files.readAllBytes(resolved), Files.readAllBytes(repaired));
    }

    @ParameterizedTest
    @MethodSource("staleObjects")
    void shouldSayThatSymbolsWereLeftBehind(Path object) throws Exception {
        Resolving.Talk talk = new Resolving.Talk();
        Resolving.resolve(copy(object), options(object).withStripSignature(true), talk);
        int untrue = names(object).untrue(IdsView.of(object)).size();
        assertEquals(List.of(), talk.warnings);
        assertEquals(1, talk.notes.size(), talk.notes.toString());
        String note = talk.notes.get(0);
        assertTrue(note.contains("left the symbols behind; " + untrue + " symbols to move"), note);
    }

    /** From what the linker gave, this tool and the C tool come to what was shipped. */
    @ParameterizedTest
    @MethodSource("objects")
    void shouldComeToTheShippedIdsFromAnUnresolvedObject(Path object) throws Exception {
        Path fresh = ShippedObjects.unresolved(object, names(object), folder.resolve("fresh"));
        assertArrayEquals(IdsView.of(object).bytes(), CResolveBtfids.resolvedIds(fresh, ShippedObjects.baseOf(object)));
        FileState before = FileState.of(fresh);
        Path resolved = Resolving.resolvedCopy(fresh, options(object), folder.resolve("resolved"));
        assertArrayEquals(IdsView.of(object).bytes(), IdsView.of(resolved).bytes());
        Resolving.assertSymbolsTrue(resolved, names(object));
        before.assertOnlyIdsAndSymbolsDiffer(Files.readAllBytes(resolved));
        assertEquals(IdsView.of(fresh).pairs(), IdsView.of(resolved).pairs());
    }

    /** Repairing a shipped object gives the file that a fresh run gives: the two paths end in one place. */
    @ParameterizedTest
    @MethodSource("staleObjects")
    void shouldMakeOfAShippedObjectWhatAFreshRunMakes(Path object) throws Exception {
        Path fresh = ShippedObjects.unresolved(object, names(object), folder.resolve("fresh"));
        Path resolved = Resolving.resolvedCopy(fresh, options(object), folder.resolve("resolved"));
        Path repaired =
                Resolving.resolvedCopy(object, options(object).withStripSignature(true), folder.resolve("repaired"));
        assertArrayEquals(Files.readAllBytes(resolved), Files.readAllBytes(repaired));
    }

    // ---- what the C tool does to the same objects

    @Test
    void shouldDifferFromTheCToolWhichGivesKfuncsOfNfConntrackOtherFlags() throws Exception {
        Path module = ShippedObjects.module("nf_conntrack.ko");
        BtfNames names = names(module);
        Path again = CResolveBtfids.resolvedCopy(module, ShippedObjects.vmlinux(), folder.resolve("again.ko"));
        Map<Integer, Integer> before = kfuncFlags(module);
        Map<Integer, Integer> after = kfuncFlags(again);
        int lookup = names.firstId("func bpf_skb_ct_lookup");
        int release = names.firstId("func bpf_ct_release");
        assertEquals(5, before.get(lookup), "KF_ACQUIRE | KF_RET_NULL, as shipped");
        assertEquals(0x10, after.get(lookup), "KF_TRUSTED_ARGS, of another kfunc");
        assertEquals(2, before.get(release), "KF_RELEASE, as shipped");
        assertEquals(7, after.get(release), "KF_ACQUIRE | KF_RELEASE | KF_RET_NULL, of another kfunc");
        Path ours = Resolving.resolvedCopy(
                module,
                ResolveOptions.withBase(ShippedObjects.vmlinux()).withStripSignature(true),
                folder.resolve("ours.ko"));
        assertEquals(before, kfuncFlags(ours));
    }

    private static Map<Integer, Integer> kfuncFlags(Path nfConntrack) {
        IdsView view = IdsView.of(nfConntrack);
        return view.flagsById(view.set("nf_ct_kfunc_set"));
    }

    @Test
    void shouldDifferFromTheCToolWhichMovesFlagsInVmlinux() throws Exception {
        Path vmlinux = ShippedObjects.vmlinux();
        IdsView before = IdsView.of(vmlinux);
        IdsView after = IdsView.of(CResolveBtfids.resolvedCopy(vmlinux, null, folder.resolve("vmlinux")));
        Set<Integer> flagBytes = new TreeSet<>();
        for (IdSet set : before.sets()) {
            for (int entry = 0; set.hasPairs() && entry < set.count(); entry++) {
                for (int i = 0; i < 4; i++) {
                    flagBytes.add(set.slot(entry) + 4 + i);
                }
            }
        }
        int changed = 0;
        for (int i = 0; i < before.bytes().length; i++) {
            if (before.bytes()[i] != after.bytes()[i]) {
                assertTrue(flagBytes.contains(i), "byte %d is no flag".formatted(i));
                changed++;
            }
        }
        assertTrue(changed > 0, "no byte of flags changed");
        assertEquals(KF_ACQUIRE, cpumaskFlags(before, "bpf_cpumask_acquire") & KF_ACQUIRE, "as shipped");
        assertEquals(0, cpumaskFlags(after, "bpf_cpumask_acquire") & KF_ACQUIRE, "lost");
        assertEquals(KF_RELEASE, cpumaskFlags(before, "bpf_cpumask_release") & KF_RELEASE, "as shipped");
        assertEquals(0, cpumaskFlags(after, "bpf_cpumask_release") & KF_RELEASE, "lost");
    }

    private static int cpumaskFlags(IdsView vmlinux, String name) {
        int id = names(ShippedObjects.vmlinux()).firstId("func " + name);
        return vmlinux.flagsById(vmlinux.set("cpumask_kfunc_btf_ids")).get(id);
    }

    /** Once symbols are true the C tool does no harm any more. */
    @ParameterizedTest
    @MethodSource("staleObjects")
    void shouldMakeTheCToolHarmlessByRepairing(Path object) throws Exception {
        Path repaired =
                Resolving.resolvedCopy(object, options(object).withStripSignature(true), folder.resolve("repaired"));
        byte[] ids = Objcopy.section(object, ".BTF_ids");
        assertArrayEquals(ids, CResolveBtfids.resolvedIds(repaired, ShippedObjects.baseOf(object)));
    }

    @Test
    void shouldDifferFromTheCToolWhichCutsSignaturesOffUnasked() throws Exception {
        Path module = ShippedObjects.module("nf_conntrack.ko");
        Path again = CResolveBtfids.resolvedCopy(module, ShippedObjects.vmlinux(), folder.resolve("again.ko"));
        assertFalse(new String(Files.readAllBytes(again), StandardCharsets.ISO_8859_1)
                .contains("~Module signature appended~"));
        assertEquals(Readelf.sections(module), Readelf.sections(again));
    }
}
