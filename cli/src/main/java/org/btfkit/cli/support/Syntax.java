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
    private static final String JSON = "--json";
    private static final String EXAMPLES = "Examples:";

    private final List<Option> options = new ArrayList<>();
    private final List<List<Option>> choices = new ArrayList<>();
    private String name = "";
    private String[] synopsis = {};
    private String[] description = {};
    private String[] footer = {};
    private String exitStatus = "0 done, 1 failed, 2 misuse.";
    private String jsonShape = "";
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
     * Says what the exit statuses mean, if not just that it is done, has failed, or is called wrongly.
     *
     * @param text the numbers with their meanings
     * @return this
     */
    public Syntax exitStatus(String text) {
        this.exitStatus = text;
        return this;
    }

    /**
     * Adds the option {@code --json} and says what it writes.
     *
     * @param description what is written, for the help
     * @param shape the shape of it, as lines; {@code ...} stands for a string, {@code n} for a number
     * @return this
     */
    public Syntax json(String description, String shape) {
        this.jsonShape = shape;
        return add(Options.flag("Write JSON: " + description, JSON));
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
     * Returns what comes after the options in the help: exit statuses and the shape of JSON go before the examples.
     *
     * @return its lines
     */
    public String[] footer() {
        if (footer.length == 0) {
            return footer;
        }
        List<String> lines = new ArrayList<>(List.of(footer));
        int examples = lines.indexOf(EXAMPLES);
        int at = examples < 0 ? lines.size() : examples;
        if (at > 0 && examples >= 0) {
            at--; // the empty line before them
        }
        List<String> added = new ArrayList<>();
        if (operandLabel != null) {
            added.addAll(List.of("", "Exit status: " + exitStatus));
        }
        if (!jsonShape.isEmpty()) {
            added.addAll(List.of("", "Shape of the JSON:"));
            jsonShape.lines().forEach(line -> added.add("  " + line));
        }
        lines.addAll(at, added);
        return lines.toArray(new String[0]);
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
