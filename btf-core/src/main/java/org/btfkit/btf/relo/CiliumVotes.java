package org.btfkit.btf.relo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Relocates by the rules of cilium/ebpf's {@code CORERelocate}: all records of a local type stand or fall by one type
 * of the target, the one on which the fewest of them fail. Types of modules are candidates like those of vmlinux. A
 * record fails that would be poisoned, or that asks whether something exists that does not; so does a type id of a
 * module, which no instruction can hold. Types that are as good must give the same values.
 *
 * <p>Which types match, and with which values, is judged as for libbpf; cilium/ebpf differs in details there, such as
 * the window of a bit field. It does not change the width of an access.
 */
final class CiliumVotes {
    private final CoreRun run;
    private final CoreTarget target;
    private final CoreMatcher matcher;
    private final List<LocalSpec> specs;

    /** What a candidate says to each record of a local type. */
    private static final class Vote {
        final int serial;
        final long[] values;
        final long[] bits;
        final boolean[] holds;
        int failures;

        Vote(int serial, int records) {
            this.serial = serial;
            this.values = new long[records];
            this.bits = new long[records];
            this.holds = new boolean[records];
        }

        boolean agrees(Vote other) {
            return Arrays.equals(values, other.values) && Arrays.equals(holds, other.holds);
        }
    }

    CiliumVotes(CoreRun run, CoreTarget target, CoreMatcher matcher, List<LocalSpec> specs) {
        this.run = run;
        this.target = target;
        this.matcher = matcher;
        this.specs = specs;
    }

    /** Decides all records that have candidates. */
    void decide() {
        Map<Integer, List<LocalSpec>> byRoot = new LinkedHashMap<>();
        for (LocalSpec spec : specs) {
            run.faultSerials[spec.relocation.index()] = -1;
            if (spec.fault != null) {
                run.outcomes[spec.relocation.index()] = CoreOutcome.REFUSED;
            } else if (spec.relocation.kind() == CoreKind.TYPE_ID_LOCAL) {
                run.outcomes[spec.relocation.index()] = CoreOutcome.RESOLVED;
                run.values[spec.relocation.index()] = spec.value.value;
            } else {
                byRoot.computeIfAbsent(spec.relocation.localTypeId(), key -> new ArrayList<>())
                        .add(spec);
            }
        }
        byRoot.values().forEach(this::decide);
    }

    private void decide(List<LocalSpec> records) {
        int[] piece = run.candidatesOf(records.get(0), true);
        for (LocalSpec spec : records) {
            run.candidateFrom[spec.relocation.index()] = piece[0];
            run.candidateCount[spec.relocation.index()] = piece[1];
        }
        Vote best = null;
        Vote rival = null;
        for (int i = 0; i < piece[1]; i++) {
            Vote vote = vote(records, run.candidates.get(piece[0] + i));
            if (vote == null) {
                return;
            }
            if (vote.failures < (best == null ? records.size() : best.failures)) {
                best = vote;
                rival = null;
            } else if (best != null && vote.failures == best.failures && rival == null && !vote.agrees(best)) {
                rival = vote;
            }
        }
        for (int i = 0; i < records.size(); i++) {
            settle(records.get(i), i, best, rival);
        }
    }

    /** Asks a candidate; gives null, with all records refused, if it breaks a rule. */
    private Vote vote(List<LocalSpec> records, int serial) {
        Vote vote = new Vote(serial, records.size());
        for (int i = 0; i < vote.values.length; i++) {
            LocalSpec spec = records.get(i);
            int matched = matcher.match(spec, serial);
            int code = matched > 0 ? matcher.evaluate(spec, serial) : matched;
            if (code < 0) {
                for (LocalSpec other : records) {
                    run.refuse(other.relocation.index(), code, serial);
                }
                return null;
            }
            boolean isUnspeakable = spec.relocation.kind() == CoreKind.TYPE_ID_TARGET && target.ownerOf(serial) != 0;
            vote.holds[i] = matched > 0 && !isUnspeakable;
            if (vote.holds[i]) {
                vote.values[i] = matcher.value().value;
                vote.bits[i] = matcher.spec(serial).bits;
            } else {
                vote.failures++;
            }
        }
        return vote;
    }

    private void settle(LocalSpec spec, int index, Vote best, Vote rival) {
        int record = spec.relocation.index();
        run.matchFrom[record] = run.matches.size();
        if (best != null && !best.holds[index]) {
            run.faultSerials[record] = best.serial;
        }
        if (best != null && (best.holds[index] || rival != null)) {
            matcher.match(spec, best.serial);
            run.addMatch(record, best.serial, matcher.spec(best.serial));
            run.values[record] = best.values[index];
            run.bits[record] = best.bits[index];
            run.accessBytes[record] = spec.value.accessBytes;
        }
        CoreKind kind = spec.relocation.kind();
        boolean asksForExistence = kind == CoreKind.FIELD_EXISTS
                || kind == CoreKind.TYPE_EXISTS
                || kind == CoreKind.ENUMVAL_EXISTS
                || kind == CoreKind.TYPE_MATCHES;
        if (rival != null) {
            run.outcomes[record] = CoreOutcome.AMBIGUOUS;
            run.faultSerials[record] = rival.serial;
        } else if (run.matchCount[record] > 0) {
            run.outcomes[record] = CoreOutcome.RESOLVED;
        } else {
            run.outcomes[record] = asksForExistence ? CoreOutcome.ABSENT : CoreOutcome.POISONED;
        }
    }
}
