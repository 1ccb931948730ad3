package org.btfkit.btf.load;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.btfkit.bpf.BpfArea;
import org.btfkit.bpf.BpfCode;
import org.btfkit.bpf.BpfInsn;
import org.btfkit.bpf.BpfReference;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.query.TypeQueries;
import org.btfkit.btf.query.TypeSizes;
import org.btfkit.btf.relo.BpfObject;
import org.btfkit.btf.relo.BpfProgram;
import org.btfkit.elf.ElfRelocations;
import org.btfkit.elf.ElfSection;
import org.btfkit.elf.ElfSymbols;

/**
 * An object's code as a loader links it: functions, calls between them, read-only data, and what is expected of the
 * kernel. Made once for all kernels; immutable.
 */
final class ObjectCode {
    private static final String READ_ONLY = ".rodata";
    private static final String CONFIGURATION = ".kconfig";
    private static final String SYMBOLS = ".ksyms";

    private final BpfObject object;
    private final ElfSymbols symbols;
    private final int[] bases;
    private final Map<Integer, Integer> areaOfSection = new HashMap<>();
    private final Map<Integer, Integer> externOfSymbol = new HashMap<>();
    private final Map<BpfProgram, Integer> functions = new HashMap<>();

    final BpfCode code;
    final List<ExternSymbol> externs = new ArrayList<>();

    /** Areas of read-only data, then one for each extern, as if it were of the configuration. */
    final List<BpfArea> areas = new ArrayList<>();

    /** How many of the areas are of read-only data. */
    final int dataAreas;

    /** Names of the variables of all areas. */
    final List<String> variables = new ArrayList<>();

    ObjectCode(BpfObject object) {
        this.object = object;
        this.symbols = object.symbols();
        this.bases = new int[object.sections().size()];
        BpfCode.Builder builder = new BpfCode.Builder(object.order());
        for (ElfSection section : object.sections()) {
            long[] insns = object.insns(section.index());
            bases[section.index()] = insns == null ? -1 : builder.section(insns);
            if (isReadOnly(section) && object.data(section.index()) != null) {
                addArea(section);
            }
        }
        this.dataAreas = areas.size();
        addFunctions(builder);
        for (ElfRelocations relocations : object.elfRelocations()) {
            int section = relocations.section().info();
            if (section > 0 && section < bases.length && bases[section] >= 0) {
                link(builder, section, relocations);
            }
        }
        this.code = builder.build();
    }

    private static boolean isReadOnly(ElfSection section) {
        return section.name().equals(READ_ONLY) || section.name().startsWith(READ_ONLY + ".");
    }

    private void addArea(ElfSection section) {
        Map<Integer, String> names = new HashMap<>();
        names.put(0, section.name());
        for (int i = 1; symbols != null && i < symbols.count(); i++) {
            boolean isVariable = symbols.type(i) == ElfSymbols.STT_OBJECT && symbols.size(i) > 0;
            if (isVariable && symbols.sectionIndex(i) == section.index() && symbols.value(i) < section.size()) {
                names.put((int) symbols.value(i), symbols.name(i));
            }
        }
        int[] starts =
                names.keySet().stream().mapToInt(Integer::intValue).sorted().toArray();
        areaOfSection.put(section.index(), areas.size());
        areas.add(new BpfArea(object.data(section.index()), starts, variables.size()));
        Arrays.stream(starts).forEach(start -> variables.add(names.get(start)));
    }

    private void addFunctions(BpfCode.Builder builder) {
        List<BpfProgram> ordered = new ArrayList<>(object.programs());
        ordered.sort(Comparator.comparingInt(this::start));
        int last = -1;
        for (BpfProgram program : ordered) {
            if (start(program) != last) { // of several symbols for one function, the first
                last = start(program);
                functions.put(program, builder.function(last, program.insnCount(), isGlobal(program)));
            }
        }
    }

    private int start(BpfProgram program) {
        return bases[program.section()] + program.firstInsn();
    }

    /** Whether the kernel looks at a function for itself; libbpf makes hidden ones static. */
    private boolean isGlobal(BpfProgram program) {
        for (int i = 1; i < symbols.count(); i++) {
            if (symbols.type(i) == ElfSymbols.STT_FUNC
                    && symbols.sectionIndex(i) == program.section()
                    && symbols.value(i) == (long) program.firstInsn() * BpfInsn.BYTES) {
                int visibility = symbols.visibility(i);
                return program.isGlobal()
                        && visibility != ElfSymbols.STV_HIDDEN
                        && visibility != ElfSymbols.STV_INTERNAL;
            }
        }
        return program.isGlobal();
    }

    private void link(BpfCode.Builder builder, int section, ElfRelocations relocations) {
        long[] insns = object.insns(section);
        for (int i = 0; i < relocations.count(); i++) {
            long at = relocations.place(i) / BpfInsn.BYTES;
            int symbol = relocations.symbol(i);
            if (at < insns.length && symbol > 0 && symbols != null && symbol < symbols.count()) {
                builder.refer(bases[section] + (int) at, reference(insns[(int) at], symbol));
            }
        }
    }

    private BpfReference reference(long insn, int symbol) {
        int section = symbols.sectionIndex(symbol);
        if (section == ElfSymbols.SHN_UNDEF) {
            return new BpfReference.Extern(extern(symbol));
        }
        if (section > 0 && section < bases.length && bases[section] >= 0) {
            // libbpf counts from a call in instructions to the one behind it, and an address in bytes.
            long insns = BpfInsn.isLoadImm64(insn)
                    ? (symbols.value(symbol) + BpfInsn.imm(insn)) / BpfInsn.BYTES
                    : symbols.value(symbol) / BpfInsn.BYTES + BpfInsn.imm(insn) + 1;
            return new BpfReference.Function((int) Math.max(-1, Math.min(bases[section] + insns, Integer.MAX_VALUE)));
        }
        Integer area = areaOfSection.get(section);
        long offset = symbols.value(symbol) + BpfInsn.imm(insn);
        return area == null || offset < 0 || offset > Integer.MAX_VALUE
                ? new BpfReference.Address()
                : new BpfReference.Memory(area, (int) offset);
    }

    private int extern(int symbol) {
        return externOfSymbol.computeIfAbsent(symbol, key -> {
            ExternSymbol extern = declared(symbols.name(symbol), symbols.binding(symbol) == ElfSymbols.STB_WEAK);
            externs.add(extern);
            areas.add(new BpfArea(null, new int[] {0}, variables.size()));
            variables.add(extern.name());
            return externs.size() - 1;
        });
    }

    private ExternSymbol declared(String name, boolean isWeak) {
        Btf btf = object.btf();
        for (String section : List.of(CONFIGURATION, SYMBOLS)) {
            for (int sectionId : btf.findAll(BtfKind.DATASEC, section)) {
                int typeId = member(btf, sectionId, name);
                if (typeId == 0) {
                    continue;
                }
                boolean isFunction = btf.kind(typeId) == BtfKind.FUNC;
                int of = btf.sizeOrType(typeId);
                ExternSymbol.Sort sort = section.equals(CONFIGURATION)
                        ? ExternSymbol.Sort.CONFIGURATION
                        : isFunction
                                ? ExternSymbol.Sort.FUNCTION
                                : isVoid(btf, of) ? ExternSymbol.Sort.ADDRESS : ExternSymbol.Sort.VARIABLE;
                return new ExternSymbol(name, isWeak, sort, of);
            }
        }
        return new ExternSymbol(name, isWeak, ExternSymbol.Sort.UNDECLARED, 0);
    }

    private static int member(Btf btf, int sectionId, String name) {
        FlatTypes types = FlatAccess.of(btf);
        for (int i = 0; i < types.vlen(sectionId); i++) {
            int typeId = types.sectionVar(sectionId, i);
            if (types.name(typeId).equals(name)) {
                return typeId;
            }
        }
        return 0;
    }

    private static boolean isVoid(Btf btf, int typeId) {
        return TypeQueries.resolve(btf, typeId) == 0;
    }

    /** The area of an extern of the configuration, see {@link #areas}. */
    int areaOf(int extern) {
        return dataAreas + extern;
    }

    /** How many bytes an extern of the configuration has; 0 if that is not known. */
    int sizeOf(ExternSymbol extern) {
        return (int) Math.max(0, Math.min(new TypeSizes(object.btf()).sizeOrMinus1(extern.typeId()), Long.BYTES));
    }

    BpfObject object() {
        return object;
    }

    /** Index in the code of an instruction of a section; -1 if it is none. */
    int index(int section, int insn) {
        return section <= 0 || section >= bases.length || bases[section] < 0 ? -1 : bases[section] + insn;
    }

    /** The section of an instruction of the code. */
    int sectionOf(int insn) {
        int found = 0;
        for (int i = 0; i < bases.length; i++) {
            if (bases[i] >= 0 && bases[i] <= insn && (found == 0 || bases[i] >= bases[found])) {
                found = i;
            }
        }
        return found;
    }

    /** Why the verifier cannot follow some functions at all, or null. */
    String fault(BitSet ofFunctions) {
        long count = 0;
        for (int f = ofFunctions.nextSetBit(0); f >= 0; f = ofFunctions.nextSetBit(f + 1)) {
            count += code.end(f) - code.start(f);
            for (int i = code.start(f); i < code.end(f); i += BpfInsn.isLoadImm64(code.insn(i)) ? 2 : 1) {
                long insn = code.insn(i);
                long target = BpfInsn.isJump(insn) ? BpfInsn.jumpTarget(insn, i) : i;
                if (target < code.start(f) || target >= code.end(f)) {
                    return "instruction " + (i - code.start(f)) + " jumps out of its function";
                }
            }
        }
        return count > BpfCode.MAX_INSNS ? count + " instructions, more than a kernel takes" : null;
    }

    /** The function of a program; -1 if it is only another name for one. */
    int function(BpfProgram program) {
        return functions.getOrDefault(program, -1);
    }

    /** The instructions of all sections, as they become by relocation. */
    long[] insns(IntFunction<long[]> ofSection) {
        long[] insns = code.insns();
        for (int i = 0; i < bases.length; i++) {
            if (bases[i] >= 0) {
                long[] section = ofSection.apply(i);
                System.arraycopy(section, 0, insns, bases[i], section.length);
            }
        }
        return insns;
    }

    /** The functions that a program may run, whatever is in its instructions: itself, and those it refers to. */
    BitSet closure(int function) {
        BitSet found = new BitSet();
        ArrayDeque<Integer> pending = new ArrayDeque<>(List.of(function));
        found.set(function);
        while (!pending.isEmpty()) {
            int at = pending.remove();
            for (int i = code.start(at); i < code.end(at); i++) {
                int callee = callee(i);
                if (callee >= 0 && !found.get(callee)) {
                    found.set(callee);
                    pending.add(callee);
                }
            }
        }
        return found;
    }

    private int callee(int insn) {
        BpfReference reference = code.reference(insn);
        long target = -1;
        if (reference instanceof BpfReference.Function f) {
            target = f.insn();
        } else if (reference == null && BpfInsn.isFunctionCall(code.insn(insn))) {
            target = insn + 1L + BpfInsn.imm(code.insn(insn));
        }
        return target < 0 || target >= code.size() ? -1 : code.functionAt((int) target);
    }
}
