package org.btfkit.cli.example;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.file.BtfTarget;
import org.btfkit.dedup.Deduplicator;
import org.btfkit.elf.ElfEditor;
import org.btfkit.elf.ElfFile;
import org.btfkit.transform.Distilled;
import org.btfkit.transform.Distiller;
import org.btfkit.transform.Merger;

/** The README's example of a pipeline. */
final class ModulePipeline {
    private ModulePipeline() {}

    // The README shows what is between the markers, see ReadmeTest.
    // begin
    static void encode(Path vmlinuxFile, List<Path> objects, Path moduleFile) throws IOException {
        Btf vmlinux = BtfSource.load(vmlinuxFile);
        List<Btf> units = new ArrayList<>();
        for (Path object : objects) {
            units.add(BtfSource.load(object)); // BTF of one compilation unit each
        }
        Btf all = Merger.merge(units, vmlinux).btf();
        Btf split = new Deduplicator().dedup(all).btf(); // types that vmlinux has are its own
        Distilled distilled = Distiller.distill(split); // a small base, to load on other kernels
        try (ElfFile module = ElfFile.open(moduleFile)) {
            ElfEditor editor = new ElfEditor(module);
            BtfTarget.put(module, editor, distilled.split(), null, distilled.base());
            editor.writeInPlace(); // all or nothing
        }
    }
    // end
}
