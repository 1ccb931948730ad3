package org.btfkit.cli.look;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfType;
import org.btfkit.btf.dump.CDeclarationPrinter;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.format.Limits;
import org.btfkit.btf.layout.LayoutOptions;
import org.btfkit.btf.layout.StructLayout;
import org.btfkit.btf.query.MemberPath;
import org.btfkit.btf.query.TypeQueries;
import org.btfkit.btf.query.TypeSizes;
import org.btfkit.cli.support.JsonOutput;

/**
 * Writes types as JSON, each an object in a line of its own:
 *
 * <p>Offsets of members within members count from the inner struct. A typedef of a struct or enum has members or values
 * as well.
 */
final class ShowJson implements ShownForm {
    /** What is written, for the help. */
    static final String SHAPE = """
            { "file": ..., "id": n, "kind": "struct", "name": ...,
              "typeId": n, "type": ...,                      of a typedef: what it names
              "declaration": ...,                            of others but structs and unions, in C
              "size": n,                                     in bytes, where it has one
              "members": [ { "name": ..., "type": ..., "typeId": n, "offsetBits": n, "size": n,
                             "bits": n,                      of a bitfield
                             "members": [ ... ],             of a struct or union without a name
                             "hole": n } ],                  unused bytes behind it, if there are some
              "values": [ { "name": ..., "value": n } ],     of an enum
              "hole": n, "padding": n }                      unused bytes at the start and at the end

            { "file": ..., "path": "task_struct.se.vruntime", "typeId": n, "type": "u64",
              "offsetBits": n, "bits": n }
            """;

    private final Btf btf;
    private final String file;
    private final OutputStream out;
    private final TypeSizes sizes;
    private final CDeclarationPrinter printer;

    ShowJson(Btf btf, String file, OutputStream out) {
        this.btf = btf;
        this.file = file;
        this.out = out;
        this.sizes = new TypeSizes(btf);
        this.printer = new CDeclarationPrinter(btf);
    }

    private JsonGenerator begin() throws IOException {
        JsonGenerator json = JsonOutput.lines(out);
        json.writeStartObject();
        json.writeStringField("file", file);
        return json;
    }

    private static void end(JsonGenerator json) throws IOException {
        json.writeEndObject();
        json.close();
    }

    @Override
    public void writeMember(String path) throws IOException {
        MemberPath.Target target = MemberPath.find(sizes, path);
        JsonGenerator json = begin();
        json.writeStringField("path", path);
        json.writeNumberField("typeId", target.typeId());
        json.writeStringField("type", type(target.typeId()));
        json.writeNumberField("offsetBits", target.offsetBits());
        if (target.bitfieldSize() > 0) {
            json.writeNumberField("bits", target.bitfieldSize());
        }
        end(json);
    }

    @Override
    public void writeType(int typeId) throws IOException {
        JsonGenerator json = begin();
        BtfKind kind = btf.kind(typeId);
        json.writeNumberField("id", typeId);
        json.writeStringField("kind", String.valueOf(kind).toLowerCase(Locale.ROOT));
        json.writeStringField("name", btf.name(typeId));
        if (kind == BtfKind.TYPEDEF) {
            json.writeNumberField("typeId", btf.sizeOrType(typeId));
            json.writeStringField("type", type(btf.sizeOrType(typeId)));
        } else if (!KindSet.COMPOSITES.has(kind)) {
            json.writeStringField("declaration", type(typeId));
        }
        long size = sizes.sizeOrMinus1(typeId);
        if (size >= 0) {
            json.writeNumberField("size", size);
        }
        int target = kind == BtfKind.TYPEDEF ? TypeQueries.resolve(btf, typeId) : typeId;
        if (KindSet.COMPOSITES.has(btf.kind(target))) {
            addMembers(json, target, 0);
        } else if (btf.type(target) instanceof BtfType.Enum enumeration) {
            addValues(json, enumeration.values(), enumeration.isSigned());
        } else if (btf.type(target) instanceof BtfType.Enum64 enumeration) {
            addValues(json, enumeration.values(), enumeration.isSigned());
        }
        end(json);
    }

    private void addMembers(JsonGenerator json, int compositeId, int depth) throws IOException {
        StructLayout layout = StructLayout.of(sizes, compositeId, LayoutOptions.DEFAULT.cacheLineBytes());
        json.writeArrayFieldStart("members");
        for (StructLayout.Member member : layout.members()) {
            json.writeStartObject();
            json.writeStringField("name", member.name());
            json.writeStringField("type", type(member.typeId()));
            json.writeNumberField("typeId", member.typeId());
            json.writeNumberField("offsetBits", member.offsetBits());
            json.writeNumberField("size", member.sizeBytes());
            if (member.isBitfield()) {
                json.writeNumberField("bits", member.bitfieldSize());
            }
            boolean isNameless = KindSet.COMPOSITES.has(btf.kind(member.typeId())) && btf.nameOff(member.typeId()) == 0;
            if (isNameless && depth < Limits.MAX_NESTING) {
                addMembers(json, member.typeId(), depth + 1);
            }
            addUnused(json, "hole", member.holeBytes());
            json.writeEndObject();
        }
        json.writeEndArray();
        addUnused(json, "hole", layout.holeBytes());
        addUnused(json, "padding", layout.paddingBytes());
    }

    /** Values are numbers that may be too large for programs that take all for floating point. */
    private static void addValues(JsonGenerator json, List<BtfType.Enumerator> values, boolean isSigned)
            throws IOException {
        json.writeArrayFieldStart("values");
        for (BtfType.Enumerator value : values) {
            json.writeStartObject();
            json.writeStringField("name", value.name());
            json.writeFieldName("value");
            json.writeNumber(isSigned ? Long.toString(value.value()) : Long.toUnsignedString(value.value()));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void addUnused(JsonGenerator json, String field, long bytes) throws IOException {
        if (bytes > 0) {
            json.writeNumberField(field, bytes);
        }
    }

    /** A type as C writes it; one without a name, which has lines of its own, in one. */
    private String type(int typeId) {
        boolean isNameless = KindSet.COMPOSITES.has(btf.kind(typeId)) && btf.nameOff(typeId) == 0;
        return isNameless
                ? btf.kind(typeId).name().toLowerCase(Locale.ROOT)
                : printer.text(typeId).replaceAll("\\s+", " ");
    }
}
