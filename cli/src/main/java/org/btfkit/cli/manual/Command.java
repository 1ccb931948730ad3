package org.btfkit.cli.manual;

import java.util.ArrayList;
import java.util.List;
import org.btfkit.cli.BtfTool;
import org.btfkit.cli.laws.LawsSyntax;
import org.btfkit.cli.make.PaholeCommand;
import org.btfkit.cli.resolve.GenerateCommand;
import org.btfkit.cli.resolve.ResolveSyntax;
import org.btfkit.cli.support.Syntax;

/**
 * A command or subcommand, and its page.
 *
 * @param name as it is called: {@code btf core check}
 * @param page what its manual page is called: {@code btf-core-check}
 * @param syntax its options and help
 */
record Command(String name, String page, Syntax syntax) {
    /** The command with subcommands. */
    static final String BTF = "btf";

    /** All that have a page, in the order of the help. */
    static List<Command> all() {
        List<Command> all = new ArrayList<>();
        all.add(of(BtfTool.syntax()));
        all.addAll(subcommands());
        all.addAll(withoutSubcommands());
        // Debian's pahole has a page of that name, and people will want to read it.
        all.add(new Command("pahole", "btfkit-pahole", PaholeCommand.syntax()));
        return all;
    }

    /** Those that people type, and not only builds, but for {@code btf}. */
    static List<Command> withoutSubcommands() {
        return List.of(
                of(GenerateCommand.syntax()),
                of(ResolveSyntax.create("resolve-btfids", false)),
                of(LawsSyntax.create()));
    }

    /** The subcommands of {@code btf}. */
    static List<Command> subcommands() {
        return BtfTool.subcommands().values().stream().map(Command::of).toList();
    }

    private static Command of(Syntax syntax) {
        return new Command(syntax.name(), syntax.name().replace(' ', '-'), syntax);
    }

    /** Whether it is {@code btf} and not one of those below it. */
    boolean isBtf() {
        return name.equals(BTF);
    }

    /** The words behind {@code btf}. */
    String subcommand() {
        return name.substring(BTF.length() + 1);
    }

    /** What it does, in a line without a full stop: the first clause of what its help says. */
    String summary() {
        String text = syntax.description()[0];
        for (int i = 0; i < text.length(); i++) {
            boolean endsClause = ".;:".indexOf(text.charAt(i)) >= 0;
            if (endsClause && (i + 1 == text.length() || text.charAt(i + 1) == ' ')) {
                return text.substring(0, i);
            }
        }
        return text;
    }
}
