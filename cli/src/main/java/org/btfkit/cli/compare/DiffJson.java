package org.btfkit.cli.compare;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import org.btfkit.cli.support.JsonOutput;
import org.btfkit.compare.BtfDiff;
import org.btfkit.compare.Change;
import org.btfkit.compare.MemberChange;
import org.btfkit.compare.Place;
import org.btfkit.compare.Subject;

/** Writes a difference as JSON. */
public final class DiffJson {
    /** What is written, for the help. */
    static final String SHAPE = """
            { "before": { "source": ..., "kernelRelease": ..., "types": n },   release only if known
              "after":  { ... },
              "changes": [ { "kind": "struct", "name": ...,
                             "change": "added" | "removed" | "changed" | "follows",
                             "beforeId": n, "afterId": n,                      where there is one
                             "impact": "names" | "types" | "layout",
                             "text": ..., "size": n,                           added, removed
                             "beforeSize": n, "afterSize": n,                  structs, unions, enums
                             "members": [ { "path": ..., "before": PLACE, "after": PLACE,
                                            "change": [ "added" | "removed" | "renamed" | "moved"
                                                        | "resized" | "retyped", ... ] } ],
                             "regrouped": true | false,
                             "causes": [ { "kind": ..., "name": ... } ],       follows
                             "values": [ { "name": ..., "before": "1", "after": "2" } ],
                             "before": "int f(void)", "after": ...,            of others, in C
                             "tags": { "before": [ ... ], "after": [ ... ] } } ] }   if they differ

            PLACE = { "path": ..., "offsetBits": n, "bits": n,                 bits of a bitfield
                      "size": n, "type": ... }
            """;

    private final JsonGenerator json;

    private DiffJson(JsonGenerator json) {
        this.json = json;
    }

    /**
     * Writes a difference.
     *
     * @param out where it goes; stays open
     * @param diff the difference
     * @throws IOException if writing fails
     */
    public static void write(OutputStream out, BtfDiff diff) throws IOException {
        JsonGenerator json = JsonOutput.on(out);
        new DiffJson(json).write(diff);
        json.writeRaw('\n');
        json.close();
    }

    private void write(BtfDiff diff) throws IOException {
        json.writeStartObject();
        write("before", diff.before());
        write("after", diff.after());
        json.writeArrayFieldStart("changes");
        for (Change change : diff.changes()) {
            write(change);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void write(String field, BtfDiff.Side side) throws IOException {
        json.writeObjectFieldStart(field);
        json.writeStringField("source", side.source());
        if (side.kernelRelease() != null) {
            json.writeStringField("kernelRelease", side.kernelRelease());
        }
        json.writeNumberField("types", side.typeCount());
        json.writeEndObject();
    }

    private void writeSubject(Subject subject) throws IOException {
        json.writeStringField("kind", JsonOutput.word(subject.kind()));
        json.writeStringField("name", subject.name());
    }

    private void write(Change change) throws IOException {
        Subject subject = change.subject();
        json.writeStartObject();
        writeSubject(subject);
        boolean follows = change instanceof Change.Composite composite && !composite.isDirect();
        String what = change instanceof Change.Lone lone
                ? lone.isAdded() ? "added" : "removed"
                : follows ? "follows" : "changed";
        json.writeStringField("change", what);
        if (subject.beforeId() != 0) {
            json.writeNumberField("beforeId", subject.beforeId());
        }
        if (subject.afterId() != 0) {
            json.writeNumberField("afterId", subject.afterId());
        }
        json.writeStringField("impact", JsonOutput.word(change.impact()));
        if (change instanceof Change.Lone lone) {
            json.writeStringField("text", lone.text());
            if (lone.sizeBytes() >= 0) {
                json.writeNumberField("size", lone.sizeBytes());
            }
        } else if (change instanceof Change.Composite composite) {
            writeComposite(composite);
        } else if (change instanceof Change.Enumeration enumeration) {
            writeEnumeration(enumeration);
        } else if (change instanceof Change.Declaration declaration) {
            json.writeStringField("before", declaration.before());
            json.writeStringField("after", declaration.after());
            write(declaration.tags());
        }
        json.writeEndObject();
    }

    private void writeComposite(Change.Composite change) throws IOException {
        json.writeNumberField("beforeSize", change.beforeSize());
        json.writeNumberField("afterSize", change.afterSize());
        json.writeArrayFieldStart("members");
        for (MemberChange member : change.members()) {
            json.writeStartObject();
            json.writeStringField("path", member.path());
            json.writeArrayFieldStart("change");
            writeIf(member.isAdded(), "added");
            writeIf(member.isRemoved(), "removed");
            writeIf(member.isRenamed(), "renamed");
            writeIf(member.isMoved(), "moved");
            writeIf(member.isResized(), "resized");
            writeIf(member.isRetyped(), "retyped");
            json.writeEndArray();
            write("before", member.before());
            write("after", member.after());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeBooleanField("regrouped", change.isRegrouped());
        json.writeArrayFieldStart("causes");
        for (Subject cause : change.causes()) {
            json.writeStartObject();
            writeSubject(cause);
            json.writeEndObject();
        }
        json.writeEndArray();
        write(change.tags());
    }

    private void writeIf(boolean condition, String word) throws IOException {
        if (condition) {
            json.writeString(word);
        }
    }

    private void write(String field, Place place) throws IOException {
        if (place == null) {
            return;
        }
        json.writeObjectFieldStart(field);
        json.writeStringField("path", place.path());
        json.writeNumberField("offsetBits", place.offsetBits());
        if (place.bits() != 0) {
            json.writeNumberField("bits", place.bits());
        }
        if (place.sizeBytes() >= 0) {
            json.writeNumberField("size", place.sizeBytes());
        }
        json.writeStringField("type", place.type());
        json.writeEndObject();
    }

    private void writeEnumeration(Change.Enumeration change) throws IOException {
        if (change.beforeSize() >= 0) {
            json.writeNumberField("beforeSize", change.beforeSize());
            json.writeNumberField("afterSize", change.afterSize());
        }
        json.writeArrayFieldStart("values");
        for (Change.ValueChange value : change.values()) {
            json.writeStartObject();
            json.writeStringField("name", value.name());
            if (value.before() != null) {
                json.writeStringField("before", value.before());
            }
            if (value.after() != null) {
                json.writeStringField("after", value.after());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void write(Change.Tags tags) throws IOException {
        if (tags.isSame()) {
            return;
        }
        json.writeObjectFieldStart("tags");
        JsonOutput.strings(json, "before", tags.before());
        JsonOutput.strings(json, "after", tags.after());
        json.writeEndObject();
    }
}
