package org.btfkit.btf.load;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.btfkit.bpf.BpfArea;
import org.btfkit.bpf.BpfReference;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.query.TypeQueries;
import org.btfkit.btf.relo.CoreCompatibility;

/**
 * What becomes of an object's externs on a kernel, by the rules of libbpf's {@code bpf_object__resolve_externs}: a
 * function or variable that is missing, or has another type, is refused unless it is weak, then its address is 0 (but a
 * weak variable of another type is refused as well).
 */
final class KernelSymbols {
    private static final String VERSION = "LINUX_KERNEL_VERSION";

    private final ObjectCode code;
    private final KernelTypes kernel;

    /** By extern what an instruction that refers to it comes to. */
    final List<BpfReference> references = new ArrayList<>();

    /** By extern whether there is none in the kernel, so that a call of it is invalid. */
    final List<Boolean> areMissing = new ArrayList<>();

    /** The areas of the code, those of the configuration filled as far as it is known. */
    final List<BpfArea> areas;

    final List<LoadFinding> findings = new ArrayList<>();

    KernelSymbols(ObjectCode code, KernelTypes kernel, Optional<LinuxVersion> version) {
        this.code = code;
        this.kernel = kernel;
        this.areas = new ArrayList<>(code.areas);
        for (int i = 0; i < code.externs.size(); i++) {
            ExternSymbol extern = code.externs.get(i);
            int findingsBefore = findings.size();
            boolean isFound = resolve(extern);
            areMissing.add(!isFound && findings.size() == findingsBefore);
            references.add(reference(i, extern, areMissing.get(i)));
            if (extern.name().equals(VERSION) && version.isPresent()) {
                fill(code.areaOf(i), code.sizeOf(extern), version.get());
            }
        }
    }

    private BpfReference reference(int index, ExternSymbol extern, boolean isMissing) {
        int area = code.areaOf(index);
        return switch (extern.sort()) {
            case CONFIGURATION -> new BpfReference.Memory(area, 0);
            case ADDRESS -> new BpfReference.Open(code.areas.get(area).firstVariable());
            default -> isMissing ? new BpfReference.Constant(0) : new BpfReference.Address();
        };
    }

    private void fill(int area, int size, LinuxVersion version) {
        byte[] bytes = new byte[size];
        ByteBuffer out = ByteBuffer.wrap(bytes).order(code.code.order());
        if (size == Integer.BYTES) {
            out.putInt(version.code());
        } else if (size == Long.BYTES) {
            out.putLong(version.code());
        } else {
            return;
        }
        BpfArea was = areas.get(area);
        areas.set(area, new BpfArea(bytes, was.starts(), was.firstVariable()));
    }

    /** Tells whether the kernel has it; what libbpf refuses becomes a finding. */
    private boolean resolve(ExternSymbol extern) {
        return switch (extern.sort()) {
            case FUNCTION -> function(extern);
            case VARIABLE -> variable(extern);
            case UNDECLARED -> {
                refuse(extern.name(), "no declaration of it in the object's BTF, which libbpf asks of externs");
                yield false;
            }
            case CONFIGURATION, ADDRESS -> true;
        };
    }

    private boolean function(ExternSymbol extern) {
        String name = withoutFlavour(extern.name());
        KernelTypes.Found found = kernel.find(BtfKind.FUNC, name);
        if (found == null) {
            if (!extern.isWeak()) {
                findings.add(LoadFinding.of(
                        LoadAnswer.NO, "kfunc " + extern.name(), "no such function", kernel.near(BtfKind.FUNC, name)));
            }
            return false;
        }
        int prototype = found.btf().sizeOrType(found.typeId());
        boolean isCompatible = compatible(extern.typeId(), found.btf(), prototype);
        if (!isCompatible && !extern.isWeak()) {
            refuse(
                    "kfunc " + extern.name(),
                    "another prototype there: " + difference(extern.typeId(), found.btf(), prototype));
        }
        return isCompatible;
    }

    private boolean variable(ExternSymbol extern) {
        KernelTypes.Found found = kernel.find(BtfKind.VAR, extern.name());
        if (found == null) {
            if (!extern.isWeak()) {
                refuse(
                        "ksym " + extern.name(),
                        "no such variable in the kernel's BTF, which has those of each CPU, and all of them only"
                                + " from newer kernels on");
            }
            return false;
        }
        int typeId = TypeQueries.resolve(found.btf(), found.btf().sizeOrType(found.typeId()));
        if (compatible(extern.typeId(), found.btf(), typeId)) {
            return true;
        }
        refuse(
                "ksym " + extern.name(),
                "of another type there: " + FlatAccess.of(found.btf()).describeTarget(typeId) + ", "
                        + FlatAccess.of(code.object().btf()).describeTarget(extern.typeId()) + " in the object");
        return false;
    }

    private boolean compatible(int localTypeId, Btf btf, int typeId) {
        return new CoreCompatibility(code.object().btf(), btf).holds(localTypeId, typeId);
    }

    /** Says where two prototypes differ: in how many parameters they have, or in which one. */
    private String difference(int localId, Btf btf, int typeId) {
        Btf local = code.object().btf();
        if (btf.kind(typeId) != BtfKind.FUNC_PROTO) {
            return FlatAccess.of(btf).describeTarget(typeId);
        }
        int count = local.vlen(localId);
        if (count != btf.vlen(typeId)) {
            return btf.vlen(typeId) + " parameters, " + count + " in the object";
        }
        for (int i = 0; i < count; i++) {
            int one = FlatAccess.of(local).paramType(localId, i);
            int other = FlatAccess.of(btf).paramType(typeId, i);
            if (!compatible(TypeQueries.resolve(local, one), btf, TypeQueries.resolve(btf, other))) {
                return "parameter " + (i + 1) + " is " + FlatAccess.of(btf).describeTarget(other) + ", "
                        + FlatAccess.of(local).describeTarget(one) + " in the object";
            }
        }
        return "it returns " + FlatAccess.of(btf).describeTarget(btf.sizeOrType(typeId)) + ", "
                + FlatAccess.of(local).describeTarget(local.sizeOrType(localId)) + " in the object";
    }

    private void refuse(String subject, String reason) {
        findings.add(LoadFinding.of(LoadAnswer.NO, subject, reason));
    }

    /** A function's name up to the last {@code ___} inside it, as libbpf looks for kfuncs. */
    private static String withoutFlavour(String name) {
        for (int i = name.length() - 5; i >= 0; i--) {
            boolean isMark = name.startsWith("___", i + 1);
            if (isMark && name.charAt(i) != '_' && name.charAt(i + 4) != '_') {
                return name.substring(0, i + 1);
            }
        }
        return name;
    }
}
