package org.btfkit.cli.example;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.build.BtfBuilder;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.fixtures.kernel.SampleModule;
import org.btfkit.fixtures.raw.RawElfReader;
import org.btfkit.transform.Relocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's code compiles, runs, and is what the README shows. */
class ReadmeTest {
    private static final Path README = Path.of("../README.md");
    private static final Path SOURCE = Path.of("src/test/java/org/btfkit/cli/example/ModulePipeline.java");

    @TempDir
    Path folder;

    @Test
    void shouldShowTheExampleAsItIs() throws IOException {
        String source = Files.readString(SOURCE);
        String example = source.substring(source.indexOf("// begin\n") + 9, source.indexOf("    // end"))
                .indent(-4);
        assertTrue(example.lines().count() < 20, example);
        assertTrue(Files.readString(README).contains("```java\n" + example + "```\n"), example);
    }

    @Test
    void shouldEncodeAModule() throws IOException {
        Path vmlinux = SampleModule.writeVmlinuxBtf(folder);
        Path module = SampleModule.writeModule(folder);
        byte[] ids = section(module, ".BTF_ids");
        ModulePipeline.encode(vmlinux, List.of(unit("a", "extra_a"), unit("b", "extra_b")), module);

        Btf kernel = BtfSource.load(vmlinux);
        Btf loaded = Relocator.relocate(BtfSource.load(module), kernel).btf();
        int sharedId = loaded.find(BtfKind.STRUCT, "shared");
        assertTrue(sharedId >= kernel.typeCount(), "one struct for both units");
        assertArrayEquals(new int[] {sharedId}, loaded.findAll(BtfKind.STRUCT, "shared"));
        assertTrue(loaded.find(BtfKind.STRUCT, "extra_a") > 0);
        assertTrue(loaded.find(BtfKind.STRUCT, "extra_b") > 0);
        assertEquals(kernel.typeCount(), loaded.firstTypeId());
        assertArrayEquals(ids, section(module, ".BTF_ids"));
    }

    /** The BTF of a compilation unit with a struct of its own and one that others have, too. */
    private Path unit(String name, String own) throws IOException {
        BtfBuilder builder = BtfBuilder.create();
        int intId = builder.addInt("int", 4, BtfBuilder.INT_SIGNED);
        builder.addStruct("shared", 4);
        builder.addMember("x", intId, 0);
        builder.addStruct(own, 4);
        builder.addMember("x", intId, 0);
        Path file = folder.resolve(name + ".btf");
        BtfWriter.write(builder.build(), file);
        return file;
    }

    private static byte[] section(Path elf, String name) throws IOException {
        return new RawElfReader(Files.readAllBytes(elf)).bytes(name);
    }
}
