package org.btfkit.cli.support;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;

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
}
