package org.btfkit.btf.relo;

import java.util.List;

/** Makes a result and says why: walks the way that was walked for it again. */
final class CoreExplainer {
    private final BpfObject object;
    private final LocalSpec spec;
    private final CoreTarget target;
    private final CoreResults results;

    CoreExplainer(BpfObject object, LocalSpec spec, CoreTarget target, CoreResults results) {
        this.object = object;
        this.spec = spec;
        this.target = target;
        this.results = results;
    }

    static String fault(CoreFault fault, String where) {
        return switch (fault) {
            case CHAIN ->
                "more than " + CoreTypes.MAX_CHAIN + " typedefs and modifiers in a row, or a circle of them, " + where;
            case DEEP -> "a path of more than " + CoreAccess.MAX_LENGTH + " members and elements " + where;
            case WORK -> "more members to search than any kernel has " + where;
            case NO_SIZE -> "a type without size " + where;
            case BIG -> "an offset beyond 32 bits " + where;
            case WINDOW -> "a bit field that no integer of up to 8 bytes holds " + where;
            case LEVELS -> "types that refer to each other over more than " + TypeMatch.MAX_DEPTH + " levels " + where;
            case ELEMENT -> "an element of an array " + where + ", expected a field";
            default -> throw new IllegalStateException("not a fault of types: " + fault);
        };
    }

    CoreResult explain() {
        int index = spec.relocation.index();
        CoreRelocation relocation = spec.relocation;
        long localValue = results.localValue(index);
        List<CoreResult.Candidate> candidates = List.of();
        Reason reason = new Reason.BadRecord(String.valueOf(spec.fault));
        return switch (results.outcome(index)) {
            case RESOLVED -> new CoreResult.Resolved(relocation, localValue, results.value(index), candidates);
            case ABSENT -> new CoreResult.Absent(relocation, localValue, reason, candidates);
            case POISONED -> new CoreResult.Poisoned(relocation, localValue, reason, candidates);
            case AMBIGUOUS -> new CoreResult.Ambiguous(relocation, localValue, reason, candidates);
            case REFUSED -> new CoreResult.Refused(relocation, localValue, reason, candidates);
        };
    }
}
