package org.btfkit.cli.btf;

import java.io.PrintStream;
import java.util.List;

/** The subcommands of {@code btf} by their names. */
public final class Subcommands {
    /** All names, in the order of the help. */
    public static final List<String> NAMES = List.of(
            "dump",
            "show",
            "find",
            "stats",
            "validate",
            "encode",
            "dedup",
            "merge",
            "distill",
            "relocate",
            "sort",
            "sanitize",
            "java");

    private Subcommands() {}

    /**
     * Creates a subcommand. The classes of the others are not loaded, which would take longer than many a run.
     *
     * @param name one of {@link #NAMES}
     * @param err where warnings, notes and progress go
     * @return the subcommand
     * @throws IllegalArgumentException if there is none of this name
     */
    public static Subcommand create(String name, PrintStream err) {
        return switch (name) {
            case "dump" -> new DumpCommand(err);
            case "show" -> new ShowCommand(err);
            case "find" -> new FindCommand(err);
            case "stats" -> new StatsCommand(err);
            case "validate" -> new ValidateCommand(err);
            case "encode" -> new EncodeCommand(err);
            case "dedup" -> new DedupCommand(err);
            case "merge" -> new MergeCommand(err);
            case "distill" -> new DistillCommand(err);
            case "relocate" -> new RelocateCommand(err);
            case "sort" -> new SortCommand(err);
            case "sanitize" -> new SanitizeCommand(err);
            case "java" -> new JavaCommand(err);
            default -> throw new IllegalArgumentException(name);
        };
    }
}
