package org.btfkit.cli.resolve;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import org.btfkit.cli.support.JsonOutput;
import org.btfkit.resolve.BtfReport;
import org.btfkit.resolve.SetReport;

/**
 * Writes the report of a run as JSON.
 *
 * <pre>
 * { "objects": [ { "file": ..., "outcome": "nothing_to_do" | "checked" | "detached" | "unchanged" | "written" | "failed",
 *                  "error": ...,                      only if failed, then without what follows up to "sets"
 *                  "movedSymbols": n, "missingNames": n,
 *                  "sets": [ { "kind": "set" | "set8" | "list", "name": ..., "offset": n, "count": n, "missing": n,
 *                              "state": "unresolved" | "resolved" | "stale" | "unknown" } ],
 *                  "btf": { "kfuncs": n, "inputTypes": n, "types": n, "bytes": n, "baseTypes": n, "baseBytes": n },
 *                                                     only if BTF was embedded or written beside the object
 *                  "files": [ ... ],                  those written beside the object
 *                  "warnings": [ ... ], "notes": [ ... ] } ],
 *   "exitStatus": n }
 * </pre>
 */
final class JsonReport {
    private final JsonGenerator json;

    JsonReport(PrintStream out) {
        try {
            json = JsonOutput.on(out);
            json.writeStartObject();
            json.writeArrayFieldStart("objects");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void add(ObjectResult result) {
        try {
            json.writeStartObject();
            json.writeStringField("file", result.file.toString());
            if (result.failure != null) {
                json.writeStringField("outcome", "failed");
                json.writeStringField("error", result.failure);
            } else {
                json.writeStringField("outcome", JsonOutput.word(result.report.outcome()));
                json.writeNumberField("movedSymbols", result.report.movedSymbols());
                json.writeNumberField("missingNames", result.report.missingNames());
                json.writeArrayFieldStart("sets");
                for (SetReport set : result.report.sets()) {
                    addSet(set);
                }
                json.writeEndArray();
                if (result.report.btf() != null) {
                    addBtf(result.report.btf());
                }
                JsonOutput.strings(json, "files", result.report.files());
            }
            JsonOutput.strings(
                    json,
                    "warnings",
                    result.warnings.stream()
                            .map(text -> Console.warning(result, text, false))
                            .toList());
            JsonOutput.strings(json, "notes", result.notes);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void addSet(SetReport set) throws IOException {
        json.writeStartObject();
        json.writeStringField("kind", set.kind());
        json.writeStringField("name", set.name());
        json.writeNumberField("offset", set.offset());
        json.writeNumberField("count", set.count());
        json.writeNumberField("missing", set.missing());
        json.writeStringField("state", JsonOutput.word(set.state()));
        json.writeEndObject();
    }

    private void addBtf(BtfReport btf) throws IOException {
        json.writeObjectFieldStart("btf");
        json.writeNumberField("kfuncs", btf.kfuncs());
        json.writeNumberField("inputTypes", btf.inputTypes());
        json.writeNumberField("types", btf.types());
        json.writeNumberField("bytes", btf.bytes());
        json.writeNumberField("baseTypes", btf.baseTypes());
        json.writeNumberField("baseBytes", btf.baseBytes());
        json.writeEndObject();
    }

    void finish(int status) {
        try {
            json.writeEndArray();
            json.writeNumberField("exitStatus", status);
            json.writeEndObject();
            json.writeRaw('\n');
            json.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
