package org.btfkit.btf.relo;

/**
 * A record of {@code .BTF.ext}: an instruction that depends on how the target lays out a type. What it says is not
 * checked here, as a broken record is a result of relocation, not a reason not to read the others.
 *
 * @param index index among all records of the object, in the order of {@code .BTF.ext}
 * @param section number of the ELF section of the instruction; 0 if the object has none of that name
 * @param sectionName the section's name as the record gives it, {@code ?} in front included; empty if it has none
 * @param record index among the records of that section, as libbpf counts in its messages
 * @param insnOffsetBytes where the instruction begins in the section
 * @param kind what is asked; null if {@code kindNumber} is of no kind
 * @param kindNumber the number of the kind
 * @param localTypeId id of the type in the object's own BTF that the path begins at
 * @param access the path, such as {@code 0:1:2}, see {@link CoreAccess}; null if its string offset is none
 */
public record CoreRelocation(
        int index,
        int section,
        String sectionName,
        int record,
        int insnOffsetBytes,
        CoreKind kind,
        int kindNumber,
        int localTypeId,
        String access) {

    /** {@return where in the file the record is from, for a message} */
    public String place() {
        return ".BTF.ext core_relo " + (sectionName.isEmpty() ? "without section" : sectionName) + " #" + record
                + " (instruction at byte " + Integer.toUnsignedString(insnOffsetBytes) + ")";
    }
}
