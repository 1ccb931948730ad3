package org.btfkit.cli.manual;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.btfkit.cli.support.Option;

/** Makes completions of fish 3 and later. */
final class FishCompletion {
    private static final String BTF_FUNCTIONS = """
            # Whether the words behind btf begin with these.
            function __btf_is
                set -l words (commandline -opc)
                set -e words[1]
                string match -q -- "$argv *" "$words "
            end

            # Whether the next word is the one of this number behind btf.
            function __btf_at
                test (count (commandline -opc)) -eq $argv[1]
            end

            """;

    /** Words to be joined with commas. */
    private static final String LIST_FUNCTION = """
            # Some of some words, with commas between them.
            function @_list
                set -l before (string match -r '.*,' -- (commandline -ct | string replace -r '^-[^=]*=' ''))
                for word in $argv
                    echo -- "$before$word"
                end
            end

            """;

    private FishCompletion() {}

    /** Completes {@code btf} and its subcommands. */
    static String ofBtf(List<Command> subcommands) {
        StringBuilder out = start(Command.BTF).append(BTF_FUNCTIONS);
        out.append("complete -c btf -n '__btf_at 1' -f -s h -l help -d 'Show this help.'\n");
        out.append("complete -c btf -n '__btf_at 1' -f -l version")
                .append(" -d 'Show version, commit, and the Java that runs it.'\n");
        Map<String, String> firsts = new LinkedHashMap<>();
        for (Command command : subcommands) {
            String[] words = command.subcommand().split(" ");
            firsts.putIfAbsent(words[0], words.length == 1 ? command.summary() : "CO-RE: relocate BPF objects");
            if (words.length > 1) {
                addWord(out, "__btf_at 2; and __btf_is " + words[0], words[1], command.summary());
            }
        }
        firsts.forEach((word, summary) -> addWord(out, "__btf_at 1", word, summary));
        for (Command command : subcommands) {
            out.append('\n');
            addOptions(out, Command.BTF, " -n '__btf_is " + command.subcommand() + "'", command);
        }
        return out.toString();
    }

    /** Completes a command without subcommands. */
    static String of(Command command) {
        StringBuilder out = start(command.name());
        addOptions(out, command.name(), "", command);
        return out.toString();
    }

    private static StringBuilder start(String name) {
        return new StringBuilder("# Completion of " + name + " for fish; written by the build.\n\n")
                .append(LIST_FUNCTION.replace("@", function(name)));
    }

    private static String function(String name) {
        return "__" + name.replace('-', '_');
    }

    private static void addWord(StringBuilder out, String condition, String word, String summary) {
        out.append("complete -c btf -n '").append(condition).append("' -f -a ").append(word);
        out.append(" -d ").append(quoted(summary)).append('\n');
    }

    private static void addOptions(StringBuilder out, String name, String condition, Command command) {
        for (Option option : command.syntax().options()) {
            out.append("complete -c ").append(name).append(condition);
            for (String one : option.names()) {
                out.append(one.startsWith("--") ? " -l " + one.substring(2) : " -s " + one.substring(1));
            }
            out.append(value(option, name))
                    .append(" -d ")
                    .append(quoted(option.description()))
                    .append('\n');
        }
    }

    private static String value(Option option, String name) {
        if (!option.takesValue()) {
            return "";
        }
        if (!option.values().isEmpty()) {
            String words = String.join(" ", option.values());
            return " -x -a '" + (option.isList() ? "(" + function(name) + "_list " + words + ")" : words) + "'";
        }
        return switch (ValueKind.of(option)) {
            case FOLDER -> " -x -a '(__fish_complete_directories)'";
            case FILE -> " -r -F";
            case OTHER -> " -x";
        };
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
