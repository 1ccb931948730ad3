package org.btfkit.cli.laws;

import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.Syntax;

/** The options of {@code btfids-laws}. */
public final class LawsSyntax {
    /** What the command is called. */
    public static final String NAME = "btfids-laws";

    private LawsSyntax() {}

    /**
     * Creates the options.
     *
     * @return options of its own
     */
    public static Syntax create() {
        return addOptions(describe()).operands("MODULE");
    }

    private static Syntax describe() {
        return new Syntax()
                .name(NAME)
                .synopsis(
                        NAME + " --tool TOOL [OPTION]...                    on generated objects",
                        NAME + " --tool TOOL [-b VMLINUX] [OPTION]... MODULE...   on these")
                .description(
                        "Tries on a resolve_btfids, the kernel's with or without a patch or btfkit's, what must hold of"
                                + " it. What breaks a law is made as small as it can be and kept, with a picture of the"
                                + " sets before and after and a script that shows it again.",
                        "",
                        "fresh    a fresh object gets the right ids, each set in order",
                        "again    a second run changes nothing",
                        "path     resolving anew for another vmlinux is resolving for it at once",
                        "pairs    flags stay with their kfuncs, however often it runs",
                        "symbols  each symbol names the slot that holds its id",
                        "rest     nothing but .BTF_ids and the values of its symbols changes",
                        "kill     after a SIGKILL the file is the old or the new one, and the next run finishes")
                .exitStatus("0 all laws hold, 1 one is broken, 2 they could not be tried, or misuse.")
                .footer(
                        "",
                        "MODULE is a kernel object, plain or packed with xz, zstd or gzip, fresh or as shipped, or a"
                                + " folder with a kept failure. What is right is told by the object's symbols and BTF,"
                                + " with nothing that btfkit's own resolver is made of.",
                        "",
                        "The report is in TAP, on standard output.",
                        "",
                        "Examples:",
                        "  " + NAME + " --tool tools/bpf/resolve_btfids/resolve_btfids",
                        "  " + NAME + " --tool ./resolve_btfids --seed 7 --runs 5000 --without ties --junit laws.xml",
                        "  " + NAME + " --tool ./resolve_btfids -b vmlinux net/netfilter/nf_conntrack.ko");
    }

    private static Syntax addOptions(Syntax syntax) {
        return syntax.add(Options.text("TOOL", "The resolve_btfids to try.", "--tool"))
                .add(Options.text(
                        "STYLE",
                        "How it is called: in-place, as up to kernel 6.19, or patch, as from 7.0 on, where it writes"
                                + " beside the object and --patch_btfids copies that in. Default: what it does to a"
                                + " small object.",
                        "--style"))
                .add(Options.number(
                        "N", "How many objects to generate. Default: 300, or none if there are MODULEs.", "--runs"))
                .add(Options.text(
                        "S", "Generate the same objects again. Default: others each time; the report says.", "--seed"))
                .add(Options.number("N", "Begin with the Nth object of the seed.", "--from"))
                .add(Options.text("LAW,...", "Try only these laws.", "--law"))
                .add(Options.text(
                        "TRAIT,...",
                        "Generate no objects that have: ties (two entries of a set with one id), shared-names (two sets"
                                + " of one name), unresolved (names that are not in the BTF), unused-in-sets (slots"
                                + " without a symbol), elf32, big-endian, linked.",
                        "--without"))
                .add(Options.number("N", "How often to kill it. Default: 30.", "--kills"))
                .add(Options.flag("Stop when a law is broken for the first time.", "--first"))
                .add(Options.file("FILE", "The vmlinux of the MODULEs, or its BTF.", "-b", "--btf_base"))
                .add(Options.file("DIR", "Keep failures there. Default: btfids-laws-failures.", "--keep"))
                .add(Options.file("FILE", "Write the report there as JUnit XML, too.", "--junit"))
                .add(Options.help())
                .add(Options.version());
    }
}
