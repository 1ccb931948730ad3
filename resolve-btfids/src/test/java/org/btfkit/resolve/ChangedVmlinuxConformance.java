package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.btfkit.fixtures.kernel.CResolveBtfids;
import org.btfkit.fixtures.kernel.ChangedBase;
import org.btfkit.fixtures.kernel.KernelPackages;
import org.btfkit.fixtures.kernel.ModuleBuilder;
import org.btfkit.fixtures.raw.IdsView;
import org.btfkit.fixtures.raw.IdsView.Id;
import org.btfkit.fixtures.tool.BtfNames;
import org.btfkit.fixtures.tool.Objcopy;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Modules that were resolved on one vmlinux, and then, without a new link, get a new .BTF on another one: resolving
 * them again has to give what resolving them on the other one alone gives.
 */
@Tag("conformance")
class ChangedVmlinuxConformance {
    private static final String CLOUD = "cloud";
    private static final String FLAVOUR = "another flavour";
    private static final String VERSION = "another version";

    /** {@link #CLOUD} with more functions and the others in another order: its types stay as they are. */
    private static final String CHANGED = "cloud with other functions";

    /** {@link #CLOUD} with functions in another order, as pahole gives them when it works on many files at a time. */
    private static final String REORDERED = "cloud in another order";

    /** From what a module goes to what. */
    private record Move(String module, String first, String second) {
        @Override
        public String toString() {
            return module + ": " + first + " -> " + second;
        }
    }

    @TempDir
    static Path folder;

    private static final Map<String, Path> VMLINUX = new TreeMap<>();
    private static final Map<String, Path> SHARED = new TreeMap<>();
    private static final Map<String, BtfNames> NAMES = new TreeMap<>();
    private static int files;

    @BeforeAll
    static void findKernels() throws IOException {
        Path cloud = ModuleBuilder.ofUser().vmlinux();
        VMLINUX.put(CLOUD, cloud);
        VMLINUX.put(FLAVOUR, KernelPackages.ofUser().otherFlavour().vmlinux());
        VMLINUX.put(VERSION, KernelPackages.ofUser().otherVersion().vmlinux());
        byte[] btf = Objcopy.section(cloud, ".BTF");
        byte[] changed = ChangedBase.of(btf, 137).bytes();
        byte[] reordered = ChangedBase.of(btf, 0).bytes();
        VMLINUX.put(CHANGED, Files.write(folder.resolve("changed.btf"), changed));
        VMLINUX.put(REORDERED, Files.write(folder.resolve("reordered.btf"), reordered));
    }

    static Stream<Move> moves() {
        List<Move> moves = new ArrayList<>();
        for (String module : List.of(ModuleBuilder.MIXED, ModuleBuilder.TWINS)) {
            for (String other : List.of(FLAVOUR, VERSION, CHANGED, REORDERED)) {
                moves.add(new Move(module, CLOUD, other));
                moves.add(new Move(module, other, CLOUD));
            }
        }
        return moves.stream();
    }

    static Stream<Move> movesThatOnlyShiftOwnTypes() {
        return moves().filter(ChangedVmlinuxConformance::onlyShiftsOwnTypes);
    }

    static Stream<Move> movesThatAlterOwnTypes() {
        return moves().filter(move -> !onlyShiftsOwnTypes(move));
    }

    /** Whether all types of the module that .BTF_ids names are as far from each other on both kernels. */
    private static boolean onlyShiftsOwnTypes(Move move) {
        BtfNames first = names(move.module, move.first);
        BtfNames second = names(move.module, move.second);
        BtfNames base = BtfNames.of(VMLINUX.get(move.first), null);
        return IdsView.of(encoded(move.module, move.first)).ids().stream()
                        .filter(id -> base.firstId(id.key()) == 0 && first.firstId(id.key()) != 0)
                        .map(id -> second.firstId(id.key()) - first.firstId(id.key()))
                        .distinct()
                        .count()
                == 1;
    }

    private interface Maker {
        Path make(Path target) throws IOException;
    }

    /** A file that several tests start from, made once; copy it before changing it. */
    private static Path shared(String what, Maker maker) {
        Path made = SHARED.get(what);
        if (made == null) {
            try {
                made = maker.make(newFile());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            SHARED.put(what, made);
        }
        return made;
    }

    private static Path newFile() {
        return folder.resolve("file" + files++ + ".ko");
    }

    private static Path copy(Path file) throws IOException {
        return Resolving.copy(file, newFile());
    }

    /** The module with .BTF for a kernel, not resolved. */
    private static Path encoded(String module, String kernel) {
        return shared(
                module + " encoded on " + kernel,
                target -> ModuleBuilder.encodeBtf(ModuleBuilder.ofUser().plain(module), VMLINUX.get(kernel), target));
    }

    /** The module resolved on a kernel, with no other one before. */
    private static Path resolved(String module, String kernel) {
        return shared(module + " resolved on " + kernel, target -> {
            Resolving.resolvedCopy(encoded(module, kernel), on(kernel), target);
            Resolving.assertSymbolsTrue(target, names(module, kernel));
            return target;
        });
    }

    /** The module resolved on the first kernel, with .BTF for the second. */
    private static Path reencoded(Move move) {
        return shared(
                move + " reencoded",
                target ->
                        ModuleBuilder.reencodeBtf(resolved(move.module, move.first), VMLINUX.get(move.second), target));
    }

    /** The module with .BTF for the first kernel, then for the second, then resolved. */
    private static Path direct(Move move) {
        return shared(move + " direct", target -> {
            ModuleBuilder.reencodeBtf(encoded(move.module, move.first), VMLINUX.get(move.second), target);
            Resolving.resolve(target, on(move.second));
            return target;
        });
    }

    private static BtfNames names(String module, String kernel) {
        return NAMES.computeIfAbsent(
                module + " on " + kernel, key -> BtfNames.of(encoded(module, kernel), VMLINUX.get(kernel)));
    }

    private static ResolveOptions on(String kernel) {
        return ResolveOptions.withBase(VMLINUX.get(kernel));
    }

    /** Fails unless ids and symbols are those of a module that never saw another kernel. */
    private static void assertResolvedAfresh(Path module, String name, String kernel) throws IOException {
        IdsView fresh = IdsView.of(resolved(name, kernel));
        assertArrayEquals(fresh.bytes(), IdsView.of(module).bytes());
        assertEquals(fresh.symbolValues(), IdsView.of(module).symbolValues());
        Resolving.assertNothingLeftToDo(module, on(kernel));
    }

    @ParameterizedTest
    @MethodSource("moves")
    void shouldGiveWhatAFreshRunGivesWhenTheOldBtfIsGiven(Move move) throws Exception {
        Path module = copy(reencoded(move));
        assertNotEquals(List.of(), names(move.module, move.second).untrue(IdsView.of(module)), "nothing had to change");
        ResolveOptions old = on(move.second).withOld(resolved(move.module, move.first), VMLINUX.get(move.first));
        Resolving.resolve(module, old);
        assertResolvedAfresh(module, move.module, move.second);
        assertArrayEquals(Files.readAllBytes(direct(move)), Files.readAllBytes(module), "the whole file");
    }

    @ParameterizedTest
    @MethodSource("movesThatOnlyShiftOwnTypes")
    void shouldGiveWhatAFreshRunGivesWhenTheOldBaseIsGone(Move move) throws Exception {
        Path module = copy(reencoded(move));
        Resolving.resolve(module, on(move.second));
        assertResolvedAfresh(module, move.module, move.second);
        assertArrayEquals(Files.readAllBytes(direct(move)), Files.readAllBytes(module), "the whole file");
    }

    /** The types of this module differ from the other kernel's, and came between its own functions. */
    @ParameterizedTest
    @MethodSource("movesThatAlterOwnTypes")
    void shouldRefuseWhenTheOldBaseIsGoneAndOwnTypesAreOthers(Move move) throws Exception {
        Path module = copy(reencoded(move));
        Resolving.assertRefuses(
                module,
                on(move.second),
                module + ": .BTF_ids: ",
                "cannot show whose ids it holds",
                "set8 'mixed_kfunc_ids'",
                "holds ");
    }

    @Test
    void shouldMeetBothKindsOfChange() {
        List<Move> shifted = movesThatOnlyShiftOwnTypes().toList();
        for (String module : List.of(ModuleBuilder.MIXED, ModuleBuilder.TWINS)) {
            assertTrue(shifted.contains(new Move(module, CLOUD, CHANGED)), module);
            assertTrue(shifted.contains(new Move(module, CHANGED, CLOUD)), module);
            assertTrue(shifted.contains(new Move(module, CLOUD, REORDERED)), module);
        }
        assertTrue(shifted.contains(new Move(ModuleBuilder.TWINS, CLOUD, FLAVOUR)), "twins, flavour");
        assertTrue(movesThatAlterOwnTypes().findAny().isPresent(), "no change alters own types");
    }

    /** What was resolved here has symbols that are true, so taking them at their word is right. */
    @ParameterizedTest
    @MethodSource("moves")
    void shouldGiveWhatAFreshRunGivesWhenSymbolsAreTrusted(Move move) throws Exception {
        Path module = copy(reencoded(move));
        Resolving.resolve(module, on(move.second).withTrustSymbols(true));
        assertResolvedAfresh(module, move.module, move.second);
    }

    @ParameterizedTest
    @MethodSource("movesThatOnlyShiftOwnTypes")
    void shouldComeBackToWhereItStarted(Move move) throws Exception {
        Path there = copy(reencoded(move));
        Resolving.resolve(there, on(move.second));
        Path back = ModuleBuilder.reencodeBtf(there, VMLINUX.get(move.first), newFile());
        Resolving.resolve(back, on(move.first));
        assertResolvedAfresh(back, move.module, move.first);
    }

    /** As it is with a tree that was built before: the C tool left the symbols behind, and the old base is gone. */
    @Test
    void shouldRepairWhatTheCToolResolvedOnABaseThatIsGone() throws Exception {
        Path kbuild = ModuleBuilder.ofUser().resolvedByKbuild();
        Path module = ModuleBuilder.reencodeBtf(kbuild, VMLINUX.get(CHANGED), newFile());
        Resolving.Talk talk = new Resolving.Talk();
        Resolving.resolve(module, on(CHANGED), talk);
        assertEquals(1, talk.notes.size(), talk.notes.toString());
        assertTrue(talk.notes.get(0).contains("left the symbols behind"), talk.notes.get(0));
        assertResolvedAfresh(module, ModuleBuilder.MIXED, CHANGED);
    }

    /** What all this is for: in the same place the C tool gives kfuncs each other's flags. */
    @Test
    void shouldDifferFromTheCToolWhichMovesFlags() throws Exception {
        Path kbuild = ModuleBuilder.ofUser().resolvedByKbuild();
        Path ours = ModuleBuilder.reencodeBtf(kbuild, VMLINUX.get(CHANGED), newFile());
        Path again = CResolveBtfids.resolvedCopy(ours, VMLINUX.get(CHANGED), newFile());
        Path fresh =
                CResolveBtfids.resolvedCopy(encoded(ModuleBuilder.MIXED, CHANGED), VMLINUX.get(CHANGED), newFile());
        IdsView wrong = IdsView.of(again);
        IdsView right = IdsView.of(fresh);
        assertNotEquals(right.flagsById(right.set("mixed_kfunc_ids")), wrong.flagsById(wrong.set("mixed_kfunc_ids")));
        Resolving.resolve(ours, on(CHANGED));
        assertArrayEquals(right.bytes(), IdsView.of(ours).bytes());
    }

    /** The changed kernel is no mere shift of the first: what modules name of it changed places, too. */
    @Test
    void shouldChangeTheOrderOfFunctionsInTheBase() {
        BtfNames before = BtfNames.of(VMLINUX.get(CLOUD), null);
        BtfNames after = BtfNames.of(VMLINUX.get(CHANGED), null);
        List<Id> ids = IdsView.of(encoded(ModuleBuilder.MIXED, CLOUD)).ids();
        assertTrue(before.firstId("func kfree") < before.firstId("func vfs_read"));
        assertTrue(after.firstId("func kfree") > after.firstId("func vfs_read"));
        for (Id id : ids) {
            assertEquals(before.firstId(id.key()) == 0, after.firstId(id.key()) == 0, id.toString());
        }
    }
}
