package org.btfkit.btf;

import java.io.IOException;
import java.util.Arrays;
import org.btfkit.elf.ElfEditor;
import org.btfkit.elf.ElfFile;
import org.btfkit.elf.ElfSection;

/**
 * Puts BTF into an ELF file, in place of what it has: the counterpart of {@link BtfSource}.
 *
 * <p>Object files of compilers have relocations in {@code .BTF}: the offset of each variable in its section is left to
 * the linker. They follow the DATASECs to their new places, as these have one name for each section of the object.
 */
public final class BtfTarget {
    /** As pahole aligns it. */
    private static final int ALIGNMENT = 4;

    /** Words of a DATASEC before its first variable, and of the offset within a variable. */
    private static final int DATASEC_WORDS = 3;

    private static final int VARIABLE_WORDS = 3;
    private static final int OFFSET_WORD = 1;

    private final ElfFile elf;
    private final ElfEditor editor;

    private BtfTarget(ElfFile elf, ElfEditor editor) {
        this.elf = elf;
        this.editor = editor;
    }

    /**
     * Adds or replaces the sections, in the byte order of the file. Nothing is written before the editor is told to.
     *
     * @param elf the file
     * @param editor collects the changes to that file
     * @param btf goes into {@code .BTF}
     * @param ext goes into {@code .BTF.ext}; null if the file has none
     * @param distilledBase goes into {@code .BTF.base}; null to remove that
     * @throws IOException if reading fails
     * @throws BtfException if the file has a {@code .BTF.ext} that would not fit, or relocations of something else than
     *     variables that are in {@code btf} as well
     * @throws org.btfkit.elf.ElfFormatException if a section cannot change
     */
    public static void put(ElfFile elf, ElfEditor editor, Btf btf, BtfExt ext, Btf distilledBase) throws IOException {
        new BtfTarget(elf, editor).put(btf, ext, distilledBase);
    }

    /**
     * Makes the bytes of a section.
     *
     * @param elf the file that the section is for
     * @param btf the BTF
     * @return its bytes, in the byte order of the file
     */
    public static byte[] toBytes(ElfFile elf, Btf btf) {
        return BtfWriter.toBytes(btf, btf.header().withOrder(elf.order()));
    }

    private void put(Btf btf, BtfExt ext, Btf distilledBase) throws IOException {
        byte[] bytes = toBytes(elf, btf);
        ElfSection section = elf.section(BtfSource.BTF_SECTION);
        boolean changes = section == null || !section.hasBytes() || !Arrays.equals(elf.bytes(section), bytes);
        if (ext != null) {
            editor.putSection(BtfSource.EXT_SECTION, ext.toBytes(elf.order()), 0, ALIGNMENT);
        } else if (changes && elf.section(BtfSource.EXT_SECTION) != null) {
            throw new BtfException(elf + ": has a " + BtfSource.EXT_SECTION + " section, whose ids and strings would"
                    + " not fit the new BTF; use a file without");
        }
        if (changes && section != null) {
            moveRelocations(section, btf);
        }
        editor.putSection(BtfSource.BTF_SECTION, bytes, 0, ALIGNMENT);
        if (distilledBase != null) {
            editor.putSection(BtfSource.BASE_SECTION, toBytes(elf, distilledBase), 0, ALIGNMENT);
        } else {
            editor.removeSection(BtfSource.BASE_SECTION);
        }
    }

    private void moveRelocations(ElfSection section, Btf after) throws IOException {
        if (elf.type() != ElfFile.ET_REL || elf.relocationsOf(section).isEmpty()) {
            return;
        }
        Btf before;
        try (BtfSource source = BtfSource.of(elf)) {
            BtfTrailer trailer = source.trailer();
            if (trailer != null && trailer.isBtf()) {
                throw new BtfException(trailer + "; the relocations of " + BtfSource.BTF_SECTION
                        + " are for each of them and do not fit one, use a file without");
            }
            before = source.btf(null);
        }
        editor.moveRelocations(section, place -> newPlace(before, place, after));
    }

    /** Finds the offset of the same variable; places are in bytes from the start of the section. */
    private long newPlace(Btf before, long place, Btf after) {
        long word = (place - typesAt(before)) / Integer.BYTES;
        int[] offsets = before.typeOffsets();
        if (place < typesAt(before) || word >= offsets[offsets.length - 1]) {
            throw fault(place, "none of the types");
        }
        int found = Arrays.binarySearch(offsets, (int) word);
        int index = found >= 0 ? found : -found - 2;
        int typeId = before.firstTypeId() + index;
        int wordInType = (int) word - offsets[index];
        if (before.kind(typeId) != BtfKind.DATASEC
                || wordInType < DATASEC_WORDS
                || (wordInType - DATASEC_WORDS) % VARIABLE_WORDS != OFFSET_WORD) {
            throw fault(place, before.describe(typeId) + ", expected the offset of a variable of a DATASEC");
        }
        int[] same = after.findAll(BtfKind.DATASEC, before.name(typeId));
        if (same.length != 1 || after.vlen(same[0]) != before.vlen(typeId) || same[0] < after.firstTypeId()) {
            throw fault(place, before.describe(typeId) + ", which the new BTF has not, or with other variables");
        }
        long wordAfter = after.typeOffsets()[same[0] - after.firstTypeId()] + wordInType;
        return typesAt(after) + wordAfter * Integer.BYTES;
    }

    private static int typesAt(Btf btf) {
        return btf.header().headerLength() + btf.header().typeOff();
    }

    private BtfException fault(long place, String what) {
        return new BtfException(elf + ": a relocation of " + BtfSource.BTF_SECTION + " at 0x" + Long.toHexString(place)
                + " is in " + what);
    }
}
