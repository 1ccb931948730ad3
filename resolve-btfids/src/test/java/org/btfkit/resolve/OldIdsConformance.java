package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.btfkit.fixtures.kernel.ChangedBase;
import org.btfkit.fixtures.kernel.KernelPackages;
import org.btfkit.fixtures.raw.IdsView;
import org.btfkit.fixtures.raw.IdsView.Id;
import org.btfkit.fixtures.tool.Bpftool;
import org.btfkit.fixtures.tool.BtfNames;
import org.btfkit.fixtures.tool.Objcopy;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Debian's objects, whose symbols the C tool left behind, when the BTF changes under them: what shows whose ids they
 * hold, from the BTF that they came from down to nothing.
 */
@Tag("conformance")
class OldIdsConformance {
    /** A module as shipped, and what it is to become on the changed vmlinux. */
    private record Case(String name, Path shipped, Path newBtf, Path rebased, Path expected, BtfNames names) {
        @Override
        public String toString() {
            return name;
        }
    }

    @TempDir
    static Path folder;

    private static final Map<String, Case> CASES = new TreeMap<>();
    private static Path changed;
    private static Path changedMore;
    private static int files;

    @BeforeAll
    static void changeVmlinux() throws IOException {
        byte[] vmlinuxBtf = Objcopy.section(ShippedObjects.vmlinux(), ".BTF");
        ChangedBase base = ChangedBase.of(vmlinuxBtf, 137);
        changed = Files.write(folder.resolve("changed.btf"), base.bytes());
        changedMore = Files.write(
                folder.resolve("changed-more.btf"),
                ChangedBase.of(vmlinuxBtf, 1000).bytes());
        for (Path module : ShippedObjects.modules()) {
            String name = module.getFileName().toString();
            byte[] newBtf = base.rebased(Objcopy.section(module, ".BTF"));
            Path rebased = Objcopy.updateSection(module, ".BTF", newBtf, folder.resolve("rebased." + name));
            BtfNames oldNames = BtfNames.of(module, ShippedObjects.vmlinux());
            Path fresh = ShippedObjects.unresolved(module, oldNames, newFile());
            Path expected = Objcopy.updateSection(fresh, ".BTF", newBtf, folder.resolve("expected." + name));
            Resolving.resolve(expected, ResolveOptions.withBase(changed));
            Path raw = Files.write(folder.resolve(name + ".btf"), newBtf);
            CASES.put(name, new Case(name, module, raw, rebased, expected, BtfNames.of(expected, changed)));
        }
    }

    static Stream<Case> modules() {
        return CASES.values().stream();
    }

    private static Path newFile() {
        return folder.resolve("file" + files++);
    }

    private static void assertAsExpected(Case module, Path actual) throws IOException {
        assertArrayEquals(
                IdsView.of(module.expected).bytes(), IdsView.of(actual).bytes());
        assertEquals(
                IdsView.of(module.expected).symbolValues(), IdsView.of(actual).symbolValues());
        Resolving.assertSymbolsTrue(actual, module.names);
    }

    @ParameterizedTest
    @MethodSource("modules")
    void shouldExpectOtherIdsWithTheSameFlags(Case module) {
        Resolving.assertSymbolsTrue(module.expected, module.names);
        assertNotEquals(0, module.names.untrue(IdsView.of(module.rebased)).size());
        BtfNames oldNames = BtfNames.of(module.shipped, ShippedObjects.vmlinux());
        IdsView shipped = IdsView.of(module.shipped);
        IdsView expected = IdsView.of(module.expected);
        assertEquals(shipped.sets(), expected.sets());
        shipped.sets().forEach(set -> {
            Map<String, Integer> before = new TreeMap<>();
            Map<String, Integer> after = new TreeMap<>();
            shipped.flagsById(set).forEach((id, flags) -> before.put(oldNames.key(id), flags));
            expected.flagsById(set).forEach((id, flags) -> after.put(module.names.key(id), flags));
            assertEquals(before, after, set.toString());
        });
    }

    // ---- the old BTF and its base are there

    @ParameterizedTest
    @MethodSource("modules")
    void shouldBelieveTheOldBtfOnItsBase(Case module) throws Exception {
        ResolveOptions options = ResolveOptions.withBase(changed).withOld(module.shipped, ShippedObjects.vmlinux());
        Path resolved = Resolving.resolvedCopy(module.rebased, options, newFile());
        assertArrayEquals(Files.readAllBytes(module.expected), Files.readAllBytes(resolved));
    }

    @ParameterizedTest
    @MethodSource("modules")
    void shouldBelieveTheObjectsOwnBtfOnItsOldBase(Case module) throws Exception {
        ResolveOptions options = ResolveOptions.withBase(changed)
                .withBtf(module.newBtf)
                .withOld(null, ShippedObjects.vmlinux())
                .withStripSignature(true);
        assertAsExpected(module, Resolving.resolvedCopy(module.shipped, options, newFile()));
    }

    // ---- the old base is gone

    @ParameterizedTest
    @MethodSource("modules")
    void shouldKnowTheOrderFromOwnFunctionsWhenTheBtfIsNew(Case module) throws Exception {
        Path resolved = Resolving.resolvedCopy(module.rebased, ResolveOptions.withBase(changed), newFile());
        assertArrayEquals(Files.readAllBytes(module.expected), Files.readAllBytes(resolved));
        Resolving.assertNothingLeftToDo(resolved, ResolveOptions.withBase(changed));
    }

    @ParameterizedTest
    @MethodSource("modules")
    void shouldKnowTheOrderFromOwnFunctionsWhenTheBtfIsOld(Case module) throws Exception {
        ResolveOptions options =
                ResolveOptions.withBase(changed).withBtf(module.newBtf).withStripSignature(true);
        assertAsExpected(module, Resolving.resolvedCopy(module.shipped, options, newFile()));
    }

    @ParameterizedTest
    @MethodSource("modules")
    void shouldKnowTheOrderFromOwnFunctionsOfOldBtfGivenWithoutItsBase(Case module) throws Exception {
        Path withoutBtf = Objcopy.removeSection(module.shipped, ".BTF", newFile());
        ResolveOptions options =
                ResolveOptions.withBase(changed).withBtf(module.newBtf).withOld(module.shipped, null);
        assertAsExpected(module, Resolving.resolvedCopy(withoutBtf, options, newFile()));
    }

    // ---- nothing shows it

    @Test
    void shouldRefuseWhenFlagsDifferAndNoBtfIsLeft() throws Exception {
        Case module = CASES.get("nf_conntrack.ko");
        Path withoutBtf = Objcopy.removeSection(module.shipped, ".BTF", newFile());
        Resolving.assertRefuses(
                withoutBtf,
                ResolveOptions.withBase(changed).withBtf(module.newBtf),
                withoutBtf + ": .BTF_ids: cannot show whose ids it holds",
                "set8 'nf_ct_kfunc_set'",
                "func 'bpf_xdp_ct_alloc'",
                "holds ",
                "no permutation of the set's names");
    }

    /** With equal flags nothing can get mixed up. */
    @ParameterizedTest
    @MethodSource("modules")
    void shouldNeedNoProofWhereFlagsAreEqual(Case module) throws Exception {
        IdsView shipped = IdsView.of(module.shipped);
        boolean equalFlags = shipped.sets().stream()
                .allMatch(set ->
                        shipped.flagsById(set).values().stream().distinct().count() == 1);
        assertEquals(!module.name.equals("nf_conntrack.ko"), equalFlags);
        if (equalFlags) {
            Path withoutBtf = Objcopy.removeSection(module.shipped, ".BTF", newFile());
            ResolveOptions options = ResolveOptions.withBase(changed).withBtf(module.newBtf);
            assertAsExpected(module, Resolving.resolvedCopy(withoutBtf, options, newFile()));
        }
    }

    @Test
    void shouldSayWhichBaseIsNeededWhenAnotherOrNoneIsGiven() throws Exception {
        Path module = Resolving.copy(ShippedObjects.module("nf_conntrack.ko"), newFile());
        byte[] base = Objcopy.section(ShippedObjects.vmlinux(), ".BTF");
        int strings = ByteBuffer.wrap(base).order(ByteOrder.LITTLE_ENDIAN).getInt(20);
        String first = Bpftool.dumpRaw(module, ShippedObjects.vmlinux());
        int types = Integer.parseInt(first.substring(1, first.indexOf(']'))) - 1;
        String needed = "one with " + types + " types and " + strings + " bytes of strings";
        Path other = KernelPackages.ofUser().otherVersion().vmlinux();
        Resolving.assertRefuses(
                module, ResolveOptions.withBase(other), module.toString(), other.toString(), needed, "-b");
        Resolving.assertRefuses(module, ResolveOptions.withBase(null), module.toString(), "split BTF", needed, "-b");
    }

    @Test
    void shouldSayThatTheOldBaseIsAnother() throws Exception {
        Case module = CASES.get("nf_conntrack.ko");
        Path object = Resolving.copy(module.rebased, newFile());
        Path other = KernelPackages.ofUser().otherVersion().vmlinux();
        Resolving.assertRefuses(
                object,
                ResolveOptions.withBase(changed).withOld(module.shipped, other),
                module.shipped + "(.BTF) was not made on the base " + other,
                "give the right one with --old_base");
    }

    // ---- vmlinux

    @Test
    void shouldBelieveTheOwnBtfOfVmlinux() throws Exception {
        Path vmlinux = Resolving.copy(ShippedObjects.vmlinux(), newFile());
        Resolving.resolve(vmlinux, ResolveOptions.withBase(null).withBtf(changed));
        assertArrayEquals(Files.readAllBytes(freshVmlinux(changed)), Files.readAllBytes(vmlinux));
        Resolving.assertSymbolsTrue(vmlinux, BtfNames.of(changed, null));
    }

    @Test
    void shouldRefuseVmlinuxWhenItsIdsAreOfNoBtfAtHandUnlessThatIsGiven() throws Exception {
        Path vmlinux = Resolving.copy(ShippedObjects.vmlinux(), newFile());
        Resolving.resolve(vmlinux, ResolveOptions.withBase(null).withBtf(changed));
        ResolveOptions options = ResolveOptions.withBase(null).withBtf(changedMore);
        Resolving.assertRefuses(
                vmlinux,
                options,
                vmlinux + ": .BTF_ids: cannot show whose ids it holds: set",
                "holds ",
                "no permutation of the set's names");
        Resolving.resolve(vmlinux, options.withOld(changed, null));
        assertArrayEquals(Files.readAllBytes(freshVmlinux(changedMore)), Files.readAllBytes(vmlinux));
    }

    private static Path freshVmlinux(Path btf) throws IOException {
        Path vmlinux = ShippedObjects.vmlinux();
        Path fresh = ShippedObjects.unresolved(vmlinux, BtfNames.of(vmlinux, null), newFile());
        Resolving.resolve(fresh, ResolveOptions.withBase(null).withBtf(btf));
        return fresh;
    }

    @Test
    void shouldGiveFunctionsOfVmlinuxOtherPlacesInTheirSets() {
        BtfNames before = BtfNames.of(ShippedObjects.vmlinux(), null);
        BtfNames after = BtfNames.of(changed, null);
        IdsView view = IdsView.of(ShippedObjects.vmlinux());
        List<Id> ids = view.idsOf(view.set("cpumask_kfunc_btf_ids"));
        List<String> orderBefore = ids.stream()
                .map(Id::key)
                .sorted((a, b) -> before.firstId(a) - before.firstId(b))
                .toList();
        List<String> orderAfter = ids.stream()
                .map(Id::key)
                .sorted((a, b) -> after.firstId(a) - after.firstId(b))
                .toList();
        assertNotEquals(orderBefore, orderAfter);
    }
}
