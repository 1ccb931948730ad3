package org.btfkit.cli.html;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.btfkit.btf.query.StructGraph;
import org.btfkit.btf.query.StructGraph.Link;
import org.btfkit.btf.query.StructGraph.Node;

/**
 * Draws a graph of types as SVG: a box for each type, in a column by its distance, with a row for each link, and curves
 * from rows to boxes.
 *
 * <p>Columns are laid out from left to right. In each, a box wants to stand at the mean height of the rows that lead to
 * it; boxes are placed in the order of their wishes, none above the end of the one before.
 */
public final class SvgWriter {
    private static final int ROW = 18;
    private static final double CHARACTER = 7.3;
    private static final int PADDING = 8;
    private static final int GAP_X = 90;
    private static final int GAP_Y = 16;
    private static final int MARGIN = 20;
    private static final int MAX_PLAIN_ROWS = 12;
    private static final String MORE = "       %d more";

    private static final String STYLE = """
            <style>
            svg { background: #fbfaf7; }
            text { font: 12px ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; fill: #22262b; }
            .head { font-weight: 600; }
            .dim { fill: #6d7278; }
            rect { fill: #fff; stroke: #b9b4a8; }
            rect.head { fill: #efe9dc; }
            rect.first { fill: #cfe5e3; }
            path { fill: none; stroke: #0b6b6b; stroke-width: 1.2; opacity: .75; }
            path.pointer { stroke: #8a6d3b; stroke-dasharray: 4 3; }
            @media (prefers-color-scheme: dark) {
              svg { background: #16191d; }
              text { fill: #dfe3e6; }
              .dim { fill: #8f979e; }
              rect { fill: #1d2126; stroke: #4a525a; }
              rect.head { fill: #2b3138; }
              rect.first { fill: #1f4744; }
              path { stroke: #5fc7c0; }
              path.pointer { stroke: #d1a765; }
            }
            </style>
            """;

    private final StructGraph graph;
    private final List<Box> boxes = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();

    private static final class Box {
        final Node node;
        final int index;
        final int width;

        /** The links that are shown: all that lead to boxes, and some others, but none at the edge of the graph. */
        final List<Link> rows;

        int x;
        int y;
        double wish;

        Box(Node node, int index, boolean isAtEdge) {
            this.node = node;
            this.index = index;
            this.rows = rows(node.links(), isAtEdge ? 0 : MAX_PLAIN_ROWS);
            int longest = Math.max(title(node).length(), MORE.length() + 4);
            for (Link link : rows) {
                longest = Math.max(longest, rowText(link).length());
            }
            this.width = (int) (longest * CHARACTER) + 2 * PADDING;
        }

        private static List<Link> rows(List<Link> links, int maxPlain) {
            List<Link> rows = new ArrayList<>();
            int plain = 0;
            for (Link link : links) {
                if (link.target() >= 0 || plain++ < maxPlain) {
                    rows.add(link);
                }
            }
            return rows;
        }

        boolean hasMore() {
            return rows.size() < node.links().size();
        }

        int height() {
            return ROW * (1 + rows.size() + (hasMore() ? 1 : 0)) + 8;
        }

        int rowY(int row) {
            return y + ROW * (row + 1) + ROW / 2 + 5;
        }
    }

    private SvgWriter(StructGraph graph) {
        this.graph = graph;
    }

    /**
     * Draws a graph.
     *
     * @param graph the graph
     * @return an SVG document that needs nothing else
     */
    public static String write(StructGraph graph) {
        return new SvgWriter(graph).draw();
    }

    /** What a node is called. */
    static String title(Node node) {
        return node.name().isEmpty() ? "type " + node.typeId() : node.name();
    }

    /** What a link leads to, as C has it. */
    static String targetText(Link link) {
        String name = link.targetName().isEmpty() ? "type " + link.targetId() : link.targetName();
        return link.isPointer() ? name + " *" : name;
    }

    private static String rowText(Link link) {
        return String.format("%5d  %s  %s", link.offsetBits() / 8, link.path(), targetText(link));
    }

    private String draw() {
        place();
        int width = 0;
        int height = 0;
        for (Box box : boxes) {
            width = Math.max(width, box.x + box.width + MARGIN);
            height = Math.max(height, box.y + box.height() + MARGIN);
        }
        // Room for the curves that lead back, on the right.
        width += GAP_X;
        text.append("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"")
                .append(width)
                .append("\" height=\"");
        text.append(height)
                .append("\" viewBox=\"0 0 ")
                .append(width)
                .append(' ')
                .append(height)
                .append("\">\n");
        text.append("<title>")
                .append(escape(title(graph.nodes().get(0))))
                .append("</title>\n")
                .append(STYLE);
        boxes.forEach(this::addLinks);
        boxes.forEach(this::addBox);
        return text.append("</svg>\n").toString();
    }

    private void place() {
        int last = graph.nodes().get(graph.nodes().size() - 1).distance();
        for (int i = 0; i < graph.nodes().size(); i++) {
            Node node = graph.nodes().get(i);
            boxes.add(new Box(node, i, last > 0 && node.distance() == last));
        }
        int x = MARGIN;
        for (int distance = 0; distance <= last; distance++) {
            List<Box> column = new ArrayList<>();
            int widest = 0;
            for (Box box : boxes) {
                if (box.node.distance() == distance) {
                    box.x = x;
                    box.wish = wish(box);
                    widest = Math.max(widest, box.width);
                    column.add(box);
                }
            }
            column.sort(Comparator.<Box>comparingDouble(box -> box.wish).thenComparingInt(box -> box.index));
            int free = MARGIN;
            for (Box box : column) {
                box.y = (int) Math.max(free, box.wish - ROW);
                free = box.y + box.height() + GAP_Y;
            }
            x += widest + GAP_X;
        }
    }

    /** The mean height of the rows that lead to a box from the columns before it. */
    private double wish(Box box) {
        double sum = 0;
        int count = 0;
        for (Box from : boxes) {
            for (int row = 0; from.node.distance() < box.node.distance() && row < from.rows.size(); row++) {
                if (from.rows.get(row).target() == box.index) {
                    sum += from.rowY(row);
                    count++;
                }
            }
        }
        return count == 0 ? MARGIN : sum / count;
    }

    private void addLinks(Box from) {
        for (int row = 0; row < from.rows.size(); row++) {
            Link link = from.rows.get(row);
            if (link.target() < 0) {
                continue;
            }
            Box to = boxes.get(link.target());
            int x = from.x + from.width;
            int y = from.rowY(row);
            int headY = to.y + ROW / 2 + 2;
            boolean isForward = to.x > from.x;
            int toX = isForward ? to.x : to.x + to.width;
            int bend = isForward ? Math.max(30, (toX - x) / 2) : GAP_X / 2;
            text.append("<path").append(link.isPointer() ? " class=\"pointer\"" : "");
            text.append(" d=\"M")
                    .append(x)
                    .append(' ')
                    .append(y)
                    .append(" C")
                    .append(x + bend)
                    .append(' ')
                    .append(y);
            text.append(' ')
                    .append(isForward ? toX - bend : Math.max(x, toX) + bend)
                    .append(' ')
                    .append(headY);
            text.append(' ').append(toX).append(' ').append(headY).append("\"/>\n");
        }
    }

    private void addBox(Box box) {
        addRect(box, box.height(), "");
        addRect(box, ROW + 4, box.index == 0 ? " class=\"head first\"" : " class=\"head\"");
        addText(box.x + PADDING, box.y + ROW - 3, " class=\"head\"", title(box.node));
        for (int row = 0; row < box.rows.size(); row++) {
            Link link = box.rows.get(row);
            addText(box.x + PADDING, box.rowY(row) + 5, link.target() < 0 ? " class=\"dim\"" : "", rowText(link));
        }
        if (box.hasMore()) {
            int more = box.node.links().size() - box.rows.size();
            addText(box.x + PADDING, box.rowY(box.rows.size()) + 5, " class=\"dim\"", String.format(MORE, more));
        }
    }

    private void addRect(Box box, int height, String attributes) {
        text.append("<rect x=\"").append(box.x).append("\" y=\"").append(box.y).append("\" width=\"");
        text.append(box.width)
                .append("\" height=\"")
                .append(height)
                .append("\" rx=\"3\"")
                .append(attributes);
        text.append("/>\n");
    }

    private void addText(int x, int y, String attributes, String content) {
        text.append("<text xml:space=\"preserve\" x=\"")
                .append(x)
                .append("\" y=\"")
                .append(y)
                .append('"');
        text.append(attributes).append('>').append(escape(content)).append("</text>\n");
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
