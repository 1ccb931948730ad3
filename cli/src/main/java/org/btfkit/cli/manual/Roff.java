package org.btfkit.cli.manual;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes a manual page in the man macros of roff, which groff and mandoc both take without a warning.
 *
 * <p>Lines are filled up to 76 characters, and each sentence begins a new one, as these languages want it.
 */
final class Roff {
    private static final int WIDTH = 76;

    /** What is marked in a text: {@code `code`}, and a reference to another page. */
    private static final Pattern MARKED = Pattern.compile("`([^`]+)`|\\b([a-z][a-z0-9_-]*)\\((\\d)\\)");

    private static final Pattern SENTENCE = Pattern.compile("(?<=[.!?])\\s+(?=\\S)");

    private final StringBuilder out = new StringBuilder();
    private boolean isBelowHeading;

    /** Begins a page. */
    Roff(String page, String date, String source) {
        out.append(".\\\" Written by the build from the options and texts of the commands.\n");
        out.append(".TH ")
                .append(escape(page).toUpperCase(Locale.ROOT))
                .append(" 1 ")
                .append(date);
        out.append(" \"").append(escape(source)).append("\" btfkit\n");
        out.append(".nh\n.ad l\n"); // no hyphens in the names of options, nor wide gaps beside them
    }

    void section(String title) {
        out.append(".SH ").append(title).append('\n');
        isBelowHeading = true;
    }

    /** The line that whatis and apropos look for. */
    void name(String page, String summary) {
        fill(page + " - " + summary);
    }

    /** A paragraph of text in which code is marked. */
    void paragraph(String text) {
        beginParagraph();
        fill(text);
    }

    /** A heading has its own space below it. */
    private void beginParagraph() {
        if (!isBelowHeading) {
            out.append(".PP\n");
        }
    }

    /** Text right behind a heading. */
    void text(String text) {
        fill(text);
    }

    /** A term and what it means; the term is roff already. */
    void term(String term, String meaning) {
        out.append(".TP\n").append(guard(term)).append('\n');
        fill(meaning);
    }

    /** Lines as they are. */
    void literal(List<String> lines) {
        beginParagraph();
        out.append(".in +4n\n.nf\n");
        for (String line : lines) {
            out.append(line.isBlank() ? "\\&" : guard(escape(line))).append('\n');
        }
        out.append(".fi\n.in\n");
        isBelowHeading = false;
    }

    /** Ways to call a command, its name in bold. */
    void synopsis(String name, String... ways) {
        for (int i = 0; i < ways.length; i++) {
            out.append(i == 0 ? "" : ".br\n");
            String rest = ways[i].startsWith(name) ? ways[i].substring(name.length()) : " " + ways[i];
            out.append(bold(name)).append(escape(rest.replaceAll(" +", " "))).append('\n');
        }
    }

    static String bold(String text) {
        return "\\fB" + escape(text) + "\\fR";
    }

    static String italic(String text) {
        return "\\fI" + escape(text) + "\\fR";
    }

    /** Text with its code and its references to other pages marked. */
    static String marked(String text) {
        StringBuilder result = new StringBuilder();
        Matcher matcher = MARKED.matcher(text);
        int end = 0;
        while (matcher.find()) {
            result.append(escape(text.substring(end, matcher.start())));
            result.append(
                    matcher.group(1) != null
                            ? bold(matcher.group(1))
                            : bold(matcher.group(2)) + "(" + matcher.group(3) + ")");
            end = matcher.end();
        }
        return result.append(escape(text.substring(end))).toString();
    }

    /** Each character as it is typed: a minus sign that can be copied, no typographic quotes. */
    private static String escape(String text) {
        StringBuilder result = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~') {
                throw new IllegalArgumentException("a manual page is plain ASCII: " + text);
            }
            result.append(
                    switch (c) {
                        case '\\' -> "\\e";
                        case '-' -> "\\-";
                        case '\'' -> "\\(aq";
                        case '`' -> "\\(ga";
                        case '^' -> "\\(ha";
                        case '~' -> "\\(ti";
                        default -> String.valueOf(c);
                    });
        }
        return result.toString();
    }

    /** A line that begins like a request is none. */
    private static String guard(String line) {
        return line.startsWith(".") ? "\\&" + line : line;
    }

    private void fill(String text) {
        isBelowHeading = false;
        for (String sentence : SENTENCE.split(text.strip())) {
            StringBuilder line = new StringBuilder();
            for (String word : marked(sentence).split("\\s+")) {
                if (line.length() > 0 && line.length() + 1 + word.length() > WIDTH) {
                    out.append(guard(line.toString())).append('\n');
                    line.setLength(0);
                }
                line.append(line.length() == 0 ? "" : " ").append(word);
            }
            out.append(guard(line.toString())).append('\n');
        }
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
