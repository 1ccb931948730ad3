package org.btfkit.transform;

import java.util.List;
import org.btfkit.btf.Btf;

/**
 * What {@link Minimizer} leaves of a kernel.
 *
 * @param vmlinux the types of vmlinux that are needed
 * @param modules of the modules whose types are needed these types, split on {@code vmlinux}
 * @param kept what is kept although the first type that matches would do for {@code bpftool}: a line for each
 *     relocation that would else come to another value on the small BTF
 */
public record Minimized(Btf vmlinux, List<Module> modules, List<String> kept) {
    /**
     * A module.
     *
     * @param index its index among the modules of the target
     * @param btf its types that are needed
     */
    public record Module(int index, Btf btf) {}

    /**
     * Copies the lists.
     *
     * @param vmlinux the types of vmlinux
     * @param modules those of modules
     * @param kept what is kept beyond
     */
    public Minimized {
        modules = List.copyOf(modules);
        kept = List.copyOf(kept);
    }
}
