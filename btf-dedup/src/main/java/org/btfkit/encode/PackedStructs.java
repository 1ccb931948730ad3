package org.btfkit.encode;

import org.btfkit.dwarf.DieCursor;
import org.btfkit.dwarf.DwAt;
import org.btfkit.dwarf.DwTag;

/**
 * Tells whether a struct is packed, which DWARF does not say: by the places of its members
 * ({@code class__infer_packed_attributes} of pahole).
 *
 * <p>Without holes and padding, it is packed if a member is where its type would not be by itself, or if its size is no
 * multiple of the largest alignment of a member. With holes it is not; but a struct within it that stands where it
 * should not is then known to be packed.
 */
final class PackedStructs {
    private static final int MAX_DEPTH = 64;
    private static final int PACKED = 1;
    private static final int NOT_PACKED = 0;

    private final UnitScope scope;
    private final EntrySizes sizes;

    /** Walks over members while other cursors look at their types. */
    private final DieCursor members;

    /** By entry of a struct: {@link #PACKED} or {@link #NOT_PACKED}. */
    private final IntMap known = new IntMap();

    private final IntMap alignments = new IntMap();

    PackedStructs(UnitScope scope, EntrySizes sizes) {
        this.scope = scope;
        this.sizes = sizes;
        this.members = scope.dwarf.cursor();
    }

    void clear() {
        known.clear();
        alignments.clear();
    }

    EntrySizes sizes() {
        return sizes;
    }

    /**
     * Tells whether a type is a struct with a name, itself and not behind a typedef, that is packed.
     *
     * @param type index of an entry, or 0
     */
    boolean isPackedStruct(int type) {
        if (type <= 0) {
            return false;
        }
        scope.aside.seek(type);
        if (scope.aside.isNull() || !isStruct(scope.aside.tag()) || !scope.aside.has(DwAt.NAME)) {
            return false;
        }
        int packed = known.get(type);
        if (packed == IntMap.ABSENT) {
            members.enter(scope.cursor);
            packed = infer(type) ? PACKED : NOT_PACKED;
            known.put(type, packed);
        }
        return packed == PACKED;
    }

    private static boolean isStruct(int tag) {
        return tag == DwTag.STRUCTURE_TYPE || tag == DwTag.CLASS_TYPE || tag == DwTag.INTERFACE_TYPE;
    }

    private boolean infer(int struct) {
        StructHoles holes = new StructHoles(scope, sizes, members);
        if (holes.find(struct)) {
            noteUnaligned(struct);
            return false;
        }
        members.seek(struct);
        long size = members.number(DwAt.BYTE_SIZE);
        boolean isAlignedToOne = members.number(DwAt.ALIGNMENT) == 1;
        int largest = 1;
        if (members.hasChildren()) {
            int next;
            for (members.seek(members.end()); !members.isNull(); members.seek(next)) {
                next = members.afterTree();
                if (!holes.isPlacedMember()) {
                    continue;
                }
                int alignment = alignment(sizes.stripped(members.reference(DwAt.TYPE)), 0);
                if (alignment == 1) {
                    continue;
                }
                largest = Math.max(largest, alignment & 0xffff);
                if (Integer.remainderUnsigned(holes.byteOffset(), alignment) != 0) {
                    return true;
                }
            }
        }
        return largest != 1 && isAlignedToOne || size % largest != 0;
    }

    /** Notes structs within a struct with holes that stand at places that their alignment does not divide. */
    private void noteUnaligned(int struct) {
        StructHoles places = new StructHoles(scope, sizes, members);
        members.seek(struct);
        if (!members.hasChildren()) {
            return;
        }
        int next;
        for (members.seek(members.end()); !members.isNull(); members.seek(next)) {
            next = members.afterTree();
            if (members.tag() != DwTag.MEMBER && members.tag() != DwTag.INHERITANCE) {
                continue;
            }
            int type = sizes.stripped(members.reference(DwAt.TYPE));
            if (type <= 0) {
                continue;
            }
            scope.aside.seek(type);
            if (isStruct(scope.aside.tag())
                    && Integer.remainderUnsigned(places.byteOffset(), alignment(type, 0)) != 0) {
                known.put(type, PACKED);
            }
        }
    }

    /** Returns the alignment that a type would have by itself: that of its largest part. */
    private int alignment(int type, int depth) {
        if (type <= 0 || depth > MAX_DEPTH) {
            return 1;
        }
        DieCursor aside = scope.aside;
        aside.seek(type);
        if (aside.isNull()) {
            return 1;
        }
        int alignment = switch (aside.tag()) {
            case DwTag.POINTER_TYPE -> aside.unit().addressSize();
            case DwTag.BASE_TYPE -> (int) aside.number(DwAt.BYTE_SIZE);
            case DwTag.ENUMERATION_TYPE -> (int) EntrySizes.enumSize(aside.number(DwAt.BYTE_SIZE));
            case DwTag.STRUCTURE_TYPE, DwTag.CLASS_TYPE, DwTag.INTERFACE_TYPE, DwTag.UNION_TYPE ->
                composite(type, depth);
            case DwTag.ARRAY_TYPE -> alignment(sizes.stripped(aside.reference(DwAt.TYPE)), depth + 1);
            default -> 1;
        };
        return alignment == 0 ? 1 : alignment;
    }

    private int composite(int type, int depth) {
        int largest = alignments.get(type);
        if (largest != IntMap.ABSENT) {
            return largest;
        }
        alignments.put(type, 1); // what a circle comes back to
        largest = 0;
        DieCursor aside = scope.aside;
        boolean isUnion = aside.tag() == DwTag.UNION_TYPE;
        if (aside.hasChildren()) {
            int next;
            for (aside.seek(aside.end()); !aside.isNull(); aside.seek(next)) {
                next = aside.afterTree();
                if (StructHoles.isPlacedMember(aside, isUnion)) {
                    int itsType = aside.reference(DwAt.TYPE);
                    largest = Math.max(largest, alignment(sizes.stripped(itsType), depth + 1));
                }
            }
        }
        alignments.put(type, largest);
        return largest;
    }
}
