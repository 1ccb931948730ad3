package org.btfkit.btf.load;

import java.util.ArrayList;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.relo.CoreTarget;

/** Finds types of a kernel and its modules by name, as libbpf does: vmlinux first, then each module's own. */
final class KernelTypes {
    /**
     * A type of a kernel.
     *
     * @param btf the BTF that has it
     * @param typeId its id there
     */
    record Found(Btf btf, int typeId) {}

    private final CoreTarget target;

    KernelTypes(CoreTarget target) {
        this.target = target;
    }

    /** Finds the first type of a kind and name, or gives null. */
    Found find(BtfKind kind, String name) {
        return find(kind, name, null);
    }

    /** Finds it in one module only, which is named by its file; in all of them if that is null. */
    Found find(BtfKind kind, String name, String module) {
        if (name.isEmpty()) {
            return null;
        }
        if (module == null || module.equals("vmlinux")) {
            int typeId = target.vmlinux().find(kind, name);
            if (typeId != 0) {
                return new Found(target.vmlinux(), typeId);
            }
        }
        for (Btf btf : target.modules()) {
            if (module == null || module.equals(moduleName(btf))) {
                for (int typeId : btf.findAll(kind, name)) {
                    if (typeId >= btf.firstTypeId()) {
                        return new Found(btf, typeId);
                    }
                }
            }
        }
        return null;
    }

    /** The name of a module as the kernel has it: of its file, without suffixes, with underscores. */
    static String moduleName(Btf module) {
        String source = module.source();
        String file = source.substring(source.lastIndexOf('/') + 1);
        int dot = file.indexOf('.');
        return (dot < 0 ? file : file.substring(0, dot)).replace('-', '_');
    }

    /** Names what comes nearest: the same name with a few letters more, as renamed functions have. */
    List<String> near(BtfKind kind, String name) {
        List<String> found = new ArrayList<>();
        for (String candidate : List.of("__" + name, name + "_", "_" + name, name.replaceFirst("^_+", ""))) {
            if (!candidate.equals(name) && find(kind, candidate) != null) {
                found.add(candidate);
            }
        }
        return found;
    }

    CoreTarget target() {
        return target;
    }
}
