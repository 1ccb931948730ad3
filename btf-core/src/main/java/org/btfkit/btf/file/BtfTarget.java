package org.btfkit.btf.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.ext.BtfExt;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.KindTable;
import org.btfkit.btf.format.BtfHeader;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Limits;
import org.btfkit.elf.ElfEditor;
import org.btfkit.elf.ElfFile;
import org.btfkit.elf.ElfSection;

/**
 * Puts BTF into an ELF file, in place of what it has: the counterpart of {@link BtfSource}.
 *
 * <p>Object files of compilers have relocations in {@code .BTF}: the offset of each variable in its section is left to
 * the linker. They follow the DATASECs to their new places, as these have one name for each section of the object.
 *
 * <p>In a linked file, such as vmlinux, {@code .BTF} may have its place in memory. Code that uses it then has the
 * addresses of its start and end as constants: the kernel takes the difference of {@code __start_BTF} and
 * {@code __stop_BTF} for the size, and refuses BTF that says another one of itself. So:
 *
 * <ul>
 *   <li>The section keeps its place and its size, always.
 *   <li>BTF that is smaller is made as large: its string section, which is the last, gets zeros at its end. They are
 *       empty strings to every reader, and no type names them. Neither section headers, segments nor symbols change.
 *   <li>BTF that is larger, or whose string section would get larger than the kernel takes, is refused. Free bytes
 *       behind the section would not help, nor would another place: the code does not look there, and nothing in the
 *       file says which instructions would have to change. Such BTF has to be there before the file is linked.
 * </ul>
 *
 * <p>Not safe for use by several threads.
 */
public final class BtfTarget {
    /** None, as objcopy adds sections, by which pahole and builds of kernels put BTF into files. */
    private static final int BTF_ALIGNMENT = 1;

    /** As compilers align it. */
    private static final int EXT_ALIGNMENT = 4;

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
     *     variables that are in {@code btf} as well, or if {@code .BTF} has its place in memory and {@code btf} is
     *     larger
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
        ElfSection section = elf.section(BtfSections.BTF);
        byte[] bytes = toBytes(elf, btf);
        if (section != null && section.size() != bytes.length && editor.isInMemory(section)) {
            bytes = stretch(section, btf, bytes);
        }
        boolean changes = section == null || !section.hasBytes() || !Arrays.equals(elf.bytes(section), bytes);
        if (ext != null) {
            editor.putSection(BtfSections.EXT, ext.toBytes(elf.order()), 0, EXT_ALIGNMENT);
        } else if (changes && elf.section(BtfSections.EXT) != null) {
            throw new BtfException(elf + ": has a " + BtfSections.EXT + " section, whose ids and strings would"
                    + " not fit the new BTF; use a file without");
        }
        if (changes && section != null) {
            moveRelocations(section, btf);
        }
        editor.putSection(BtfSections.BTF, bytes, 0, BTF_ALIGNMENT);
        if (distilledBase != null) {
            editor.putSection(BtfSections.BASE, toBytes(elf, distilledBase), 0, BTF_ALIGNMENT);
        } else {
            editor.removeSection(BtfSections.BASE);
        }
    }

    /** Makes smaller BTF as large as the section that it is for. */
    private byte[] stretch(ElfSection section, Btf btf, byte[] bytes) {
        long missing = section.size() - bytes.length;
        long stringBytes = FlatAccess.of(btf).strings().own().length + missing;
        String fault = missing < 0
                ? "the new BTF has " + bytes.length
                : stringBytes - 1 > Limits.MAX_NAME_OFFSET
                        ? "the new BTF has " + bytes.length + " and cannot be filled up to them, as strings of "
                                + stringBytes + " bytes are more than the kernel takes"
                        : null;
        if (fault != null) {
            throw new BtfException(elf + ": section " + section + " has its place in memory, so it has to keep its "
                    + section.size() + " bytes, as linked code has the addresses of its start and end; " + fault
                    + ": put it in before linking, or write it to a file of its own");
        }
        byte[] stretched = Arrays.copyOf(bytes, (int) section.size());
        ByteBuffer.wrap(stretched).order(elf.order()).putInt(BtfHeader.STR_LEN_OFFSET, (int) stringBytes);
        return stretched;
    }

    private void moveRelocations(ElfSection section, Btf after) throws IOException {
        if (elf.type() != ElfFile.ET_REL || elf.relocationsOf(section).isEmpty()) {
            return;
        }
        Btf before;
        try (BtfSource source = BtfSource.of(elf)) {
            BtfTrailer trailer = source.trailer();
            if (trailer != null && trailer.isBtf()) {
                throw new BtfException(trailer + "; the relocations of " + BtfSections.BTF
                        + " are for each of them and do not fit one, use a file without");
            }
            before = source.btf(null);
        }
        editor.moveRelocations(section, place -> newPlace(before, place, after));
    }

    /** Finds the offset of the same variable; places are in bytes from the start of the section. */
    private long newPlace(Btf before, long place, Btf after) {
        long word = (place - typesAt(before)) / Integer.BYTES;
        int[] offsets = FlatAccess.of(before).offsets();
        if (place < typesAt(before) || word >= offsets[offsets.length - 1]) {
            throw fault(place, "none of the types");
        }
        int found = Arrays.binarySearch(offsets, (int) word);
        int index = found >= 0 ? found : -found - 2;
        int typeId = before.firstTypeId() + index;
        int wordInType = (int) word - offsets[index];
        if (before.kind(typeId) != BtfKind.DATASEC || !KindTable.isSectionVarOffset(wordInType)) {
            throw fault(place, before.describe(typeId) + ", expected the offset of a variable of a DATASEC");
        }
        int[] same = after.findAll(BtfKind.DATASEC, before.name(typeId));
        if (same.length != 1 || after.vlen(same[0]) != before.vlen(typeId) || same[0] < after.firstTypeId()) {
            throw fault(place, before.describe(typeId) + ", which the new BTF has not, or with other variables");
        }
        long wordAfter = (long) FlatAccess.of(after).offsets()[same[0] - after.firstTypeId()] + wordInType;
        return typesAt(after) + wordAfter * Integer.BYTES;
    }

    private static int typesAt(Btf btf) {
        return btf.header().headerLength() + btf.header().typeOff();
    }

    private BtfException fault(long place, String what) {
        return new BtfException(
                elf + ": a relocation of " + BtfSections.BTF + " at 0x" + Long.toHexString(place) + " is in " + what);
    }
}
