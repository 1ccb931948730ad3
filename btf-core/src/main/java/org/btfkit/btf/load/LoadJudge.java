package org.btfkit.btf.load;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KernelFeature;
import org.btfkit.btf.relo.BpfObject;
import org.btfkit.btf.relo.BpfProgram;
import org.btfkit.btf.relo.CoreResults;

/**
 * Judges whether an object loads on kernels. What the object alone says is worked out once. Immutable and safe for use
 * by several threads.
 *
 * <p>What is judged: relocations that fail where a program reaches them, or that make a loader give the object up;
 * functions, tracepoints, iterators, hooks and structs that programs are for and the kernel does not have; arguments
 * that a function does not have; functions and variables of the kernel that are missing or of another type. Programs
 * that are not loaded by default ({@code SEC("?...")}) are left out. Not judged are helpers, maps, types of programs,
 * the verifier's rules and licences, of which BTF tells nothing.
 */
public final class LoadJudge {
    /** What is not judged, in a line for people. */
    public static final String NOT_JUDGED =
            "helpers, map and program types, the verifier's other rules, licences and values of .kconfig";

    private final ObjectCode code;
    private final Map<BtfKind, KernelFeature> needs = new EnumMap<>(BtfKind.class);

    private LoadJudge(BpfObject object) {
        this.code = new ObjectCode(object);
        Btf btf = object.btf();
        for (int id = btf.firstTypeId(); id < btf.typeCount(); id++) {
            BtfKind kind = btf.kind(id);
            if (kind != null && !needs.containsKey(kind)) {
                KernelFeature.ofKind(kind).ifPresent(feature -> needs.put(kind, feature));
            }
        }
    }

    /**
     * Prepares an object.
     *
     * @param object the object
     * @return what judges it
     */
    public static LoadJudge of(BpfObject object) {
        return new LoadJudge(object);
    }

    /**
     * Judges on a kernel of the version that its file tells, if that does.
     *
     * @param results what became of the object's relocations on the kernel
     * @return the verdict
     */
    public LoadVerdict judge(CoreResults results) {
        String release = results.target().vmlinux().kernelRelease();
        return judge(results, release == null ? Optional.empty() : LinuxVersion.in(release));
    }

    /**
     * Judges on a kernel of a version. Takes time in proportion to the instructions of programs with something to
     * judge.
     *
     * @param results what became of the object's relocations on the kernel
     * @param version the version, on which {@code LINUX_KERNEL_VERSION} depends; empty if it is not known
     * @return the verdict
     */
    public LoadVerdict judge(CoreResults results, Optional<LinuxVersion> version) {
        return new LoadCase(code, results, version).judge(warnings(version));
    }

    private List<String> warnings(Optional<LinuxVersion> version) {
        List<String> warnings = new ArrayList<>();
        if (version.isPresent()) {
            needs.forEach((kind, feature) -> {
                LinuxVersion since = LinuxVersion.in(feature.release()).orElseThrow();
                if (version.get().compareTo(since) < 0) {
                    warnings.add("its BTF has " + kind + ", which kernels know from " + since + " on: libbpf rewrites"
                            + " that, other loaders may not");
                }
            });
        }
        return warnings;
    }

    /** The programs that are loaded by default, and are no functions for others to call. */
    static List<BpfProgram> programs(BpfObject object) {
        return object.programs().stream()
                .filter(program -> program.isLoaded() && !program.isSubprogram())
                .toList();
    }
}
