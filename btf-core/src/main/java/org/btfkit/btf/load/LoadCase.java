package org.btfkit.btf.load;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.btfkit.bpf.BpfArea;
import org.btfkit.bpf.BpfFacts;
import org.btfkit.bpf.BpfInsn;
import org.btfkit.bpf.BpfReference;
import org.btfkit.bpf.Reachability;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.relo.BpfObject;
import org.btfkit.btf.relo.BpfProgram;
import org.btfkit.btf.relo.CoreKind;
import org.btfkit.btf.relo.CoreOutcome;
import org.btfkit.btf.relo.CoreRelocation;
import org.btfkit.btf.relo.CoreResults;
import org.btfkit.btf.relo.SourceLine;

/** One object on one kernel: collects what speaks against its loading. */
final class LoadCase {
    /** From here on the kernel looks at global functions only where they are called. */
    private static final LinuxVersion LAZY_GLOBALS = new LinuxVersion(6, 8, 0);

    private final ObjectCode code;
    private final BpfObject object;
    private final CoreResults results;
    private final Optional<LinuxVersion> version;
    private final KernelTypes kernel;
    private final KernelSymbols symbols;
    private final StructOps structOps;
    private final BitSet invalid = new BitSet();

    /** By instruction the relocation that made it invalid. */
    private final Map<Integer, Integer> relocations = new LinkedHashMap<>();

    private final BitSet guarded = new BitSet();
    private final FindingCollector found = new FindingCollector();
    private final List<LoadFinding> ofObject = new ArrayList<>();

    LoadCase(ObjectCode code, CoreResults results, Optional<LinuxVersion> version) {
        this.code = code;
        this.object = code.object();
        this.results = results;
        this.version = version;
        this.kernel = new KernelTypes(results.target());
        this.symbols = new KernelSymbols(code, kernel, version);
        this.structOps = new StructOps(object, kernel);
    }

    LoadVerdict judge(List<String> warningsOfObject) {
        if (object.loadFault() != null) {
            ofObject.add(LoadFinding.of(LoadAnswer.NO, "object", object.loadFault()));
        }
        ofObject.addAll(symbols.findings);
        ofObject.addAll(structOps.findings);
        List<String> warnings = new ArrayList<>(warningsOfObject);
        addRelocations(warnings);
        addMissingCalls();
        BpfFacts facts = facts();
        for (BpfProgram program : LoadJudge.programs(object)) {
            if (!StructOps.isMember(program) || structOps.used.contains(program.name())) {
                judge(program, facts);
            }
        }
        List<LoadFinding> findings = new ArrayList<>(ofObject);
        findings.addAll(found.merged());
        LoadAnswer answer = LoadAnswer.YES;
        for (LoadFinding finding : findings) {
            answer = finding.answer().compareTo(answer) > 0 ? finding.answer() : answer;
        }
        return new LoadVerdict(answer, findings, guarded, warnings);
    }

    private BpfFacts facts() {
        long[] insns = code.insns(results::insns);
        return new BpfFacts(insns, invalid, symbols.references, symbols.areas);
    }

    private void addRelocations(List<String> warnings) {
        for (CoreRelocation relocation : object.relocations()) {
            BpfProgram program = object.program(relocation);
            boolean isNameless = relocation.sectionName().isEmpty();
            if (program == null && !isNameless || program != null && !program.isLoaded()) {
                continue;
            }
            int index = relocation.index();
            CoreOutcome outcome = results.outcome(index);
            if (outcome.isFatal()) {
                String name = program == null ? null : program.name();
                String place = outcome == CoreOutcome.REFUSED ? "; " + relocation.place() : "";
                found.add(
                        LoadAnswer.NO,
                        name,
                        line(relocation),
                        Cause.of(results, index).with(place),
                        index);
            } else if (outcome == CoreOutcome.POISONED) {
                int insn = code.index(relocation.section(), relocation.insnOffsetBytes() / BpfInsn.BYTES);
                invalid.set(insn);
                relocations.put(insn, index);
                guarded.set(index);
            } else if (outcome == CoreOutcome.RESOLVED) {
                warn(relocation, warnings);
            }
        }
    }

    private void warn(CoreRelocation relocation, List<String> warnings) {
        CoreKind kind = relocation.kind();
        if (kind != CoreKind.ENUMVAL_VALUE && kind != CoreKind.TYPE_ID_TARGET
                || results.matchCount(relocation.index()) == 0) {
            return;
        }
        int serial = results.matchSerial(relocation.index(), 0);
        Btf btf = results.target().btfOf(serial);
        int typeId = results.target().typeIdOf(serial);
        String warning = null;
        if (kind == CoreKind.TYPE_ID_TARGET && btf != results.target().vmlinux()) {
            warning = results.path(relocation.index()) + ": the id is of module " + KernelTypes.moduleName(btf)
                    + ", and says nothing without that module's BTF";
        } else if (kind == CoreKind.ENUMVAL_VALUE && btf.kind(typeId) == BtfKind.ENUM && btf.sizeOrType(typeId) == 8) {
            warning = results.path(relocation.index())
                    + ": an enum of 8 bytes in the kernel's BTF, whose encoder cut values to 32 bits";
        }
        if (warning != null && !warnings.contains(warning)) {
            warnings.add(warning);
        }
    }

    /** Calls of kernel functions that are missing; libbpf makes them invalid, as their address may be asked first. */
    private void addMissingCalls() {
        for (int i = 0; !code.externs.isEmpty() && i < code.code.size(); i++) {
            if (code.code.reference(i) instanceof BpfReference.Extern extern
                    && symbols.areMissing.get(extern.index())
                    && !BpfInsn.isLoadImm64(code.code.insn(i))) {
                invalid.set(i);
            }
        }
    }

    private void judge(BpfProgram program, BpfFacts facts) {
        int function = code.function(program);
        if (function < 0) {
            return;
        }
        BitSet closure = code.closure(function);
        String fault = code.fault(closure);
        if (fault != null) {
            found.add(LoadAnswer.UNKNOWN, program.name(), null, Cause.of(program.name(), fault), -1);
            return;
        }
        int words = attach(program);
        boolean mayFail = closure.stream().anyMatch(this::hasInvalid);
        if (!mayFail && words < 0) {
            return;
        }
        Reachability ways = Reachability.of(code.code, withoutData(facts), function);
        if (ways.problem() != null) {
            Cause cause = Cause.of(program.name(), "cannot be followed: " + ways.problem());
            found.add(LoadAnswer.UNKNOWN, program.name(), null, cause, -1);
            return;
        }
        checkContext(program, ways, words);
        if (!ways.invalid().isEmpty()) {
            judgeReached(program, function, ways, facts);
        }
        if (version.isPresent() && version.get().compareTo(LAZY_GLOBALS) < 0) {
            judgeGlobals(program, closure, ways, facts);
        }
    }

    private boolean hasInvalid(int function) {
        int next = invalid.nextSetBit(code.code.start(function));
        return next >= 0 && next < code.code.end(function);
    }

    /** Data that a program only reads may be set by its loader before. */
    private BpfFacts withoutData(BpfFacts facts) {
        List<BpfArea> areas = new ArrayList<>(facts.areas());
        for (int i = 0; i < code.dataAreas; i++) {
            areas.set(i, areas.get(i).unknown());
        }
        return new BpfFacts(facts.insns(), facts.invalid(), facts.externs(), areas);
    }

    /** Judges by what a reached instruction depends on: the data in the object, or what only the kernel says. */
    private void judgeReached(BpfProgram program, int function, Reachability open, BpfFacts facts) {
        Reachability built = Reachability.of(code.code, facts, function);
        BitSet setting = open.deciding();
        String settable = names(setting == null ? new BitSet() : setting, true);
        if (built.invalid().isEmpty()) {
            String names = settable.isEmpty() ? names(open.variablesRead(), true) : settable;
            addInvalid(
                    LoadAnswer.DEPENDS,
                    program,
                    open,
                    "; not reached as long as " + names + " is as the object has it");
            return;
        }
        BitSet deciding = built.deciding();
        String names = deciding == null ? "" : names(deciding, false);
        if (!names.isEmpty()) {
            addInvalid(LoadAnswer.DEPENDS, program, built, "; whether it is reached depends on " + names);
        } else {
            String way = settable.isEmpty() ? "" : "; not reached if the loader sets " + settable + " for it";
            addInvalid(LoadAnswer.NO, program, built, way);
        }
    }

    /** Older kernels look at each global function, also where its call is not reached. */
    private void judgeGlobals(BpfProgram program, BitSet closure, Reachability ways, BpfFacts facts) {
        closure.stream()
                .filter(function -> code.code.isGlobal(function)
                        && hasInvalid(function)
                        && !ways.isReached(code.code.start(function)))
                .forEach(function -> {
                    Reachability alone = Reachability.of(code.code, facts, function);
                    addInvalid(
                            LoadAnswer.NO,
                            program,
                            alone,
                            "; kernels before " + LAZY_GLOBALS + " look at global functions that are not called, too");
                });
    }

    private void addInvalid(LoadAnswer answer, BpfProgram program, Reachability ways, String remark) {
        ways.invalid().stream().forEach(insn -> {
            Integer relocation = relocations.get(insn);
            if (relocation != null) {
                guarded.clear(relocation);
                Cause cause = Cause.of(results, relocation).with(remark);
                found.add(answer, program.name(), line(object.relocations().get(relocation)), cause, relocation);
            } else {
                BpfReference.Extern extern = (BpfReference.Extern) code.code.reference(insn);
                String name = code.externs.get(extern.index()).name();
                Cause cause = Cause.of("kfunc " + name, "no such function" + remark);
                found.add(answer, program.name(), line(insn), cause, -1);
            }
        });
    }

    /** Looks for what a program is attached to; returns how many words it is called with, -1 if that is not known. */
    private int attach(BpfProgram program) {
        AttachPoint point = AttachPoint.of(program);
        if (point == null) {
            return -1;
        }
        SourceLine line = object.line(program.section(), program.firstInsn() * BpfInsn.BYTES);
        if (point.sort() == AttachPoint.Sort.FREPLACE || point.name().isEmpty()) {
            String what = point.sort() == AttachPoint.Sort.FREPLACE ? "function of another program" : "function";
            Cause cause = Cause.of(program.sectionName(), "only its loader knows which " + what + " it is for");
            found.add(LoadAnswer.DEPENDS, program.name(), line, cause, -1);
            return -1;
        }
        KernelTypes.Found target = point.find(kernel);
        if (target == null) {
            found.add(LoadAnswer.NO, program.name(), line, point.missing(program.sectionName(), kernel), -1);
            return -1;
        }
        return point.words(target);
    }

    private void checkContext(BpfProgram program, Reachability ways, int words) {
        if (words < 0) {
            return;
        }
        ways.contextLoads().forEach((insn, offset) -> {
            if (offset / Long.BYTES >= words) {
                String what = "reads argument " + (offset / Long.BYTES + 1) + " of " + words;
                found.add(LoadAnswer.NO, program.name(), line(insn), Cause.of(program.sectionName(), what), -1);
            }
        });
    }

    private SourceLine line(CoreRelocation relocation) {
        return object.line(relocation.section(), relocation.insnOffsetBytes());
    }

    private SourceLine line(int insn) {
        int section = code.sectionOf(insn);
        return object.line(section, (insn - code.index(section, 0)) * BpfInsn.BYTES);
    }

    /** Names variables: those of the object's data, or those that only the kernel knows. */
    private String names(BitSet variables, boolean areData) {
        int firstExtern = code.variables.size() - code.externs.size();
        Set<String> names = new TreeSet<>();
        variables.stream()
                .filter(variable -> variable < firstExtern == areData)
                .forEach(variable ->
                        names.add(variable == Long.SIZE - 1 ? "some variable" : code.variables.get(variable)));
        return String.join(", ", names);
    }
}
