package org.btfkit.encode;

import org.btfkit.btf.flat.IntList;
import org.btfkit.btf.format.Words;
import org.btfkit.dwarf.DieCursor;
import org.btfkit.dwarf.DwAt;
import org.btfkit.dwarf.DwOp;
import org.btfkit.dwarf.DwTag;
import org.btfkit.dwarf.Expression;
import org.btfkit.dwarf.Locations;

/**
 * Encodes structs, unions and classes.
 *
 * <p>A member may have a type that stands within the struct, so the struct is appended when it is complete. Until then
 * its members wait on a stack, above those of the structs around it.
 */
final class Composites {
    /** Words of a member that waits: key of its name, reference to its type, offset and size in bits, entry. */
    private static final int PENDING_WORDS = 5;

    private static final int DW_LANG_RUST = 0x1c;
    private static final int MAX_BITFIELD_OFFSET = Words.MAX_24;

    private final UnitScope scope;
    private final DieCursor cursor;
    private final Annotations annotations;
    private final EntrySizes sizes;
    private final Locations locations = new Locations();

    /** Members that wait. */
    final IntList pending = new IntList();

    private boolean isSorted;

    Composites(UnitScope scope, Annotations annotations, EntrySizes sizes) {
        this.scope = scope;
        this.cursor = scope.cursor;
        this.annotations = annotations;
        this.sizes = sizes;
    }

    /** Begins a unit of a language. */
    void begin(long language) {
        isSorted = language == DW_LANG_RUST;
        pending.size = 0;
    }

    /**
     * Lets the member that the cursor is on wait.
     *
     * @param index its index among members and base classes, for annotations
     * @param isInUnion whether its parent is a union
     */
    void member(int index, boolean isInUnion) {
        int entry = cursor.entry();
        boolean hasAnnotations = cursor.hasChildren() || cursor.has(DwAt.GNU_ANNOTATION);
        if (cursor.tag() == DwTag.MEMBER) {
            int type = scope.typeOf(cursor);
            int bitSize = (int) cursor.number(DwAt.BIT_SIZE) & 0xff;
            pending.reserve(PENDING_WORDS);
            pending.add(scope.strings.key(cursor, DwAt.NAME));
            pending.add(type);
            pending.add(bitOffset(type, bitSize, isInUnion));
            pending.add(bitSize);
            pending.add(entry);
        }
        if (hasAnnotations) {
            annotations.addChildren(entry, index);
            annotations.addChain(entry, index);
        }
    }

    /** Returns the offset of a member in bits. */
    private int bitOffset(int type, int bitSize, boolean isInUnion) {
        int slot = cursor.slot(DwAt.DATA_BIT_OFFSET);
        if (slot >= 0) {
            return (int) offset(slot);
        }
        slot = cursor.slot(DwAt.DATA_MEMBER_LOCATION);
        if (slot < 0 && !isInUnion) {
            return 0; // static
        }
        int byteOffset = slot < 0 ? 0 : (int) offset(slot);
        int bitOffset = byteOffset * 8;
        if (bitSize == 0) {
            return bitOffset;
        }
        // From the highest bit of the storage; the type of the field in pahole is eight bits wide.
        int fromHighest = (byte) cursor.number(DwAt.BIT_OFFSET);
        long storage = cursor.number(DwAt.BYTE_SIZE);
        if (storage == 0) {
            storage = sizes.size(sizes.stripped(type));
        }
        if (storage <= 0) {
            return bitOffset;
        }
        boolean isBig = scope.dwarf.sections().file().order() == java.nio.ByteOrder.BIG_ENDIAN;
        int within = isBig ? fromHighest : (byte) (storage * 8 - fromHighest - bitSize);
        return bitOffset + within;
    }

    /** A constant, or an expression that only adds one. */
    private long offset(int slot) {
        long block = cursor.block(slot);
        if (block < 0) {
            return cursor.number(slot, 0);
        }
        locations.start(cursor, slot);
        if (locations.next()) {
            Expression expression = locations.expression();
            boolean isOffset = expression.count() > 0
                    && (expression.operation(0) == DwOp.PLUS_UCONST || expression.operation(0) == DwOp.CONSTU);
            if (isOffset) {
                return expression.operand(0);
            }
        }
        throw scope.fault(cursor.entry(), "its place is an expression, expected a number or DW_OP_plus_uconst");
    }

    /**
     * Appends the composite that the cursor is on.
     *
     * @param firstPending where its members wait; they are taken away
     */
    void close(int firstPending) {
        int entry = cursor.entry();
        boolean isUnion = cursor.tag() == DwTag.UNION_TYPE;
        int key = scope.strings.key(cursor, DwAt.NAME);
        if (key == 0) {
            key = nameOfSpecification();
        }
        if (cursor.number(DwAt.DECLARATION) != 0) {
            if (scope.strings.isEmpty(key)) {
                throw scope.fault(entry, "is only declared and has no name, which BTF requires");
            }
            int info = BtfWords.info(BtfWords.FWD, 0, isUnion);
            scope.becomes(entry, scope.types.add(scope.strings.use(key), info, 0));
        } else {
            int vlen = (pending.size - firstPending) / PENDING_WORDS;
            if (vlen > BtfWords.MAX_VLEN) {
                throw scope.fault(entry, vlen + " members, expected at most " + BtfWords.MAX_VLEN);
            }
            int size = (int) cursor.number(DwAt.BYTE_SIZE);
            if (isSorted) {
                sort(firstPending);
            }
            int kind = isUnion ? BtfWords.UNION : BtfWords.STRUCT;
            int name = scope.strings.use(key);
            scope.becomes(entry, scope.types.add(name, BtfWords.info(kind, vlen, false), size));
            members(firstPending, isUnion);
        }
        pending.size = firstPending;
    }

    private int nameOfSpecification() {
        int specification = cursor.reference(DwAt.SPECIFICATION);
        if (specification <= 0) {
            return 0;
        }
        scope.aside.seek(specification);
        return scope.aside.isNull() ? 0 : scope.strings.key(scope.aside, DwAt.NAME);
    }

    /** Appends members; from the first that is no whole byte on, their offsets have a bit size above them. */
    private void members(int from, boolean isUnion) {
        int[] items = pending.items;
        boolean hasBitfields = false;
        for (int i = from; i < pending.size; i += PENDING_WORDS) {
            int offset = items[i + 2];
            int bitSize = items[i + 3];
            if (bitSize != 0 || (offset & 7) != 0) {
                if (bitSize == 0 || (offset & ~MAX_BITFIELD_OFFSET) != 0) {
                    throw scope.fault(
                            items[i + 4],
                            "bit field of " + bitSize + " bits at bit " + Integer.toUnsignedString(offset)
                                    + ", expected at most " + MAX_BITFIELD_OFFSET);
                }
                hasBitfields = true;
            }
            if (isUnion && offset != 0) {
                throw scope.fault(
                        items[i + 4], "at bit " + Integer.toUnsignedString(offset) + " of a union, expected 0");
            }
            scope.types.word(scope.strings.use(items[i]));
            scope.types.word(items[i + 1]);
            scope.types.word(offset | bitSize << 24);
        }
        if (hasBitfields) {
            scope.types.setKflag();
        }
    }

    /** Sorts members by byte offset, those of one offset staying as they are; Rust reorders them. */
    private void sort(int from) {
        int count = (pending.size - from) / PENDING_WORDS;
        Integer[] order = new Integer[count];
        for (int i = 0; i < count; i++) {
            order[i] = from + i * PENDING_WORDS;
        }
        int[] old = pending.items.clone();
        java.util.Arrays.sort(order, (a, b) -> Integer.compareUnsigned(old[a + 2] >>> 3, old[b + 2] >>> 3));
        for (int i = 0; i < count; i++) {
            System.arraycopy(old, order[i], pending.items, from + i * PENDING_WORDS, PENDING_WORDS);
        }
    }
}
