package org.btfkit.cli.resolve;

import org.btfkit.cli.support.Options;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;

/** The options of {@code resolve-btfids}; built without reflection, which would cost start-up time. */
final class ResolveSpec {
    private ResolveSpec() {}

    /**
     * Creates the options.
     *
     * @param name what the command is called
     * @param detaches whether it writes beside objects unless told otherwise
     */
    static CommandSpec create(String name, boolean detaches) {
        CommandSpec spec = CommandSpec.create().name(name);
        spec.usageMessage()
                .customSynopsis(name + " [OPTION]... ELF...", name + " @LIST    (one argument per line)")
                .description("%nResolves the .BTF_ids section of kernel objects: writes the BTF id of every name, sorts"
                        + " every set by id, and moves the __BTF_ID__ symbols along. "
                        + (detaches
                                ? "Leaves objects alone and writes beside them unless told otherwise.%n"
                                : "Objects are changed in place; running it again changes nothing.%n"))
                .optionListHeading("Options:%n")
                .footer(
                        "",
                        "FILE arguments are raw BTF or ELF, plain or compressed with xz, zstd or gzip.",
                        "",
                        "Exit status: 0 done, maybe with warnings; 1 failed, or stale under --check; 2 usage.",
                        "",
                        "Examples:",
                        detaches
                                ? "  " + name + " -b vmlinux --btf module.ko.BTF.1 module.ko"
                                : "  " + name + " -b vmlinux module.ko",
                        "  " + name + " --embed --distill_base -b vmlinux -j 8 @modules.list",
                        "  " + name + " --patch_btfids module.ko.BTF_ids module.ko",
                        "  " + name + " --check -b /sys/kernel/btf/vmlinux nf_conntrack.ko.xz");
        spec.usageMessage().width(100).sortOptions(false);
        spec.addOption(Options.file("FILE", "Base BTF of a module: the vmlinux that it is for.", "-b", "--btf_base"));
        spec.addOption(Options.file("FILE", "Find the ids in this BTF instead of the object's own.", "--btf"));
        spec.addOption(
                Options.file("FILE", "Write the result here instead of in place; for one object.", "-o", "--output"));
        spec.addArgGroup(ArgGroupSpec.builder()
                .exclusive(true)
                .addArg(Options.flag(
                        "Also edit the BTF for kfuncs, deduplicate and sort it, and put it into the object.",
                        "--embed"))
                .addArg(Options.flag(
                        "The same, but leave the object alone: write ELF.BTF, ELF.BTF_ids and ELF.BTF.base.",
                        "--detached"))
                .addArg(Options.file(
                        "BLOB", "Copy such an ELF.BTF_ids into the object, and move its symbols.", "--patch_btfids"))
                .addArg(Options.flag("Only report whether each set is unresolved, resolved or stale.", "--check"))
                .addArg(Options.flag("Only move symbols that a sort has left behind.", "--repair"))
                .build());
        spec.addOption(Options.flag(
                "With --embed or --detached: a small base of what is needed, .BTF.base, instead of the given one.",
                "--distill_base"));
        spec.addOption(Options.flag(
                "With --embed or --detached: make the BTF of the object's DWARF, as gen-btf does.", "--from-dwarf"));
        spec.addOption(
                Options.file("FILE", "BTF that the ids in the object came from, if its own has changed.", "--old_btf"));
        spec.addOption(Options.file("FILE", "Base of that BTF, if it is not the one given with -b.", "--old_base"));
        spec.addOption(
                Options.flag("Take the symbols of a resolved object at their word, without proof.", "--trust_symbols"));
        spec.addOption(Options.trustBase());
        spec.addOption(Options.flag("Cut off a module signature that a change invalidates.", "--strip_signature"));
        spec.addOption(Options.flag("Treat warnings as failures: write nothing, exit 1.", "--fatal_warnings"));
        spec.addOption(Options.flag(
                "Accepted for compatibility; an object without .BTF_ids is no failure anyway.", "--no-fail"));
        spec.addOption(Options.jobs("Number of objects to work on at a time."));
        spec.addOption(Options.flag("Report in JSON on standard output.", "--json"));
        spec.addOption(Options.flag("Say what is done.", "-v", "--verbose"));
        spec.addOption(Options.help());
        spec.addPositional(Options.arguments("ELF"));
        spec.usageMessage().synopsisHeading("Usage: ");
        return spec;
    }
}
