package org.btfkit.cli.support;

import java.util.ArrayList;
import java.util.List;

/** The arguments of a command, read as its {@link Syntax} says. */
public final class Arguments {
    private final Syntax syntax;
    private final List<Option> given = new ArrayList<>();
    private final List<Object> values = new ArrayList<>();
    private final List<String> operands = new ArrayList<>();

    Arguments(Syntax syntax) {
        this.syntax = syntax;
    }

    /** Adds an option; the value is null for a flag. */
    void add(Option option, Object value) {
        given.add(option);
        values.add(value);
    }

    void addOperand(String operand) {
        operands.add(operand);
    }

    boolean has(Option option) {
        return given.contains(option);
    }

    /**
     * Tells whether an option is given.
     *
     * @param option one of its names
     * @return whether it is there
     * @throws IllegalArgumentException if the command has no such option
     */
    public boolean has(String option) {
        return given.contains(known(option));
    }

    /**
     * Returns what an option is given.
     *
     * @param <T> what its {@link Option.Kind} says
     * @param option one of its names
     * @param otherwise what is returned without the option
     * @return the value; of {@link Option.Kind#TEXTS} and {@link Option.Kind#MANY} all of them
     * @throws IllegalArgumentException if the command has no such option
     */
    @SuppressWarnings("unchecked") // the syntax says of what type the value is, and the readers keep to it
    public <T> T value(String option, T otherwise) {
        Option known = known(option);
        if (known.takesSeveral()) {
            List<Object> all = new ArrayList<>();
            for (int i = 0; i < given.size(); i++) {
                if (given.get(i) == known) {
                    all.add(values.get(i));
                }
            }
            return all.isEmpty() ? otherwise : (T) all;
        }
        int at = given.indexOf(known);
        return at < 0 ? otherwise : (T) values.get(at);
    }

    /**
     * Returns the arguments that are no options.
     *
     * @return in their order; maybe none
     */
    public String[] operands() {
        return operands.toArray(new String[0]);
    }

    /**
     * Makes a failure of what is wrong with the arguments.
     *
     * @param what what is wrong, in one line
     * @return what to throw
     */
    public MisuseException misuse(String what) {
        return new MisuseException(syntax.name(), what);
    }

    private Option known(String name) {
        Option option = syntax.find(name);
        if (option == null) {
            throw new IllegalArgumentException(syntax.name() + " has no option " + name);
        }
        return option;
    }

    /** All that was read, by the order of the options in the syntax: for messages, and to compare two readings. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(syntax.name());
        for (Option option : syntax.options()) {
            if (given.contains(option)) {
                text.append(' ').append(option.names().get(0));
                if (option.takesValue()) {
                    text.append('=').append(this.<Object>value(option.names().get(0), null));
                }
            }
        }
        for (String operand : operands) {
            text.append(" '").append(operand).append('\'');
        }
        return text.toString();
    }
}
