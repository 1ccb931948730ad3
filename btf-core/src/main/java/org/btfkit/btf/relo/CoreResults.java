package org.btfkit.btf.relo;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;

/**
 * What became of an object's relocations on a target: a list by the index of the relocation. The accessors by index are
 * the flat level and create nothing; {@link #get} makes a result with its reason, anew each time. Immutable; safe for
 * use by several threads.
 */
public final class CoreResults extends AbstractList<CoreResult> implements RandomAccess {
    private final BpfObject object;
    private final List<LocalSpec> specs;
    private final CoreTarget target;
    private final CoreRun run;

    CoreResults(BpfObject object, List<LocalSpec> specs, CoreTarget target, CoreRun run) {
        this.object = object;
        this.specs = specs;
        this.target = target;
        this.run = run;
    }

    /** {@return the object} */
    public BpfObject object() {
        return object;
    }

    /** {@return the target} */
    public CoreTarget target() {
        return target;
    }

    @Override
    public int size() {
        return specs.size();
    }

    @Override
    public CoreResult get(int index) {
        return new CoreExplainer(object, specs.get(index), target, run).explain();
    }

    /**
     * Returns what became of a relocation.
     *
     * @param index index of the relocation
     * @return the outcome
     */
    public CoreOutcome outcome(int index) {
        return run.outcomes[index];
    }

    /**
     * Names what a relocation is of, as a person writes it in C.
     *
     * @param index index of the relocation
     * @return root and path
     */
    public CorePath path(int index) {
        return specs.get(index).path(object.btf());
    }

    /**
     * Tells whether a relocation came to a value, or to that nothing matches; what becomes of the instruction does not
     * count.
     *
     * @param index index of the relocation
     * @return false if it is ambiguous, or refused for what the record or a type says
     */
    public boolean hasValue(int index) {
        boolean isOfInstruction = run.faults[index] != 0 && run.faultSerials[index] < 0;
        return !outcome(index).isFatal() || outcome(index) == CoreOutcome.REFUSED && isOfInstruction;
    }

    /**
     * Tells whether some relocation makes a loader give the whole object up, those of programs that are not loaded or
     * of no program left out.
     *
     * @return true if one does
     */
    public boolean isFatal() {
        for (int i = 0; i < size(); i++) {
            BpfProgram program = object.program(object.relocations().get(i));
            boolean isTaken = program != null && program.isLoaded()
                    || object.relocations().get(i).sectionName().isEmpty();
            if (isTaken && outcome(i).isFatal()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns the value of a relocation on the target.
     *
     * @param index index of the relocation
     * @return the value of the first type that matches, 0 if none does
     */
    public long value(int index) {
        return run.values[index];
    }

    /**
     * Returns the value of a relocation by the object's own types.
     *
     * @param index index of the relocation
     * @return the value
     */
    public long localValue(int index) {
        return specs.get(index).value.value;
    }

    /**
     * Returns whether the instruction has to hold the local value.
     *
     * @param index index of the relocation
     * @return false for type ids, and for places of bit fields, which compilers read by other windows
     */
    public boolean isChecked(int index) {
        return specs.get(index).value.isChecked;
    }

    /**
     * Returns which types of the target were looked at.
     *
     * @param index index of the relocation
     * @return their serials, see {@link CoreTarget}
     */
    public int[] candidates(int index) {
        return run.candidates.copy(run.candidateFrom[index], run.candidateCount[index]);
    }

    /**
     * Returns how many types of the target match.
     *
     * @param index index of the relocation
     * @return their number; of those up to where they disagreed, if they do
     */
    public int matchCount(int index) {
        return run.matchCount[index];
    }

    /**
     * Returns a type of the target that matches.
     *
     * @param index index of the relocation
     * @param match which of them, the first is 0
     * @return its serial, see {@link CoreTarget}
     */
    public int matchSerial(int index, int match) {
        return run.matches.get(matchAt(index, match));
    }

    /**
     * Returns where the path leads in a type of the target that matches.
     *
     * @param index index of the relocation
     * @param match which of them, the first is 0
     * @return the indexes of members and elements, those of anonymous members included; empty for kinds of whole types
     */
    public int[] matchPath(int index, int match) {
        int at = matchAt(index, match);
        return run.matches.copy(at + 2, run.matches.get(at + 1));
    }

    private int matchAt(int index, int match) {
        if (match < 0 || match >= run.matchCount[index]) {
            throw new IndexOutOfBoundsException("no match " + match + ", there are " + run.matchCount[index]);
        }
        int at = run.matchFrom[index];
        for (int i = 0; i < match; i++) {
            at += 2 + run.matches.get(at + 1);
        }
        return at;
    }

    /**
     * Returns the offset of a field on the target.
     *
     * @param index index of the relocation
     * @return where the field of the first type that matches begins, in bits; 0 if none matches, or it is of no field
     */
    public long offsetBits(int index) {
        return run.bits[index];
    }

    /**
     * Returns how many bytes an instruction has to access on the target.
     *
     * @param index index of the relocation
     * @return the bytes; 0 unless it is of kind {@link CoreKind#FIELD_BYTE_OFFSET} and of no bit field
     */
    public long accessBytes(int index) {
        return run.accessBytes[index];
    }

    /**
     * Returns how many bytes an instruction accesses in the object.
     *
     * @param index index of the relocation
     * @return as {@link #accessBytes}
     */
    public long localAccessBytes(int index) {
        return specs.get(index).value.accessBytes;
    }

    /**
     * Returns the instructions of a section as they become: values put in, invalid ones where a relocation is poisoned.
     * Those whose relocation is refused are as they were.
     *
     * @param section number of the section
     * @return a copy, see {@link BpfInsn}; null if the section has no instructions
     */
    public long[] insns(int section) {
        return run.insns[section] == null ? object.insns(section) : run.insns[section].clone();
    }

    /** Whether any instruction of a section changes. */
    boolean changes(int section) {
        return run.insns[section] != null && !Arrays.equals(run.insns[section], object.ownInsns(section));
    }
}
