package org.btfkit.btf.dump;

import static org.btfkit.btf.dump.DumpOutput.bytes;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.btfkit.btf.flat.JoinedTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;
import org.btfkit.btf.query.TypeSizes;

/**
 * Finds what is wrong with the text that bpftool writes: types that compilers lay out otherwise than the BTF says.
 *
 * <p>Lays out each struct, union and enum as a compiler does that reads the text which {@link CBodies} writes: members
 * that are a tagged struct without a name are nothing to it, unions end where their largest member does, an enum of two
 * bytes has four. A type that has another size then, or a member at another offset, is wrong, and so is each that it
 * moves within. On Arm a bitfield without a name, as fills gaps, aligns its struct as its type asks for.
 *
 * <p>Costs one look at each member.
 */
final class HeaderFaults {
    /** What stands before a type without naming it. */
    private static final Set<BtfKind> KEPT =
            EnumSet.of(BtfKind.CONST, BtfKind.VOLATILE, BtfKind.RESTRICT, BtfKind.TYPE_TAG);

    private static final byte[] BUILT_IN = bytes("__builtin_va_list");

    private final JoinedTypes types;
    private final TypeSizes sizes;
    private final DumpLimits limits;
    private final CBodies bodies;
    private final boolean isArm;
    private final Placed[] known;

    /** How a compiler lays a type out. */
    private record Placed(long size, int align, boolean isRight) {}

    /** A struct as it grows. */
    private static final class Growing {
        private long end;
        private int align = 1;
        private boolean isRight = true;

        void member(long size, int memberAlign) {
            end = (end + memberAlign * 8L - 1) / (memberAlign * 8L) * (memberAlign * 8L) + size * 8;
            align = Math.max(align, memberAlign);
        }

        void bitfield(int width, int bits, boolean isPacked) {
            if (bits == 0 || !isPacked && end / width != (end + bits - 1) / width) {
                end = (end + width - 1) / width * width;
            }
            end += bits;
        }
    }

    HeaderFaults(JoinedTypes types, TypeSizes sizes, DumpLimits limits, CBodies bodies) {
        this.types = types;
        this.sizes = sizes;
        this.limits = limits;
        this.bodies = bodies;
        this.isArm = isArm(types);
        this.known = new Placed[types.typeCount()];
    }

    /** Whether the kernel's own structs are those of Arm; BTF does not say what machine it is for. */
    private static boolean isArm(JoinedTypes types) {
        byte[] arm = bytes("pt_regs");
        byte[] arm64 = bytes("user_pt_regs");
        for (int id = 1; id < types.typeCount(); id++) {
            int vlen = types.vlen(id);
            if (types.kind(id) == BtfKind.STRUCT && vlen > 0) {
                int last = types.elementsAt(id, BtfKind.STRUCT) + (vlen - 1) * BtfKind.STRUCT.elementWords();
                boolean isRegs =
                        types.isString(types.words()[last], bytes("uregs")) && types.isString(types.nameOff(id), arm);
                if (isRegs
                        || types.isString(types.words()[last], bytes("pstate"))
                                && types.isString(types.nameOff(id), arm64)) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Finds the wrong ones among types that were written.
     *
     * @param queue the types written
     * @param count how many there are
     * @return for each that is wrong {@code struct name}, or {@code name} for a typedef
     */
    List<String> find(int[] queue, int count) {
        Set<String> wrong = new LinkedHashSet<>();
        int lists = 0;
        for (int i = 0; i < count; i++) {
            int id = queue[i];
            BtfKind kind = types.kind(id);
            String name = CIdentifiers.text(types, types.nameOff(id));
            int target = kind == BtfKind.TYPEDEF ? types.sizeOrType(id) : id;
            BtfKind targetKind = types.kind(target);
            if (kind == BtfKind.TYPEDEF && types.isString(types.nameOff(id), BUILT_IN) && ++lists == 2) {
                wrong.add("typedef __builtin_va_list, which is there twice");
            }
            boolean isOwn = target == id || types.nameOff(target) == 0;
            boolean isLaidOut = switch (targetKind) {
                case STRUCT, UNION, ENUM, ENUM64 -> isOwn;
                default -> false;
            };
            if (isLaidOut && !place(target).isRight() && !name.isEmpty()) {
                String keyword = switch (kind) {
                    case STRUCT -> "struct ";
                    case UNION -> "union ";
                    case TYPEDEF -> "";
                    default -> "enum ";
                };
                wrong.add(keyword + name);
            }
        }
        return new ArrayList<>(wrong);
    }

    private Placed place(int typeId) {
        if (known[typeId] == null) {
            limits.enter(typeId);
            known[typeId] = switch (types.kind(typeId)) {
                case TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG -> place(types.sizeOrType(typeId));
                case ARRAY -> {
                    Placed element = place(types.elementType(typeId));
                    long count = Words.unsigned(types.elementCount(typeId));
                    yield new Placed(element.size() * count, element.align(), element.isRight() || count == 0);
                }
                case STRUCT -> placeStruct(typeId);
                case UNION -> placeUnion(typeId);
                case ENUM, ENUM64 -> placeEnum(typeId);
                case INT, FLOAT, PTR -> {
                    long size = sizes.sizeOrMinus1(typeId);
                    yield new Placed(size, scalarAlign(size), true);
                }
                case VOID, FWD, FUNC, FUNC_PROTO, VAR, DATASEC, DECL_TAG -> new Placed(0, 1, true);
            };
            limits.leave();
        }
        return known[typeId];
    }

    /** How a member is laid out; what is wrong within a type that has a name is that type's fault alone. */
    private Placed placeMember(int memberId) {
        Placed placed = place(memberId);
        int id = memberId;
        BtfKind kind = types.kind(id);
        while (kind == BtfKind.ARRAY || KEPT.contains(kind)) {
            id = kind == BtfKind.ARRAY ? types.elementType(id) : types.sizeOrType(id);
            kind = types.kind(id);
        }
        boolean isRight = placed.isRight()
                || types.nameOff(id) != 0 && placed.size() == Math.max(0, sizes.sizeOrMinus1(memberId));
        return new Placed(placed.size(), placed.align(), isRight);
    }

    private int scalarAlign(long size) {
        int most = isArm ? 2 * Long.BYTES : sizes.pointerSize();
        return (int) Math.max(1, Math.min(most, Long.lowestOneBit(size)));
    }

    private Placed placeEnum(int typeId) {
        int size = types.sizeOrType(typeId);
        BtfKind kind = types.kind(typeId);
        boolean isWide = false;
        int at = types.elementsAt(typeId, kind);
        for (int i = types.vlen(typeId); kind == BtfKind.ENUM64 && i > 0; i--, at += kind.elementWords()) {
            isWide |= types.words()[at + 2] != 0;
        }
        boolean isMode = types.vlen(typeId) == 0 || size == 1 || size == 8 && sizes.pointerSize() == 8 && !isWide;
        int placed = isMode ? size : isWide ? Long.BYTES : Integer.BYTES;
        return new Placed(placed, scalarAlign(placed), placed == size);
    }

    private Placed placeUnion(int typeId) {
        long size = 0;
        int align = 1;
        boolean isRight = true;
        boolean kflag = types.kflag(typeId);
        int at = types.elementsAt(typeId, BtfKind.UNION);
        for (int i = types.vlen(typeId); i > 0; i--, at += BtfKind.UNION.elementWords()) {
            int memberId = types.words()[at + 1];
            if (isNothing(types.words()[at], memberId)) {
                isRight = false;
                continue;
            }
            Placed member = placeMember(memberId);
            int bits = Words.bitfieldSize(types.words()[at + 2], kflag);
            size = Math.max(size, bits != 0 ? (bits + 7) / 8 : member.size());
            align = Math.max(align, member.align());
            isRight &= member.isRight() && Words.offsetBits(types.words()[at + 2], kflag) == 0;
        }
        size = (size + align - 1) / align * align;
        return new Placed(size, align, isRight && size == Words.unsigned(types.sizeOrType(typeId)));
    }

    private Placed placeStruct(int typeId) {
        boolean isPacked = bodies.isPacked(typeId);
        boolean kflag = types.kflag(typeId);
        Growing text = new Growing();
        CPadding padding = new CPadding(sizes.pointerSize(), (width, bits) -> {
            text.bitfield(width, (int) bits, isPacked);
            if (isArm && !isPacked) {
                text.align = Math.max(text.align, width / 8);
            }
        });
        boolean afterBitfield = false;
        long end = 0;
        int at = types.elementsAt(typeId, BtfKind.STRUCT);
        for (int i = types.vlen(typeId); i > 0; i--, at += BtfKind.STRUCT.elementWords()) {
            int memberId = types.words()[at + 1];
            long offset = Words.unsigned(Words.offsetBits(types.words()[at + 2], kflag));
            int bits = Words.bitfieldSize(types.words()[at + 2], kflag);
            if (end < offset) {
                int align = isPacked ? 1 : sizes.alignOr0(memberId);
                padding.fill(end, offset, align, afterBitfield && bits != 0);
            }
            afterBitfield = bits != 0;
            end = offset + (afterBitfield ? bits : Math.max(0, sizes.sizeOrMinus1(memberId)) * 8);
            if (isNothing(types.words()[at], memberId) || !kflag && isOldBitfield(memberId)) {
                text.isRight = false;
            } else {
                grow(text, placeMember(memberId), offset, bits, isPacked);
            }
        }
        long size = Words.unsigned(types.sizeOrType(typeId));
        if (end < size * 8) {
            padding.fill(end, size * 8, sizes.alignOr0(typeId), false);
        }
        int align = isPacked ? 1 : text.align;
        long placed = ((text.end + 7) / 8 + align - 1) / align * align;
        return new Placed(placed, align, text.isRight && placed == size);
    }

    private static void grow(Growing text, Placed member, long offset, int bits, boolean isPacked) {
        text.isRight &= member.isRight();
        if (bits != 0) {
            text.bitfield((int) Math.max(8, Math.min(64, member.size() * 8)), bits, isPacked);
            text.isRight &= text.end == offset + bits;
            text.align = isPacked ? 1 : Math.max(text.align, member.align());
        } else {
            text.end = (text.end + 7) / 8 * 8;
            text.member(member.size(), isPacked ? 1 : member.align());
            text.isRight &= text.end == offset + member.size() * 8;
        }
    }

    /** Whether a member is a bitfield as it was before there was a flag for it, which the text has as a whole INT. */
    private boolean isOldBitfield(int memberId) {
        int id = memberId;
        while (types.kind(id) == BtfKind.TYPEDEF || KEPT.contains(types.kind(id))) {
            id = types.sizeOrType(id);
        }
        return types.kind(id) == BtfKind.INT && ExactLayout.isOldBitfield(types, id);
    }

    /** Whether a member is a tagged struct without a name, which declares nothing in the language's own terms. */
    private boolean isNothing(int nameOff, int memberId) {
        if (nameOff != 0) {
            return false;
        }
        int id = memberId;
        BtfKind kind = types.kind(id);
        while (KEPT.contains(kind)) {
            id = types.sizeOrType(id);
            kind = types.kind(id);
        }
        return kind == BtfKind.TYPEDEF || types.nameOff(id) != 0;
    }
}
