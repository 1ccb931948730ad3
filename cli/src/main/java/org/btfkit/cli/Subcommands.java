package org.btfkit.cli;

import java.io.PrintStream;
import java.util.List;
import org.btfkit.cli.compare.CheckCommand;
import org.btfkit.cli.compare.DiffCommand;
import org.btfkit.cli.compare.ExplainCommand;
import org.btfkit.cli.core.CoreApplyCommand;
import org.btfkit.cli.core.CoreCheckCommand;
import org.btfkit.cli.core.CoreListCommand;
import org.btfkit.cli.core.MinCoreCommand;
import org.btfkit.cli.look.DumpCommand;
import org.btfkit.cli.look.FindCommand;
import org.btfkit.cli.look.GraphCommand;
import org.btfkit.cli.look.JavaCommand;
import org.btfkit.cli.look.KfuncsCommand;
import org.btfkit.cli.look.ReportCommand;
import org.btfkit.cli.look.ShowCommand;
import org.btfkit.cli.look.StatsCommand;
import org.btfkit.cli.look.ValidateCommand;
import org.btfkit.cli.look.WhoCommand;
import org.btfkit.cli.make.DedupCommand;
import org.btfkit.cli.make.DistillCommand;
import org.btfkit.cli.make.EncodeCommand;
import org.btfkit.cli.make.MergeCommand;
import org.btfkit.cli.make.RelocateCommand;
import org.btfkit.cli.make.SanitizeCommand;
import org.btfkit.cli.make.SortCommand;
import org.btfkit.cli.support.Subcommand;

/** The subcommands of {@code btf} by their names. */
public final class Subcommands {
    /** All names, in the order of the help. */
    public static final List<String> NAMES = List.of(
            "dump",
            "show",
            "find",
            "stats",
            "who",
            "kfuncs",
            "graph",
            "report",
            "validate",
            "diff",
            "check",
            "explain",
            "encode",
            "dedup",
            "merge",
            "distill",
            "relocate",
            "sort",
            "sanitize",
            "core check",
            "core list",
            "core apply",
            "min-core",
            "java");

    private Subcommands() {}

    /**
     * Tells how many words of a command line are the name of a subcommand.
     *
     * @param args the command line
     * @return 1, 2 for such as {@code core list}, or 0 if it does not begin with one
     */
    public static int wordsOf(String... args) {
        if (args.length > 0 && NAMES.contains(args[0])) {
            return 1;
        }
        return args.length > 1 && NAMES.contains(args[0] + " " + args[1]) ? 2 : 0;
    }

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
            case "who" -> new WhoCommand(err);
            case "kfuncs" -> new KfuncsCommand(err);
            case "graph" -> new GraphCommand(err);
            case "report" -> new ReportCommand(err);
            case "validate" -> new ValidateCommand(err);
            case "diff" -> new DiffCommand(err);
            case "check" -> new CheckCommand(err);
            case "explain" -> new ExplainCommand(err);
            case "encode" -> new EncodeCommand(err);
            case "dedup" -> new DedupCommand(err);
            case "merge" -> new MergeCommand(err);
            case "distill" -> new DistillCommand(err);
            case "relocate" -> new RelocateCommand(err);
            case "sort" -> new SortCommand(err);
            case "sanitize" -> new SanitizeCommand(err);
            case "core check" -> new CoreCheckCommand(err);
            case "core list" -> new CoreListCommand(err);
            case "core apply" -> new CoreApplyCommand(err);
            case "min-core" -> new MinCoreCommand(err);
            case "java" -> new JavaCommand(err);
            default -> throw new IllegalArgumentException(name);
        };
    }
}
