package org.btfkit.cli.core;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.bpf.BpfInsn;
import org.btfkit.btf.relo.BpfObject;
import org.btfkit.btf.relo.BpfProgram;
import org.btfkit.btf.relo.CoreKind;
import org.btfkit.btf.relo.CorePath;
import org.btfkit.btf.relo.CoreRelocation;
import org.btfkit.btf.relo.CoreRelocator;
import org.btfkit.btf.relo.CoreResult;
import org.btfkit.btf.relo.CoreResults;
import org.btfkit.btf.relo.SourceLine;
import org.btfkit.cli.support.Failure;
import org.btfkit.cli.support.JsonOutput;

/** The relocations of an object as a table, or as JSON. */
final class CoreListing {
    /** What is written, for the help. */
    static final String SHAPE = """
            [ { "object": ...,                              only if several are listed
                "program": ..., "insn": n,                  index in the program; null and in the section
                "kind": "byte_off" | ...,                   libbpf's names
                "type": "struct task_struct", "path": "se.vruntime",
                "outcome": "patched" | "poisoned" | "ambiguous" | "refused",   null without a kernel
                "local": n, "value": n } ]                  unsigned; value is null without a kernel
            """;

    private static final String[] ARITHMETIC = {
        "add", "sub", "mul", "div", "or", "and", "lsh", "rsh", "neg", "mod", "xor", "mov", "arsh", "end"
    };

    private final String file;
    private final CoreRelocator relocator;
    private final BpfObject object;

    /** What became of them, null without a kernel. */
    private final CoreResults results;

    CoreListing(String file, CoreRelocator relocator, CoreResults results) {
        this.file = file;
        this.relocator = relocator;
        this.object = relocator.object();
        this.results = results;
    }

    /** Says for each record why a loader gives the object up, for what the record says or on the kernel. */
    List<String> faults() {
        List<String> faults = new ArrayList<>();
        for (CoreRelocation relocation : object.relocations()) {
            int index = relocation.index();
            String fault = relocator.fault(index);
            if (results != null && results.outcome(index).isFatal()) {
                fault = results.path(index) + ": " + results.get(index);
            }
            BpfProgram program = object.program(relocation);
            boolean isTaken = program != null
                    ? program.isLoaded()
                    : relocation.sectionName().isEmpty();
            if (fault != null && isTaken) {
                faults.add(file + ": " + relocation.place() + ": " + fault);
            }
        }
        return faults;
    }

    void write(boolean isNamed, boolean isVerbose, OutputStream out) throws IOException {
        List<String[]> rows = new ArrayList<>();
        for (CoreRelocation relocation : object.relocations()) {
            rows.add(row(relocation));
        }
        int[] widths = new int[4];
        for (String[] row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], Math.min(row[i].length(), 48));
            }
        }
        StringBuilder text = new StringBuilder(isNamed ? Failure.oneLine(file) + "\n" : "");
        for (int i = 0; i < rows.size(); i++) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < widths.length; column++) {
                line.append(rows.get(i)[column])
                        .append(" ".repeat(Math.max(0, widths[column] - rows.get(i)[column].length()) + 2));
            }
            text.append(Failure.oneLine((line + rows.get(i)[4]).stripTrailing()))
                    .append('\n');
            addReason(i, isVerbose, text);
        }
        if (rows.isEmpty()) {
            text.append(isNamed ? "no relocations\n" : Failure.oneLine(file) + ": no relocations\n");
        }
        text.append(isNamed ? "\n" : "");
        out.write(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private String[] row(CoreRelocation relocation) {
        BpfProgram program = object.program(relocation);
        SourceLine line = object.line(relocation.section(), relocation.insnOffsetBytes());
        int index = relocation.index();
        CoreKind kind = relocation.kind();
        String value = kind == null ? "kind " + Integer.toUnsignedString(relocation.kindNumber()) : kind.words();
        if (relocator.fault(index) == null) {
            value += " "
                    + (results == null ? Long.toUnsignedString(relocator.localValue(index)) : change(results, index));
        }
        String where = program == null ? relocation.sectionName() : program.name();
        String note = program == null ? "of no program" : program.isLoaded() ? "" : "not loaded";
        return new String[] {
            where + "+" + insn(relocation),
            operation(relocation),
            relocator.path(index).toString(),
            value,
            (line == null ? "" : line + " ") + note
        };
    }

    private static String change(CoreResults results, int index) {
        return switch (results.outcome(index)) {
            case RESOLVED, ABSENT -> {
                long local = results.localValue(index);
                long value = results.value(index);
                yield local == value
                        ? Long.toUnsignedString(value)
                        : Long.toUnsignedString(local) + " -> " + Long.toUnsignedString(value);
            }
            case POISONED, AMBIGUOUS, REFUSED ->
                Long.toUnsignedString(results.localValue(index)) + " -> "
                        + results.outcome(index).label();
        };
    }

    private int insn(CoreRelocation relocation) {
        BpfProgram program = object.program(relocation);
        int insn = relocation.insnOffsetBytes() / BpfInsn.BYTES;
        return program == null ? insn : insn - program.firstInsn();
    }

    private String operation(CoreRelocation relocation) {
        long[] insns = object.insns(relocation.section());
        int at = relocation.insnOffsetBytes() / BpfInsn.BYTES;
        if (insns == null || at < 0 || at >= insns.length) {
            return "-";
        }
        int code = BpfInsn.code(insns[at]);
        return switch (BpfInsn.classOf(insns[at])) {
            case BpfInsn.LD -> BpfInsn.isLoadImm64(insns[at]) ? "lddw" : "ld";
            case BpfInsn.LDX -> "ldx" + BpfInsn.accessBytes(insns[at]) * 8;
            case BpfInsn.ST, BpfInsn.STX -> "st" + BpfInsn.accessBytes(insns[at]) * 8;
            case BpfInsn.ALU, BpfInsn.ALU64 -> code >>> 4 < ARITHMETIC.length ? ARITHMETIC[code >>> 4] : "?";
            default -> "jmp";
        };
    }

    private void addReason(int index, boolean isVerbose, StringBuilder text) {
        if (results == null) {
            String fault = relocator.fault(index);
            text.append(fault == null ? "" : "    refused: " + Failure.oneLine(fault) + "\n");
            return;
        }
        CoreResult result = results.get(index);
        if (result.reason() != null) {
            text.append("    ")
                    .append(Failure.oneLine(result.reason().toString()))
                    .append('\n');
        }
        for (CoreResult.Candidate candidate : isVerbose ? result.candidates() : List.<CoreResult.Candidate>of()) {
            String place = candidate.module() == null ? "" : " of " + candidate.module();
            String verdict = candidate.mismatch() == null
                    ? "matches"
                    : candidate.mismatch().toString();
            text.append("      ")
                    .append(Failure.oneLine(candidate.description() + place + ": " + verdict))
                    .append('\n');
        }
    }

    static void writeJson(List<CoreListing> listings, boolean isNamed, OutputStream out) throws IOException {
        JsonGenerator json = JsonOutput.on(out);
        json.writeStartArray();
        for (CoreListing listing : listings) {
            for (CoreRelocation relocation : listing.object.relocations()) {
                json.writeStartObject();
                if (isNamed) {
                    json.writeStringField("object", listing.file);
                }
                listing.writeFields(relocation, json);
                json.writeEndObject();
            }
        }
        json.writeEndArray();
        json.writeRaw('\n');
        json.close();
    }

    private void writeFields(CoreRelocation relocation, JsonGenerator json) throws IOException {
        BpfProgram program = object.program(relocation);
        int index = relocation.index();
        CorePath path = relocator.path(index);
        json.writeStringField("program", program == null ? null : program.name());
        json.writeNumberField("insn", insn(relocation));
        json.writeStringField(
                "kind",
                relocation.kind() == null ? "unknown" : relocation.kind().label());
        json.writeStringField("type", path.type());
        json.writeStringField("path", path.path());
        boolean isRefused = results == null && relocator.fault(index) != null;
        String outcome = results == null ? null : results.outcome(index).label();
        json.writeStringField("outcome", isRefused ? "refused" : outcome);
        writeUnsigned("local", relocator.localValue(index), json);
        if (results == null) {
            json.writeNullField("value");
        } else {
            boolean isValue = !results.outcome(index).isFatal() && !outcome.equals("poisoned");
            writeUnsigned("value", isValue ? results.value(index) : 0, json);
        }
    }

    static void writeUnsigned(String field, long value, JsonGenerator json) throws IOException {
        json.writeFieldName(field);
        if (value >= 0) {
            json.writeNumber(value);
        } else {
            json.writeNumber(new BigInteger(Long.toUnsignedString(value)));
        }
    }
}
