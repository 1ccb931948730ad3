package org.btfkit.cli.resolve;

import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.Syntax;

/** The options of {@code resolve-btfids}. */
public final class ResolveSyntax {
    private ResolveSyntax() {}

    /**
     * Creates the options.
     *
     * @param name what the command is called
     * @param isKernels whether it is called as a kernel's build calls it
     * @return options of its own
     */
    public static Syntax create(String name, boolean isKernels) {
        return addOptions(describe(name, isKernels)).operands("ELF");
    }

    private static Syntax describe(String name, boolean isKernels) {
        return new Syntax()
                .name(name)
                .synopsis(name + " [OPTION]... ELF...", name + " @LIST    (one argument per line)")
                .linesInLists()
                .description("Resolves the .BTF_ids section of kernel objects: writes the BTF id of every name, sorts"
                        + " every set by id, and moves the __BTF_ID__ symbols along. "
                        + (isKernels
                                ? "With --btf, as builds of kernels from 7.0 on call it, it leaves objects alone and"
                                        + " writes beside them; without, as those before do, it resolves in place."
                                        + " Symbols of vmlinux stay where they are in either case, as --keep_symbols"
                                        + " says."
                                : "Objects are changed in place; running it again changes nothing."))
                .exitStatus("0 done, maybe with warnings; 1 failed, or not all is in order under --check; 2 usage.")
                .footer(
                        "",
                        "FILE arguments are raw BTF or ELF, plain or compressed.",
                        "",
                        "Examples:",
                        isKernels
                                ? "  " + name + " -b vmlinux --btf module.ko.BTF.1 module.ko"
                                : "  " + name + " -b vmlinux module.ko",
                        "  " + name + " --embed --distill_base -b vmlinux -j 8 @modules.list",
                        "  " + name + " --patch_btfids module.ko.BTF_ids module.ko",
                        "  " + name + " --check -b /sys/kernel/btf/vmlinux nf_conntrack.ko.xz");
    }

    private static Syntax addOptions(Syntax syntax) {
        return syntax.add(Options.file("FILE", "Base BTF of a module: the vmlinux that it is for.", "-b", "--btf_base"))
                .add(Options.file("FILE", "Find the ids in this BTF instead of the object's own.", "--btf"))
                .add(Options.file(
                        "FILE", "Write the result here instead of in place; for one object.", "-o", "--output"))
                .addOneOf(
                        Options.flag(
                                "Also edit the BTF for kfuncs, deduplicate and sort it, and put it into the object.",
                                "--embed"),
                        Options.flag(
                                "The same, but leave the object alone: write ELF.BTF, ELF.BTF_ids and ELF.BTF.base.",
                                "--detached"),
                        Options.file(
                                "BLOB",
                                "Copy such an ELF.BTF_ids into the object, and move its symbols.",
                                "--patch_btfids"),
                        Options.flag("Only report whether each set is unresolved, resolved or stale.", "--check"),
                        Options.flag("Only move symbols that a sort has left behind.", "--repair"))
                .add(Options.flag(
                        "With --embed or --detached: a small base of what is needed, .BTF.base, instead of the given"
                                + " one.",
                        "--distill_base"))
                .add(Options.flag(
                        "With --embed or --detached: make the BTF of the object's DWARF, as gen-btf does.",
                        "--from-dwarf"))
                .add(Options.ignoreSeals())
                .add(Options.file(
                        "FILE", "BTF that the ids in the object came from, if its own has changed.", "--old_btf"))
                .add(Options.file("FILE", "Base of that BTF, if it is not the one given with -b.", "--old_base"))
                .add(Options.flag(
                        "Take the symbols of a resolved object at their word, without proof.", "--trust_symbols"))
                .add(Options.flag(
                        "Leave symbols of vmlinux where they are, for a build that has recorded and compares them;"
                                + " those of modules move.",
                        "--keep_symbols"))
                .add(Options.trustBase())
                .add(Options.flag("Cut off a module signature that a change invalidates.", "--strip_signature"))
                .add(Options.flag("Treat warnings as failures: write nothing, exit 1.", "--fatal_warnings"))
                .add(Options.flag(
                        "Accepted for compatibility; an object without .BTF_ids is no failure anyway.", "--no-fail"))
                .add(Options.jobs("Number of objects to work on at a time."))
                .add(Options.flag("Report in JSON on standard output.", "--json"))
                .add(Options.flag("Say what is done.", "-v", "--verbose"))
                .add(Options.version())
                .add(Options.help());
    }
}
