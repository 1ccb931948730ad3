package org.btfkit.cli.look;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.query.StructGraph;
import org.btfkit.btf.query.StructGraph.Link;
import org.btfkit.btf.query.StructGraph.Node;
import org.btfkit.cli.support.JsonOutput;

/** Writes a graph of structs as JSON. */
final class GraphJson {
    /** What is written, for the help. */
    static final String SHAPE = """
            { "isCut": true | false,                            whether --max leaves types out
              "types": [ { "id": n, "kind": "struct", "name": ...,
                           "distance": n,                       0 is the type asked for
                           "members": [ { "path": ..., "offsetBits": n,
                                          "pointer": true | false,
                                          "targetId": n, "target": ...,
                                          "drawn": n } ] } ] }  place in types, from 0; else -1
            """;

    private GraphJson() {}

    /** Returns a graph of types of a BTF as JSON. */
    static byte[] of(Btf btf, StructGraph graph) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        JsonGenerator json = JsonOutput.on(out);
        json.writeStartObject();
        json.writeBooleanField("isCut", graph.isCut());
        json.writeArrayFieldStart("types");
        for (Node node : graph.nodes()) {
            write(json, btf, node);
        }
        json.writeEndArray();
        json.writeEndObject();
        json.writeRaw('\n');
        json.close();
        return out.toByteArray();
    }

    private static void write(JsonGenerator json, Btf btf, Node node) throws IOException {
        json.writeStartObject();
        json.writeNumberField("id", node.typeId());
        json.writeStringField("kind", JsonOutput.word(btf.kind(node.typeId())));
        json.writeStringField("name", node.name());
        json.writeNumberField("distance", node.distance());
        json.writeArrayFieldStart("members");
        for (Link link : node.links()) {
            json.writeStartObject();
            json.writeStringField("path", link.path());
            json.writeNumberField("offsetBits", link.offsetBits());
            json.writeBooleanField("pointer", link.isPointer());
            json.writeNumberField("targetId", link.targetId());
            json.writeStringField("target", link.targetName());
            json.writeNumberField("drawn", link.target());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
