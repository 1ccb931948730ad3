package org.btfkit.cli.example;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfType;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.build.BtfBuilder;
import org.btfkit.btf.ext.BtfExt;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.dwarf.DieCursor;
import org.btfkit.dwarf.Locations;
import org.btfkit.elf.ElfFile;
import org.btfkit.fixtures.kernel.DwarfSample;
import org.btfkit.fixtures.kernel.SampleModule;

/**
 * What code in documentation finds around it: the sample's kernel and module, as files and as variables. A block is
 * made into the body of {@link #run} of a subclass, so that variables of its own hide those of this class; its
 * {@code Path} leads into the folder of this scene.
 */
public abstract class DocScene {
    /** What files of these names are, in any block. */
    private static final Map<String, String> KNOWN = Map.of(
            "/sys/kernel/btf/vmlinux", "vmlinux",
            "xfs.ko", "module.ko",
            "nf_conntrack.ko.xz", "module.ko");

    /** The sample's kernel. */
    protected Btf vmlinux;

    /** The sample's module, on that kernel. */
    protected Btf module;

    /** All modules. */
    protected List<Btf> modules;

    /** Where files may be written. */
    protected Path folder;

    /** What stands in comments of classes, which are compiled only, for what the reader has. */
    protected Btf btf;

    /** See {@link #btf}. */
    protected Btf base;

    /** See {@link #btf}. */
    protected BtfExt ext;

    /** See {@link #btf}. */
    protected BtfBuilder builder;

    /** See {@link #btf}. */
    protected int[] idMap;

    /** See {@link #btf}. */
    protected ElfFile file;

    /** See {@link #btf}. */
    protected DieCursor cursor;

    /** See {@link #btf}. */
    protected int entry;

    /** See {@link #btf}. */
    protected Locations locations;

    /** See {@link #btf}. */
    protected Path old;

    /** See {@link #btf}. */
    protected Path now;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    /** What stands for {@code System.out}. */
    protected final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

    /** The code. */
    protected abstract void run() throws Exception;

    /** Runs it in a folder, and returns the lines that it printed. */
    final List<String> play(Path inFolder) throws Exception {
        folder = inFolder;
        furnish();
        run();
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private void furnish() throws IOException {
        Files.write(folder.resolve("vmlinux"), SampleModule.vmlinuxBtf());
        Files.write(folder.resolve("module.ko"), SampleModule.module());
        Files.move(SampleModule.writeBpfObject(folder), folder.resolve("prog.bpf.o"));
        Files.move(DwarfSample.packed("kfuncs", folder), folder.resolve("debug.ko.xz"));
        vmlinux = BtfSource.load(folder.resolve("vmlinux"));
        module = BtfSource.load(folder.resolve("module.ko"), vmlinux);
        modules = List.of(module);
        writeUnit("a.btf", "extra_a");
        writeUnit("b.btf", "extra_b");
        Files.write(folder.resolve("vmlinux-next"), BtfWriter.toBytes(next()));
    }

    /** The BTF of a compilation unit: a struct that others have as well, and one of its own. */
    private void writeUnit(String name, String own) throws IOException {
        BtfBuilder unit = BtfBuilder.create();
        int intId = unit.addInt("int", 4, BtfBuilder.INT_SIGNED);
        unit.addStruct("shared", 4);
        unit.addMember("x", intId, 0);
        unit.addStruct(own, 4);
        unit.addMember("x", intId, 0);
        BtfWriter.write(unit.build(), folder.resolve(name));
    }

    /** The sample's kernel a release later: tasks are larger, and there is a function more. */
    private Btf next() {
        BtfBuilder next = BtfBuilder.create();
        next.append(vmlinux);
        next.edit(vmlinux.find(BtfKind.STRUCT, "task")).size(80);
        int protoId = next.addFuncProto(vmlinux.find(BtfKind.INT, "int"));
        next.addFunc("mark_get", protoId, BtfType.Linkage.STATIC);
        return next.build();
    }

    /** What stands for {@code Path.of}: where a file of this name is. */
    protected final Path path(String name) {
        Path known = folder.resolve(KNOWN.getOrDefault(name, name));
        if (!known.startsWith(folder)) {
            throw new IllegalArgumentException("code in documentation reaches out of its folder: " + name);
        }
        return known;
    }
}
