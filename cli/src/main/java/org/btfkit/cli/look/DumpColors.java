package org.btfkit.cli.look;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.btfkit.cli.support.Colors;

/**
 * Colours a dump line by line on its way: what is declared in it stands out, and what is said beside that stands back.
 * Nothing but colours is added. To be closed at the end, which leaves open where the lines go.
 */
final class DumpColors extends OutputStream {
    /** The first line of a type: its id, its kind, its name, and the rest. */
    private static final Pattern RAW = Pattern.compile("(\\[\\d+\\] )(\\S+ )('.*?')( .*)?");

    /** A definition or declaration. */
    private static final Pattern C = Pattern.compile("((?:typedef )?(?:struct|union|enum) \\w+)( \\{.*|;)");

    private final Colors colors;
    private final boolean isC;
    private final OutputStream out;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    /**
     * Makes a stream.
     *
     * @param colors the colours, which are on
     * @param isC whether it is C, not a raw dump
     * @param out where the lines go
     */
    DumpColors(Colors colors, boolean isC, OutputStream out) {
        this.colors = colors;
        this.isC = isC;
        this.out = out;
    }

    @Override
    public void write(int one) throws IOException {
        if (one == '\n') {
            writeLine();
            out.write('\n');
        } else {
            line.write(one);
        }
    }

    @Override
    public void write(byte[] bytes, int start, int length) throws IOException {
        int from = start;
        for (int i = start; i < start + length; i++) {
            if (bytes[i] == '\n') {
                line.write(bytes, from, i - from);
                writeLine();
                out.write('\n');
                from = i + 1;
            }
        }
        line.write(bytes, from, start + length - from);
    }

    private void writeLine() throws IOException {
        String text = line.toString(StandardCharsets.ISO_8859_1); // any bytes come out as they went in
        line.reset();
        out.write((isC ? ofC(text) : ofRaw(text)).getBytes(StandardCharsets.ISO_8859_1));
    }

    private String ofRaw(String text) {
        Matcher type = RAW.matcher(text);
        if (!type.matches()) {
            return text;
        }
        String name = type.group(3);
        String rest = type.group(4) == null ? "" : type.group(4);
        boolean isNamed = !name.equals("'(anon)'");
        return colors.aside(type.group(1)) + type.group(2) + (isNamed ? colors.title(name) : name) + rest;
    }

    private String ofC(String text) {
        if (text.startsWith("#")) {
            return colors.aside(text);
        }
        int comment = text.indexOf("/*");
        if (comment >= 0) {
            return text.substring(0, comment) + colors.aside(text.substring(comment));
        }
        Matcher definition = C.matcher(text);
        return definition.matches() ? colors.title(definition.group(1)) + definition.group(2) : text;
    }

    @Override
    public void close() throws IOException {
        if (line.size() > 0) {
            writeLine();
        }
    }
}
