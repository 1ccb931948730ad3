package org.btfkit.elf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.btfkit.elf.ElfSectionLaws.Edit;
import org.btfkit.fixtures.Scratch;
import org.btfkit.fixtures.kernel.KernelPackages;
import org.btfkit.fixtures.raw.RawElfReader;
import org.btfkit.fixtures.tool.Clang;
import org.btfkit.fixtures.tool.EuElflint;
import org.btfkit.fixtures.tool.ExternalTool;
import org.btfkit.fixtures.tool.Objcopy;
import org.btfkit.fixtures.tool.Readelf;
import org.btfkit.fixtures.tool.ToolResult;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real files with other sections: the tools of others take them as they took the originals. */
@Tag("conformance")
class ElfSectionConformance {
    private static final int MODULES = 120;

    private static final byte[] LONG = new byte[20_001];
    private static final byte[] SHORT = {1, 2, 3};

    private static final String SOURCE = """
            __attribute__((section(".BTF"))) const char btf[7] = "123456";
            extern int f(int);
            static int g(int x) { return x + f(x); }
            int (*table[])(int) = { f, g };
            __attribute__((section(".init.text"))) int h(void) { return g(3) + table[1](4); }
            int zeros[100];
            """;

    private static final ExternalTool OBJDUMP = ExternalTool.named("objdump", "binutils");

    @TempDir
    Path folder;

    static {
        Arrays.fill(LONG, (byte) 0x5a);
    }

    private static void edit(Path from, Path to, Edit edit) {
        try (ElfFile file = ElfFile.open(from)) {
            ElfEditor editor = new ElfEditor(file);
            edit.on(editor);
            editor.writeTo(to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] bytes(Path path) {
        try {
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whatever a tool says about a file, without the file's name. */
    private static List<String> said(Path file, List<String> lines) {
        return lines.stream()
                .map(line -> line.replace(file.toString(), "FILE"))
                .sorted()
                .toList();
    }

    private static void assertNothingNew(Path before, Path after) {
        assertEquals(said(before, Readelf.complaints(before)), said(after, Readelf.complaints(after)));
        assertEquals(said(before, EuElflint.complaints(before)), said(after, EuElflint.complaints(after)));
        ToolResult first = OBJDUMP.run("--all-headers", "--reloc", before);
        ToolResult second = OBJDUMP.run("--all-headers", "--reloc", after);
        assertEquals(said(before, first.errLines()), said(after, second.errLines()));
        assertEquals(first.exitCode(), second.exitCode());
    }

    private static void embed(Path from, Path to, byte[] btf) {
        edit(from, to, editor -> {
            editor.putSection(".BTF", btf);
            editor.putSection(".BTF.base", SHORT);
        });
    }

    /** One object, edited in all ways; leaves the edited copy in {@code scratch} as "both". */
    private static Path check(Path object, Scratch scratch) {
        Path both = scratch.resolve("both");
        Path back = scratch.resolve("back");
        embed(object, both, LONG);
        byte[] before = bytes(object);
        byte[] after = bytes(both);
        assertEquals(ElfView.without(before, ".BTF"), ElfView.without(after, ".BTF", ".BTF.base"));
        assertArrayEquals(LONG, new RawElfReader(after).bytes(".BTF"));
        assertArrayEquals(SHORT, new RawElfReader(after).bytes(".BTF.base"));
        assertNothingNew(object, both);
        byte[] old = new RawElfReader(before)
                .section(".BTF")
                .map(section -> new RawElfReader(before).bytes(section))
                .orElse(null);
        edit(both, back, editor -> {
            editor.removeSection(".BTF.base");
            if (old == null) {
                editor.removeSection(".BTF");
            } else {
                editor.putSection(".BTF", old);
            }
        });
        assertArrayEquals(before, bytes(back), "taken back");
        return both;
    }

    private static Path unsigned(Path module, Path target) {
        edit(module, target, editor -> {
            try (ElfFile file = ElfFile.open(module)) {
                ModuleSignature signature = ModuleSignature.find(file);
                if (signature != null) {
                    editor.truncate(signature.offset());
                }
            }
        });
        return target;
    }

    @Test
    void shouldKeepModulesSound() {
        List<Path> modules = KernelPackages.ofUser().moduleFiles();
        int step = Math.max(1, modules.size() / MODULES);
        IntStream.range(0, modules.size() / step)
                .parallel()
                .mapToObj(i -> modules.get(i * step))
                .forEach(module -> {
                    try (Scratch scratch = Scratch.create()) {
                        check(unsigned(module, scratch.resolve("module.ko")), scratch);
                    } catch (AssertionError e) {
                        throw new AssertionError(module + ": " + e.getMessage(), e);
                    }
                });
        assertTrue(modules.size() / step >= 100, modules.size() + " modules");
    }

    /**
     * What the linker, strip and objcopy make of an edited module and of the original differs in the new bytes only.
     */
    @ParameterizedTest
    @ValueSource(strings = {"nf_conntrack", "xfs", "8021q"})
    void shouldBeTakenByOtherTools(String name) throws IOException {
        try (Scratch scratch = Scratch.create()) {
            Path module = unsigned(KernelPackages.ofUser().module(name), scratch.resolve("module.ko"));
            Path both = check(module, scratch);
            // Only .BTF here: the linker makes a symbol for each section, which gives other numbers to all behind it.
            Path one = Files.createDirectory(scratch.resolve("one")).resolve("module.ko");
            edit(module, one, editor -> editor.putSection(".BTF", LONG));
            ExternalTool ld = ExternalTool.named("ld", "binutils");
            Path was = scratch.resolve("was");
            Path is = scratch.resolve("is");
            ld.check("-r", "-o", was, module);
            ld.check("-r", "-o", is, one);
            assertEquals(ElfView.without(bytes(was), ".BTF"), ElfView.without(bytes(is), ".BTF"));
            Objcopy.stripDebug(module, was);
            Objcopy.stripDebug(both, is);
            assertEquals(ElfView.without(bytes(was), ".BTF"), ElfView.without(bytes(is), ".BTF", ".BTF.base"));
            Objcopy.tool().check(both, is);
            assertEquals(Arrays.hashCode(LONG), Arrays.hashCode(new RawElfReader(bytes(is)).bytes(".BTF")));
            Objcopy.updateSection(module, ".BTF", LONG, was);
            Objcopy.addSection(was, ".BTF.base", SHORT, is);
            assertEquals(
                    ElfView.without(bytes(is)).stream().sorted().toList(),
                    ElfView.without(bytes(both)).stream().sorted().toList());
            assertEquals(Readelf.relocations(module), Readelf.relocations(both));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"s390x-linux-gnu", "powerpc64-linux-gnu", "mips-linux-gnu", "arm-linux-gnueabihf"})
    void shouldKeepObjectsOfOtherMachinesSound(String machine) throws IOException {
        ExternalTool gcc = ExternalTool.named(machine + "-gcc", "gcc-" + machine);
        Path source = Files.writeString(folder.resolve("source.c"), SOURCE);
        for (String options : List.of("-O2 -g", "-O0 -ffunction-sections -fdata-sections")) {
            Stream<String> all = Stream.concat(
                    Stream.of(options.split(" ")), Stream.of("-c", source.toString(), "-o", folder + "/object.o"));
            gcc.check(all.toArray());
            try (Scratch scratch = Scratch.create()) {
                Path object = folder.resolve("object.o");
                Path both = check(object, scratch);
                ExternalTool.named(machine + "-ld", "binutils-" + machine)
                        .check("-r", "-o", scratch.resolve("linked"), both);
                ExternalTool.named(machine + "-strip", "binutils-" + machine).check("-g", both);
            }
        }
    }

    /** Clang keeps the names of symbols and of sections in one table. */
    @Test
    void shouldKeepObjectsOfClangSound() throws IOException {
        Path source = Files.writeString(folder.resolve("source.c"), "int f(int x) { return x; } int g = 3;\n");
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            Path object = Clang.compileBpf(source, order, folder.resolve("object.o"));
            try (Scratch scratch = Scratch.create()) {
                Path shared = scratch.resolve("shared");
                edit(object, shared, editor -> editor.putSection(".BTF.base", SHORT));
                assertEquals(ElfView.without(bytes(object)), ElfView.without(bytes(shared), ".BTF.base"));
                assertNothingNew(object, shared);
                Path back = scratch.resolve("back");
                edit(shared, back, editor -> editor.removeSection(".BTF.base"));
                assertArrayEquals(bytes(object), bytes(back));
            }
        }
    }

    /** As many sections as need numbers of more than 16 bits, with the symbol table behind them. */
    @Test
    void shouldKeepObjectWithManySectionsSound() throws IOException {
        StringBuilder source = new StringBuilder();
        for (int i = 0; i < 40_000; i++) {
            source.append(
                    ".section .s%d,\"a\",@progbits%n.globl g%d%ng%d: .quad g%d%n".formatted(i, i, i, i * 7 % 40_000));
        }
        source.append(".section .BTF,\"\",@progbits\n.long 1\n.section .gone,\"\",@progbits\n.long 2\n");
        Path assembly = Files.writeString(folder.resolve("many.s"), source);
        Path object = folder.resolve("many.o");
        ExternalTool.named("as", "binutils").check(assembly, "-o", object);
        assertTrue(new RawElfReader(bytes(object)).sections().size() > 65_280);
        Path both = folder.resolve("both.o");
        edit(object, both, editor -> {
            editor.putSection(".BTF", LONG);
            editor.putSection(".BTF.base", SHORT);
            editor.removeSection(".gone");
        });
        assertEquals(
                ElfView.without(bytes(object), ".BTF", ".gone"), ElfView.without(bytes(both), ".BTF", ".BTF.base"));
        // Not its relocations: they would take it a minute.
        assertEquals(
                List.of(),
                Readelf.tool()
                        .check("--wide", "--file-header", "--sections", both)
                        .errLines());
        ExternalTool.named("ld", "binutils").check("-r", "-o", folder.resolve("linked.o"), both);
    }

    @Test
    void shouldKeepVmlinuxSound() {
        Path vmlinux = KernelPackages.ofUser().cloud().vmlinux();
        try (Scratch scratch = Scratch.create()) {
            ElfFormatException e = assertThrows(
                    ElfFormatException.class,
                    () -> edit(vmlinux, scratch.resolve("no"), editor -> editor.putSection(".BTF", LONG)));
            assertTrue(
                    e.getMessage().contains(" .BTF has its place in memory, so it has to keep its "), e.getMessage());
            assertFalse(Files.exists(scratch.resolve("no")));
            Path added = scratch.resolve("added");
            edit(vmlinux, added, editor -> {
                editor.putSection(".note.first", LONG);
                editor.putSection(".note.second", SHORT);
            });
            assertEquals(ElfView.without(bytes(vmlinux)), ElfView.without(bytes(added), ".note.first", ".note.second"));
            assertEquals(said(vmlinux, EuElflint.complaints(vmlinux)), said(added, EuElflint.complaints(added)));
            ToolResult segments = Readelf.tool().check("--wide", "--segments", vmlinux);
            assertEquals(
                    segments.outLines(),
                    Readelf.tool().check("--wide", "--segments", added).outLines());
            Path back = scratch.resolve("back");
            edit(added, back, editor -> {
                editor.removeSection(".note.first");
                editor.removeSection(".note.second");
            });
            assertArrayEquals(bytes(vmlinux), bytes(back));
        }
    }
}
