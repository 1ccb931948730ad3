package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
        Path in = Files.write(
                folder.resolve("unsigned.ko"), Arrays.copyOf(bytes, ShippedObjects.unsignedLength(bytes)));
        Path out = folder.resolve("stripped.ko");
        List<String> names = new TreeSet<>(
                        IdsView.of(in).ids().stream().map(id -> symbolName(in, id.symbolIndex())).toList())
                .stream().toList();
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
                Path list = Files.write(folder.resolve("list"), names.subList(1, names.size()));
                Objcopy.tool().check("--strip-symbols=" + list, in, out);
            }
        }
        return out;
    }

    private static String symbolName(Path file, int index) {
        return Readelf.symbols(file).stream()
                .filter(symbol -> symbol.index() == index)
                .findFirst()
                .orElseThrow()
                .name();
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
        System.err.println("HRX " + sample + " " + refused);
        if (refused == null) {
            assertEquals(namedFlags(sample.module), namedFlags(sample.module, object, ShippedObjects.vmlinux()));
        }
        if (sample.way.keepsIdSymbols()) {
            assertEquals(null, refused);
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
        System.err.println("HRY " + sample + " " + refused);
        if (refused == null) {
            assertEquals(namedFlags(sample.module), namedFlags(sample.module, object, vmlinux));
        }
    }

    @Test
    void shouldKeepIdsOfStrippedVmlinuxOrRefuse() throws Exception {
        Path vmlinux = ShippedObjects.vmlinux();
        Path object = folder.resolve("vmlinux");
        STRIP.check("-s", vmlinux, "-o", object);
        Reason refused = embed(object, ResolveOptions.withBase(null));
        System.err.println("HRZ " + refused);
        if (refused == null) {
            assertEquals(namedFlags(vmlinux), namedFlags(vmlinux, object, null));
        }
    }
}
