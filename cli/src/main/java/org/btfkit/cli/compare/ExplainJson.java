package org.btfkit.cli.compare;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import org.btfkit.cli.support.JsonOutput;
import org.btfkit.compare.Explanation;
import org.btfkit.resolve.IdUse;

/** Writes as JSON what was found out about a name. */
final class ExplainJson {
    /** What is written, for the help. */
    static final String SHAPE = """
            { "name": ..., "file": ...,
              "encoded": true | false,                    whether the BTF is made of the file's DWARF
              "kinds": [ { "kind": "struct",
                           "types": [ { "id": n,
                                        "own": true | false,          of split BTF: no type of the base
                                        "size": n,                    where it has one
                                        "users": [ "net.mib", ... ] } ],   of the first 10 of several
                           "differences": [ { "id": n, "otherId": n,  the first with each of the next 9
                                              "path": ".mib->stats[]",     null if they say the same
                                              "here": ..., "there": ...,
                                              "declared": [ ".a", ... ] } ] } ],
              "idUses": [ { "place": ..., "kind": "func", "id": n, "holds": ..., "expectedIds": [ n ],
                            "state": "resolved" | "not_in_btf" | "not_resolved"
                                     | "symbol_left_behind" | "ids_of_another_btf",
                            "reason": ... } ],                        null if it is resolved
              "notAFunction": [ ... ] }                   why the BTF has no such function, for people
            """;

    private ExplainJson() {}

    static void write(OutputStream out, Explained explained, String file, boolean isEncoded) throws IOException {
        try (JsonGenerator json = JsonOutput.on(out)) {
            json.writeStartObject();
            json.writeStringField("name", explained.name());
            json.writeStringField("file", file);
            json.writeBooleanField("encoded", isEncoded);
            json.writeArrayFieldStart("kinds");
            for (Explained.OfKind kind : explained.kinds()) {
                write(json, kind);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("idUses");
            for (IdUse use : explained.idUses()) {
                write(json, use);
            }
            json.writeEndArray();
            JsonOutput.strings(json, "notAFunction", explained.reasons());
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }

    private static void write(JsonGenerator json, Explained.OfKind kind) throws IOException {
        json.writeStartObject();
        json.writeStringField("kind", JsonOutput.word(kind.kind()));
        json.writeArrayFieldStart("types");
        for (Explained.Type type : kind.types()) {
            json.writeStartObject();
            json.writeNumberField("id", type.id());
            if (type.isSplit()) {
                json.writeBooleanField("own", type.isOwn());
            }
            if (type.sizeBytes() >= 0) {
                json.writeNumberField("size", type.sizeBytes());
            }
            if (type.users() != null) {
                JsonOutput.strings(json, "users", type.users());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("differences");
        for (Explanation difference : kind.differences()) {
            json.writeStartObject();
            json.writeNumberField("id", difference.typeId());
            json.writeNumberField("otherId", difference.otherId());
            json.writeStringField("path", difference.path());
            json.writeStringField("here", difference.here());
            json.writeStringField("there", difference.there());
            JsonOutput.strings(json, "declared", difference.declared());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, IdUse use) throws IOException {
        json.writeStartObject();
        json.writeStringField("place", use.place());
        json.writeStringField("kind", use.kind());
        json.writeNumberField("id", use.id());
        json.writeStringField("holds", use.holds());
        json.writeArrayFieldStart("expectedIds");
        for (int id : use.expectedIds()) {
            json.writeNumber(id);
        }
        json.writeEndArray();
        json.writeStringField("state", JsonOutput.word(use.state()));
        json.writeStringField("reason", use.reason());
        json.writeEndObject();
    }
}
