package org.btfkit.cli.support;

import java.nio.file.Path;
import java.util.Arrays;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Builds the options that the commands have in common; without reflection, which would cost start-up time. */
public final class Options {
    /** The option that takes a base at its word. */
    public static final String TRUST_BASE = "--trust_base";

    private Options() {}

    /** What picocli has for it calls {@link Path#of} by reflection. */
    private static final class PathConverter implements ITypeConverter<Path> {
        @Override
        public Path convert(String value) {
            return Path.of(value);
        }
    }

    /**
     * An option that names a file.
     *
     * @param label what the value is called in the help
     * @param description what it does, for the help
     * @param names the short and the long name
     * @return the option
     */
    public static OptionSpec file(String label, String description, String... names) {
        return value(label, Path.class, description, names)
                .converters(new PathConverter())
                .build();
    }

    /**
     * An option with one value.
     *
     * @param label what the value is called in the help
     * @param type what the value becomes
     * @param description what it does, for the help
     * @param names the short and the long name
     * @return the option, to be finished
     */
    public static OptionSpec.Builder value(String label, Class<?> type, String description, String... names) {
        return OptionSpec.builder(names[0], Arrays.copyOfRange(names, 1, names.length))
                .paramLabel(label)
                .arity("1")
                .type(type)
                .description(description);
    }

    /**
     * An option that is there or not.
     *
     * @param description what it does, for the help
     * @param names the short and the long name
     * @return the option
     */
    public static OptionSpec flag(String description, String... names) {
        return OptionSpec.builder(names[0], Arrays.copyOfRange(names, 1, names.length))
                .arity("0")
                .type(boolean.class)
                .description(description)
                .build();
    }

    /**
     * The option for who knows the base to be right.
     *
     * @return the option
     */
    public static OptionSpec trustBase() {
        return flag("Use the base although there are signs that the BTF was not made on it.", TRUST_BASE);
    }

    /**
     * The option that says how much to do at a time.
     *
     * @param description what is done, for the help
     * @return the option
     */
    public static OptionSpec jobs(String description) {
        return value("N", Integer.class, description + " Default: the number of processors.", "-j", "--jobs")
                .build();
    }

    /**
     * The number that {@link #jobs(String)} is given.
     *
     * @param parsed the command line
     * @return a number above 0
     * @throws ParameterException if it is none
     */
    public static int jobs(ParseResult parsed) {
        int jobs = parsed.matchedOptionValue("-j", Runtime.getRuntime().availableProcessors());
        if (jobs < 1) {
            throw new ParameterException(
                    parsed.commandSpec().commandLine(), "-j " + jobs + ": expected a number above 0");
        }
        return jobs;
    }

    /**
     * The option that asks for help.
     *
     * @return the option
     */
    public static OptionSpec help() {
        return OptionSpec.builder("-h", "--help")
                .arity("0")
                .type(boolean.class)
                .usageHelp(true)
                .description("Show this help.")
                .build();
    }

    /**
     * All arguments that are no options; the commands count them themselves, to say what is missing.
     *
     * @param label what one is called
     * @return the arguments
     */
    public static PositionalParamSpec arguments(String label) {
        return PositionalParamSpec.builder()
                .paramLabel(label)
                .arity("0..*")
                .type(String[].class)
                .auxiliaryTypes(String.class)
                .hidden(true)
                .build();
    }
}
