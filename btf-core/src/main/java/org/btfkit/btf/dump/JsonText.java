package org.btfkit.btf.dump;

import static org.btfkit.btf.dump.DumpOutput.bytes;

/**
 * Writes JSON as bpftool lays it out.
 *
 * <p>Compact: no white space at all. Pretty: a line for each key, indented by four spaces per level; what follows a
 * bracket or comma other than a key stays on the line, so that a list of objects reads <code>[{ ... },{ ... }]</code>.
 * Strings are copied byte by byte; only quotes, backslashes and the control characters that C has letters for are
 * escaped.
 */
final class JsonText {
    private static final byte[] INDENT = bytes("    ");

    private final DumpOutput out;
    private final boolean pretty;
    private int depth;

    /** Whether something came before on this level, so that a comma is due. */
    private boolean started;

    JsonText(DumpOutput out, boolean pretty) {
        this.out = out;
        this.pretty = pretty;
    }

    void beginObject() {
        begin('{');
    }

    void endObject() {
        end('}');
    }

    void beginArray() {
        begin('[');
    }

    void endArray() {
        end(']');
    }

    private void begin(char bracket) {
        separate();
        out.put(bracket);
        depth++;
        started = false;
    }

    private void end(char bracket) {
        depth--;
        if (started) {
            newLine();
        }
        out.put(bracket);
        started = true;
    }

    /** Puts the key of a member; its value comes next. */
    void key(byte[] ascii) {
        if (pretty) {
            separate();
            newLine();
            out.putKey(ascii, false);
            out.put(' ');
        } else {
            out.putKey(ascii, started);
        }
        started = false;
    }

    void signed(long value) {
        separate();
        out.putSigned(value);
    }

    void unsigned(long value) {
        separate();
        out.putUnsigned(value);
    }

    /** Puts a string of ASCII characters without any that need escaping. */
    void word(byte[] ascii) {
        separate();
        out.put('"');
        out.put(ascii);
        out.put('"');
    }

    /** Puts the string that begins at an index and ends before the next NUL byte. */
    void string(byte[] strings, int from) {
        separate();
        out.put('"');
        int i = out.putUnescaped(strings, from);
        while (strings[i] != 0) {
            escaped(strings[i]);
            i = out.putUnescaped(strings, i + 1);
        }
        out.put('"');
    }

    private void escaped(byte b) {
        char letter = switch (b) {
            case '\t' -> 't';
            case '\n' -> 'n';
            case '\r' -> 'r';
            case '\f' -> 'f';
            case '\b' -> 'b';
            case '\\' -> '\\';
            case '"' -> '"';
            default -> 0;
        };
        if (letter != 0) {
            out.put('\\');
            out.put(letter);
        } else {
            out.put((char) (b & 0xff));
        }
    }

    private void separate() {
        if (started) {
            out.put(',');
        }
        started = true;
    }

    private void newLine() {
        if (pretty) {
            out.put('\n');
            for (int i = 0; i < depth; i++) {
                out.put(INDENT);
            }
        }
    }
}
