package org.btfkit.cli.make;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.btfkit.cli.make.EncodeBatch.EncodeResult;
import org.btfkit.cli.support.JsonOutput;

/** Writes what became of each object as JSON. */
final class EncodeReport {
    /** What is written, for the help. */
    static final String SHAPE = """
            { "objects": [ { "file": ..., "outcome": "written" | "nothing_to_encode" | "failed",
                             "error": ...,                      only if failed
                             "output": ..., "types": n, "bytes": n,     only if written
                             "leftOut": [ { "kind": "function" | "variable", "name": ..., "reason": ... } ],
                             "warnings": [ ... ] } ],
              "exitStatus": n }
            """;

    private EncodeReport() {}

    static void write(OutputStream out, List<EncodeResult> results, int status) throws IOException {
        JsonGenerator json = JsonOutput.on(out);
        json.writeStartObject();
        json.writeArrayFieldStart("objects");
        for (EncodeResult result : results) {
            json.writeStartObject();
            json.writeStringField("file", result.file.toString());
            if (result.failure != null) {
                json.writeStringField("outcome", "failed");
                json.writeStringField("error", result.failure);
            } else if (!result.hasBtf) {
                json.writeStringField("outcome", "nothing_to_encode");
            } else {
                json.writeStringField("outcome", "written");
                json.writeStringField("output", result.output);
                json.writeNumberField("types", result.types);
                json.writeNumberField("bytes", result.bytes);
            }
            json.writeArrayFieldStart("leftOut");
            for (EncodeResult.Left left : result.leftOut) {
                json.writeStartObject();
                json.writeStringField("kind", left.kind());
                json.writeStringField("name", left.name());
                json.writeStringField("reason", left.reason());
                json.writeEndObject();
            }
            json.writeEndArray();
            JsonOutput.strings(json, "warnings", result.warnings);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeNumberField("exitStatus", status);
        json.writeEndObject();
        json.writeRaw('\n');
        json.close();
    }
}
