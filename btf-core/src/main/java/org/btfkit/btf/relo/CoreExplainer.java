package org.btfkit.btf.relo;

import java.util.ArrayList;
import java.util.List;
import org.btfkit.bpf.BpfInsn;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;

/** Makes a result and says why it came about: walks the way that was walked for it again. */
final class CoreExplainer {
    private static final String THERE = "on the target";

    private final BpfObject object;
    private final LocalSpec spec;
    private final CoreTarget target;
    private final CoreRun run;
    private final CoreMatcher matcher;
    private final CoreTypes local;

    CoreExplainer(BpfObject object, LocalSpec spec, CoreTarget target, CoreRun run) {
        this.object = object;
        this.spec = spec;
        this.target = target;
        this.run = run;
        this.matcher = new CoreMatcher(object, target);
        this.local = matcher.local();
    }

    CoreResult explain() {
        CoreRelocation relocation = spec.relocation;
        int index = relocation.index();
        long localValue = spec.value.value;
        List<CoreResult.Candidate> candidates = candidates(index);
        return switch (run.outcomes[index]) {
            case RESOLVED -> new CoreResult.Resolved(relocation, localValue, run.values[index], candidates);
            case ABSENT -> new CoreResult.Absent(relocation, localValue, missing(candidates), candidates);
            case POISONED -> {
                Reason reason = run.faults[index] == 0 ? missing(candidates) : notResizable(index);
                yield new CoreResult.Poisoned(relocation, localValue, reason, candidates);
            }
            case AMBIGUOUS -> new CoreResult.Ambiguous(relocation, localValue, disagreement(index), candidates);
            case REFUSED -> new CoreResult.Refused(relocation, localValue, refusal(index), candidates);
        };
    }

    private List<CoreResult.Candidate> candidates(int index) {
        List<CoreResult.Candidate> list = new ArrayList<>();
        for (int i = 0; i < run.candidateCount[index]; i++) {
            int serial = run.candidates.get(run.candidateFrom[index] + i);
            boolean isModule = target.ownerOf(serial) != 0;
            list.add(new CoreResult.Candidate(
                    target.typeIdOf(serial),
                    isModule ? target.btfOf(serial).source() : null,
                    describe(serial),
                    mismatch(serial)));
        }
        return List.copyOf(list);
    }

    private String describe(int serial) {
        return "[" + target.typeIdOf(serial) + "] "
                + CoreNames.type(matcher.types(serial).flat(), target.typeIdOf(serial));
    }

    /** Says of the candidates that came furthest why it does not match. */
    private Reason missing(List<CoreResult.Candidate> candidates) {
        int root = spec.relocation.localTypeId();
        FlatTypes types = local.flat();
        if (candidates.isEmpty()) {
            CoreTypes kernel = new CoreTypes(target.vmlinux(), target.pointerSize());
            return new Reason.NoCandidate(
                    CoreNames.type(types, root),
                    new Lookalikes(kernel).types(local.kind(root), types.name(root), target.index(0)));
        }
        int chosen = run.faultSerials[spec.relocation.index()];
        Reason reason = chosen < 0 ? candidates.get(0).mismatch() : mismatch(chosen);
        return reason != null
                ? reason
                : new Reason.BadRecord("the type is a module's, whose id this loader cannot put into an instruction");
    }

    /** Says why a candidate does not match, or gives null if it does. */
    private Reason mismatch(int serial) {
        int matched = matcher.match(spec, serial);
        if (matched < 0) {
            return new Reason.BadRecord(fault(CoreFault.of(matched), THERE));
        }
        if (matched > 0) {
            return null;
        }
        if (spec.relocation.kind().isType()) {
            return typeDiffers(serial);
        }
        FieldMatch match = matcher.field(serial);
        CoreTypes types = matcher.types(serial);
        if (spec.relocation.kind().isEnumerator()) {
            String name = local.flat().string(spec.spec.names[0]);
            return types.flat().is(match.failHolder, KindSet.ENUMS)
                    ? new Reason.MissingEnumerator(
                            CoreNames.type(types.flat(), match.failHolder),
                            name,
                            new Lookalikes(types).enumerators(match.failHolder, name))
                    : new Reason.KindDiffers(
                            CoreNames.type(local.flat(), spec.relocation.localTypeId()),
                            "an enumeration",
                            CoreNames.type(types.flat(), match.failHolder));
        }
        return fieldDiffers(match, types);
    }

    private Reason fieldDiffers(FieldMatch match, CoreTypes types) {
        CoreSpec path = spec.spec;
        int at = match.failAt;
        CoreKind kind = spec.relocation.kind();
        FlatTypes there = types.flat();
        if (path.names[at] == 0) {
            String array = CoreNames.fullPath(local, kind, path, at);
            return types.is(match.failHolder, BtfKind.ARRAY)
                    ? new Reason.PastEnd(array, path.indexes[at], there.elementCount(match.failHolder))
                    : new Reason.KindDiffers(array, "an array", CoreNames.type(there, match.failHolder));
        }
        if (match.failMember >= 0) {
            return new Reason.KindDiffers(
                    CoreNames.fullPath(local, kind, path, at + 1),
                    CoreNames.type(local.flat(), local.flat().memberType(path.types[at], path.indexes[at])),
                    CoreNames.type(there, there.memberType(match.failHolder, match.failMember)));
        }
        if (!there.is(match.failHolder, KindSet.COMPOSITES)) {
            return new Reason.KindDiffers(
                    CoreNames.fullPath(local, kind, path, at),
                    CoreNames.type(local.flat(), path.types[at]),
                    CoreNames.type(there, match.failHolder));
        }
        int holder = path.types[at];
        int member = path.indexes[at];
        int bitfieldSize = local.flat().bitfieldSize(holder, member);
        long bytes =
                bitfieldSize != 0 ? -1 : Math.max(-1, local.size(local.flat().memberType(holder, member)));
        long bits = offsetInHolder(at);
        String name = local.flat().string(path.names[at]);
        return new Reason.MissingMember(
                CoreNames.holder(there, match.failHolder),
                name,
                CoreNames.place(bits, bitfieldSize, bytes),
                new Lookalikes(types).members(match.failHolder, name, bits, bytes));
    }

    /** Where the member of an accessor begins in the struct that the accessor before it leads to, in bits. */
    private long offsetInHolder(int accessor) {
        CoreSpec path = spec.spec;
        FlatTypes types = local.flat();
        int id = path.rootId;
        int accessors = 1;
        long bits = 0;
        for (int i = 1; i < path.rawLength; i++) {
            id = local.skip(id);
            boolean isAccessor = true;
            if (types.is(id, KindSet.COMPOSITES)) {
                bits += types.memberOffsetBits(id, path.raw[i]);
                isAccessor = !local.isNameless(types.memberNameOff(id, path.raw[i]));
                id = types.memberType(id, path.raw[i]);
            } else {
                id = types.elementType(id);
            }
            if (isAccessor) {
                if (accessors++ == accessor) {
                    return bits;
                }
                bits = 0;
            }
        }
        return bits;
    }

    private Reason typeDiffers(int serial) {
        TypeMatch match = matcher.whole(serial);
        FlatTypes here = local.flat();
        FlatTypes there = matcher.types(serial).flat();
        String where = CoreNames.type(here, spec.relocation.localTypeId());
        if (match.failPart >= 0) {
            boolean isEnum = here.is(match.failLocal, KindSet.ENUMS);
            int nameOff = isEnum
                    ? here.enumeratorNameOff(match.failLocal, match.failPart)
                    : here.memberNameOff(match.failLocal, match.failPart);
            String part = isEnum ? "enumerator " : "member ";
            String holder = match.failLocal == local.skip(spec.relocation.localTypeId())
                    ? ""
                    : " of " + CoreNames.type(here, match.failLocal);
            return new Reason.TypeDiffers(where, part + here.string(nameOff) + holder, "no such " + part.strip(), "");
        }
        String one = CoreNames.type(here, match.failLocal);
        String other = CoreNames.type(there, match.failTarget);
        String remark = "";
        if (local.is(match.failLocal, BtfKind.INT) && there.kind(match.failTarget) == BtfKind.INT) {
            one += sizeOf(here, match.failLocal);
            other += sizeOf(there, match.failTarget);
            boolean isSpelling = here.sizeOrType(match.failLocal) == there.sizeOrType(match.failTarget)
                    && !here.name(match.failLocal).equals(there.name(match.failTarget));
            remark = isSpelling ? "names of integers count, and compilers spell them differently" : "";
        } else if (one.equals(other)) {
            one += detail(here, match.failLocal);
            other += detail(there, match.failTarget);
        }
        return new Reason.TypeDiffers(where, one, other, remark);
    }

    private static String sizeOf(FlatTypes types, int typeId) {
        return " (" + types.sizeBytes(typeId) + " bytes)";
    }

    /** What distinguishes two types that are spelled alike. */
    private static String detail(FlatTypes types, int typeId) {
        BtfKind kind = types.kind(typeId);
        if (KindSet.ENUMS.has(kind)) {
            return sizeOf(types, typeId) + " with " + types.vlen(typeId) + " enumerators";
        }
        return KindSet.COMPOSITES.has(kind) ? " with " + types.vlen(typeId) + " members" : ", of kind " + kind;
    }

    private Reason notResizable(int index) {
        int serial = run.matches.get(run.matchFrom[index]);
        CoreTypes types = matcher.types(serial);
        matcher.match(spec, serial);
        matcher.evaluate(spec, serial);
        CoreValue there = matcher.value();
        return new Reason.NotResizable(
                CoreNames.fullPath(local, spec.relocation.kind(), spec.spec, spec.spec.length),
                access(local, spec.value),
                access(types, there));
    }

    private static String access(CoreTypes types, CoreValue value) {
        String type = value.accessBytes == 0 ? "a bit field" : CoreNames.type(types.flat(), value.accessType);
        return type + (value.accessBytes == 0 ? "" : " (" + value.accessBytes + " bytes)");
    }

    private Reason disagreement(int index) {
        return new Reason.Disagree(claim(run.matches.get(run.matchFrom[index])), claim(run.faultSerials[index]));
    }

    private String claim(int serial) {
        if (matcher.match(spec, serial) <= 0) {
            return describe(serial) + " has none";
        }
        matcher.evaluate(spec, serial);
        CoreKind kind = spec.relocation.kind();
        long bits = matcher.spec(serial).bits;
        String claim = describe(serial) + " says " + Long.toUnsignedString(matcher.value().value);
        boolean isPlace = kind.isField() && kind != CoreKind.FIELD_BYTE_OFFSET || bits % 8 != 0;
        return isPlace ? claim + ", the field at bit " + bits : claim;
    }

    private Reason refusal(int index) {
        if (spec.fault != null) {
            return new Reason.BadRecord(spec.fault);
        }
        CoreFault fault = CoreFault.of(run.faults[index]);
        CoreRelocation relocation = spec.relocation;
        int at = relocation.insnOffsetBytes() / BpfInsn.BYTES;
        long[] insns = object.ownInsns(relocation.section());
        return switch (fault) {
            case INSN_VALUE ->
                new Reason.BadInstruction("instruction " + at + " holds " + held(insns, at) + ", expected the "
                        + spec.value.value + " that it was built with");
            case INSN_OFF ->
                new Reason.TooBig(
                        "offset " + Long.toUnsignedString(run.values[index]),
                        "at most " + Short.MAX_VALUE + " in a load or store");
            case INSN_BYTES ->
                new Reason.BadInstruction("instruction " + at + " accesses " + BpfInsn.accessBytes(insns[at])
                        + " bytes, expected the field's " + spec.value.accessBytes);
            case NO_ACCESS ->
                new Reason.BadInstruction("instruction " + at + " would have to access " + run.accessBytes[index]
                        + " bytes, expected 1, 2, 4 or 8");
            case INSN_FORM ->
                new Reason.BadInstruction(
                        "instruction " + at + " with code 0x" + Integer.toHexString(BpfInsn.code(insns[at]))
                                + " holds no value that could be put in its place");
            default -> new Reason.BadRecord(fault(fault, THERE) + ": " + describe(run.faultSerials[index]));
        };
    }

    private static long held(long[] insns, int at) {
        long insn = insns[at];
        if (BpfInsn.isLoadImm64(insn)) {
            return BpfInsn.imm64(insns, at);
        }
        boolean isArithmetic = BpfInsn.classOf(insn) == BpfInsn.ALU || BpfInsn.classOf(insn) == BpfInsn.ALU64;
        return isArithmetic ? BpfInsn.imm(insn) : BpfInsn.off(insn);
    }

    static String fault(CoreFault fault, String where) {
        return switch (fault) {
            case CHAIN ->
                "more than " + CoreTypes.MAX_CHAIN + " typedefs and modifiers in a row, or a circle of them, " + where;
            case DEEP -> "a path of more than " + CoreAccess.MAX_LENGTH + " members and elements " + where;
            case WORK -> "more members to search than any kernel has, " + where;
            case NO_SIZE -> "a type without size " + where;
            case BIG -> "an offset beyond 32 bits " + where;
            case WINDOW -> "a bit field that no integer of up to 8 bytes holds, " + where;
            case LEVELS -> "types that refer to each other over more than " + TypeMatch.MAX_DEPTH + " levels " + where;
            case ELEMENT -> "an element of an array " + where + ", expected a field";
            case INSN_VALUE, INSN_OFF, INSN_BYTES, NO_ACCESS, INSN_FORM, RESIZE ->
                throw new IllegalStateException("not a fault of types: " + fault);
        };
    }
}
