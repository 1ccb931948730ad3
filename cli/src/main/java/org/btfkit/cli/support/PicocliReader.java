package org.btfkit.cli.support;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.btfkit.btf.query.SimilarNames;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What picocli makes of a {@link Syntax}: the help, completion, and a reading of any arguments, with a word on each
 * mistake.
 *
 * <p>Its model is built without annotations, which would be read by reflection.
 */
public final class PicocliReader {
    private static final int WIDTH = 100;

    private PicocliReader() {}

    /** What picocli has for it calls {@link Path#of} by reflection. */
    private static final class PathConverter implements ITypeConverter<Path> {
        @Override
        public Path convert(String value) {
            return Path.of(value);
        }
    }

    /**
     * Reads arguments.
     *
     * @param syntax the command
     * @param args its arguments, without its name
     * @return what they say; only that, if help is asked for
     * @throws MisuseException if they make no sense
     */
    static Arguments read(Syntax syntax, List<String> args) {
        CommandLine command = new CommandLine(spec(syntax));
        command.setUseSimplifiedAtFiles(syntax.listsHaveLines());
        command.setExpandAtFiles(!syntax.listsAreOperands());
        ParseResult parsed;
        try {
            parsed = command.parseArgs(args.toArray(new String[0]));
        } catch (UnmatchedArgumentException e) {
            throw new MisuseException(syntax.name(), e.getMessage() + nearest(syntax, e.getUnmatched()));
        } catch (ParameterException e) {
            throw new MisuseException(syntax.name(), e.getMessage());
        }
        Arguments read = new Arguments(syntax);
        for (Option option : syntax.options()) {
            String name = option.names().get(0);
            if (parsed.hasMatchedOption(name)) {
                if (option.takesSeveral()) {
                    List<String> values = parsed.matchedOptionValue(name, List.of());
                    values.forEach(value -> read.add(option, value));
                } else {
                    read.add(option, option.takesValue() ? parsed.matchedOptionValue(name, null) : null);
                }
            }
        }
        if (syntax.operandLabel() != null) {
            for (String operand : parsed.matchedPositionalValue(0, new String[0])) {
                read.addOperand(operand);
            }
        }
        return read;
    }

    /** Names options that may have been meant by one that there is not. */
    private static String nearest(Syntax syntax, List<String> unknown) {
        String name = unknown.get(0).replaceFirst("=.*", "");
        List<String> names = syntax.options().stream()
                .flatMap(option -> option.names().stream())
                .filter(PicocliReader::isLong)
                .toList();
        return isLong(name) ? Nearest.words(SimilarNames.among(names, name, Nearest.MOST)) : "";
    }

    private static boolean isLong(String name) {
        return name.startsWith("--");
    }

    /**
     * Writes the help of a command.
     *
     * @param syntax the command
     * @return lines
     */
    public static String usage(Syntax syntax) {
        return usage(syntax, Map.of());
    }

    /**
     * Writes the help of a command that has others below it.
     *
     * @param syntax the command
     * @param subcommands those below it, in their order
     * @return lines
     */
    public static String usage(Syntax syntax, Map<String, Syntax> subcommands) {
        CommandSpec spec = spec(syntax);
        subcommands.forEach((name, subcommand) -> spec.addSubcommand(name, spec(subcommand)));
        return new CommandLine(spec).getUsageMessage();
    }

    /**
     * Makes picocli's model of a command.
     *
     * @param syntax the command
     * @return the model, of its own
     */
    public static CommandSpec spec(Syntax syntax) {
        CommandSpec spec = CommandSpec.create().name(syntax.name());
        spec.usageMessage()
                .width(WIDTH)
                .sortOptions(false)
                .customSynopsis(literal(syntax.synopsis()))
                .descriptionHeading("%n")
                .description(literal(syntax.description()))
                .optionListHeading("%n")
                .commandListHeading("%nCommands:%n")
                .footer(literal(syntax.footer()));
        for (Option option : syntax.options()) {
            if (choice(syntax, option) == null) {
                spec.addOption(spec(option, true));
            } else if (choice(syntax, option).get(0) == option) {
                ArgGroupSpec.Builder group = ArgGroupSpec.builder().exclusive(true);
                choice(syntax, option).forEach(one -> group.addArg(spec(one, false)));
                spec.addArgGroup(group.build());
            }
        }
        if (syntax.operandLabel() != null) {
            spec.addPositional(PositionalParamSpec.builder()
                    .paramLabel(syntax.operandLabel())
                    .arity("0..*")
                    .type(String[].class)
                    .auxiliaryTypes(String.class)
                    .hidden(true)
                    .build());
        }
        return spec;
    }

    /** Texts that say what they say: picocli takes them for formats. */
    private static String[] literal(String... texts) {
        String[] formats = new String[texts.length];
        for (int i = 0; i < texts.length; i++) {
            formats[i] = texts[i].replace("%", "%%");
        }
        return formats;
    }

    private static List<Option> choice(Syntax syntax, Option option) {
        for (List<Option> choice : syntax.choices()) {
            if (choice.contains(option)) {
                return choice;
            }
        }
        return null;
    }

    /** Makes the model of an option; a flag may be given again, as in {@code -vv}, but for one of a choice. */
    private static OptionSpec spec(Option option, boolean isRepeatable) {
        OptionSpec.Builder spec = OptionSpec.builder(option.names().toArray(new String[0]))
                .description(literal(option.description()))
                .arity(option.kind() == Option.Kind.MANY ? "1..*" : option.takesValue() ? "1" : "0");
        if (option.takesValue()) {
            spec.paramLabel(option.label());
        }
        return switch (option.kind()) {
            case FLAG ->
                spec.type(isRepeatable ? boolean[].class : boolean.class).build();
            case HELP -> spec.type(boolean.class).usageHelp(true).build();
            case TEXT -> spec.type(String.class).build();
            case TEXTS, MANY ->
                spec.type(List.class).auxiliaryTypes(String.class).build();
            case NUMBER -> spec.type(Integer.class).build();
            case FILE -> spec.type(Path.class).converters(new PathConverter()).build();
        };
    }
}
