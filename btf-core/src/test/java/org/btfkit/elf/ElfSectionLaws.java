package org.btfkit.elf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.btfkit.fixtures.Reproducer;
import org.btfkit.fixtures.Scratch;
import org.btfkit.fixtures.raw.RawElfReader;

/** What holds of sections that come, change and go, in files of every class, order and type. */
class ElfSectionLaws {
    /** What is done to a file. */
    interface Edit {
        void on(ElfEditor editor) throws IOException;
    }

    @Provide
    Arbitrary<SectionedElf> elves() {
        return SectionedElf.arbitrary();
    }

    @Provide
    Arbitrary<byte[]> contents() {
        return Arbitraries.bytes()
                .array(byte[].class)
                .ofMinSize(1)
                .ofMaxSize(200)
                .withoutEdgeCases();
    }

    private static byte[] edited(byte[] elf, Edit edit) throws IOException {
        try (Scratch scratch = Scratch.create()) {
            Path path = Files.write(scratch.resolve("test.o"), elf);
            try (ElfFile file = ElfFile.open(path)) {
                ElfEditor editor = new ElfEditor(file);
                edit.on(editor);
                editor.writeInPlace();
            }
            return Files.readAllBytes(path);
        }
    }

    private static byte[] put(byte[] elf, String name, byte[] content) throws IOException {
        return edited(elf, editor -> editor.putSection(name, content));
    }

    private static boolean changes(byte[] elf, Edit edit) throws IOException {
        try (Scratch scratch = Scratch.create();
                ElfFile file = ElfFile.open(Files.write(scratch.resolve("test.o"), elf))) {
            ElfEditor editor = new ElfEditor(file);
            edit.on(editor);
            return editor.hasChanges();
        }
    }

    @Property(tries = 100)
    void putChangesNothingElse(@ForAll("elves") SectionedElf sample, @ForAll("contents") byte[] content) {
        byte[] elf = sample.toBytes();
        Reproducer.of("putChangesNothingElse")
                .input("elf.o", elf)
                .input("content", content)
                .run(() -> {
                    byte[] after = put(elf, ".BTF", content);
                    assertEquals(ElfView.without(elf, ".BTF"), ElfView.without(after, ".BTF"));
                    RawElfReader reader = new RawElfReader(after);
                    assertArrayEquals(content, reader.bytes(".BTF"));
                    RawElfReader.Section section = reader.section(".BTF").orElseThrow();
                    assertEquals(1, section.type());
                    assertEquals(0, section.flags());
                    assertEquals(1, section.addrAlign());
                    assertEquals(0, section.addr());
                });
    }

    @Property(tries = 100)
    void putTwiceIsNoOp(@ForAll("elves") SectionedElf sample, @ForAll("contents") byte[] content) throws IOException {
        byte[] once = put(sample.toBytes(), ".BTF", content);
        assertFalse(changes(once, editor -> editor.putSection(".BTF", content)));
    }

    @Property(tries = 100)
    void putDependsOnTheLastContentOnly(
            @ForAll("elves") SectionedElf sample, @ForAll("contents") byte[] first, @ForAll("contents") byte[] second) {
        byte[] elf = sample.toBytes();
        Reproducer.of("putDependsOnTheLastContentOnly")
                .input("elf.o", elf)
                .input("first", first)
                .input("second", second)
                .run(() -> assertArrayEquals(put(elf, ".BTF", second), put(put(elf, ".BTF", first), ".BTF", second)));
    }

    @Property(tries = 100)
    void putBackIsIdentity(@ForAll("elves") SectionedElf sample, @ForAll("contents") byte[] content) {
        Assume.that(sample.hasChanging());
        byte[] elf = sample.toBytes();
        byte[] old = new RawElfReader(elf).bytes(".BTF");
        Reproducer.of("putBackIsIdentity")
                .input("elf.o", elf)
                .input("content", content)
                .run(() -> assertArrayEquals(elf, put(put(elf, ".BTF", content), ".BTF", old)));
    }

    @Property(tries = 100)
    void addThenRemoveIsIdentity(@ForAll("elves") SectionedElf sample, @ForAll("contents") byte[] content) {
        byte[] elf = sample.toBytes();
        Reproducer.of("addThenRemoveIsIdentity")
                .input("elf.o", elf)
                .input("content", content)
                .run(() -> {
                    byte[] added = put(elf, ".BTF.base", content);
                    byte[] back = edited(added, editor -> editor.removeSection(".BTF.base"));
                    if (sample.isTableStuck()) {
                        assertEquals(ElfView.without(elf), ElfView.without(back));
                    } else {
                        assertArrayEquals(elf, back);
                    }
                });
    }

    /** As embedding with a distilled base and without it, in any order of runs. */
    @Property(tries = 100)
    void twoSectionsComeAndGoOnAnyPath(
            @ForAll("elves") SectionedElf sample,
            @ForAll("contents") byte[] first,
            @ForAll("contents") byte[] second,
            @ForAll("contents") byte[] base) {
        byte[] elf = sample.toBytes();
        Reproducer.of("twoSectionsComeAndGoOnAnyPath")
                .input("elf.o", elf)
                .input("first", first)
                .input("second", second)
                .input("base", base)
                .run(() -> {
                    byte[] both = edited(elf, editor -> {
                        editor.putSection(".BTF", second);
                        editor.putSection(".BTF.base", base);
                    });
                    byte[] stepwise = put(put(elf, ".BTF", first), ".BTF.base", first);
                    assertArrayEquals(both, put(put(stepwise, ".BTF.base", base), ".BTF", second));
                    byte[] one = put(elf, ".BTF", first);
                    byte[] oneOfBoth = edited(both, editor -> {
                        editor.removeSection(".BTF.base");
                        editor.putSection(".BTF", first);
                    });
                    if (sample.hasChanging() && sample.isTableStuck()) {
                        assertEquals(ElfView.without(one), ElfView.without(oneOfBoth));
                    } else {
                        assertArrayEquals(one, oneOfBoth);
                    }
                });
    }

    @Property(tries = 100)
    void removeRenumbersAllThatStays(@ForAll("elves") SectionedElf sample) {
        Assume.that(sample.hasChanging());
        byte[] elf = sample.toBytes();
        Reproducer.of("removeRenumbersAllThatStays").input("elf.o", elf).run(() -> {
            byte[] after = edited(elf, editor -> editor.removeSection(".BTF"));
            assertEquals(ElfView.without(elf, ".BTF"), ElfView.without(after, ".BTF"));
            assertFalse(new RawElfReader(after).section(".BTF").isPresent());
            assertFalse(changes(after, editor -> editor.removeSection(".BTF")));
        });
    }
}
