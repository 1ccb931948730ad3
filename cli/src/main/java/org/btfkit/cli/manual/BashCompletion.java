package org.btfkit.cli.manual;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import org.btfkit.cli.support.Option;

/**
 * Makes completions of bash 4 and later, with or without the package bash-completion.
 *
 * <p>File names are left to readline, which knows how to quote them.
 */
final class BashCompletion {
    /** What is found out about the word to be completed; bash has cut {@code --color=al} into three. */
    private static final String START = """
                local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
                COMPREPLY=()
                if [[ $cur == = ]]; then
                    cur=
                elif [[ $prev == = ]]; then
                    prev=${COMP_WORDS[COMP_CWORD-2]}
                fi
            """;

    /** Functions that all of a file's use, below its own name: two files may be of two versions. */
    private static final String HELPERS = """
            # One of some words.
            @_words() {
                mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
            }

            # Some of some words, with commas between them.
            @_list() {
                local before=
                [[ $cur != *,* ]] || before=${cur%%,*},
                [[ $cur != *,*,* ]] || before=${cur%,*},
                mapfile -t COMPREPLY < <(compgen -P "$before" -W "$1" -- "${cur##*,}")
                compopt -o nospace
            }

            # An option, else a file.
            @_argument() {
                if [[ $cur == -* ]]; then
                    @_words "$1"
                else
                    compopt -o default
                fi
            }

            """;

    private BashCompletion() {}

    /** Completes {@code btf} and its subcommands. */
    static String ofBtf(List<Command> subcommands) {
        StringBuilder out = start(Command.BTF);
        Set<String> firsts = new LinkedHashSet<>();
        StringJoiner cores = new StringJoiner(" ");
        for (Command command : subcommands) {
            String[] words = command.subcommand().split(" ");
            firsts.add(words[0]);
            if (words.length > 1) {
                cores.add(words[1]);
            }
        }
        out.append("    if ((COMP_CWORD == 1)); then\n        _btf_words '")
                .append(String.join(" ", firsts))
                .append(" -h --help --version'\n        return\n    fi\n");
        out.append("    local command=${COMP_WORDS[1]}\n    if [[ $command == core ]]; then\n")
                .append("        if ((COMP_CWORD == 2)); then\n            _btf_words '")
                .append(cores)
                .append(" -h --help'\n            return\n        fi\n")
                .append("        command=\"core ${COMP_WORDS[2]}\"\n    fi\n    case $command in\n");
        for (Command command : subcommands) {
            out.append("        '").append(command.subcommand()).append("')\n");
            addCommand(out, command, "_btf", "            ");
            out.append("            ;;\n");
        }
        return end(out.append("    esac\n"), Command.BTF);
    }

    /** Completes a command without subcommands. */
    static String of(Command command) {
        StringBuilder out = start(command.name());
        addCommand(out, command, function(command.name()), "    ");
        return end(out, command.name());
    }

    private static StringBuilder start(String name) {
        return new StringBuilder("# Completion of " + name + " for bash; written by the build.\n\n")
                .append(HELPERS.replace("@", function(name)))
                .append(function(name))
                .append("() {\n")
                .append(START);
    }

    private static String end(StringBuilder out, String name) {
        return out.append("}\n\ncomplete -F ")
                .append(function(name))
                .append(' ')
                .append(name)
                .append('\n')
                .toString();
    }

    private static String function(String name) {
        return "_" + name.replace('-', '_');
    }

    private static void addCommand(StringBuilder out, Command command, String function, String indent) {
        List<String> names = new ArrayList<>();
        out.append(indent).append("case $prev in\n");
        for (Option option : command.syntax().options()) {
            names.addAll(option.names());
            if (option.takesValue()) {
                out.append(indent)
                        .append("    ")
                        .append(String.join(" | ", option.names()))
                        .append(")\n");
                out.append(indent)
                        .append("        ")
                        .append(valueOf(option, function))
                        .append('\n');
                out.append(indent).append("        return\n");
                out.append(indent).append("        ;;\n");
            }
        }
        out.append(indent).append("esac\n");
        out.append(indent)
                .append(function)
                .append("_argument '")
                .append(String.join(" ", names))
                .append("'\n");
    }

    private static String valueOf(Option option, String function) {
        if (!option.values().isEmpty()) {
            return function + (option.isList() ? "_list '" : "_words '") + String.join(" ", option.values()) + "'";
        }
        return switch (ValueKind.of(option)) {
            case FOLDER -> "compopt -o dirnames";
            case FILE -> "compopt -o default";
            case OTHER -> ":";
        };
    }
}
