package org.btfkit.cli.support;

import java.util.List;

/** Makes the options that the commands have in common, and others of the same kinds. */
public final class Options {
    /** The option that takes a base at its word. */
    public static final String TRUST_BASE = "--trust_base";

    /** The option that has done anew what need not be done. */
    public static final String IGNORE_SEALS = "--ignore_seals";

    private Options() {}

    /**
     * An option that names a file.
     *
     * @param label what the value is called in the help
     * @param description what it does, for the help
     * @param names the short and the long name
     * @return the option
     */
    public static Option file(String label, String description, String... names) {
        return new Option(Option.Kind.FILE, label, description, List.of(names));
    }

    /**
     * An option with one value.
     *
     * @param label what the value is called in the help
     * @param description what it does, for the help
     * @param names the short and the long name
     * @return the option
     */
    public static Option text(String label, String description, String... names) {
        return new Option(Option.Kind.TEXT, label, description, List.of(names));
    }

    /**
     * An option with one of few values; the command checks that it is.
     *
     * @param values these words
     * @param label what the value is called in the help
     * @param description what it does, for the help
     * @param names the short and the long name
     * @return the option
     */
    public static Option oneOf(List<String> values, String label, String description, String... names) {
        return new Option(Option.Kind.TEXT, label, description, List.of(names), values, false);
    }

    /**
     * An option with some of few values, with commas between them; the command checks that they are.
     *
     * @param values these words
     * @param label what the value is called in the help
     * @param description what it does, for the help
     * @param names the short and the long name
     * @return the option
     */
    public static Option someOf(List<String> values, String label, String description, String... names) {
        return new Option(Option.Kind.TEXT, label, description, List.of(names), values, true);
    }

    /**
     * An option that can be given several times, each with one value.
     *
     * @param label what a value is called in the help
     * @param description what it does, for the help
     * @param names the short and the long name
     * @return the option
     */
    public static Option texts(String label, String description, String... names) {
        return new Option(Option.Kind.TEXTS, label, description, List.of(names));
    }

    /**
     * An option that takes all words up to the next option, one at least.
     *
     * @param label what a value is called in the help
     * @param description what it does, for the help
     * @param names the short and the long name
     * @return the option
     */
    public static Option many(String label, String description, String... names) {
        return new Option(Option.Kind.MANY, label, description, List.of(names));
    }

    /**
     * An option with a number.
     *
     * @param label what the value is called in the help
     * @param description what it does, for the help
     * @param names the short and the long name
     * @return the option
     */
    public static Option number(String label, String description, String... names) {
        return new Option(Option.Kind.NUMBER, label, description, List.of(names));
    }

    /**
     * The option not to believe what a seal says of an object.
     *
     * @return the option
     */
    public static Option ignoreSeals() {
        return flag("Make the BTF anew even if an object's seal shows that nothing has changed.", IGNORE_SEALS);
    }

    /**
     * An option that is there or not.
     *
     * @param description what it does, for the help
     * @param names the short and the long name
     * @return the option
     */
    public static Option flag(String description, String... names) {
        return new Option(Option.Kind.FLAG, "", description, List.of(names));
    }

    /**
     * The option for who knows the base to be right.
     *
     * @return the option
     */
    public static Option trustBase() {
        return flag("Use the base although there are signs that the BTF was not made on it.", TRUST_BASE);
    }

    /**
     * The option that says how much to do at a time.
     *
     * @param description what is done, for the help
     * @return the option
     */
    public static Option jobs(String description) {
        return number("N", description + " Default: the number of processors.", "-j", "--jobs");
    }

    /**
     * The number that {@link #jobs(String)} is given.
     *
     * @param arguments the command line
     * @return a number above 0
     * @throws MisuseException if it is none
     */
    public static int jobs(Arguments arguments) {
        int jobs = arguments.value("-j", Runtime.getRuntime().availableProcessors());
        if (jobs < 1) {
            throw arguments.misuse("-j " + jobs + ": expected a number above 0");
        }
        return jobs;
    }

    /**
     * The file that {@code -o} names, in commands that write nowhere without it.
     *
     * @param arguments the command line
     * @return the file; {@code -} for standard output
     * @throws MisuseException if there is none
     */
    public static String output(Arguments arguments) {
        String file = arguments.value("-o", "");
        if (file.isEmpty()) {
            throw arguments.misuse("no output given, expected -o OUT (- for standard output)");
        }
        return file;
    }

    /**
     * The option that asks for help.
     *
     * @return the option
     */
    public static Option help() {
        return new Option(Option.Kind.HELP, "", "Show this help.", List.of("-h", "--help"));
    }

    /**
     * The option that asks what this is.
     *
     * @return the option
     */
    public static Option version() {
        return flag("Show version, commit, and the Java that runs it.", "--version");
    }
}
