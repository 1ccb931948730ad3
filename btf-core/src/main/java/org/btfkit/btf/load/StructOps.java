package org.btfkit.btf.load;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
 * Structs of functions that an object gives to the kernel ({@code .struct_ops}), by the rules of libbpf's
 * {@code bpf_map__init_kern_struct_ops}: the kernel has the struct and its {@code bpf_struct_ops_} wrapper; a member
 * that the kernel lacks is passed over if it is zero, or a function, which is then not loaded; others are of the same
 * kind, and of the same size unless they are pointers.
 */
final class StructOps {
    private static final List<String> SECTIONS = List.of(".struct_ops", ".struct_ops.link");
    private static final String WRAPPER = "bpf_struct_ops_";

    private final BpfObject object;
    private final KernelTypes kernel;
    final List<LoadFinding> findings = new ArrayList<>();

    /** Names of the programs in sections {@code struct_ops} that some struct has on this kernel. */
    final Set<String> used = new HashSet<>();

    StructOps(BpfObject object, KernelTypes kernel) {
        this.object = object;
        this.kernel = kernel;
        ElfSymbols symbols = object.symbols();
        for (ElfSection section : object.sections()) {
            if (!SECTIONS.contains(section.name()) || symbols == null) {
                continue;
            }
            for (int i = 1; i < symbols.count(); i++) {
                if (symbols.type(i) == ElfSymbols.STT_OBJECT && symbols.sectionIndex(i) == section.index()) {
                    check(section, i);
                }
            }
        }
    }

    /** Whether a program is loaded only where a struct has it. */
    static boolean isMember(BpfProgram program) {
        String section = program.sectionName();
        String kind = section.startsWith("?") ? section.substring(1) : section;
        return kind.equals("struct_ops")
                || kind.equals("struct_ops.s")
                || kind.startsWith("struct_ops/")
                || kind.startsWith("struct_ops.s/");
    }

    private void check(ElfSection section, int symbol) {
        Btf btf = object.btf();
        String name = object.symbols().name(symbol);
        int varId = btf.find(BtfKind.VAR, name);
        int structId = varId == 0 ? 0 : TypeQueries.resolve(btf, btf.sizeOrType(varId));
        if (btf.kind(structId) != BtfKind.STRUCT) {
            refuse(name, "no struct by the object's BTF");
            return;
        }
        String struct = btf.name(structId).replaceFirst("(?<=[^_])___[^_].*$", "");
        KernelTypes.Found wrapper = kernel.find(BtfKind.STRUCT, WRAPPER + struct);
        KernelTypes.Found there = wrapper == null ? null : kernel.find(BtfKind.STRUCT, struct);
        if (there == null) {
            refuse(name, "the kernel takes no struct " + struct + " (struct " + WRAPPER + struct + ")");
            return;
        }
        checkMembers(section, symbol, structId, there);
    }

    private void checkMembers(ElfSection section, int symbol, int structId, KernelTypes.Found there) {
        FlatTypes here = FlatAccess.of(object.btf());
        FlatTypes types = FlatAccess.of(there.btf());
        byte[] data = object.data(section.index());
        long from = object.symbols().value(symbol);
        TypeSizes sizes = new TypeSizes(object.btf(), Long.BYTES);
        TypeSizes targetSizes = new TypeSizes(there.btf(), Long.BYTES);
        for (int i = 0; i < here.vlen(structId); i++) {
            String name = here.memberName(structId, i);
            String path = here.name(structId) + "." + name;
            long at = from + here.memberOffsetBits(structId, i) / 8;
            int typeId = TypeQueries.resolve(object.btf(), here.memberType(structId, i));
            long size = sizes.sizeOrMinus1(typeId);
            int member = member(types, there.typeId(), name);
            if (member < 0) {
                if (!isZero(data, at, size)) {
                    refuse(path, "no such member, and it is not zero");
                }
                continue;
            }
            int targetId = TypeQueries.resolve(there.btf(), types.memberType(there.typeId(), member));
            String program = programAt(section.index(), at);
            if (here.kind(typeId) != types.kind(targetId)) {
                refuse(
                        path,
                        types.describeTarget(targetId) + " there, " + here.describeTarget(typeId) + " in the object");
            } else if (program != null) {
                used.add(program);
            } else if (here.kind(typeId) != BtfKind.PTR && size != targetSizes.sizeOrMinus1(targetId)) {
                refuse(path, targetSizes.sizeOrMinus1(targetId) + " bytes there, " + size + " in the object");
            }
        }
    }

    private static int member(FlatTypes types, int structId, String name) {
        for (int i = 0; i < types.vlen(structId); i++) {
            if (types.memberName(structId, i).equals(name)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isZero(byte[] data, long at, long size) {
        for (long i = at; data != null && i < Math.min(at + size, data.length); i++) {
            if (data[(int) i] != 0) {
                return false;
            }
        }
        return true;
    }

    /** The program that a pointer of the section is to, null if none. */
    private String programAt(int section, long place) {
        for (ElfRelocations relocations : object.elfRelocations()) {
            if (relocations.section().info() != section) {
                continue;
            }
            for (int i = 0; i < relocations.count(); i++) {
                if (relocations.place(i) == place) {
                    return object.symbols().name(relocations.symbol(i));
                }
            }
        }
        return null;
    }

    private void refuse(String subject, String reason) {
        findings.add(LoadFinding.of(LoadAnswer.NO, "struct_ops " + subject, reason));
    }
}
