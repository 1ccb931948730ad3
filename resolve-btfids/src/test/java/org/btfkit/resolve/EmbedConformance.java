package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.btfkit.fixtures.kernel.ModuleBuilder;
import org.btfkit.fixtures.raw.IdsView;
import org.btfkit.fixtures.raw.RawElfReader;
import org.btfkit.fixtures.tool.BtfNames;
import org.btfkit.fixtures.tool.Objcopy;
import org.btfkit.fixtures.tool.Readelf;
import org.btfkit.resolve.ObjectReport.Outcome;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Embedding into real modules, and the way of the kernel's build: written beside, added by objcopy, patched. */
@Tag("conformance")
class EmbedConformance {
    @TempDir
    static Path folder;

    private final Resolving.Talk talk = new Resolving.Talk();

    static List<Path> shipped() throws IOException {
        return ShippedObjects.modules();
    }

    private static ResolveOptions options() {
        return ResolveOptions.withBase(ShippedObjects.vmlinux()).withStripSignature(true);
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void shouldEmbedIntoShippedModules(Path module) throws IOException {
        Path object = Resolving.copy(module, folder.resolve("embedded.ko"));
        BtfIdsResolver resolver = new BtfIdsResolver(options());
        assertEquals(Outcome.WRITTEN, resolver.embed(object, null, talk).outcome());
        Resolving.assertSymbolsTrue(object, BtfNames.of(object, ShippedObjects.vmlinux()));
        assertEquals(Readelf.complaints(module), Readelf.complaints(object));
        FileState state = FileState.of(object);
        assertEquals(Outcome.UNCHANGED, resolver.embed(object, null, talk).outcome());
        // Resolving alone finds nothing to do either: the ids are those of the BTF that is in the object.
        assertEquals(Outcome.UNCHANGED, resolver.resolve(object, null, talk).outcome());
        state.assertUntouched();
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void shouldEmbedADistilledBaseIntoShippedModules(Path module) throws IOException {
        Path object = Resolving.copy(module, folder.resolve("distilled.ko"));
        BtfIdsResolver resolver = new BtfIdsResolver(options().withDistillBase(true));
        assertEquals(Outcome.WRITTEN, resolver.embed(object, null, talk).outcome());
        FileState state = FileState.of(object);
        assertEquals(Outcome.UNCHANGED, resolver.embed(object, null, talk).outcome());
        // Neither needs the base: that is what it was distilled for.
        BtfIdsResolver alone = new BtfIdsResolver(ResolveOptions.withBase(null));
        assertEquals(Outcome.UNCHANGED, alone.embed(object, null, talk).outcome());
        assertEquals(Outcome.UNCHANGED, alone.resolve(object, null, talk).outcome());
        state.assertUntouched();
    }

    static Stream<Boolean> stripping() {
        return Stream.of(false, true);
    }

    /** scripts/gen-btf.sh; a strip in between gives the symbols other indexes than they had when they were read. */
    @ParameterizedTest
    @MethodSource("stripping")
    void shouldPatchWhatObjcopyHasCopied(boolean strips) throws IOException {
        ModuleBuilder builder = ModuleBuilder.ofUser();
        Path withBtf = builder.unresolved(ModuleBuilder.MIXED);
        Path btf = Files.write(folder.resolve("pahole.btf"), Objcopy.section(withBtf, ".BTF"));
        Path object = Objcopy.removeSection(withBtf, ".BTF", folder.resolve("module.ko"));
        BtfIdsResolver resolver =
                new BtfIdsResolver(ResolveOptions.withBase(builder.vmlinux()).withBtf(btf));
        Path embedded = Resolving.copy(object, folder.resolve("embedded.ko"));
        resolver.embed(embedded, null, talk);

        resolver.detach(object, talk);
        byte[] own = Files.readAllBytes(Path.of(object + ".BTF"));
        Path copied = Objcopy.addSection(object, ".BTF", own, folder.resolve("copied.ko"));
        if (strips) {
            copied = Objcopy.stripDebug(copied, folder.resolve("stripped.ko"));
            assertNotEquals(indexes(object), indexes(copied), "renumbered");
        }
        Path blob = Path.of(object + ".BTF_ids");
        assertEquals(Outcome.WRITTEN, resolver.patch(blob, copied, null, talk).outcome());
        assertFalse(Files.exists(Path.of(blob + ".syms")));
        Resolving.assertSymbolsTrue(copied, BtfNames.of(copied, builder.vmlinux()));
        assertArrayEquals(
                new RawElfReader(Files.readAllBytes(embedded)).bytes(".BTF_ids"),
                IdsView.of(copied).bytes());
        FileState state = FileState.of(copied);
        resolver.detach(object, talk);
        assertEquals(
                Outcome.UNCHANGED,
                new BtfIdsResolver(ResolveOptions.withBase(builder.vmlinux()))
                        .embed(copied, null, talk)
                        .outcome());
        state.assertUntouched();
    }

    private static List<Integer> indexes(Path object) {
        return IdsView.of(object).ids().stream().map(IdsView.Id::symbolIndex).toList();
    }

    /** The kernel's tool leaves no moves; then the way out that the warning names is one. */
    @Test
    void shouldRepairWhatWasPatchedWithoutMoves() throws IOException {
        ModuleBuilder builder = ModuleBuilder.ofUser();
        Path object = Resolving.copy(builder.unresolved(ModuleBuilder.MIXED), folder.resolve("unmoved.ko"));
        BtfIdsResolver resolver = new BtfIdsResolver(ResolveOptions.withBase(builder.vmlinux()));
        resolver.detach(object, talk);
        byte[] own = Files.readAllBytes(Path.of(object + ".BTF"));
        Path copied = Objcopy.updateSection(object, ".BTF", own, folder.resolve("unmoved2.ko"));
        Path blob = Path.of(object + ".BTF_ids");
        Files.delete(Path.of(blob + ".syms"));
        talk.warnings.clear();
        resolver.patch(blob, copied, null, talk);
        assertEquals(1, talk.warnings.size());
        BtfNames names = BtfNames.of(copied, builder.vmlinux());
        assertFalse(names.untrue(IdsView.of(copied)).isEmpty(), "stale");
        assertTrue(resolver.repair(copied, null, talk).movedSymbols() > 0);
        Resolving.assertSymbolsTrue(copied, names);
    }
}
