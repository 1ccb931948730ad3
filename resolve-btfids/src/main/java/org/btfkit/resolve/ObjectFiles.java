package org.btfkit.resolve;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfSections;
import org.btfkit.btf.file.BtfTarget;
import org.btfkit.elf.ElfFile;
import org.btfkit.elf.ElfSection;
import org.btfkit.elf.RelocatableObject;
import org.btfkit.internal.io.AtomicFile;
import org.btfkit.internal.io.FileSet;

/**
 * The files that are written beside an object instead of changing it: {@code ELF.BTF} always, {@code ELF.BTF_ids} and
 * {@code ELF.BTF_ids.syms} if it has id symbols' section and table, {@code ELF.BTF.base} if the BTF is on a distilled
 * base. As the C tool does, which then refuses an empty blob, nothing is written of an empty section.
 *
 * <p>A file of an earlier run that this one does not make is removed: a build that looks which of them are there would
 * embed what does not fit the rest. All are replaced together: a full disk leaves those of the earlier run, and where a
 * process was killed in between there is no {@code ELF.BTF}.
 *
 * <p>What is made of a kernel for its link has {@code ELF.btf.o} in place of {@code ELF.BTF}, and no base.
 */
final class ObjectFiles {
    /** What the name of an object has behind it that goes into the link of a kernel. */
    static final String LINKABLE = ".btf.o";

    private final Path object;
    private final FileSet files = new FileSet();
    private final List<Path> written = new ArrayList<>();
    private final Path key;

    private ObjectFiles(Path object, String keySuffix) {
        this.object = object;
        this.key = beside(object, keySuffix);
    }

    /** Writes the files, all or none. */
    static List<Path> write(ElfFile elf, ObjectPipeline.Result result, ResolveListener listener) throws IOException {
        ObjectFiles files = new ObjectFiles(elf.path(), BtfSections.BTF);
        files.putIds(result, result.ids() != null);
        files.put(BtfSections.BTF, BtfTarget.toBytes(elf, result.btf()));
        Btf base = result.distilledBase();
        files.put(BtfSections.BASE, base == null ? null : BtfTarget.toBytes(elf, base));
        files.replace(listener);
        return files.written();
    }

    /** Prepares what a kernel is linked with; writes nothing yet. */
    static ObjectFiles forLink(ElfFile elf, ObjectPipeline.Result result, boolean hasIds) throws IOException {
        ObjectFiles files = new ObjectFiles(elf.path(), LINKABLE);
        files.putIds(result, hasIds);
        byte[] btf = BtfTarget.toBytes(elf, result.btf());
        files.put(LINKABLE, RelocatableObject.of(elf, BtfSections.BTF, btf, ElfSection.SHF_ALLOC, 1));
        return files;
    }

    /** Replaces the files, unless all are there already. */
    boolean replaceIfChanged(ResolveListener listener) throws IOException {
        boolean changes = !files.isInPlace();
        if (changes) {
            replace(listener);
        }
        return changes;
    }

    /** The files, whether they had to be written or not. */
    List<Path> written() {
        return List.copyOf(written);
    }

    private void replace(ResolveListener listener) throws IOException {
        List<String> notes = notesOfOtherNames();
        files.replace(key);
        for (String note : notes) {
            listener.note(note);
        }
    }

    private void putIds(ObjectPipeline.Result result, boolean hasIds) throws IOException {
        boolean has = hasIds && result.ids().section().size() > 0;
        put(IdsSection.NAME + SymbolMoves.SUFFIX, has ? moves(result) : null);
        put(IdsSection.NAME, has ? result.sorted().bytes() : null);
    }

    private static byte[] moves(ObjectPipeline.Result result) throws IOException {
        return SymbolMoves.of(result.ids(), result.sorted()).toBytes();
    }

    private void put(String suffix, byte[] bytes) {
        Path file = beside(object, suffix);
        files.put(file, bytes);
        if (bytes != null) {
            written.add(file);
        }
    }

    private List<String> notesOfOtherNames() {
        List<String> notes = new ArrayList<>();
        for (Path file : written) {
            String note = AtomicFile.noteOfOtherNames(file);
            if (note != null) {
                notes.add(note);
            }
        }
        return notes;
    }

    static Path beside(Path file, String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }
}
