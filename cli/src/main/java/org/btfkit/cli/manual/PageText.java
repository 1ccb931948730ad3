package org.btfkit.cli.manual;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a manual page says besides the help: a resource {@code PAGE.md}, in a small part of Markdown.
 *
 * <p>A line {@code ## HEADING} begins a section. Paragraphs are separated by empty lines; one whose lines begin with
 * four spaces is shown as it is; one whose second line begins with {@code :} is a term and what it means.
 * {@code `code`} is bold. A section that every page has, such as {@code EXIT STATUS}, takes the place of what would be
 * in it, and {@code DESCRIPTION} and {@code SEE ALSO} come behind that.
 */
final class PageText {
    private static final String HEADING = "## ";
    private static final String CODE = "    ";

    private final Map<String, List<List<String>>> sections;

    private PageText(Map<String, List<List<String>>> sections) {
        this.sections = sections;
    }

    /** Reads the text of a page; without a resource there is none. */
    static PageText of(String page) throws IOException {
        try (InputStream in = PageText.class.getResourceAsStream(page + ".md")) {
            return parse(in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    static PageText parse(String text) {
        Map<String, List<List<String>>> sections = new LinkedHashMap<>();
        List<List<String>> section = null;
        List<String> paragraph = null;
        for (String line : text.lines().toList()) {
            if (line.startsWith(HEADING)) {
                section = new ArrayList<>();
                sections.put(line.substring(HEADING.length()).strip(), section);
                paragraph = null;
            } else if (section == null) {
                if (!line.isBlank()) {
                    throw new IllegalArgumentException("before the first heading: " + line);
                }
            } else if (line.isBlank() && !(paragraph != null && isCode(paragraph))) {
                paragraph = null;
            } else {
                if (paragraph == null || isCode(paragraph) && !line.isBlank() && !line.startsWith(CODE)) {
                    paragraph = new ArrayList<>();
                    section.add(paragraph);
                }
                paragraph.add(line);
            }
        }
        return new PageText(sections);
    }

    private static boolean isCode(List<String> paragraph) {
        return paragraph.get(0).startsWith(CODE);
    }

    /** The headings, in their order. */
    List<String> headings() {
        return List.copyOf(sections.keySet());
    }

    boolean has(String heading) {
        return sections.containsKey(heading);
    }

    /** Writes what is below a heading; nothing without it. */
    void write(String heading, Roff roff) {
        for (List<String> paragraph : sections.getOrDefault(heading, List.of())) {
            if (isCode(paragraph)) {
                writeCode(paragraph, roff);
            } else if (paragraph.size() > 1 && paragraph.get(1).startsWith(":")) {
                String meaning = String.join(" ", paragraph.subList(1, paragraph.size()));
                roff.term(Roff.marked(paragraph.get(0)), meaning.substring(1));
            } else {
                roff.paragraph(String.join(" ", paragraph));
            }
        }
    }

    private static void writeCode(List<String> paragraph, Roff roff) {
        List<String> lines = new ArrayList<>();
        for (String line : paragraph) {
            lines.add(line.isBlank() ? "" : line.substring(CODE.length()));
        }
        while (lines.get(lines.size() - 1).isEmpty()) {
            lines.remove(lines.size() - 1);
        }
        roff.literal(lines);
    }
}
