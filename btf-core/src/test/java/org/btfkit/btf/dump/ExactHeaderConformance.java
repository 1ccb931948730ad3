package org.btfkit.btf.dump;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfType;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.query.TypeSizes;
import org.btfkit.fixtures.Scratch;
import org.btfkit.fixtures.kernel.KernelPackages;
import org.btfkit.fixtures.tool.Clang;
import org.btfkit.fixtures.tool.ExternalTool;
import org.btfkit.fixtures.tool.Gcc;
import org.btfkit.fixtures.tool.Pahole;
import org.btfkit.fixtures.tool.ToolResult;
import org.btfkit.fixtures.tool.Xz;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Exact headers, as compilers of several machines read them: each assertion of a size or offset holds, with every
 * standard and with flags that change layouts, and what is compiled has the bitfields of the BTF.
 */
@Tag("conformance")
class ExactHeaderConformance {
    private static final KernelPackages PACKAGES = KernelPackages.ofUser();
    private static final CDumpOptions ASSERTED =
            CDumpOptions.DEFAULT.withExact(true).withAsserts(true);

    /** C that kernels do not have, or not in each build; compiled with tagged structs without a name. */
    private static final String SAMPLE = """
            typedef unsigned char u8; typedef unsigned short u16; typedef unsigned u32; typedef unsigned long long u64;
            #define PACKED __attribute__((packed))
            #define ALIGNED(n) __attribute__((aligned(n)))
            struct part { long id; struct part *left, *right; } part;
            struct odd { u8 o1; u32 o2; u8 o3; } PACKED odd;
            struct holder { int kind; union { struct part; char pad[8]; }; long tail; } holder;
            struct deep { u8 n; struct { u16 q; struct { u8 w; struct odd; u8 x; }; }; u64 z; } ALIGNED(64) deep;
            union small { u64 whole; struct { u16 x, y; u32 p, q; } part; } PACKED small;
            struct in_packed { u32 head; union small u[3]; u64 tail; } PACKED in_packed;
            struct in_plain { u64 head; union { u64 whole; struct { u16 x; u32 p, q; }; } PACKED; u32 tail; } in_plain;
            union large { u32 a; } ALIGNED(16) large; struct { u8 a; union large b; u8 c; } of_large;
            enum narrow { N1 = 200 } PACKED; enum shorter { S1 = -300 } PACKED; enum longer { L1 = 1ULL << 40 };
            struct enums { enum narrow a; enum shorter b; enum longer c; enum { I1 } PACKED d; } enums;
            struct flexible { u16 n; union { struct { struct {} e1; u32 w[]; }; struct { struct {} e2; u8 b[]; }; }; }
                flexible;
            struct bits { u32 a:3, b:30, c:31; u64 d:40, e:24; u8 f:1; u8 :0; u8 g:2; u16 :3; u16 h:9; } bits;
            struct packed_bits { u32 a:3, b:30, c:31; u64 d:40; u8 e:5; u16 f:13; } PACKED packed_bits;
            struct lone_bit { u8 a:2; u32 :0; u8 b; } lone_bit; struct { struct lone_bit a; u8 b; } of_lone_bit;
            struct floats { u8 a; long double b; float c; u8 d; double e; u8 f; } floats;
            struct words { u8 a; u64 b; u8 c; u64 d ALIGNED(4); u8 e; } words;
            struct cache { u8 a ALIGNED(128); u8 b; } cache; struct { u8 a; struct cache b; } of_cache;
            struct calls { u8 a; int (*f)(); void (*g)(struct undefined *p, ...); u8 b; } calls;
            struct lists { u8 a; __builtin_va_list b; u8 c; } lists;
            """;

    /** A compiler, for machines with pointers of so many bytes. */
    private record Compiler(ExternalTool tool, int pointerSize, List<String> options) {
        static Compiler of(ExternalTool tool, int pointerSize, String... options) {
            return new Compiler(tool, pointerSize, List.of(options));
        }

        ToolResult run(Object... more) {
            List<Object> arguments = new ArrayList<>(options);
            arguments.addAll(List.of("-w", "-ffreestanding"));
            arguments.addAll(List.of(more));
            return tool.run(arguments.toArray());
        }
    }

    private static ExternalTool cross(String target) {
        return ExternalTool.named(target + "-gcc", "gcc-" + target);
    }

    private static List<Compiler> compilers() {
        return List.of(
                Compiler.of(Gcc.tool(), 8, "-std=gnu11"),
                Compiler.of(Gcc.tool(), 8, "-std=gnu2x", "-fshort-enums"),
                Compiler.of(Gcc.tool(), 8, "-std=gnu89", "-fpack-struct", "-fms-extensions"),
                Compiler.of(cross("aarch64-linux-gnu"), 8, "-std=gnu17"),
                Compiler.of(cross("s390x-linux-gnu"), 8, "-std=gnu17"),
                Compiler.of(cross("powerpc64-linux-gnu"), 8, "-std=gnu17"),
                Compiler.of(cross("riscv64-linux-gnu"), 8, "-std=gnu17"),
                Compiler.of(cross("arm-linux-gnueabihf"), 4, "-std=gnu17"),
                Compiler.of(cross("mips-linux-gnu"), 4, "-std=gnu17"),
                Compiler.of(Clang.tool(), 8, "-target", "x86_64", "-std=gnu2x"),
                Compiler.of(Clang.tool(), 8, "-target", "aarch64", "-std=gnu17"),
                Compiler.of(Clang.tool(), 8, "-target", "bpfel", "-std=gnu11"),
                Compiler.of(Clang.tool(), 4, "-target", "i386", "-std=gnu2x"),
                Compiler.of(Clang.tool(), 4, "-target", "arm-none-eabi", "-std=gnu11"));
    }

    private static int pointerSize(Btf btf) {
        return new TypeSizes(btf).pointerSize();
    }

    /** Compiles a header of a BTF for each machine with pointers of its size. */
    private static void assertHolds(Btf btf, Scratch scratch, String what) throws IOException {
        Path source = header(btf, scratch, ASSERTED);
        for (Compiler compiler : compilers()) {
            if (compiler.pointerSize() == pointerSize(btf)) {
                ToolResult result = compiler.run("-fsyntax-only", source);
                assertEquals(0, result.exitCode(), what + " " + compiler.options() + "\n" + result);
            }
        }
    }

    private static Path header(Btf btf, Scratch scratch, CDumpOptions options) throws IOException {
        try (OutputStream out = Files.newOutputStream(scratch.resolve("exact.h"))) {
            new CDumper(btf, options).dump(out);
        }
        return Files.writeString(scratch.resolve("exact.c"), "#include \"exact.h\"\n");
    }

    @Test
    void shouldLayOutKernelsAlikeEverywhere() throws IOException {
        try (Scratch scratch = Scratch.create()) {
            assertHolds(BtfSource.load(PACKAGES.cloud().vmlinux()), scratch, "cloud");
        }
    }

    @Test
    void shouldLayOutKernelWithPackedUnions() throws IOException {
        try (Scratch scratch = Scratch.create()) {
            Path source = header(BtfSource.load(PACKAGES.otherFlavour().vmlinux()), scratch, ASSERTED);
            ToolResult result = compilers().get(0).run("-fsyntax-only", source);
            assertEquals(0, result.exitCode(), result.toString());
        }
    }

    @Test
    void shouldLayOutModulesAlikeEverywhere() throws IOException {
        Btf base = BtfSource.load(PACKAGES.cloud().vmlinux());
        List<Path> modules = PACKAGES.moduleFiles();
        try (Scratch scratch = Scratch.create()) {
            for (int i = 0; i < modules.size(); i += modules.size() / 5) {
                Path unpacked = Xz.unpack(modules.get(i), scratch.resolve("module.ko"));
                Path source = header(BtfSource.load(unpacked, base), scratch, ASSERTED);
                ToolResult result = compilers().get(0).run("-fsyntax-only", source);
                assertEquals(0, result.exitCode(), modules.get(i) + "\n" + result);
                Files.delete(unpacked);
            }
        }
    }

    @Test
    void shouldLayOutCasesAlikeEverywhere() throws IOException {
        for (String name : ExactCases.all().keySet()) {
            try (Scratch scratch = Scratch.create()) {
                assertHolds(DumpChecks.parse(ExactCases.all().get(name)), scratch, name);
            }
        }
    }

    @Test
    void shouldLayOutWhatEachMachineCompiledAlikeEverywhere() throws IOException {
        for (Compiler compiler : compilers()) {
            if (compiler.options().contains("bpfel") || compiler.options().contains("arm-none-eabi")) {
                continue; // Read by others than Linux: pahole takes neither.
            }
            try (Scratch scratch = Scratch.create()) {
                Path source = Files.writeString(scratch.resolve("sample.c"), SAMPLE);
                Path object = scratch.resolve("sample.o");
                ToolResult result = compiler.run("-g", "-gdwarf-4", "-fms-extensions", "-c", source, "-o", object);
                assertEquals(0, result.exitCode(), result.toString());
                Path raw = scratch.resolve("sample.btf");
                Pahole.encodeDetached(object, null, raw);
                Btf btf = BtfSource.load(raw);
                assertHolds(btf, scratch, compiler.options().toString());
                assertSameBitfields(btf, recompiled(btf, scratch, compiler));
            }
        }
    }

    /** The BTF of a header that was made of another one. */
    private static Btf recompiled(Btf btf, Scratch scratch, Compiler compiler) throws IOException {
        Path source = header(btf, scratch, CDumpOptions.DEFAULT.withExact(true));
        StringBuilder uses = new StringBuilder("#include \"exact.h\"\n");
        for (String name : List.of("bits", "packed_bits", "lone_bit")) {
            uses.append("struct %s %s;\n".formatted(name, name));
        }
        Files.writeString(source, uses);
        Path object = scratch.resolve("again.o");
        ToolResult result = compiler.run("-g", "-gdwarf-4", "-c", source, "-o", object);
        assertEquals(0, result.exitCode(), result.toString());
        Path raw = scratch.resolve("again.btf");
        Pahole.encodeDetached(object, null, raw);
        return BtfSource.load(raw);
    }

    private static void assertSameBitfields(Btf expected, Btf actual) {
        for (String name : List.of("bits", "packed_bits", "lone_bit")) {
            Map<String, String> places = places(expected, name);
            assertTrue(places.size() > 1, name);
            assertEquals(places, places(actual, name), name);
        }
    }

    private static Map<String, String> places(Btf btf, String name) {
        BtfType.Composite struct = (BtfType.Composite) btf.type(btf.find(BtfKind.STRUCT, name));
        Map<String, String> places = new HashMap<>();
        struct.members().forEach(m -> places.put(m.name(), m.offsetBits() + ":" + m.bitfieldSize()));
        return places;
    }

    @Test
    void shouldNotCompileWhereBpftoolsTextIsWrong() throws IOException {
        CDumpOptions text = CDumpOptions.DEFAULT.withAsserts(true);
        for (String name : List.of("exact-tagged", "exact-unions", "exact-enums", "exact-overlaid")) {
            try (Scratch scratch = Scratch.create()) {
                Path source = header(DumpChecks.parse(ExactCases.all().get(name)), scratch, text);
                ToolResult result = compilers().get(0).run("-fsyntax-only", source);
                assertNotEquals(0, result.exitCode(), name);
            }
        }
    }
}
