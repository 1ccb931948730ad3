package org.btfkit.cli;

import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;

/** The options of {@code resolve-btfids}; built without reflection, which would cost start-up time. */
final class ResolveBtfidsSpec {
    private ResolveBtfidsSpec() {}

    static CommandSpec create() {
        CommandSpec spec = CommandSpec.create().name("resolve-btfids");
        spec.usageMessage()
                .customSynopsis("resolve-btfids [OPTION]... ELF...", "resolve-btfids @LIST    (one argument per line)")
                .description(
                        "%nResolves the .BTF_ids section of kernel objects in place: writes the BTF id of every name,"
                                + " sorts every set by id, and moves the __BTF_ID__ symbols along. Running it again"
                                + " changes nothing.%n")
                .optionListHeading("Options:%n")
                .footer(
                        "",
                        "FILE arguments are raw BTF or ELF, plain or compressed with xz, zstd or gzip.",
                        "",
                        "Exit status: 0 done, maybe with warnings; 1 failed, or stale under --check; 2 usage.",
                        "",
                        "Examples:",
                        "  resolve-btfids -b vmlinux module.ko",
                        "  resolve-btfids -b vmlinux -j 8 @modules.list",
                        "  resolve-btfids --check -b /sys/kernel/btf/vmlinux nf_conntrack.ko.xz");
        spec.usageMessage().width(100).sortOptions(false);
        spec.addOption(Options.file("FILE", "Base BTF of a module: the vmlinux that it is for.", "-b", "--btf_base"));
        spec.addOption(Options.file("FILE", "Find the ids in this BTF instead of the object's own.", "--btf"));
        spec.addOption(
                Options.file("FILE", "Write the result here instead of in place; for one object.", "-o", "--output"));
        spec.addArgGroup(ArgGroupSpec.builder()
                .exclusive(true)
                .addArg(Options.flag("Only report whether each set is unresolved, resolved or stale.", "--check"))
                .addArg(Options.flag("Only move symbols that a sort has left behind.", "--repair"))
                .build());
        spec.addOption(
                Options.file("FILE", "BTF that the ids in the object came from, if its own has changed.", "--old_btf"));
        spec.addOption(Options.file("FILE", "Base of that BTF, if it is not the one given with -b.", "--old_base"));
        spec.addOption(
                Options.flag("Take the symbols of a resolved object at their word, without proof.", "--trust_symbols"));
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
