package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.btfkit.fixtures.kernel.CResolveBtfids;
import org.btfkit.fixtures.kernel.ModuleBuilder;
import org.btfkit.fixtures.kernel.SampleModule;
import org.btfkit.fixtures.raw.IdsView;
import org.btfkit.fixtures.raw.IdsView.Id;
import org.btfkit.fixtures.raw.IdsView.IdSet;
import org.btfkit.fixtures.raw.RawElfReader;
import org.btfkit.fixtures.tool.BtfNames;
import org.btfkit.fixtures.tool.Objcopy;
import org.btfkit.fixtures.tool.Readelf;
import org.btfkit.resolve.ObjectReport.Outcome;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Modules as the linker and pahole leave them, resolved for the first time. */
@Tag("conformance")
class FreshModuleConformance {
    /** A module before and after it was resolved, and the names of its types. */
    private record Case(String name, Path fresh, Path resolved, ResolveOptions options, BtfNames names) {
        @Override
        public String toString() {
            return name;
        }
    }

    @TempDir
    static Path folder;

    private static final Map<String, Case> CASES = new TreeMap<>();

    @BeforeAll
    static void resolveModules() throws IOException {
        ModuleBuilder builder = ModuleBuilder.ofUser();
        for (String module : List.of(ModuleBuilder.MIXED, ModuleBuilder.TWINS)) {
            add(module, builder.unresolved(module), builder.vmlinux());
        }
        add("sample", SampleModule.writeModule(folder), SampleModule.writeVmlinuxBtf(folder));
    }

    private static void add(String name, Path fresh, Path base) throws IOException {
        ResolveOptions options = ResolveOptions.withBase(base);
        Path resolved = Resolving.resolvedCopy(fresh, options, folder.resolve(name + ".resolved.ko"));
        CASES.put(name, new Case(name, fresh, resolved, options, BtfNames.of(fresh, base)));
    }

    static Stream<Case> modules() {
        return CASES.values().stream();
    }

    private static Path freshCopy(Case module, String name) throws IOException {
        return Resolving.copy(module.fresh, folder.resolve(name));
    }

    @Test
    void shouldWriteTheIdsThatTheCToolWrites() {
        Case mixed = CASES.get(ModuleBuilder.MIXED);
        byte[] expected = CResolveBtfids.resolvedIds(mixed.fresh, mixed.options.base());
        assertArrayEquals(expected, Objcopy.section(mixed.resolved, ".BTF_ids"));
        Case sample = CASES.get("sample");
        assertArrayEquals(
                CResolveBtfids.resolvedIds(sample.fresh, sample.options.base()),
                Objcopy.section(sample.resolved, ".BTF_ids"));
    }

    /** The C tool wants a name of its own for each set; given those, it has to come to the same. */
    @Test
    void shouldWriteWhatTheCToolWritesForTwinsThatAreRenamed() throws Exception {
        Case twins = CASES.get(ModuleBuilder.TWINS);
        Path copy = freshCopy(twins, "twins.same.ko");
        assertFalse(CResolveBtfids.run(copy, twins.options.base()).isOk());
        Path renamed = renameSecond(twins.fresh, "__BTF_ID__set8__twin_kfuncs", folder.resolve("twins.1.ko"));
        renamed = renameSecond(renamed, "__BTF_ID__set__twin_hooks", folder.resolve("twins.2.ko"));
        byte[] expected = CResolveBtfids.resolvedIds(renamed, twins.options.base());
        assertArrayEquals(expected, Objcopy.section(twins.resolved, ".BTF_ids"));
    }

    /** Gives the second symbol of a name another one. */
    private static Path renameSecond(Path object, String symbol, Path target) throws IOException {
        String other = symbol + "_2";
        // Brings the new name into the string table, on an absolute symbol that nothing looks at.
        Objcopy.tool().check("--add-symbol", other + "=0,local", object, target);
        List<Readelf.Symbol> symbols = Readelf.symbols(target);
        List<Integer> twins = symbols.stream()
                .filter(found -> found.name().equals(symbol))
                .map(Readelf.Symbol::index)
                .toList();
        assertEquals(2, twins.size(), symbol);
        int added = symbols.stream()
                .filter(found -> found.name().equals(other))
                .map(Readelf.Symbol::index)
                .findFirst()
                .orElseThrow();
        long table = Readelf.section(target, ".symtab").orElseThrow().offset();
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(target)).order(ByteOrder.LITTLE_ENDIAN);
        int name = bytes.getInt((int) table + 24 * added);
        bytes.putInt((int) table + 24 * twins.get(1), name);
        return Files.write(target, bytes.array());
    }

    @ParameterizedTest
    @MethodSource("modules")
    void shouldCountAndSortEverySet(Case module) {
        IdsView fresh = IdsView.of(module.fresh);
        IdsView resolved = IdsView.of(module.resolved);
        assertArrayEquals(module.names.resolved(fresh), resolved.bytes());
        assertEquals(fresh.sets(), resolved.sets());
        for (IdSet set : resolved.sets()) {
            assertEquals(set.count(), resolved.word(set.offset()), set.toString());
            for (int entry = 1; entry < set.count(); entry++) {
                assertTrue(resolved.word(set.slot(entry - 1)) <= resolved.word(set.slot(entry)), set.toString());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("modules")
    void shouldPutEverySymbolOnTheSlotWithTheIdOfItsName(Case module) {
        Resolving.assertSymbolsTrue(module.resolved, module.names);
        IdsView view = IdsView.of(module.resolved);
        for (Id id : view.ids()) {
            String key = id.name().equals(ModuleBuilder.UNRESOLVABLE) ? null : id.key();
            assertEquals(key, module.names.key(view.word(id.offset())), id.toString());
        }
    }

    /** Were nothing to move, the tests here would show little. */
    @ParameterizedTest
    @MethodSource("modules")
    void shouldMoveSymbolsWithinTheirSetsOnly(Case module) {
        IdsView fresh = IdsView.of(module.fresh);
        IdsView resolved = IdsView.of(module.resolved);
        assertEquals(fresh.listed(), resolved.listed());
        int moved = 0;
        for (int i = 0; i < fresh.sets().size(); i++) {
            List<Id> before = fresh.idsOf(fresh.sets().get(i));
            List<Id> after = resolved.idsOf(resolved.sets().get(i));
            assertEquals(
                    before.stream().map(Id::symbolIndex).toList(),
                    after.stream().map(Id::symbolIndex).toList());
            for (int id = 0; id < before.size(); id++) {
                moved += before.get(id).offset() != after.get(id).offset() ? 1 : 0;
            }
        }
        assertTrue(moved > 0, "no symbol moved");
    }

    @ParameterizedTest
    @MethodSource("modules")
    void shouldKeepFlagsWithTheirNames(Case module) {
        Map<Integer, List<String>> before = IdsView.of(module.fresh).pairs();
        assertEquals(before, IdsView.of(module.resolved).pairs());
        IdsView view = IdsView.of(module.resolved);
        for (IdSet set : view.sets()) {
            if (set.hasPairs()) {
                List<String> byId = new ArrayList<>();
                for (int entry = 0; entry < set.count(); entry++) {
                    String name = module.names.key(view.word(set.slot(entry)));
                    byId.add(name + " 0x" + Integer.toHexString(view.word(set.slot(entry) + 4)));
                }
                byId.sort(null);
                assertEquals(before.get(set.offset()), byId, set.toString());
            }
        }
    }

    @Test
    void shouldKeepTheFlagsThatTheSourceGivesEachKfunc() {
        Case mixed = CASES.get(ModuleBuilder.MIXED);
        IdsView view = IdsView.of(mixed.resolved);
        assertEquals(
                List.of(
                        "func mixed_alpha_release 0x2",
                        "func mixed_beta_count 0x0",
                        "func mixed_middle_visit 0x90",
                        "func mixed_yield_sum 0x20",
                        "func mixed_zone_acquire 0x5"),
                view.pairs(view.set("mixed_kfunc_ids")));
        assertEquals(
                List.of("func kfree 0x9", "func mixed_early_reset 0xb", "func mixed_walk 0x7"),
                view.pairs(view.set("mixed_pairs")));
        for (IdSet set : view.sets()) {
            int setFlags = set.hasPairs() ? view.word(set.offset() + 4) : 0;
            assertEquals(set.name().endsWith("kfunc_ids") ? 1 : 0, setFlags, set.toString());
        }
    }

    @ParameterizedTest
    @MethodSource("modules")
    void shouldChangeNothingButIdsAndSymbolValues(Case module) throws Exception {
        FileState before = FileState.of(freshCopy(module, module.name + ".before.ko"));
        before.assertOnlyIdsAndSymbolsDiffer(Files.readAllBytes(module.resolved));
        assertEquals(List.of(), Readelf.complaints(module.resolved));
    }

    @ParameterizedTest
    @MethodSource("modules")
    void shouldLeaveTheFileAloneWhenRunAgain(Case module) throws Exception {
        Path twice = Resolving.copy(module.resolved, folder.resolve(module.name + ".twice.ko"));
        Resolving.assertNothingLeftToDo(twice, module.options);
    }

    @ParameterizedTest
    @MethodSource("modules")
    void shouldReportWhatItMovedAndMissed(Case module) throws Exception {
        ObjectReport report = Resolving.resolve(freshCopy(module, module.name + ".report.ko"), module.options);
        assertEquals(Outcome.WRITTEN, report.outcome());
        Map<Integer, Long> before = IdsView.of(module.fresh).symbolValues();
        Map<Integer, Long> after = IdsView.of(module.resolved).symbolValues();
        long moved = before.keySet().stream()
                .filter(index -> !before.get(index).equals(after.get(index)))
                .count();
        assertEquals(moved, report.movedSymbols());
        assertEquals(module.name.equals(ModuleBuilder.MIXED) ? 1 : 0, report.missingNames());
    }

    /** The C tool may be run on what this one made, in any order: it finds nothing to change. */
    @Test
    void shouldLeaveNothingThatARunOfTheCToolWouldChange() {
        Case mixed = CASES.get(ModuleBuilder.MIXED);
        assertArrayEquals(
                Objcopy.section(mixed.resolved, ".BTF_ids"),
                CResolveBtfids.resolvedIds(mixed.resolved, mixed.options.base()));
    }

    /** What the C tool made is taken up: its symbols are moved, nothing else. */
    @Test
    void shouldRepairWhatKbuildResolved() throws Exception {
        Case mixed = CASES.get(ModuleBuilder.MIXED);
        Path kbuild = Resolving.copy(ModuleBuilder.ofUser().resolvedByKbuild(), folder.resolve("kbuild.ko"));
        assertTrue(mixed.names.untrue(IdsView.of(kbuild)).size() > 1, "the C tool left no symbol behind");
        FileState before = FileState.of(kbuild);
        Resolving.resolve(kbuild, mixed.options);
        before.assertOnlySymbolsDiffer(Files.readAllBytes(kbuild));
        assertEquals(
                IdsView.of(mixed.resolved).symbolValues(), IdsView.of(kbuild).symbolValues());
    }

    @Test
    void shouldAgreeWithReadelfOnWhereSymbolsAre() throws Exception {
        for (Case module : CASES.values()) {
            Map<Integer, Long> values = new TreeMap<>();
            for (Readelf.Symbol symbol : Readelf.idSymbols(module.resolved)) {
                values.put(symbol.index(), symbol.value());
            }
            assertEquals(values, IdsView.of(module.resolved).symbolValues());
            RawElfReader elf = new RawElfReader(Files.readAllBytes(module.resolved));
            assertArrayEquals(elf.bytes(".BTF_ids"), Objcopy.section(module.resolved, ".BTF_ids"));
        }
    }
}
