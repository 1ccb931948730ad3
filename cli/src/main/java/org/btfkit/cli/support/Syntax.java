package org.btfkit.cli.support;

import java.util.ArrayList;
import java.util.List;

/**
 * What a command takes and what its help says: the one description of its options.
 *
 * <p>Two readers go by it: {@link ArgumentReader}, which is there at once, and {@link PicocliReader}, which takes the
 * time that picocli takes and knows what to say about mistakes.
 */
public final class Syntax {
    private final List<Option> options = new ArrayList<>();
    private final List<List<Option>> choices = new ArrayList<>();
    private String name = "";
    private String[] synopsis = {};
    private String[] description = {};
    private String[] footer = {};
    private String operandLabel;
    private boolean listsHaveLines;
    private boolean listsAreOperands;

    /** Makes one that takes nothing and says nothing, to be added to. */
    public Syntax() {}

    /**
     * Names the command.
     *
     * @param itsName as in a message: {@code btf sort}
     * @return this
     */
    public Syntax name(String itsName) {
        this.name = itsName;
        return this;
    }

    /**
     * Says how the command is called.
     *
     * @param lines one for each way
     * @return this
     */
    public Syntax synopsis(String... lines) {
        this.synopsis = lines;
        return this;
    }

    /**
     * Says what the command does.
     *
     * @param lines paragraphs
     * @return this
     */
    public Syntax description(String... lines) {
        this.description = lines;
        return this;
    }

    /**
     * Says what comes after the options in the help, such as examples.
     *
     * @param lines these lines
     * @return this
     */
    public Syntax footer(String... lines) {
        this.footer = lines;
        return this;
    }

    /**
     * Adds an option.
     *
     * @param option the option, none of whose names is taken
     * @return this
     */
    public Syntax add(Option option) {
        options.add(option);
        return this;
    }

    /**
     * Adds options of which at most one is given.
     *
     * @param choice the options
     * @return this
     */
    public Syntax addOneOf(Option... choice) {
        options.addAll(List.of(choice));
        choices.add(List.of(choice));
        return this;
    }

    /**
     * Lets arguments that are no options be given, any number of them; the command counts them itself, to say what is
     * missing.
     *
     * @param label what one is called
     * @return this
     */
    public Syntax operands(String label) {
        this.operandLabel = label;
        return this;
    }

    /**
     * Lets each line of an argument file, {@code @LIST}, be one argument, whatever is in it; else words are, and quotes
     * hold some together.
     *
     * @return this
     */
    public Syntax linesInLists() {
        this.listsHaveLines = true;
        return this;
    }

    /**
     * Leaves argument files, {@code @LIST}, to the command: they are operands like others.
     *
     * @return this
     */
    public Syntax listsAsOperands() {
        this.listsAreOperands = true;
        return this;
    }

    /**
     * Returns the name of the command.
     *
     * @return as in a message: {@code btf sort}
     */
    public String name() {
        return name;
    }

    /**
     * Returns the options in the order of the help.
     *
     * @return all of them
     */
    public List<Option> options() {
        return options;
    }

    /**
     * Returns the groups of options that exclude each other.
     *
     * @return lists of options that are in {@link #options} too
     */
    public List<List<Option>> choices() {
        return choices;
    }

    /**
     * Returns what an argument is called that is no option.
     *
     * @return the label; null if there may be none
     */
    public String operandLabel() {
        return operandLabel;
    }

    boolean listsAreOperands() {
        return listsAreOperands;
    }

    boolean listsHaveLines() {
        return listsHaveLines;
    }

    /**
     * Returns how the command is called.
     *
     * @return one line for each way
     */
    public String[] synopsis() {
        return synopsis.clone();
    }

    /**
     * Returns what the command does.
     *
     * @return paragraphs
     */
    public String[] description() {
        return description.clone();
    }

    /**
     * Returns what comes after the options in the help, such as examples.
     *
     * @return its lines
     */
    public String[] footer() {
        return footer.clone();
    }

    /** The option of a name, or null. */
    Option find(String itsName) {
        for (int i = 0; i < options.size(); i++) {
            Option option = options.get(i);
            if (option.names().contains(itsName)) {
                return option;
            }
        }
        return null;
    }
}
