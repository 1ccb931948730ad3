package org.btfkit.dedup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.fixtures.tool.Clang;
import org.btfkit.transform.Merger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** BTF of BPF objects, as clang makes it: sections of variables, tags, floats, 64-bit enumerators, declarations. */
@Tag("conformance")
class BpfObjectsDedupConformance {
    private static final String COMMON = """
            #define __tag(x) __attribute__((btf_decl_tag(#x)))
            #define __ptr_tag(x) __attribute__((btf_type_tag(#x)))
            typedef unsigned int __u32;
            enum color { RED, GREEN = 7 };
            enum wide { LOW = -1LL, HIGH = 0x100000000LL };
            struct opaque;
            struct list { struct list *next; struct opaque __ptr_tag(user) *what; enum color c; };
            union both { double d; enum wide w; struct list l; } __tag(both);
            """;

    private static final List<String> UNITS = List.of(
            "struct opaque { __u32 a; }; struct list head; int first(struct opaque *o) { return o->a + head.c; }",
            "union both *last; __u32 second(union both *b) { last = b; return b->l.c; }",
            "struct opaque { __u32 a; }; static volatile const struct list own __tag(own); enum wide third(void)"
                    + " { return own.next ? LOW : HIGH; }",
            "struct opaque { struct list l[3]; int x : 3; }; struct once { int x; }; struct once here;"
                    + " int fourth(struct opaque *o) { return o->x + here.x; }",
            "extern int elsewhere(union both (*f)(struct list *, ...)); struct once;"
                    + " int fifth(struct once *declared) { return declared ? elsewhere(0) : 0; }");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"LITTLE_ENDIAN", "BIG_ENDIAN"})
    void shouldDeduplicateAsLibbpfDoes(String order) throws IOException {
        List<Btf> units = new ArrayList<>();
        for (String unit : UNITS) {
            Path source = folder.resolve("unit" + units.size() + ".c");
            Files.writeString(source, COMMON + unit + "\n");
            ByteOrder endian = order.equals("BIG_ENDIAN") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
            units.add(BtfSource.load(Clang.compileBpf(source, endian, folder.resolve("unit" + units.size() + ".o"))));
        }
        Btf longHeader = Merger.merge(units).btf();
        // Libbpf before 1.6 takes no other header in the byte order of another machine.
        byte[] bytes = BtfWriter.toBytes(longHeader, longHeader.header().withHeaderLength(24));
        Btf merged = Btf.parse(bytes, null, "merged");
        Path input = Files.write(folder.resolve("in.btf"), bytes);
        Path expected = folder.resolve("libbpf.btf");
        try (LibbpfDedup libbpf = new LibbpfDedup()) {
            libbpf.run(input, null, expected);
        }
        Btf result = new Deduplicator().dedup(merged).btf();
        assertTrue(result.typeCount() < merged.typeCount(), result + " of " + merged);
        assertArrayEquals(Files.readAllBytes(expected), BtfWriter.toBytes(result));
    }
}
