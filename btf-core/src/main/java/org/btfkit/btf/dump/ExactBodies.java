package org.btfkit.btf.dump;

import static org.btfkit.btf.dump.DumpOutput.bytes;

import java.util.List;
import org.btfkit.btf.flat.JoinedTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;
import org.btfkit.btf.query.TypeSizes;

/**
 * Writes structs, unions and enums so that their layout hangs on nothing but the text, as {@link ExactLayout} decides.
 */
final class ExactBodies extends CBodies {
    private static final byte[] OPEN = bytes(" {");
    private static final byte[] COLON = bytes(": ");
    private static final byte[] WRAPPER = bytes("struct {");
    private static final byte[] OVERLAY = bytes("union {");
    private static final byte[] PACKED = bytes(" __attribute__((packed))");
    private static final byte[][] PADDINGS = {bytes("char: "), bytes("short: "), bytes("int: "), bytes("long long: ")};
    private static final int SHORT = 16;
    private static final int INT = 32;
    private static final int WIDEST = 64;
    private final ExactLayout layout;
    private final ExactNames exactNames;
    private final ExactScalars scalars;

    ExactBodies(
            JoinedTypes types,
            DumpOutput out,
            DumpLimits limits,
            ExactNames names,
            TypeSizes sizes,
            ExactScalars scalars,
            ExactLayout layout) {
        super(types, out, limits, names, sizes);
        this.exactNames = names;
        this.scalars = scalars;
        this.layout = layout;
    }

    @Override
    void putComposite(int typeId, BtfKind kind, int level) {
        putCompositeHead(typeId, kind == BtfKind.UNION);
        putBody(typeId, kind, level);
    }

    private void putBody(int typeId, BtfKind kind, int level) {
        ExactLayout.Plan plan = layout.plan(typeId);
        List<ExactMember> members = layout.members(typeId);
        long size = Words.unsigned(types.sizeOrType(typeId));
        if (!plan.isExact()) {
            exactNames.leaveOut("size of " + types.describe(typeId) + ", whose members are larger");
        }
        leaveOut(typeId, kind);
        out.put(OPEN);
        if (plan.isOverlaid()) {
            putOverlaid(typeId, kind, members, size * 8, level + 1);
        } else if (kind == BtfKind.UNION) {
            for (ExactMember member : members) {
                putMember(typeId, member, level + 1);
            }
            if (plan.isPadded()) {
                putPadded(typeId, null, size * 8, level + 1);
            }
        } else {
            int widest = plan.isPacked() ? WIDEST : Math.min(WIDEST, 8 * plan.greatest());
            long at = 0;
            for (ExactMember member : members) {
                pad(typeId, at, member.offset(), widest, plan.isPacked(), level + 1);
                putMember(typeId, member, level + 1);
                at = member.end();
            }
            pad(typeId, at, size * 8, widest, plan.isPacked(), level + 1);
        }
        if (size != 0 || !members.isEmpty()) {
            putLine(out, level);
        }
        out.put('}');
        putAttributes(plan);
    }

    private void leaveOut(int typeId, BtfKind kind) {
        int at = types.elementsAt(typeId, kind);
        for (int i = types.vlen(typeId); i > 0; i--, at += kind.elementWords()) {
            if (types.words()[at] != 0 && sizes.sizeOrMinus1(types.words()[at + 1]) < 0) {
                exactNames.leaveOut("member '" + CIdentifiers.text(types, types.words()[at]) + "' of "
                        + types.describe(typeId) + ", which has no size");
            }
        }
    }

    private void putAttributes(ExactLayout.Plan plan) {
        if (plan.isPacked() || plan.align() != 0) {
            String aligned = plan.align() != 0 ? "aligned(" + plan.align() + ")" : "";
            String packed = plan.isPacked() ? plan.align() != 0 ? "packed, " : "packed" : "";
            out.put(bytes(" __attribute__((" + packed + aligned + "))"));
        }
    }

    /** Writes members over one another, each in a struct of its own that begins with a gap. */
    private void putOverlaid(int typeId, BtfKind kind, List<ExactMember> members, long sizeBits, int level) {
        boolean isStruct = kind == BtfKind.STRUCT;
        int inner = isStruct ? level + 1 : level;
        if (isStruct) {
            putLine(out, level);
            out.put(OVERLAY);
        }
        for (ExactMember member : members) {
            putPadded(typeId, member, member.offset(), inner);
        }
        putPadded(typeId, null, sizeBits, inner);
        if (isStruct) {
            putLine(out, level);
            out.put('}');
            out.put(PACKED);
            out.put(';');
        }
    }

    /** Writes a struct without a name that has a gap and, unless that is null, a member behind it. */
    private void putPadded(int typeId, ExactMember member, long gap, int level) {
        if (member == null && gap == 0) {
            return;
        }
        putLine(out, level);
        out.put(WRAPPER);
        pad(typeId, 0, gap, WIDEST, true, level + 1);
        if (member != null) {
            putMember(typeId, member, level + 1);
        }
        putLine(out, level);
        out.put('}');
        out.put(PACKED);
        out.put(';');
    }

    private void pad(int typeId, long from, long to, int widest, boolean isPacked, int level) {
        ExactLayout.pad(from, to, widest, isPacked, (width, bits) -> {
            limits.step(typeId);
            putLine(out, level);
            out.put(PADDINGS[Integer.numberOfTrailingZeros(width) - 3]);
            out.putUnsigned(bits);
            out.put(';');
        });
    }

    private void putMember(int typeId, ExactMember member, int level) {
        limits.step(typeId);
        putLine(out, level);
        if (member.nameOff() == 0) {
            limits.enter(member.typeId());
            boolean isUnion = types.kind(member.typeId()) == BtfKind.UNION;
            out.put(isUnion ? UNION : STRUCT);
            putBody(member.typeId(), types.kind(member.typeId()), level);
            limits.leave();
        } else if (member.bits() != 0) {
            putBitfield(member, level);
        } else {
            declarators().declareByValue(member.typeId(), member.nameOff(), level);
        }
        out.put(';');
    }

    private void putBitfield(ExactMember member, int level) {
        if (canBeBitfield(member)) {
            declarators().declare(member.typeId(), member.nameOff(), level);
        } else {
            int bits = member.bits();
            int size = bits <= 8 ? 1 : bits <= SHORT ? 2 : bits <= INT ? 4 : bits <= WIDEST ? 8 : 16;
            out.put(bytes(String.valueOf(scalars.spell(size, false))));
            out.put(' ');
            names.putField(member.nameOff());
        }
        out.put(COLON);
        out.putUnsigned(member.bits());
    }

    /** Whether C has bitfields of that many bits in the type. */
    private boolean canBeBitfield(ExactMember member) {
        int id = layout.resolve(member.typeId());
        BtfKind kind = types.kind(id);
        if (kind == BtfKind.INT) {
            boolean isBool = (Words.intEncoding(types.intData(id)) & Words.INT_BOOL) != 0;
            return member.bits() <= (isBool ? 1 : member.size() * 8)
                    && !scalars.spell(id).startsWith("__int_");
        }
        return (kind == BtfKind.ENUM || kind == BtfKind.ENUM64)
                && member.bits() <= member.size() * 8
                && types.vlen(id) != 0;
    }

    @Override
    void putEnum(int typeId, BtfKind kind, int level) {
        int size = types.sizeOrType(typeId);
        if (types.vlen(typeId) == 0) {
            if (types.nameOff(typeId) == 0) {
                String spelling = scalars.spell(size, types.kflag(typeId));
                out.put(bytes(spelling != null ? spelling : "int"));
            } else {
                putEnumHead(typeId);
            }
            return;
        }
        putEnumHead(typeId);
        out.put(OPEN);
        putValues(typeId, kind, level + 1, types.kflag(typeId) || needsSign(typeId, kind, size));
        putLine(out, level);
        out.put('}');
        String mode = switch (size) {
            case 1 -> "QI";
            case 2 -> "HI";
            case 4 -> "SI";
            case 8 -> "DI";
            default -> null;
        };
        if (mode != null) {
            out.put(bytes(" __attribute__((mode(" + mode + ")))"));
        }
    }

    /** Whether values say that there is a sign, where the flag for it is of a later time. */
    private boolean needsSign(int typeId, BtfKind kind, int size) {
        if (kind == BtfKind.ENUM64 || size >= Integer.BYTES) {
            return false;
        }
        int at = types.elementsAt(typeId, kind);
        for (int i = types.vlen(typeId); i > 0; i--, at += kind.elementWords()) {
            if (types.words()[at + 1] < 0) {
                return true;
            }
        }
        return false;
    }
}
