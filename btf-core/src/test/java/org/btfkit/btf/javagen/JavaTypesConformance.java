package org.btfkit.btf.javagen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.dump.CDumpOptions;
import org.btfkit.btf.dump.CDumper;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.fixtures.kernel.KernelPackages;
import org.btfkit.fixtures.kernel.OracleData;
import org.btfkit.fixtures.raw.RawElfReader;
import org.btfkit.fixtures.tool.Clang;
import org.btfkit.fixtures.tool.ExternalTool;
import org.btfkit.fixtures.tool.Gcc;
import org.btfkit.fixtures.tool.NewJdk;
import org.btfkit.fixtures.tool.ToolResult;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Generated classes, compiled with all warnings as errors, on memory that C compilers laid out. */
@Tag("conformance")
class JavaTypesConformance {
    private static final String PACKAGE = "generated.types";

    @TempDir
    Path folder;

    private JavaTypes types(Btf btf) {
        return JavaTypes.of(btf, JavaOptions.DEFAULT.withPackageName(PACKAGE));
    }

    /** Writes and compiles all sources, and another; returns where the classes are. */
    private Path compile(JavaTypes java, Path... more) throws IOException {
        Path sources = Files.createDirectories(folder.resolve("sources"));
        List<Path> files = new ArrayList<>(List.of(more));
        for (JavaSource source : java.sources()) {
            files.add(Files.writeString(sources.resolve(source.fileName()), source.text()));
        }
        NewJdk.compile(folder.resolve("classes"), List.of(), files);
        return folder.resolve("classes");
    }

    private Path reader() throws IOException {
        try (InputStream in = getClass().getResourceAsStream("Reader.java")) {
            Path file = folder.resolve("Reader.java");
            Files.write(file, in.readAllBytes());
            return file;
        }
    }

    private static void assertReads(Path classes, Path values) {
        ToolResult result = NewJdk.run(List.of(classes), "Reader", PACKAGE, values);
        assertEquals(0, result.exitCode(), result.toString());
    }

    /** Sources, BTF and bytes of clang, and a program that knows the values. */
    @ParameterizedTest
    @ValueSource(strings = {"el", "eb"})
    void shouldReadWhatWasRecorded(String order) throws IOException {
        ExternalTool.named("tar", "tar").check("xJf", OracleData.file("core/cases/java.tar.xz"), "-C", folder);
        Path data = folder.resolve("java");
        Btf btf = BtfSource.load(data.resolve("layouts." + order + ".btf"));
        JavaTypes java = JavaTypes.of(btf, JavaOptions.DEFAULT.withPackageName("t"));
        java.add(btf.find(BtfKind.STRUCT, "all"));
        java.add(btf.find(BtfKind.STRUCT, "holder"));
        List<Path> files = new ArrayList<>();
        for (JavaSource source : java.sources()) {
            files.add(Files.writeString(data.resolve(source.fileName()), source.text()));
        }
        Path classes = folder.resolve("classes");
        NewJdk.compile(classes, List.of(), files);
        Path main = Files.move(data.resolve("Expected.java"), data.resolve("Main.java"));
        NewJdk.compile(classes, List.of(classes), List.of(main));
        String said = NewJdk.run(List.of(classes), "Main", data.resolve("layouts." + order + ".bin"))
                .out();
        // Two halves of a word, which are the other two in the other order.
        String halves = "BAD hi 772 expected 258\nBAD un.b 4 expected 1\n2 bad\n";
        assertEquals(order.equals("el") ? "all equal\n" : halves, said);
    }

    /** Law 7: reads what clang wrote, and writes the same bytes into zeros. */
    @ParameterizedTest
    @CsvSource({"1, LITTLE", "1, BIG", "2, LITTLE", "2, BIG", "3, BIG", "4, LITTLE"})
    void readsWhatClangWroteAndWritesIt(long seed, String endian) throws IOException {
        ByteOrder order = endian.equals("BIG") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        RandomLayouts layouts = new RandomLayouts(seed, 60);
        Path source = Files.writeString(folder.resolve("layouts.c"), layouts.source());
        Path object = folder.resolve("layouts.o");
        String target = order == ByteOrder.BIG_ENDIAN ? "bpfeb" : "bpfel";
        Clang.tool().check("-target", target, "-O2", "-g", "-w", "-c", source, "-o", object);
        Btf btf = BtfSource.load(object);
        RawElfReader elf = new RawElfReader(Files.readAllBytes(object));
        JavaTypes java = types(btf);
        List<String> lines = new ArrayList<>();
        for (String name : layouts.names()) {
            java.add(btf.find(BtfKind.STRUCT, name));
            lines.add("bytes " + HexFormat.of().formatHex(elf.bytes(".data." + name)));
            lines.addAll(layouts.values(name));
            lines.add("end zero");
        }
        Path classes = compile(java, reader());
        assertReads(classes, Files.write(folder.resolve("values.txt"), lines));
    }

    /** C fills types of a kernel with bytes and says what its members are then. */
    @Test
    void shouldReadTypesOfAKernelAsCDoes() throws IOException {
        Btf btf = BtfSource.load(KernelPackages.ofUser().cloud().vmlinux());
        KernelValues values = new KernelValues(btf);
        int[] roots = values.typeIds();
        assertTrue(roots.length >= 50, "types: " + roots.length);
        CDumpOptions options = CDumpOptions.DEFAULT.withExact(true).withRootIds(roots);
        try (OutputStream out = Files.newOutputStream(folder.resolve("vmlinux.h"))) {
            new CDumper(btf, options).dump(out);
        }
        Path source = Files.writeString(folder.resolve("values.c"), values.program("vmlinux.h"));
        Path program = folder.resolve("values");
        // As kernels are built since 6.2, where char has no sign on any machine.
        Gcc.tool().check("-O1", "-w", "-std=gnu11", "-funsigned-char", source, "-o", program);
        String said = ExternalTool.at(program).check().out();
        Path lines = Files.write(folder.resolve("values.txt"), said.getBytes(StandardCharsets.UTF_8));
        JavaTypes java = types(btf);
        for (int root : roots) {
            java.add(root);
        }
        assertReads(compile(java, reader()), lines);
    }

    @Test
    void shouldCompileAWholeKernel() throws IOException {
        Btf btf = BtfSource.load(KernelPackages.ofUser().cloud().vmlinux());
        JavaTypes java = types(btf);
        java.addAll();
        long structs = java.typeIds().stream()
                .filter(id -> btf.kind(id) == BtfKind.STRUCT || btf.kind(id) == BtfKind.UNION)
                .count();
        assertTrue(structs > 8_000, "structs: " + structs);
        Path checker = folder.resolve("Layouts.java");
        try (InputStream in = getClass().getResourceAsStream("Layouts.java")) {
            Files.write(checker, in.readAllBytes());
        }
        Path classes = compile(java, checker);
        List<String> sizes = java.typeIds().stream()
                .filter(id -> btf.kind(id) == BtfKind.STRUCT || btf.kind(id) == BtfKind.UNION)
                .map(id -> java.className(id) + " " + btf.sizeOrType(id))
                .toList();
        Path list = Files.write(folder.resolve("sizes.txt"), sizes);
        ToolResult result = NewJdk.run(List.of(classes), "Layouts", PACKAGE, list);
        assertEquals(0, result.exitCode(), result.toString());
    }
}
