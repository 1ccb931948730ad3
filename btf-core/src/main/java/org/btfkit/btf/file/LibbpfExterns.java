package org.btfkit.btf.file;

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
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.flat.TypeFaults;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.format.Words;
import org.btfkit.btf.query.TypeSizes;
import org.btfkit.elf.ElfSymbols;

/**
 * The first step of {@link LibbpfFixup}: what a BPF object wants of the kernel, its externs.
 *
 * <p>An extern is an undefined symbol that a VAR or FUNC of linkage extern describes. Where libbpf would refuse to load
 * the object for one of them, so does this.
 */
final class LibbpfExterns {
    static final String KCONFIG = ".kconfig";
    static final String KSYMS = ".ksyms";
    private static final String DUMMY = "dummy_ksym";

    /** All that an extern of {@code .ksyms} is, for the kernel's check of the section. */
    private static final int KSYM_BYTES = 4;

    private final Btf btf;
    private final FlatTypes types;
    private final ElfSymbols symbols;
    private final BtfBuilder builder;
    private final Map<Integer, DatasecEdit> datasecs;

    /**
     * Prepares the step.
     *
     * @param datasecs the sections of the BTF by type id; are changed
     */
    LibbpfExterns(Btf btf, ElfSymbols symbols, BtfBuilder builder, Map<Integer, DatasecEdit> datasecs) {
        this.btf = btf;
        this.types = FlatAccess.of(btf);
        this.symbols = symbols;
        this.builder = builder;
        this.datasecs = datasecs;
    }

    /** An undefined symbol: the type that describes it, and the DATASEC which lists that. */
    private record Extern(String name, int typeId, int sectionId) {}

    /** A variable of {@code .kconfig}. */
    private record Config(String name, int size, int alignment) {}

    /** Gives externs their places. */
    void fix() {
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
                    throw TypeFaults.at(
                            types,
                            extern.typeId,
                            "extern in section '" + section + "', expected " + KSYMS + " or " + KCONFIG);
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
                if (types.kind(types.sectionVar(ksymsId, i)) == BtfKind.FUNC) {
                    return builder.addVar(DUMMY, intId(), BtfType.Linkage.GLOBAL);
                }
            }
        }
        return 0;
    }

    /** The first INT of 32 bits, or 0. */
    private int intId() {
        for (int typeId = 1; typeId < btf.typeCount(); typeId++) {
            if (types.kind(typeId) == BtfKind.INT && Words.intBits(types.intData(typeId)) == 32) {
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
                    listed.putIfAbsent(types.sectionVar(typeId, i), typeId);
                }
            }
        }
        Map<String, Extern> externs = new LinkedHashMap<>();
        for (int i = 1; i < symbols.count(); i++) {
            boolean isExtern = symbols.sectionIndex(i) == ElfSymbols.SHN_UNDEF
                    && symbols.type(i) == ElfSymbols.STT_NOTYPE
                    && LibbpfFixup.isGlobal(symbols, i);
            String name = isExtern ? symbols.name(i) : "";
            if (name.isEmpty()) {
                continue;
            }
            Integer typeId = described.get(name);
            if (typeId == null) {
                throw new BtfException(btf.source() + ": no VAR or FUNC describes the extern '" + name + "' (symbol "
                        + i + "), so libbpf does not load the object");
            }
            int linkage = types.kind(typeId) == BtfKind.VAR ? types.varLinkage(typeId) : types.vlen(typeId);
            if (linkage != BtfType.Linkage.EXTERN.ordinal()) {
                throw TypeFaults.at(
                        types, typeId, "linkage " + linkage + " for an undefined symbol, expected 2 (extern)");
            }
            Integer sectionId = listed.get(typeId);
            if (sectionId == null) {
                throw TypeFaults.at(types, typeId, "extern in no DATASEC, expected " + KSYMS + " or " + KCONFIG);
            }
            externs.putIfAbsent(name, new Extern(name, typeId, sectionId));
        }
        return externs;
    }

    private Config config(Extern extern, TypeSizes sizes) {
        if (btf.kind(extern.typeId) == BtfKind.FUNC) {
            throw TypeFaults.at(types, extern.typeId, "extern function in " + KCONFIG + ", expected " + KSYMS);
        }
        int targetId = btf.sizeOrType(extern.typeId);
        if (!isConfigType(targetId, true)) {
            throw TypeFaults.at(
                    types,
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
                yield isBool(target) ? size == 1 : size >= 1 && size <= 8 && Integer.bitCount(size) == 1;
            }
            case ENUM -> size == 4 && btf.name(target).equals("libbpf_tristate");
            case ENUM64 -> btf.name(target).equals("libbpf_tristate");
            case ARRAY -> {
                int element = plain(types.elementType(target));
                yield mayBeArray
                        && types.elementCount(target) != 0
                        && btf.kind(element) == BtfKind.INT
                        && btf.sizeOrType(element) == 1
                        && isConfigType(element, false)
                        && !isBool(element);
            }
            default -> false;
        };
    }

    private boolean isBool(int intId) {
        return (Words.intEncoding(types.intData(intId)) & Words.INT_BOOL) != 0;
    }

    /** Follows modifiers and typedefs; a circle of them ends somewhere on it, which then is nothing that is wanted. */
    private int plain(int typeId) {
        int target = typeId;
        for (int steps = btf.typeCount(); steps > 0; steps--) {
            if (!types.is(target, KindSet.TYPEDEFS_AND_MODIFIERS)) {
                break;
            }
            target = btf.sizeOrType(target);
        }
        return target;
    }

    private void fixKsyms(int sectionId, Map<String, Extern> externs, int dummyId) {
        int intId = intId();
        DatasecEdit section = datasecs.get(sectionId);
        for (int i = 0; i < section.count(); i++) {
            int typeId = section.typeId(i);
            requireExtern(sectionId, i, typeId, externs);
            if (btf.kind(typeId) == BtfKind.FUNC) {
                nameParameters(btf.sizeOrType(typeId));
                builder.edit(typeId).linkage(BtfType.Linkage.GLOBAL);
                section.set(i, dummyId, i * KSYM_BYTES, KSYM_BYTES);
            } else {
                builder.edit(typeId).target(intId).linkage(BtfType.Linkage.GLOBAL);
                section.set(i, typeId, i * KSYM_BYTES, KSYM_BYTES);
            }
        }
        builder.edit(sectionId).size(section.count() * KSYM_BYTES);
    }

    /** The kernel wants a name for each parameter of a function that is not extern. */
    private void nameParameters(int protoId) {
        for (int i = 0; i < btf.vlen(protoId); i++) {
            if (types.paramNameOff(protoId, i) == 0 && types.paramType(protoId, i) != 0) {
                builder.edit(protoId).elementName(i, DUMMY);
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
        builder.edit(sectionId).size(end);
        DatasecEdit section = datasecs.get(sectionId);
        for (int i = 0; i < section.count(); i++) {
            int typeId = section.typeId(i);
            requireExtern(sectionId, i, typeId, offsets);
            builder.edit(typeId).linkage(BtfType.Linkage.GLOBAL);
            section.setOffset(i, offsets.get(btf.name(typeId)));
        }
    }

    /** A section of externs has nothing else. */
    private void requireExtern(int sectionId, int index, int typeId, Map<String, ?> externs) {
        BtfKind kind = btf.kind(typeId);
        if (kind != BtfKind.VAR && kind != BtfKind.FUNC || !externs.containsKey(btf.name(typeId))) {
            throw TypeFaults.at(
                    types,
                    sectionId,
                    "variable " + index + " is " + btf.describe(typeId) + ", for which there is no undefined symbol");
        }
    }
}
