package org.btfkit.cli.support;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads the arguments of a command by its {@link Syntax}, without picocli: building its model and reading by it takes
 * longer than many a command does.
 *
 * <p>Reads what is commonly written: {@code --name}, {@code --name VALUE}, {@code --name=VALUE}, {@code -n VALUE}, and
 * {@code -nVALUE}, between and behind operands. Everything else is left to {@link PicocliReader}: the help,
 * {@code @LIST}, {@code --}, short options in one word, and all that may be a mistake, for which it has the words. What
 * this reads, both read alike.
 */
public final class ArgumentReader {
    /** More digits than these might not fit into an int. */
    private static final int SAFE_DIGITS = 9;

    private final Syntax syntax;
    private final Arguments read;

    /** The option that was read last. */
    private Option last;

    private ArgumentReader(Syntax syntax) {
        this.syntax = syntax;
        this.read = new Arguments(syntax);
    }

    /**
     * Reads arguments, by picocli if there is no other way.
     *
     * @param syntax the command
     * @param args its arguments, without its name
     * @return what they say; an option of the kind {@link Option.Kind#HELP} may be among them
     * @throws MisuseException if they make no sense
     */
    public static Arguments read(Syntax syntax, List<String> args) {
        Arguments read = readPlain(syntax, args);
        return read != null ? read : PicocliReader.read(syntax, args);
    }

    /**
     * Reads arguments without picocli.
     *
     * @return what they say, or null if that is for picocli to find out
     */
    static Arguments readPlain(Syntax syntax, List<String> args) {
        ArgumentReader reader = new ArgumentReader(syntax);
        for (int i = 0; i < args.size(); i++) {
            String arg = args.get(i);
            if (arg.startsWith("@") && !syntax.listsAreOperands()) {
                return null;
            }
            if (!arg.startsWith("-") || arg.equals("-")) {
                if (syntax.operandLabel() == null) {
                    return null;
                }
                reader.read.addOperand(arg);
                continue;
            }
            Option option = syntax.find(arg);
            boolean isRead;
            if (option != null && option.takesValue()) {
                i++;
                isRead = i < args.size() && isPlain(args.get(i)) && reader.add(option, args.get(i));
            } else {
                isRead = option == null ? reader.addOneWord(arg) : reader.add(option, null);
            }
            if (reader.last != null && reader.last.kind() == Option.Kind.MANY) {
                for (; isRead && i + 1 < args.size() && isPlain(args.get(i + 1)); i++) {
                    isRead = reader.add(reader.last, args.get(i + 1));
                }
            }
            if (!isRead) {
                return null;
            }
        }
        return reader.hasTwoOfAChoice() ? null : reader.read;
    }

    /** Tells whether a word that stands where a value is expected is one, whatever options there are. */
    private static boolean isPlain(String value) {
        return !value.startsWith("@") && (!value.startsWith("-") || value.equals("-"));
    }

    /** Takes {@code --name=VALUE} and {@code -nVALUE}; false if the word is neither. */
    private boolean addOneWord(String word) {
        int equals = word.indexOf('=');
        int nameEnd = equals >= 0 ? equals : 2;
        Option option = word.length() > nameEnd ? syntax.find(word.substring(0, nameEnd)) : null;
        if (option == null || !option.takesValue()) {
            return false;
        }
        String value = word.substring(equals >= 0 ? equals + 1 : nameEnd);
        return !value.isEmpty() && isPlain(value) && add(option, value);
    }

    private boolean add(Option option, String value) {
        if (option.kind() == Option.Kind.HELP || read.has(option) && !mayBeRepeated(option)) {
            return false;
        }
        Object converted = switch (option.kind()) {
            case FLAG, HELP -> null;
            case TEXT, TEXTS, MANY -> value;
            case NUMBER -> number(value);
            case FILE -> file(value);
        };
        if (converted == null && option.takesValue()) {
            return false;
        }
        read.add(option, converted);
        last = option;
        return true;
    }

    /** A flag says nothing new when it is there again; of those of a choice, picocli has a word on it. */
    private boolean mayBeRepeated(Option option) {
        return option.takesSeveral()
                || option.kind() == Option.Kind.FLAG
                        && syntax.choices().stream().noneMatch(choice -> choice.contains(option));
    }

    private static Integer number(String digits) {
        if (digits.isEmpty() || digits.length() > SAFE_DIGITS) {
            return null;
        }
        for (int i = 0; i < digits.length(); i++) {
            if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
                return null;
            }
        }
        return Integer.valueOf(digits);
    }

    private static Path file(String name) {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            return null;
        }
    }

    private boolean hasTwoOfAChoice() {
        for (List<Option> choice : syntax.choices()) {
            int count = 0;
            for (Option option : choice) {
                count += read.has(option) ? 1 : 0;
            }
            if (count > 1) {
                return true;
            }
        }
        return false;
    }
}
