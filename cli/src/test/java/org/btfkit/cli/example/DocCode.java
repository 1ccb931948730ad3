package org.btfkit.cli.example;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A block of Java code in documentation: {@code <pre>{@code} in a comment, or {@code ```java} in Markdown.
 *
 * @param file where it stands
 * @param line number of its first line there, from 1 on
 * @param code its lines
 */
record DocCode(Path file, int line, List<String> code) {
    /** What a line begins with whose output the documentation shows, see {@link #prints}. */
    private static final String PRINTS = "// prints ";

    /** All blocks in a file. */
    static List<DocCode> in(Path file) throws IOException {
        boolean isMarkdown = file.toString().endsWith(".md");
        String begin = isMarkdown ? "```java" : "<pre>{@code";
        String end = isMarkdown ? "```" : "}</pre>";
        List<DocCode> blocks = new ArrayList<>();
        List<String> lines = Files.readAllLines(file);
        int first = -1;
        for (int i = 0; i < lines.size(); i++) {
            String line = isMarkdown ? lines.get(i) : withoutStar(lines.get(i));
            if (first < 0 && line.strip().equals(begin)) {
                first = i + 1;
            } else if (first >= 0 && line.strip().equals(end)) {
                List<String> code = lines.subList(first, i).stream()
                        .map(text -> isMarkdown ? text : withoutStar(text))
                        .toList();
                blocks.add(new DocCode(file, first + 1, code));
                first = -1;
            }
        }
        if (first >= 0) {
            throw new IllegalStateException(file + ":" + first + ": the block does not end");
        }
        return blocks;
    }

    /** All blocks in the Java sources below a folder, in the order of their names. */
    static List<DocCode> below(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .collect(Collectors.toList());
        }
        List<DocCode> blocks = new ArrayList<>();
        for (Path file : files) {
            blocks.addAll(in(file));
        }
        return blocks;
    }

    private static String withoutStar(String line) {
        String text = line.strip();
        if (!text.startsWith("*")) {
            return text;
        }
        return text.startsWith("* ") ? text.substring(2) : text.substring(1);
    }

    /** Whether it is a method and not the body of one. */
    boolean isMethod() {
        return code.stream().anyMatch(line -> line.startsWith("static "));
    }

    /** Whether it is to be run as well: what a page shows, not the sketch of a use in the comment of a class. */
    boolean runs() {
        String name = file.getFileName().toString();
        return (name.equals("package-info.java") || name.endsWith(".md")) && !isMethod();
    }

    /** The lines that it says it prints, each in a comment behind or below the statement; none if it does not say. */
    List<String> prints() {
        List<String> printed = new ArrayList<>();
        for (String line : code) {
            int at = line.indexOf(PRINTS);
            if (at >= 0) {
                printed.add(line.substring(at + PRINTS.length()));
            }
        }
        return printed;
    }

    /** Where it stands, for messages. */
    String place() {
        return file.normalize() + ":" + line;
    }
}
