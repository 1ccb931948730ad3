package org.btfkit.cli.html;

import org.btfkit.btf.query.StructGraph;
import org.btfkit.btf.query.StructGraph.Link;
import org.btfkit.btf.query.StructGraph.Node;

/** Writes a graph of types in the language of Graphviz: a record for each type, with a field for each link. */
public final class DotWriter {
    private DotWriter() {}

    /**
     * Writes a graph.
     *
     * @param graph the graph
     * @return a {@code digraph}, in which members that point are dashed
     */
    public static String write(StructGraph graph) {
        StringBuilder text =
                new StringBuilder("digraph types {\n    rankdir=LR;\n    node [shape=record, fontname=monospace];\n");
        for (int i = 0; i < graph.nodes().size(); i++) {
            Node node = graph.nodes().get(i);
            text.append("    n").append(i).append(" [label=\"<head> ").append(escape(SvgWriter.title(node)));
            for (int j = 0; j < node.links().size(); j++) {
                Link link = node.links().get(j);
                text.append("|<m")
                        .append(j)
                        .append("> ")
                        .append(link.offsetBits() / 8)
                        .append(' ');
                text.append(escape(link.path() + " : " + SvgWriter.targetText(link)));
            }
            text.append("\"];\n");
        }
        for (int i = 0; i < graph.nodes().size(); i++) {
            Node node = graph.nodes().get(i);
            for (int j = 0; j < node.links().size(); j++) {
                Link link = node.links().get(j);
                if (link.target() >= 0) {
                    text.append("    n")
                            .append(i)
                            .append(":m")
                            .append(j)
                            .append(" -> n")
                            .append(link.target());
                    text.append(":head")
                            .append(link.isPointer() ? " [style=dashed]" : "")
                            .append(";\n");
                }
            }
        }
        return text.append("}\n").toString();
    }

    /** What has a meaning in the label of a record. */
    private static String escape(String text) {
        StringBuilder escaped = new StringBuilder();
        for (char c : text.toCharArray()) {
            if ("\\\"{}|<> ".indexOf(c) >= 0) {
                escaped.append('\\');
            }
            escaped.append(c);
        }
        return escaped.toString();
    }
}
