package org.btfkit.btf.relo;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.btfkit.bpf.BpfInsn;

/**
 * One relocation of one object on one target: for each record its candidates, which of them match, and what follows for
 * the instruction, all as numbers.
 */
final class CoreRun {
    private final BpfObject object;
    private final List<LocalSpec> specs;
    private final CoreTarget target;
    private final CoreScope scope;
    private final CoreMatcher matcher;
    private final CoreTypes local;

    /** For each record: candidates as they were before it, as a piece of {@link #candidates}. */
    final int[] candidateFrom;

    final int[] candidateCount;

    /** Serials of types of the target. */
    final Ints candidates = new Ints();

    /**
     * For each record: those that match, as a piece of {@link #matches}; of each its serial, the length of its raw
     * path, and that path.
     */
    final int[] matchFrom;

    final int[] matchCount;
    final Ints matches = new Ints();

    final CoreOutcome[] outcomes;

    /** A fault's code, or 0. */
    final int[] faults;

    /** The candidate at which it was found, as a serial; -1 if it is none's. */
    final int[] faultSerials;

    final long[] values;
    final long[] bits;
    final long[] accessBytes;

    /** Instructions by section as they become, null where none changes. */
    final long[][] insns;

    private final CoreValue first = new CoreValue();

    /** Pieces of {@link #candidates} by local type id. */
    private final Map<Integer, int[]> byRoot = new HashMap<>();

    CoreRun(BpfObject object, List<LocalSpec> specs, CoreTarget target, CoreScope scope) {
        this.object = object;
        this.specs = specs;
        this.target = target;
        this.scope = scope;
        this.matcher = new CoreMatcher(object, target);
        this.local = matcher.local();
        int count = specs.size();
        this.candidateFrom = new int[count];
        this.candidateCount = new int[count];
        this.matchFrom = new int[count];
        this.matchCount = new int[count];
        this.outcomes = new CoreOutcome[count];
        this.faults = new int[count];
        this.faultSerials = new int[count];
        this.values = new long[count];
        this.bits = new long[count];
        this.accessBytes = new long[count];
        this.insns = new long[object.sections().size()][];
    }

    /** Relocates as libbpf does: record by record, each leaving to the next ones what it matched. */
    CoreRun inOrder() {
        for (LocalSpec spec : specs) {
            int record = spec.relocation.index();
            faultSerials[record] = -1;
            if (spec.fault != null) {
                outcomes[record] = CoreOutcome.REFUSED;
                continue;
            }
            int[] piece = spec.relocation.kind() == CoreKind.TYPE_ID_LOCAL ? new int[2] : candidatesOf(spec, false);
            candidateFrom[record] = piece[0];
            candidateCount[record] = piece[1];
            judge(spec, record);
            if (matchCount[record] > 0
                    && matchCount[record] < piece[1]
                    && !outcomes[record].isFatal()
                    && counts(spec)) {
                narrow(spec, record);
            }
            patch(spec, record);
        }
        return this;
    }

    /** Relocates as cilium/ebpf does, see {@link CiliumVotes}. */
    CoreRun byVotes() {
        new CiliumVotes(this, target, matcher, specs).decide();
        for (LocalSpec spec : specs) {
            int record = spec.relocation.index();
            first.none();
            first.value = values[record];
            first.accessBytes = spec.value.accessBytes;
            patch(spec, record);
        }
        return this;
    }

    private boolean counts(LocalSpec spec) {
        if (scope == CoreScope.RECORDS) {
            return true;
        }
        BpfProgram program = object.program(spec.relocation);
        return program != null && (scope == CoreScope.PROGRAMS || program.isLoaded());
    }

    private void narrow(LocalSpec spec, int record) {
        int from = candidates.size();
        int at = matchFrom[record];
        for (int i = 0; i < matchCount[record]; i++) {
            candidates.add(matches.get(at));
            at += 2 + matches.get(at + 1);
        }
        byRoot.put(spec.relocation.localTypeId(), new int[] {from, matchCount[record]});
    }

    /** Finds the candidates of a record's type: those of vmlinux, and of modules if it has none, or in any case. */
    int[] candidatesOf(LocalSpec spec, boolean areAll) {
        int root = spec.relocation.localTypeId();
        int[] piece = byRoot.get(root);
        if (piece == null) {
            int nameOff = local.flat().nameOff(root);
            byte[] names = local.names(nameOff);
            int at = local.nameAt(nameOff);
            int end = Essence.end(names, at);
            int from = candidates.size();
            for (int owner = 0; owner < target.owners(); owner++) {
                if (owner == 1 && candidates.size() > from && !areAll) {
                    break;
                }
                int before = candidates.size();
                target.index(owner).find(local.kind(root), names, at, end, candidates);
                for (int i = before; i < candidates.size(); i++) {
                    candidates.set(i, target.serialOf(owner, candidates.get(i)));
                }
            }
            piece = new int[] {from, candidates.size() - from};
            byRoot.put(root, piece);
        }
        return piece;
    }

    /** Tells which candidates match, and whether they agree. */
    private void judge(LocalSpec spec, int record) {
        CoreKind kind = spec.relocation.kind();
        matchFrom[record] = matches.size();
        if (kind == CoreKind.TYPE_ID_LOCAL) {
            outcomes[record] = CoreOutcome.RESOLVED;
            values[record] = spec.value.value;
            return;
        }
        for (int i = 0; i < candidateCount[record]; i++) {
            int serial = candidates.get(candidateFrom[record] + i);
            int matched = matcher.match(spec, serial);
            if (matched > 0) {
                int code = matcher.evaluate(spec, serial);
                matched = code == 0 ? 1 : code;
            }
            if (matched < 0) {
                refuse(record, matched, serial);
                return;
            }
            if (matched > 0 && !agrees(record, serial)) {
                outcomes[record] = CoreOutcome.AMBIGUOUS;
                faultSerials[record] = serial;
                return;
            }
        }
        if (matchCount[record] > 0) {
            outcomes[record] = CoreOutcome.RESOLVED;
        } else {
            outcomes[record] = kind.poisons() ? CoreOutcome.POISONED : CoreOutcome.ABSENT;
        }
    }

    void refuse(int record, int code, int serial) {
        outcomes[record] = CoreOutcome.REFUSED;
        faults[record] = code;
        faultSerials[record] = serial;
    }

    /** Adds a match; gives false if it says something else than the first one. */
    private boolean agrees(int record, int serial) {
        CoreSpec found = matcher.spec(serial);
        CoreValue value = matcher.value();
        addMatch(record, serial, found);
        if (matchCount[record] == 1) {
            values[record] = value.value;
            bits[record] = found.bits;
            accessBytes[record] = value.accessBytes;
            first.value = value.value;
            first.accessBytes = value.accessBytes;
            first.accessType = value.accessType;
            return true;
        }
        return found.bits == bits[record] && value.value == values[record];
    }

    void addMatch(int record, int serial, CoreSpec found) {
        matchCount[record]++;
        matches.add(serial);
        matches.add(found.rawLength);
        for (int i = 0; i < found.rawLength; i++) {
            matches.add(found.raw[i]);
        }
    }

    private void patch(LocalSpec spec, int record) {
        if (outcomes[record].isFatal() || object.program(spec.relocation) == null) {
            return;
        }
        int section = spec.relocation.section();
        if (insns[section] == null) {
            insns[section] = object.ownInsns(section).clone();
        }
        int at = spec.relocation.insnOffsetBytes() / BpfInsn.BYTES;
        if (outcomes[record] == CoreOutcome.POISONED) {
            CoreFixup.poison(insns[section], at);
            return;
        }
        boolean canResize = true;
        if (matchCount[record] == 0) {
            boolean isLocalId = spec.relocation.kind() == CoreKind.TYPE_ID_LOCAL;
            first.none();
            first.value = isLocalId ? spec.value.value : 0;
        } else if (first.accessBytes != spec.value.accessBytes) {
            int serial = matches.get(matchFrom[record]);
            canResize = CoreValue.canResize(local, spec.value.accessType, matcher.types(serial), first.accessType);
        }
        int patched = CoreFixup.patch(insns[section], at, spec.value, first, canResize);
        if (patched == CoreFixup.POISONED) {
            outcomes[record] = CoreOutcome.POISONED;
            faults[record] = CoreFault.RESIZE.code();
        } else if (patched < 0) {
            refuse(record, patched, -1);
        }
    }
}
