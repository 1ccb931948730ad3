package org.btfkit.btf.javagen;

/** Source text that is being written, with its indentation. */
final class SourceText {
    static final String HEAD = "// Made by btf java. Changes are lost when it is made again.\n";

    private static final String STEP = "    ";

    private final StringBuilder text = new StringBuilder(4096);
    private String indent = "";

    /** Appends a line of these parts; an empty one without indentation if there are none. */
    SourceText line(Object... parts) {
        if (parts.length > 0) {
            text.append(indent);
        }
        for (Object part : parts) {
            text.append(part);
        }
        text.append('\n');
        return this;
    }

    SourceText in() {
        indent += STEP;
        return this;
    }

    SourceText out() {
        indent = indent.substring(STEP.length());
        return this;
    }

    boolean uses(String word) {
        return text.indexOf(word) >= 0;
    }

    @Override
    public String toString() {
        return text.toString();
    }

    /** Makes text of a file safe to stand in a comment of Java: nothing that ends it, and no Unicode escapes. */
    static String comment(String source) {
        StringBuilder safe = null;
        for (int i = 0; i < source.length(); i++) {
            char c = source.charAt(i);
            boolean isEnd = c == '/' && i > 0 && source.charAt(i - 1) == '*';
            if (c < ' ' || c > '~' || c == '\\' || c == '@' || isEnd) {
                safe = safe == null ? new StringBuilder(source) : safe;
                safe.setCharAt(i, '?');
            }
        }
        return safe == null ? source : safe.toString();
    }
}
