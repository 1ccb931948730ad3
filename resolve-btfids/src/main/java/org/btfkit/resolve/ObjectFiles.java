package org.btfkit.resolve;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfSections;
import org.btfkit.btf.file.BtfTarget;
import org.btfkit.elf.ElfFile;
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
 */
final class ObjectFiles {
    private final Path object;
    private final FileSet files = new FileSet();
    private final List<Path> written = new ArrayList<>();

    private ObjectFiles(Path object) {
        this.object = object;
    }

    /** Writes the files, all or none. */
    static List<Path> write(ElfFile elf, ObjectPipeline.Result result, ResolveListener listener) throws IOException {
        ObjectFiles files = new ObjectFiles(elf.path());
        boolean hasIds = result.ids() != null && result.ids().section().size() > 0;
        files.put(IdsSection.NAME + SymbolMoves.SUFFIX, hasIds ? moves(result) : null);
        files.put(IdsSection.NAME, hasIds ? result.sorted().bytes() : null);
        files.put(BtfSections.BTF, BtfTarget.toBytes(elf, result.btf()));
        Btf base = result.distilledBase();
        files.put(BtfSections.BASE, base == null ? null : BtfTarget.toBytes(elf, base));
        List<String> notes = files.notesOfOtherNames();
        files.files.replace(beside(files.object, BtfSections.BTF));
        for (String note : notes) {
            listener.note(note);
        }
        return List.copyOf(files.written);
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
