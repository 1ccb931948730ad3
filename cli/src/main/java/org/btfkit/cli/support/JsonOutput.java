package org.btfkit.cli.support;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;

/** JSON for {@code --json}, the same in all commands: indented, for programs and people. */
public final class JsonOutput {
    private JsonOutput() {}

    /**
     * Begins to write.
     *
     * @param out where to; not closed with what writes to it
     * @return what writes
     * @throws IOException if writing fails
     */
    public static JsonGenerator on(OutputStream out) throws IOException {
        return new JsonFactory()
                .createGenerator(out)
                .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
                .useDefaultPrettyPrinter();
    }

    /**
     * Begins to write values in a line each, for what has no end that is known, such as a search of many files.
     *
     * @param out where to; not closed with what writes to it
     * @return what writes; closing it ends the last line
     * @throws IOException if writing fails
     */
    public static JsonGenerator lines(OutputStream out) throws IOException {
        return new JsonFactory()
                .createGenerator(out)
                .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
                .setPrettyPrinter(new Lines());
    }

    /**
     * Writes a field with an array of strings.
     *
     * @param json what writes
     * @param field the name of the field
     * @param values their texts are written
     * @throws IOException if writing fails
     */
    public static void strings(JsonGenerator json, String field, Iterable<?> values) throws IOException {
        json.writeArrayFieldStart(field);
        for (Object value : values) {
            json.writeString(value.toString());
        }
        json.writeEndArray();
    }

    /**
     * Returns what a constant is called in JSON.
     *
     * @param constant the constant
     * @return its name in small letters, such as {@code not_resolved}
     */
    public static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** Writes without spaces, and ends each value at the top with a line. */
    private static final class Lines extends MinimalPrettyPrinter {
        private static final long serialVersionUID = 1L;
        private int depth;

        @Override
        public void writeStartObject(JsonGenerator json) throws IOException {
            depth++;
            super.writeStartObject(json);
        }

        @Override
        public void writeEndObject(JsonGenerator json, int entries) throws IOException {
            super.writeEndObject(json, entries);
            if (--depth == 0) {
                json.writeRaw('\n');
            }
        }

        @Override
        public void writeRootValueSeparator(JsonGenerator json) {
            // each value has ended its line
        }
    }
}
