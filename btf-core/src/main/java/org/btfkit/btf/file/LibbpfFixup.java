package org.btfkit.btf.file;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfType;
import org.btfkit.btf.build.BtfBuilder;
import org.btfkit.btf.build.TypeSection;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.query.TypeSizes;
import org.btfkit.elf.ElfFile;
import org.btfkit.elf.ElfSection;
import org.btfkit.elf.ElfSymbols;

/**
 * Makes of a BPF object's BTF what libbpf hands to the kernel.
 *
 * <p>A compiler does not know where its sections will end: clang leaves the size of a DATASEC and the offsets of global
 * variables 0, and describes externs as such. The kernel takes none of that. Before loading, libbpf takes what is
 * missing from the ELF file:
 *
 * <ol>
 *   <li>externs ({@code bpf_object__collect_externs}): an undefined symbol is described by a VAR or FUNC of linkage
 *       extern. In {@code .ksyms} each becomes a global variable of 4 bytes, whatever it is; a function stays global, a
 *       variable {@code dummy_ksym} takes its place in the section and lends its name to parameters without one. In
 *       {@code .kconfig} they get their places by descending alignment, size and name.
 *   <li>sections ({@code btf_fixup_datasec}): where the size of a DATASEC is 0, it is that of the ELF section of its
 *       name, and global variables are where their symbols say; those of static ones the compiler knew. Hidden
 *       variables become static. The variables of each section are sorted by offset.
 *   <li>functions ({@code bpf_object__sanitize_and_load_btf}): hidden ones in {@code .text} become static.
 * </ol>
 *
 * <p>Ids stay; there may be one type more. What libbpf would refuse is refused, by the name of what is missing. Linear
 * time but for the sorting.
 */
final class LibbpfFixup {
    /** {@code e_machine} of BPF. */
    static final int EM_BPF = 247;

    private static final String KCONFIG = ".kconfig";
    private static final String KSYMS = ".ksyms";
    private static final String DUMMY = "dummy_ksym";

    /** All that an extern of {@code .ksyms} is, for the kernel's check of the section. */
    private static final int KSYM_BYTES = 4;

    private static final int STATIC = BtfType.Linkage.STATIC.ordinal();
    private static final int GLOBAL = BtfType.Linkage.GLOBAL.ordinal();
    private static final int EXTERN = BtfType.Linkage.EXTERN.ordinal();

    private final Btf btf;
    private final ElfFile elf;
    private final ElfSymbols symbols;
    private final BtfBuilder builder;
    private final TypeSection words;

    private LibbpfFixup(Btf btf, ElfFile elf) throws IOException {
        this.btf = btf;
        this.elf = elf;
        this.symbols = elf.symbols();
        this.builder = BtfBuilder.copyOf(btf);
        this.words = builder.types();
    }

    /** Tells whether libbpf would load a file as a BPF object. */
    static boolean isBpfObject(ElfFile elf) {
        return elf.machine() == EM_BPF && elf.type() == ElfFile.ET_REL && elf.is64();
    }

    /**
     * Makes the BTF for the kernel.
     *
     * @param btf the BTF of a BPF object; is not changed
     * @param elf the object
     * @return the BTF as it is loaded
     * @throws BtfException if libbpf would refuse the object for what its BTF says
     */
    static Btf apply(Btf btf, ElfFile elf) throws IOException {
        LibbpfFixup fixup = new LibbpfFixup(btf, elf);
        if (fixup.symbols != null) {
            fixup.fixExterns();
        }
        fixup.fixSections();
        if (fixup.symbols != null) {
            fixup.hideFunctions();
        }
        try {
            return fixup.builder.build(btf.source());
        } catch (IllegalArgumentException e) {
            throw new BtfException(e.getMessage(), e);
        }
    }

    /** An undefined symbol: the type that describes it, and the DATASEC which lists that. */
    private record Extern(String name, int typeId, int sectionId) {}

    /** A variable of {@code .kconfig}. */
    private record Config(String name, int size, int alignment) {}

    private void fixExterns() {
        int dummyId = addDummy();
        Map<String, Extern> externs = findExterns();
        if (externs.isEmpty()) {
            return;
        }
        int ksymsId = 0;
        int kconfigId = 0;
        List<Config> configs = new ArrayList<>();
        TypeSizes sizes = new TypeSizes(btf);
        for (Extern extern : externs.values()) {
            String section = btf.name(extern.sectionId);
            switch (section) {
                case KSYMS -> ksymsId = extern.sectionId;
                case KCONFIG -> {
                    kconfigId = extern.sectionId;
                    configs.add(config(extern, sizes));
                }
                default ->
                    throw fault(
                            extern.typeId, "extern in section '" + section + "', expected " + KSYMS + " or " + KCONFIG);
            }
        }
        if (ksymsId != 0) {
            fixKsyms(ksymsId, externs, dummyId);
        }
        if (kconfigId != 0) {
            fixKconfig(kconfigId, configs);
        }
    }

    /** Adds the variable that stands for functions, if {@code .ksyms} has any. */
    private int addDummy() {
        int ksymsId = btf.find(BtfKind.DATASEC, KSYMS);
        if (ksymsId > 0) {
            for (int i = 0; i < btf.vlen(ksymsId); i++) {
                if (btf.kind(variable(ksymsId, i)) == BtfKind.FUNC) {
                    return builder.addVar(DUMMY, intId(), BtfType.Linkage.GLOBAL);
                }
            }
        }
        return 0;
    }

    /** The first INT of 32 bits, or 0. */
    private int intId() {
        for (int typeId = 1; typeId < btf.typeCount(); typeId++) {
            if (btf.kind(typeId) == BtfKind.INT && (btf.word(typeId, 3) & 0xff) == 32) {
                return typeId;
            }
        }
        return 0;
    }

    private Map<String, Extern> findExterns() {
        Map<String, Integer> described = new HashMap<>();
        Map<Integer, Integer> listed = new HashMap<>();
        for (int typeId = 1; typeId < btf.typeCount(); typeId++) {
            BtfKind kind = btf.kind(typeId);
            if (kind == BtfKind.VAR || kind == BtfKind.FUNC) {
                described.putIfAbsent(btf.name(typeId), typeId);
            } else if (kind == BtfKind.DATASEC) {
                for (int i = 0; i < btf.vlen(typeId); i++) {
                    listed.putIfAbsent(variable(typeId, i), typeId);
                }
            }
        }
        Map<String, Extern> externs = new LinkedHashMap<>();
        for (int i = 1; i < symbols.count(); i++) {
            boolean isExtern = symbols.sectionIndex(i) == ElfSymbols.SHN_UNDEF
                    && symbols.type(i) == ElfSymbols.STT_NOTYPE
                    && isGlobal(i);
            String name = isExtern ? symbols.name(i) : "";
            if (name.isEmpty()) {
                continue;
            }
            Integer typeId = described.get(name);
            if (typeId == null) {
                throw new BtfException(btf.source() + ": no VAR or FUNC describes the extern '" + name + "' (symbol "
                        + i + "), so libbpf does not load the object");
            }
            int linkage = btf.kind(typeId) == BtfKind.VAR ? btf.word(typeId, 3) : btf.vlen(typeId);
            if (linkage != EXTERN) {
                throw fault(typeId, "linkage " + linkage + " for an undefined symbol, expected 2 (extern)");
            }
            Integer sectionId = listed.get(typeId);
            if (sectionId == null) {
                throw fault(typeId, "extern in no DATASEC, expected " + KSYMS + " or " + KCONFIG);
            }
            externs.putIfAbsent(name, new Extern(name, typeId, sectionId));
        }
        return externs;
    }

    private Config config(Extern extern, TypeSizes sizes) {
        if (btf.kind(extern.typeId) == BtfKind.FUNC) {
            throw fault(extern.typeId, "extern function in " + KCONFIG + ", expected " + KSYMS);
        }
        int targetId = btf.sizeOrType(extern.typeId);
        if (!isConfigType(targetId, true)) {
            throw fault(
                    extern.typeId,
                    "extern of " + KCONFIG + " is " + btf.describe(targetId)
                            + ", expected an integer, bool, char array or enum libbpf_tristate");
        }
        return new Config(extern.name, (int) sizes.sizeOf(targetId), sizes.alignOf(targetId));
    }

    private boolean isConfigType(int typeId, boolean mayBeArray) {
        int target = plain(typeId);
        BtfKind kind = btf.kind(target);
        int size = btf.sizeOrType(target);
        return switch (kind == null ? BtfKind.VOID : kind) {
            case INT -> {
                boolean isBool = (btf.word(target, 3) >>> 24 & BtfBuilder.INT_BOOL) != 0;
                yield isBool ? size == 1 : size >= 1 && size <= 8 && Integer.bitCount(size) == 1;
            }
            case ENUM -> size == 4 && btf.name(target).equals("libbpf_tristate");
            case ENUM64 -> btf.name(target).equals("libbpf_tristate");
            case ARRAY -> {
                int element = plain(btf.word(target, 3));
                yield mayBeArray
                        && btf.word(target, 5) != 0
                        && btf.kind(element) == BtfKind.INT
                        && btf.sizeOrType(element) == 1
                        && isConfigType(element, false)
                        && (btf.word(element, 3) >>> 24 & BtfBuilder.INT_BOOL) == 0;
            }
            default -> false;
        };
    }

    /** Follows modifiers and typedefs; a circle of them ends somewhere on it, which then is nothing that is wanted. */
    private int plain(int typeId) {
        int target = typeId;
        for (int steps = btf.typeCount(); steps > 0; steps--) {
            BtfKind kind = btf.kind(target);
            boolean follows = kind == BtfKind.TYPEDEF
                    || kind == BtfKind.CONST
                    || kind == BtfKind.VOLATILE
                    || kind == BtfKind.RESTRICT
                    || kind == BtfKind.TYPE_TAG;
            if (!follows) {
                break;
            }
            target = btf.sizeOrType(target);
        }
        return target;
    }

    private void fixKsyms(int sectionId, Map<String, Extern> externs, int dummyId) {
        int intId = intId();
        int count = btf.vlen(sectionId);
        for (int i = 0; i < count; i++) {
            int typeId = variable(sectionId, i);
            requireExtern(sectionId, i, externs);
            if (btf.kind(typeId) == BtfKind.FUNC) {
                nameParameters(btf.sizeOrType(typeId), dummyId);
                set(typeId, 1, btf.info(typeId) & ~0xffff | GLOBAL);
                setVariable(sectionId, i, 0, dummyId);
            } else {
                set(typeId, 2, intId);
                set(typeId, 3, GLOBAL);
            }
            setVariable(sectionId, i, 1, i * KSYM_BYTES);
            setVariable(sectionId, i, 2, KSYM_BYTES);
        }
        set(sectionId, 2, count * KSYM_BYTES);
    }

    /** The kernel wants a name for each parameter of a function that is not extern. */
    private void nameParameters(int protoId, int dummyId) {
        int nameOff = words.get(at(dummyId));
        for (int i = 0; i < btf.vlen(protoId); i++) {
            if (btf.word(protoId, 3 + 2 * i) == 0 && btf.word(protoId, 4 + 2 * i) != 0) {
                set(protoId, 3 + 2 * i, nameOff);
            }
        }
    }

    private void fixKconfig(int sectionId, List<Config> configs) {
        configs.sort(Comparator.comparingInt((Config config) -> -config.alignment)
                .thenComparingInt(Config::size)
                .thenComparing(Config::name));
        Map<String, Integer> offsets = new HashMap<>();
        int end = 0;
        for (Config config : configs) {
            int offset = (end + config.alignment - 1) / config.alignment * config.alignment;
            offsets.put(config.name, offset);
            end = offset + config.size;
        }
        set(sectionId, 2, end);
        for (int i = 0; i < btf.vlen(sectionId); i++) {
            requireExtern(sectionId, i, offsets);
            int typeId = variable(sectionId, i);
            set(typeId, 3, GLOBAL);
            setVariable(sectionId, i, 1, offsets.get(btf.name(typeId)));
        }
    }

    /** A section of externs has nothing else. */
    private void requireExtern(int sectionId, int index, Map<String, ?> externs) {
        int typeId = variable(sectionId, index);
        BtfKind kind = btf.kind(typeId);
        if (kind != BtfKind.VAR && kind != BtfKind.FUNC || !externs.containsKey(btf.name(typeId))) {
            throw fault(
                    sectionId,
                    "variable " + index + " is " + btf.describe(typeId) + ", for which there is no undefined symbol");
        }
    }

    private void fixSections() {
        Map<String, ElfSection> sections = new HashMap<>();
        elf.sections().forEach(section -> sections.putIfAbsent(section.name(), section));
        Map<String, Integer> variables = symbols == null ? Map.of() : variables();
        for (int typeId = 1; typeId < btf.typeCount(); typeId++) {
            if (btf.kind(typeId) != BtfKind.DATASEC) {
                continue;
            }
            String name = btf.name(typeId);
            if (!name.equals(KCONFIG) && !name.equals(KSYMS)) {
                fixSection(typeId, sections.get(name), variables);
            }
            sortVariables(typeId);
        }
    }

    private void fixSection(int sectionId, ElfSection section, Map<String, Integer> variables) {
        boolean isOpen = btf.sizeOrType(sectionId) == 0;
        if (isOpen) {
            if (section == null || section.size() == 0) {
                throw fault(sectionId, "size 0, and the object has no section of that name to take it from");
            }
            set(sectionId, 2, (int) Math.min(section.size(), 0xffffffffL));
        }
        for (int i = 0; i < btf.vlen(sectionId); i++) {
            int typeId = variable(sectionId, i);
            if (btf.kind(typeId) != BtfKind.VAR) {
                throw fault(sectionId, "variable " + i + " is " + btf.describe(typeId) + ", expected a VAR");
            }
            int linkage = btf.word(typeId, 3);
            if (linkage == STATIC || linkage == EXTERN) {
                continue;
            }
            Integer symbol = variables.get(btf.name(typeId));
            if (symbol == null) {
                throw fault(
                        sectionId,
                        "variable " + i + ": no global symbol for " + btf.describe(typeId) + " in the object");
            }
            if (isOpen) {
                setVariable(sectionId, i, 1, (int) symbols.value(symbol));
            }
            if (isHidden(symbol)) {
                set(typeId, 3, STATIC);
            }
        }
    }

    /** Global symbols of data by name; the first of a name is the one. */
    private Map<String, Integer> variables() {
        Map<String, Integer> found = new HashMap<>();
        for (int i = 1; i < symbols.count(); i++) {
            if (symbols.type(i) == ElfSymbols.STT_OBJECT && isGlobal(i)) {
                found.putIfAbsent(symbols.name(i), i);
            }
        }
        return found;
    }

    private void sortVariables(int sectionId) {
        List<int[]> variables = new ArrayList<>();
        int first = at(sectionId) + 3;
        for (int i = 0; i < btf.vlen(sectionId); i++) {
            int start = first + 3 * i;
            variables.add(new int[] {words.get(start), words.get(start + 1), words.get(start + 2)});
        }
        variables.sort((one, other) -> Integer.compareUnsigned(one[1], other[1]));
        for (int i = 0; i < variables.size(); i++) {
            for (int word = 0; word < 3; word++) {
                setVariable(sectionId, i, word, variables.get(i)[word]);
            }
        }
    }

    /** Subprograms are in {@code .text}; without any program but one, that is no subprogram. */
    private void hideFunctions() {
        Map<String, Integer> hidden = new HashMap<>();
        int functions = 0;
        for (int i = 1; i < symbols.count(); i++) {
            int section = symbols.sectionIndex(i);
            if (symbols.type(i) != ElfSymbols.STT_FUNC
                    || section <= 0
                    || section >= elf.sections().size()) {
                continue;
            }
            functions++;
            if (isGlobal(i) && isHidden(i) && elf.sections().get(section).name().equals(".text")) {
                hidden.put(symbols.name(i), i);
            }
        }
        for (int typeId = 1; functions > 1 && typeId < btf.typeCount(); typeId++) {
            boolean isGlobal = btf.kind(typeId) == BtfKind.FUNC && btf.vlen(typeId) == GLOBAL;
            if (isGlobal && hidden.remove(btf.name(typeId)) != null) {
                set(typeId, 1, BtfKind.FUNC.number() << 24 | STATIC);
            }
        }
    }

    private boolean isGlobal(int symbol) {
        int binding = symbols.binding(symbol);
        return binding == ElfSymbols.STB_GLOBAL || binding == ElfSymbols.STB_WEAK;
    }

    private boolean isHidden(int symbol) {
        int visibility = symbols.visibility(symbol);
        return visibility == ElfSymbols.STV_HIDDEN || visibility == ElfSymbols.STV_INTERNAL;
    }

    private int variable(int sectionId, int index) {
        return btf.word(sectionId, 3 + 3 * index);
    }

    private void setVariable(int sectionId, int index, int word, int value) {
        set(sectionId, 3 + 3 * index + word, value);
    }

    private void set(int typeId, int word, int value) {
        words.set(at(typeId) + word, value);
    }

    private int at(int typeId) {
        return words.offset(typeId - btf.firstTypeId());
    }

    private BtfException fault(int typeId, String what) {
        return new BtfException(btf.source() + ": " + btf.describe(typeId) + ": " + what);
    }
}
