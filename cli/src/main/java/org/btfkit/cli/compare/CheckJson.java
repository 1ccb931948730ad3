package org.btfkit.cli.compare;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.btfkit.cli.support.JsonOutput;
import org.btfkit.compare.BaseEvidence;
import org.btfkit.compare.LoadCheck;
import org.btfkit.resolve.KfuncFlag;
import org.btfkit.resolve.KfuncSet;
import org.btfkit.resolve.SetReport;

/** Writes verdicts on modules as JSON. */
final class CheckJson {
    /** What is written, for the help. */
    static final String SHAPE = """
            { "modules": [ { "file": ..., "error": ...,              error only if it cannot be read
                             "verdicts": [ { "base": ..., "good": true | false,
                                             "btf": "loads" | "misread" | "refused" | "standalone"
                                                    | "no_btf",
                                             "cause": ..., "doubt": ...,              if there are such
                                             "types": n, "distilled": true | false,
                                             "exact": true | false, "certain": true | false,
                                             "evidence": { "names": n, "prototypes": n, "members": n,
                                                           "exponent": n },
                                             "sets": [ { "title": ..., "count": n, "state": ... } ],
                                             "kfuncs": [ { "set": ..., "name": ...,
                                                           "flags": [ ... ] } ],
                                             "faults": [ ... ], "notes": [ ... ] } ] } ] }
            """;

    private CheckJson() {}

    static void write(OutputStream out, List<CheckCommand.Result> results) throws IOException {
        try (JsonGenerator json = JsonOutput.on(out)) {
            json.writeStartObject();
            json.writeArrayFieldStart("modules");
            for (CheckCommand.Result result : results) {
                json.writeStartObject();
                json.writeStringField("file", result.module().toString());
                if (result.failure() != null) {
                    json.writeStringField("error", result.failure());
                }
                json.writeArrayFieldStart("verdicts");
                for (ModuleVerdict verdict : result.verdicts()) {
                    write(json, verdict);
                }
                json.writeEndArray();
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }

    private static void write(JsonGenerator json, ModuleVerdict verdict) throws IOException {
        LoadCheck load = verdict.load();
        json.writeStartObject();
        json.writeStringField("base", verdict.base().toString());
        json.writeBooleanField("good", verdict.isGood());
        json.writeStringField("btf", JsonOutput.word(load.verdict()));
        if (load.cause() != null) {
            json.writeStringField("cause", load.cause());
        }
        if (load.doubt() != null) {
            json.writeStringField("doubt", load.doubt());
        }
        json.writeNumberField("types", load.typeCount());
        json.writeBooleanField("distilled", load.isRelocated());
        json.writeBooleanField("exact", load.isExact());
        json.writeBooleanField("certain", load.isGood() && load.isCertain());
        if (load.evidence() != null) {
            BaseEvidence evidence = load.evidence();
            json.writeObjectFieldStart("evidence");
            json.writeNumberField("names", evidence.names());
            json.writeNumberField("prototypes", evidence.prototypes());
            json.writeNumberField("members", evidence.members());
            json.writeNumberField("exponent", evidence.exponent());
            json.writeEndObject();
        }
        json.writeArrayFieldStart("sets");
        for (SetReport set : verdict.idSets()) {
            json.writeStartObject();
            json.writeStringField("title", set.title());
            json.writeNumberField("count", set.count());
            json.writeStringField("state", JsonOutput.word(set.state()));
            json.writeEndObject();
        }
        json.writeEndArray();
        writeKfuncs(json, verdict.kfuncSets());
        JsonOutput.strings(json, "faults", verdict.faults());
        JsonOutput.strings(json, "notes", verdict.notes());
        json.writeEndObject();
    }

    private static void writeKfuncs(JsonGenerator json, List<KfuncSet> sets) throws IOException {
        json.writeArrayFieldStart("kfuncs");
        for (KfuncSet set : sets) {
            for (KfuncSet.Entry entry : set.entries()) {
                json.writeStartObject();
                json.writeStringField("set", set.name());
                json.writeStringField("name", entry.name());
                JsonOutput.strings(json, "flags", KfuncFlag.names(entry.flags()));
                json.writeEndObject();
            }
        }
        json.writeEndArray();
    }
}
