package org.btfkit.cli.manual;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.btfkit.cli.support.Option;

/** Makes completions of zsh: a function for {@code fpath}. */
final class ZshCompletion {
    private ZshCompletion() {}

    /** Completes {@code btf} and its subcommands. */
    static String ofBtf(List<Command> subcommands) {
        StringBuilder out = new StringBuilder("#compdef btf\n# Written by the build.\n\n");
        Map<String, String> firsts = new LinkedHashMap<>();
        Map<String, String> cores = new LinkedHashMap<>();
        for (Command command : subcommands) {
            String[] words = command.subcommand().split(" ");
            (words.length == 1 ? firsts : cores).put(words[words.length - 1], command.summary());
            if (words.length > 1) {
                firsts.putIfAbsent(words[0], "CO-RE: relocate BPF objects on kernels");
            }
            addFunction(out, function(command.name()), command);
        }
        addDispatcher(out, "_btf_core", cores, "");
        addDispatcher(out, "_btf", firsts, " '(- *)--version[Show version, commit, and the Java that runs it.]'");
        return out.append("_btf \"$@\"\n").toString();
    }

    /** Completes a command without subcommands. */
    static String of(Command command) {
        StringBuilder out = new StringBuilder("#compdef " + command.name() + "\n# Written by the build.\n\n");
        addFunction(out, function(command.name()), command);
        return out.append(function(command.name())).append(" \"$@\"\n").toString();
    }

    private static String function(String name) {
        return "_" + name.replace('-', '_').replace(' ', '_');
    }

    /** A function that completes the name of a subcommand, and leaves what follows to that one's function. */
    private static void addDispatcher(StringBuilder out, String function, Map<String, String> words, String options) {
        out.append(function).append("() {\n    local context state state_descr line\n    typeset -A opt_args\n");
        out.append("    _arguments -C '(- *)'{-h,--help}'[Show this help.]'")
                .append(options)
                .append(" '1:command:->command' '*::argument:->argument'\n");
        out.append("    case $state in\n        command)\n            local -a commands=(\n");
        words.forEach((word, summary) -> out.append("                ")
                .append(quoted(word + ":" + summary))
                .append('\n'));
        out.append("            )\n            _describe -t commands command commands\n            ;;\n");
        out.append("        argument)\n            local function=")
                .append(function)
                .append("_${words[1]//-/_}\n            (( ! $+functions[$function] )) || $function\n            ;;\n");
        out.append("    esac\n}\n\n");
    }

    private static void addFunction(StringBuilder out, String function, Command command) {
        List<String> specs = new ArrayList<>();
        for (Option option : command.syntax().options()) {
            specs.add(spec(command, option));
        }
        if (command.syntax().operandLabel() != null) {
            specs.add("'*:" + command.syntax().operandLabel() + ":_files'");
        }
        out.append(function).append("() {\n    _arguments -s -S : \\\n        ");
        out.append(String.join(" \\\n        ", specs)).append("\n}\n\n");
    }

    /** As {@code _arguments} wants it: {@code (what it excludes)names[description]:label:action}. */
    private static String spec(Command command, Option option) {
        boolean isRepeatable = option.kind() == Option.Kind.TEXTS || option.kind() == Option.Kind.MANY;
        List<String> excluded = new ArrayList<>();
        if (option.kind() == Option.Kind.HELP || option.names().contains("--version")) {
            excluded.add("- *");
        } else if (!isRepeatable) {
            excluded.addAll(option.names());
            for (List<Option> choice : command.syntax().choices()) {
                if (choice.contains(option)) {
                    choice.stream().filter(one -> one != option).forEach(one -> excluded.addAll(one.names()));
                }
            }
        }
        List<String> names = new ArrayList<>();
        for (String name : option.names()) {
            names.add(name + (!option.takesValue() ? "" : name.startsWith("--") ? "=" : "+"));
        }
        String prefix = isRepeatable ? "\\*" : "'(" + String.join(" ", excluded) + ")'";
        String shown = names.size() == 1 ? names.get(0) : "{" + String.join(",", names) + "}";
        return prefix + shown + quoted("[" + plain(option.description()) + "]" + value(option));
    }

    private static String value(Option option) {
        if (!option.takesValue()) {
            return "";
        }
        String label = ":" + option.label().replace(":", "\\:") + ":";
        if (!option.values().isEmpty()) {
            String words = String.join(" ", option.values());
            return label + (option.isList() ? " _values -s , " + option.label() + " " + words : "(" + words + ")");
        }
        return switch (ValueKind.of(option)) {
            case FOLDER -> label + "_files -/";
            case FILE -> label + "_files";
            case OTHER -> label + " ";
        };
    }

    /** Without what ends a description. */
    private static String plain(String text) {
        return text.replace("\\", "").replace("[", "(").replace("]", ")");
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
