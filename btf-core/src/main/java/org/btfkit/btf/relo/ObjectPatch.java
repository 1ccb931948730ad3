package org.btfkit.btf.relo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.btfkit.BtfException;
import org.btfkit.bpf.BpfInsn;
import org.btfkit.btf.file.BtfSections;
import org.btfkit.elf.ElfEditor;
import org.btfkit.elf.ElfFile;
import org.btfkit.elf.ElfSection;

/**
 * Puts relocated instructions into an object, as a loader hands them to the kernel, for disassemblers and for comparing
 * kernels. The records of {@code .BTF.ext} that were followed are removed, so that a loader does not follow them again;
 * no byte moves.
 *
 * <p>Static methods only; safe for use by several threads.
 */
public final class ObjectPatch {
    /** Where in the header of {@code .BTF.ext} offset and length of its relocations are. */
    private static final int CORE_RELO_FIELD = 24;

    private ObjectPatch() {}

    /**
     * Changes an object.
     *
     * @param elf the object that was relocated, open
     * @param results what became of its relocations
     * @param editor takes the changes
     * @throws IOException if reading fails
     * @throws BtfException if a loader gives the object up; nothing is changed then
     */
    public static void put(ElfFile elf, CoreResults results, ElfEditor editor) throws IOException {
        for (int i = 0; i < results.size(); i++) {
            if (results.outcome(i).isFatal()) {
                CoreRelocation relocation = results.object().relocations().get(i);
                throw new BtfException(
                        elf + ": " + relocation.place() + ": " + results.path(i) + ": " + results.get(i));
            }
        }
        for (ElfSection section : elf.sections()) {
            if (results.changes(section.index())) {
                byte[] bytes = elf.bytes(section);
                BpfInsn.write(results.insns(section.index()), bytes, elf.order());
                editor.setBytes(section, bytes);
            }
        }
        ElfSection ext = elf.section(BtfSections.EXT);
        if (ext != null && results.size() > 0) {
            editor.setBytes(ext, withoutRelocations(elf.bytes(ext), elf));
        }
    }

    private static byte[] withoutRelocations(byte[] ext, ElfFile elf) {
        ByteBuffer header = ByteBuffer.wrap(ext).order(elf.order());
        int start = header.getInt(4) + header.getInt(CORE_RELO_FIELD);
        int length = header.getInt(CORE_RELO_FIELD + Integer.BYTES);
        Arrays.fill(ext, start, start + length, (byte) 0);
        header.putInt(CORE_RELO_FIELD, 0).putInt(CORE_RELO_FIELD + Integer.BYTES, 0);
        return ext;
    }
}
