package org.btfkit.cli.core;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.util.BitSet;
import org.btfkit.btf.load.LoadFinding;
import org.btfkit.cli.support.JsonOutput;

/**
 * A report as JSON: an array with an object for each relocation on each kernel, and one for each finding that is of no
 * relocation. Where an object has neither on a kernel, there is one without either, so that each verdict is there.
 */
final class CoreCheckJson {
    /** What is written, for the help. */
    static final String SHAPE = """
            [ { "object": "runqlen", "kernel": "6.18.44",
                "verdict": "yes" | "no" | "depends" | "unknown",   of the object there; null: unread
                "program": ..., "insn": n, "kind": "byte_off" | ..., "type": ..., "path": ...,
                "outcome": ..., "local": n, "value": n,            a relocation, as in btf core list
                "guarded": true,                                   nothing matches, no program reaches it
                "finding": "no" | "depends" | "unknown",           what it makes of the verdict, or null
                "programs": [...], "lines": ["runqlen.bpf.c:21"],  where that is
                "subject": ..., "reason": ...,                     what it is about, and what is wrong
                "near": [...] } ]                                  what comes nearest to what is missing
            """;

    private final CoreCheckReport report;
    private final JsonGenerator json;

    private CoreCheckJson(CoreCheckReport report, JsonGenerator json) {
        this.report = report;
        this.json = json;
    }

    static void write(CoreCheckReport report, OutputStream out) throws IOException {
        JsonGenerator json = JsonOutput.on(out);
        json.writeStartArray();
        CoreCheckJson writer = new CoreCheckJson(report, json);
        for (int o = 0; o < report.objects().size(); o++) {
            for (int k = 0; k < report.kernels().size(); k++) {
                writer.cell(o, k);
            }
        }
        json.writeEndArray();
        json.writeRaw('\n');
        json.close();
    }

    private void cell(int object, int kernel) throws IOException {
        CoreCheckCell cell = report.cells()[object][kernel];
        boolean isEmpty = true;
        BitSet written = new BitSet();
        for (CoreCheckRecord record : cell.records()) {
            begin(object, kernel);
            writeRecord(record);
            LoadFinding finding = null;
            for (LoadFinding one : cell.findings()) {
                finding = one.relocations().contains(record.index()) ? one : finding;
            }
            written.set(record.index());
            writeFinding(finding, record.reason());
            json.writeEndObject();
            isEmpty = false;
        }
        for (LoadFinding finding : cell.findings()) {
            if (finding.relocations().stream().noneMatch(written::get)) {
                begin(object, kernel);
                writeFinding(finding, null);
                json.writeEndObject();
                isEmpty = false;
            }
        }
        if (isEmpty) {
            begin(object, kernel);
            json.writeEndObject();
        }
    }

    private void begin(int object, int kernel) throws IOException {
        CoreCheckCell cell = report.cells()[object][kernel];
        json.writeStartObject();
        json.writeStringField("object", report.objects().get(object));
        json.writeStringField("kernel", report.kernels().get(kernel));
        json.writeStringField(
                "verdict", cell.answer() == null ? null : cell.answer().label());
    }

    private void writeRecord(CoreCheckRecord record) throws IOException {
        json.writeStringField("program", record.program());
        json.writeNumberField("insn", record.insn());
        json.writeStringField("kind", record.kind());
        json.writeStringField("type", record.type());
        json.writeStringField("path", record.path());
        json.writeStringField("outcome", record.outcome());
        CoreListing.writeUnsigned("local", record.local(), json);
        CoreListing.writeUnsigned("value", record.value(), json);
        json.writeBooleanField("guarded", record.isGuarded());
    }

    private void writeFinding(LoadFinding finding, String reason) throws IOException {
        json.writeStringField(
                "finding", finding == null ? null : finding.answer().label());
        if (finding == null) {
            json.writeStringField("reason", reason);
            return;
        }
        JsonOutput.strings(json, "programs", finding.programs());
        JsonOutput.strings(json, "lines", finding.lines());
        json.writeStringField("subject", finding.subject());
        json.writeStringField("reason", finding.reason());
        JsonOutput.strings(json, "near", finding.near());
    }
}
