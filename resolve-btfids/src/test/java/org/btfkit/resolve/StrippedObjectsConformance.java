package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.btfkit.fixtures.raw.IdsView;
import org.btfkit.fixtures.raw.IdsView.IdSet;
import org.btfkit.fixtures.tool.BtfNames;
import org.btfkit.fixtures.tool.ExternalTool;
import org.btfkit.fixtures.tool.Objcopy;
import org.btfkit.fixtures.tool.Readelf;
import org.btfkit.resolve.ResolveException.Reason;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Debian's objects after strip and objcopy have taken symbols: flags stay with their names, or it is refused. */
@Tag("conformance")
class StrippedObjectsConformance {
    private static final ExternalTool STRIP = ExternalTool.named("strip", "binutils");

    /** What is done to a module. */
    private record Case(Path module, Way way) {
        @Override
        public String toString() {
            return module.getFileName() + " " + way;
        }
    }

    private enum Way {
        STRIP_UNNEEDED,
        STRIP_ALL,
        STRIP_ALL_KEEPING_DATES,
        STRIP_DEBUG,
        STRIP_ID_SYMBOLS,
        KEEP_NO_GLOBALS,
        LOSE_ONE,
        KEEP_ONE;

        boolean keepsIdSymbols() {
            return this == STRIP_DEBUG || this == KEEP_NO_GLOBALS;
        }

        /** What to expect where nobody says which BTF the ids are of: Debian's has no tags that show it. */
        Reason refusal(int symbols) {
            return keepsIdSymbols()
                    ? null
                    : takesSome() && symbols > 1 ? Reason.UNNAMED_IDS : Reason.UNNAMED_IDS_OF_UNKNOWN_BTF;
        }

        boolean takesSome() {
            return this == LOSE_ONE || this == KEEP_ONE;
        }
    }

    @TempDir
    Path folder;

    static Stream<Case> cases() throws IOException {
        return ShippedObjects.modules().stream()
                .flatMap(module -> Arrays.stream(Way.values()).map(way -> new Case(module, way)));
    }

    /** The object without signature, as a tool leaves it. */
    private Path stripped(Case sample) throws IOException {
        byte[] bytes = Files.readAllBytes(sample.module);
        Path in =
                Files.write(folder.resolve("unsigned.ko"), Arrays.copyOf(bytes, ShippedObjects.unsignedLength(bytes)));
        Path out = folder.resolve("stripped.ko");
        List<String> names = idSymbols(in);
        switch (sample.way) {
            case STRIP_UNNEEDED -> STRIP.check("--strip-unneeded", in, "-o", out);
            case STRIP_ALL -> STRIP.check("-s", in, "-o", out);
            case STRIP_ALL_KEEPING_DATES -> STRIP.check("-p", in, "-o", out);
            case STRIP_DEBUG -> STRIP.check("--strip-debug", in, "-o", out);
            case STRIP_ID_SYMBOLS -> Objcopy.tool().check("--wildcard", "--strip-symbol", "__BTF_ID__*", in, out);
            case KEEP_NO_GLOBALS -> {
                Path none = Files.writeString(folder.resolve("none"), "init_module\n");
                Objcopy.tool().check("--keep-global-symbols=" + none, in, out);
            }
            case LOSE_ONE -> Objcopy.tool().check("--strip-symbol", names.get(0), in, out);
            case KEEP_ONE -> {
                Path list =
                        Files.write(folder.resolve("list"), names.size() == 1 ? names : names.subList(1, names.size()));
                Objcopy.tool().check("--strip-symbols=" + list, in, out);
            }
        }
        return out;
    }

    /** The names of the symbols on slots, sorted. */
    private static List<String> idSymbols(Path file) {
        return Readelf.idSymbols(file).stream()
                .map(Readelf.Symbol::name)
                .filter(name -> !name.startsWith("__BTF_ID__set"))
                .sorted()
                .toList();
    }

    /** Kind, name and flags of each entry of each set, by bpftool; where the sets are is said by the whole module. */
    private static List<String> namedFlags(Path module, Path file, Path base) {
        BtfNames names = BtfNames.of(file, base);
        ByteBuffer words = ByteBuffer.wrap(Objcopy.section(file, ".BTF_ids"))
                .order(IdsView.of(module).order());
        List<String> result = new ArrayList<>();
        for (IdSet set : IdsView.of(module).sets()) {
            List<String> entries = new ArrayList<>();
            int before = 0;
            for (int entry = 0; entry < set.count(); entry++) {
                int id = words.getInt(set.slot(entry));
                assertTrue(id >= before, set + " is not sorted");
                before = id;
                entries.add(names.key(id) + (set.hasPairs() ? " " + words.getInt(set.slot(entry) + 4) : ""));
            }
            result.add(set + ": " + new TreeSet<>(entries));
        }
        IdsView.of(module).listed().forEach(id -> result.add(id.key() + " " + names.key(words.getInt(id.offset()))));
        return result;
    }

    private static List<String> namedFlags(Path module) {
        return namedFlags(module, module, ShippedObjects.baseOf(module));
    }

    /** Embeds in place; null, or the reason why not, after which nothing has changed. */
    private static Reason embed(Path object, ResolveOptions options) throws IOException {
        FileState before = FileState.of(object);
        try {
            new BtfIdsResolver(options).embed(object, null, ResolveListener.SILENT);
            return null;
        } catch (ResolveException e) {
            assertEquals(1, e.getMessage().lines().count(), e.getMessage());
            assertTrue(e.getMessage().startsWith(object + ": .BTF_ids: "), e.getMessage());
            before.assertUntouched();
            return e.reason();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldKeepFlagsWithTheirNamesOrRefuse(Case sample) throws Exception {
        Path object = stripped(sample);
        Reason refused = embed(object, ResolveOptions.withBase(ShippedObjects.vmlinux()));
        assertEquals(sample.way.refusal(idSymbols(sample.module).size()), refused);
        if (refused == null) {
            assertEquals(namedFlags(sample.module), namedFlags(sample.module, object, ShippedObjects.vmlinux()));
        }
    }

    /** The module says itself which BTF its ids are of. */
    @ParameterizedTest
    @MethodSource("cases")
    void shouldCarryIdsOverByTheBtfThatIsNamed(Case sample) throws Exception {
        Path object = stripped(sample);
        Path vmlinux = ShippedObjects.vmlinux();
        ResolveOptions options = ResolveOptions.withBase(vmlinux).withOld(sample.module, vmlinux);
        Reason refused = embed(object, options);
        boolean hasSome = sample.way.takesSome() && idSymbols(sample.module).size() > 1;
        assertEquals(hasSome ? Reason.UNNAMED_IDS : null, refused);
        if (refused == null) {
            assertEquals(namedFlags(sample.module), namedFlags(sample.module, object, vmlinux));
        }
    }

    @Test
    void shouldRefuseStrippedVmlinux() throws Exception {
        Path vmlinux = ShippedObjects.vmlinux();
        Path object = folder.resolve("vmlinux");
        STRIP.check("-s", vmlinux, "-o", object);
        assertEquals(Reason.UNNAMED_IDS_OF_UNKNOWN_BTF, embed(object, ResolveOptions.withBase(null)));
    }

    /** Its BTF has the kernel's tags once it has been embedded, and these show whose ids they are. */
    @ParameterizedTest
    @MethodSource("modules")
    void shouldCarryIdsOverByTheTagsOfTheOwnBtf(Path module) throws Exception {
        Path vmlinux = ShippedObjects.vmlinux();
        byte[] bytes = Files.readAllBytes(module);
        Path whole =
                Files.write(folder.resolve("whole.ko"), Arrays.copyOf(bytes, ShippedObjects.unsignedLength(bytes)));
        assertEquals(null, embed(whole, ResolveOptions.withBase(vmlinux)));
        Path object = folder.resolve("stripped.ko");
        STRIP.check("--strip-unneeded", whole, "-o", object);
        assertEquals(null, embed(object, ResolveOptions.withBase(vmlinux).withDistillBase(true)));
        Path distilled = Files.write(folder.resolve("base.btf"), Objcopy.section(object, ".BTF.base"));
        assertEquals(namedFlags(module), namedFlags(module, object, distilled));
    }

    static Stream<Path> modules() throws IOException {
        return ShippedObjects.modules().stream();
    }

    /** What is written beside a whole object has moves for symbols that a stripped one lacks. */
    @ParameterizedTest
    @MethodSource("modules")
    void shouldRefuseToPatchAStrippedObjectUnlessNoSymbolMoves(Path module) throws Exception {
        byte[] bytes = Files.readAllBytes(module);
        Path whole =
                Files.write(folder.resolve("whole.ko"), Arrays.copyOf(bytes, ShippedObjects.unsignedLength(bytes)));
        BtfIdsResolver resolver = new BtfIdsResolver(ResolveOptions.withBase(ShippedObjects.vmlinux()));
        resolver.detach(whole, ResolveListener.SILENT);
        Path blob = folder.resolve("whole.ko.BTF_ids");
        boolean moves =
                Files.readAllLines(folder.resolve("whole.ko.BTF_ids.syms")).size() > 1;
        Path object = folder.resolve("stripped.ko");
        STRIP.check("--strip-unneeded", whole, "-o", object);
        FileState before = FileState.of(object);
        if (moves) {
            ResolveException e = assertThrows(
                    ResolveException.class, () -> resolver.patch(blob, object, null, ResolveListener.SILENT));
            assertEquals(Reason.WRONG_MOVES, e.reason());
            before.assertUntouched();
        } else {
            resolver.patch(blob, object, null, ResolveListener.SILENT);
            assertArrayEquals(Files.readAllBytes(blob), Objcopy.section(object, ".BTF_ids"));
        }
    }
}
