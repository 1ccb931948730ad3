package org.btfkit.cli.manual;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import org.btfkit.cli.support.Option;

/** Makes the manual page of a command. */
final class ManualPage {
    private static final String DESCRIPTION = "DESCRIPTION";
    private static final String OPTIONS = "OPTIONS";
    private static final String EXIT_STATUS = "EXIT STATUS";
    private static final String ENVIRONMENT = "ENVIRONMENT";
    private static final String FILES = "FILES";
    private static final String EXAMPLES = "EXAMPLES";
    private static final String SEE_ALSO = "SEE ALSO";
    private static final List<String> EVERYWHERE =
            List.of(DESCRIPTION, OPTIONS, EXIT_STATUS, ENVIRONMENT, FILES, EXAMPLES, SEE_ALSO);

    /** How the help begins what it says of these. */
    private static final String STATUS_LINE = "Exit status: ";

    private static final String EXAMPLES_LINE = "Examples:";
    private static final String JSON_LINE = "Shape of the JSON:";
    private static final String JSON = "JSON";
    private static final String INDENT = "  ";

    private final Command command;
    private final PageText text;
    private final PageText common;

    /** Paragraphs, and tables, whose lines are indented. */
    private final List<List<String>> notes = new ArrayList<>();

    private final List<String> json = new ArrayList<>();
    private final List<String> examples = new ArrayList<>();
    private String statuses = "";

    ManualPage(Command command) throws IOException {
        this.command = command;
        this.text = PageText.of(command.page());
        this.common = PageText.of("common");
        List<String> section = null;
        for (String line : command.syntax().footer()) {
            boolean isIndented = line.startsWith(INDENT);
            if (line.equals(EXAMPLES_LINE)) {
                section = examples;
            } else if (line.equals(JSON_LINE)) {
                section = json;
            } else if (section == examples || section == json && isIndented) {
                section.add(isIndented ? line.substring(INDENT.length()) : line);
            } else if (line.startsWith(STATUS_LINE)) {
                statuses = line.substring(STATUS_LINE.length());
            } else if (!line.isBlank()) {
                section = null;
                addNote(line);
            }
        }
    }

    private void addNote(String line) {
        List<String> last = notes.isEmpty() ? null : notes.get(notes.size() - 1);
        if (last != null && line.startsWith(INDENT) && last.get(0).startsWith(INDENT)) {
            last.add(line);
        } else {
            notes.add(new ArrayList<>(List.of(line)));
        }
    }

    /** Writes the page in roff. */
    String write(String date, String version) {
        Roff roff = new Roff(command.page(), date, "btfkit " + version);
        roff.section("NAME");
        roff.name(command.page(), lowerFirst(command.summary()));
        roff.section("SYNOPSIS");
        String[] synopsis = command.syntax().synopsis();
        roff.synopsis(
                command.name(),
                synopsis.length > 0 ? synopsis : new String[] {command.name() + " COMMAND [OPTION]... [ARGUMENT]..."});
        roff.section(DESCRIPTION);
        for (String paragraph : command.syntax().description()) {
            roff.paragraph(paragraph);
        }
        writeNotes(roff);
        text.write(DESCRIPTION, roff);
        if (command.isBtf()) {
            writeCommands(roff);
        }
        writeOptions(roff);
        for (String heading : text.headings()) {
            if (!EVERYWHERE.contains(heading)) {
                roff.section(heading);
                text.write(heading, roff);
            }
        }
        if (!json.isEmpty() && !text.has(JSON)) {
            roff.section(JSON);
            roff.literal(json);
        }
        writeStatus(roff);
        roff.section(ENVIRONMENT);
        text.write(ENVIRONMENT, roff);
        writeColor(roff);
        common.write(ENVIRONMENT, roff);
        roff.section(FILES);
        text.write(FILES, roff);
        common.write(FILES, roff);
        if (!examples.isEmpty() || text.has(EXAMPLES)) {
            roff.section(EXAMPLES);
            if (!examples.isEmpty()) {
                roff.literal(examples);
            }
            text.write(EXAMPLES, roff);
        }
        roff.section(SEE_ALSO);
        writeReferences(roff);
        text.write(SEE_ALSO, roff);
        return roff.toString();
    }

    private void writeNotes(Roff roff) {
        for (List<String> note : notes) {
            if (note.get(0).startsWith(INDENT)) {
                roff.literal(note.stream()
                        .map(line -> line.substring(INDENT.length()))
                        .toList());
            } else {
                roff.paragraph(note.get(0));
            }
        }
    }

    private static void writeCommands(Roff roff) {
        roff.section("COMMANDS");
        for (Command subcommand : Command.subcommands()) {
            roff.term(Roff.bold(subcommand.name()), subcommand.summary() + "; see " + subcommand.page() + "(1).");
        }
    }

    private void writeOptions(Roff roff) {
        roff.section(OPTIONS);
        for (Option option : command.syntax().options()) {
            StringJoiner names = new StringJoiner(", ");
            for (String name : option.names()) {
                String value =
                        !option.takesValue() ? "" : (name.startsWith("--") ? "=" : " ") + Roff.italic(option.label());
                names.add(Roff.bold(name) + value + (option.kind() == Option.Kind.MANY ? " ..." : ""));
            }
            roff.term(names.toString(), option.description());
            if (!option.values().stream().allMatch(option.description()::contains)) {
                roff.text((option.isList() ? "Some of: " : "One of: ") + String.join(", ", option.values()) + ".");
            }
        }
        text.write(OPTIONS, roff);
    }

    /** As the help has it, {@code 0 done; 1 failed}, or as the text has it, or as most commands do. */
    private void writeStatus(Roff roff) {
        roff.section(EXIT_STATUS);
        if (text.has(EXIT_STATUS)) {
            text.write(EXIT_STATUS, roff);
            return;
        }
        String all = statuses.isEmpty() ? "0 done, maybe with warnings; 1 failed; 2 usage." : statuses;
        for (String status : all.split("[;,] (?=\\d\\b)")) {
            String meaning = status.length() > 2 ? status.substring(2) : "done, maybe with warnings";
            roff.term(Roff.bold(status.substring(0, 1)), upperFirst(meaning.replaceFirst("\\.?$", ".")));
        }
    }

    private void writeColor(Roff roff) {
        boolean hasColors = command.syntax().options().stream()
                .anyMatch(option -> option.names().contains("--color"));
        if (hasColors) {
            common.write("COLOR", roff);
        }
    }

    private void writeReferences(Roff roff) {
        List<String> pages = new ArrayList<>();
        for (Command other : Command.all()) {
            boolean isNear = command.isBtf() || other.isBtf() || !other.name().startsWith(Command.BTF + " ");
            if (isNear && !other.equals(command) && !other.page().equals(command.page())) {
                pages.add(other.page() + "(1)");
            }
        }
        roff.text(String.join(", ", pages));
    }

    private static String lowerFirst(String text) {
        return text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
    }

    private static String upperFirst(String text) {
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }
}
