package org.btfkit.cli.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.btfkit.btf.load.LoadAnswer;
import org.btfkit.btf.load.LoadFinding;
import org.btfkit.btf.load.LoadJudge;
import org.btfkit.btf.relo.SourceLine;
import org.btfkit.cli.support.Colors;
import org.btfkit.cli.support.Failure;

/**
 * A report as people read it: objects by kernels, and below a line for each reason.
 *
 * <pre>
 *              6.1.192   6.12.117
 * bindsnoop    yes       no  3      44 relocations
 *
 * bindsnoop  6.12.117   ipv4_bind_exit, ipv6_bind_exit
 *   bindsnoop.bpf.c:88  inet_sock.freebind  inet_sock has no member freebind
 * </pre>
 *
 * <p>The number in a cell is that of its lines below. Where the matrix is wider than the terminal, each object has a
 * line for each verdict, with the kernels behind it.
 */
final class CoreCheckText {
    private static final int GAP = 3;
    private static final String INDENT = "  ";

    /** What a line below the matrix says, whatever the kernel. */
    private record Reason(List<String> programs, LoadAnswer answer, String place, String subject, String text) {}

    private final CoreCheckReport report;
    private final Colors colors;
    private final int columns;
    private final StringBuilder text = new StringBuilder();

    /**
     * Prepares.
     *
     * @param columns how wide the matrix may be, 0 for no limit
     */
    CoreCheckText(CoreCheckReport report, Colors colors, int columns) {
        this.report = report;
        this.colors = colors;
        this.columns = columns;
    }

    /** {@return the whole text} */
    String write() {
        int[] widths = new int[report.kernels().size()];
        int all = objectWidth();
        for (int k = 0; k < widths.length; k++) {
            widths[k] = report.kernels().get(k).length();
            for (CoreCheckCell[] row : report.cells()) {
                widths[k] = Math.max(widths[k], row[k].text().length());
            }
            widths[k] += GAP;
            all += widths[k];
        }
        for (int o = 0; o < report.cells().length; o++) {
            int width = all + summary(o).length();
            if (columns > 0 && width > columns) {
                writeFolded();
                return finish();
            }
        }
        writeMatrix(widths);
        return finish();
    }

    private String finish() {
        for (int o = 0; o < report.cells().length; o++) {
            writeReasons(o);
        }
        text.append('\n').append(result());
        text.append('\n')
                .append(colors.aside("by BTF alone; not judged: " + LoadJudge.NOT_JUDGED))
                .append('\n');
        return text.toString();
    }

    /** The line below all: what holds of those that could be judged, and which could not. */
    private String result() {
        List<String> unjudgedKernels = report.unjudgedKernels();
        List<String> unjudgedObjects = report.unjudgedObjects();
        int kernels = report.kernels().size() - unjudgedKernels.size();
        int objects = report.objects().size() - unjudgedObjects.size();
        if (kernels == 0 || objects == 0) {
            boolean hasObject = Arrays.stream(report.relocations()).anyMatch(count -> count >= 0);
            return "nothing could be judged, as no " + (hasObject ? "kernel" : "object") + " can be read";
        }
        StringJoiner unjudged = new StringJoiner(", ", "; not judged, as it cannot be read: ", "").setEmptyValue("");
        unjudgedKernels.forEach(kernel -> unjudged.add("kernel " + kernel));
        unjudgedObjects.forEach(object -> unjudged.add("object " + object));
        int failing = report.failing();
        if (failing > 0) {
            String which = objects == 1 ? "the object does" : failing + " of " + objects;
            return which + (objects == 1 ? "" : failing == 1 ? " objects does" : " objects do") + " not load everywhere"
                    + unjudged;
        }
        String which = objects == 1 ? "the object loads" : "all " + objects + " objects load";
        String where = kernels == 1 ? "the kernel" : kernels == 2 ? "both kernels" : "all " + kernels + " kernels";
        return which + " on " + where + unjudged;
    }

    private int objectWidth() {
        return report.objects().stream().mapToInt(String::length).max().orElse(0) + GAP;
    }

    private void writeMatrix(int[] widths) {
        StringBuilder head = new StringBuilder(" ".repeat(objectWidth()));
        for (int k = 0; k < widths.length; k++) {
            head.append(padded(report.kernels().get(k), widths[k]));
        }
        text.append(head.toString().stripTrailing()).append('\n');
        for (int o = 0; o < report.cells().length; o++) {
            text.append(padded(report.objects().get(o), objectWidth()));
            String summary = coloredSummary(o);
            for (int k = 0; k < widths.length; k++) {
                CoreCheckCell cell = report.cells()[o][k];
                boolean isLast = k == widths.length - 1 && summary.isEmpty();
                text.append(colored(cell, cell.text()))
                        .append(isLast ? "" : " ".repeat(widths[k] - cell.text().length()));
            }
            text.append(summary).append('\n');
        }
    }

    private void writeFolded() {
        for (int o = 0; o < report.cells().length; o++) {
            text.append(padded(report.objects().get(o), objectWidth()))
                    .append(coloredSummary(o))
                    .append('\n');
            Map<String, List<Integer>> kernels = new LinkedHashMap<>();
            for (int k = 0; k < report.kernels().size(); k++) {
                kernels.computeIfAbsent(report.cells()[o][k].text(), key -> new ArrayList<>())
                        .add(k);
            }
            for (Map.Entry<String, List<Integer>> entry : kernels.entrySet()) {
                CoreCheckCell cell = report.cells()[o][entry.getValue().get(0)];
                StringBuilder names = new StringBuilder();
                entry.getValue()
                        .forEach(k -> names.append(' ').append(report.kernels().get(k)));
                text.append(INDENT)
                        .append(colored(cell, padded(entry.getKey(), "depends".length())))
                        .append(wrapped(names.toString(), INDENT.length() + "depends".length()))
                        .append('\n');
            }
        }
    }

    /** Breaks a line between words where it would be longer than the terminal is wide. */
    private String wrapped(String words, int indent) {
        StringBuilder lines = new StringBuilder();
        int at = indent;
        for (String word : words.strip().split(" ")) {
            if (at + 1 + word.length() > columns && at > indent) {
                lines.append('\n').append(" ".repeat(indent));
                at = indent;
            }
            lines.append(' ').append(word);
            at += 1 + word.length();
        }
        return lines.toString();
    }

    private String summary(int object) {
        int relocations = report.relocations()[object];
        if (relocations < 0) {
            return "";
        }
        int guarded = guarded(object);
        String unit = isFirst(object) ? relocations == 1 ? " relocation" : " relocations" : "";
        return relocations + unit + (guarded == 0 ? "" : " (" + guarded + " guarded)");
    }

    /** Whether an object is the first one that can be read, which shows what the number is. */
    private boolean isFirst(int object) {
        for (int o = 0; o < object; o++) {
            if (report.relocations()[o] >= 0) {
                return false;
            }
        }
        return true;
    }

    private String coloredSummary(int object) {
        String summary = summary(object);
        int guarded = summary.indexOf(" (");
        return guarded < 0 ? summary : summary.substring(0, guarded) + colors.aside(summary.substring(guarded));
    }

    /** How many relocations nothing matches, and no program reaches, on the kernel that has most of them. */
    private int guarded(int object) {
        int most = 0;
        for (CoreCheckCell cell : report.cells()[object]) {
            most = Math.max(most, cell.guarded());
        }
        return most;
    }

    private void writeReasons(int object) {
        Map<Reason, BitSet> kernels = new LinkedHashMap<>();
        Map<Reason, Map<String, BitSet>> near = new HashMap<>();
        for (int k = 0; k < report.kernels().size(); k++) {
            for (LoadFinding finding : report.cells()[object][k].findings()) {
                kernels.computeIfAbsent(reason(finding), key -> new BitSet()).set(k);
                near.computeIfAbsent(reason(finding), key -> new LinkedHashMap<>())
                        .computeIfAbsent(String.join(", ", finding.near()), key -> new BitSet())
                        .set(k);
            }
        }
        Map<BitSet, Set<Reason>> groups = new LinkedHashMap<>();
        kernels.forEach((reason, on) ->
                groups.computeIfAbsent(on, key -> new LinkedHashSet<>()).add(reason));
        String name = report.objects().get(object);
        int placeWidth = width(kernels.keySet(), true);
        int subjectWidth = width(kernels.keySet(), false);
        boolean isFirst = true;
        for (Map.Entry<BitSet, Set<Reason>> group : groups.entrySet()) {
            List<String> programs = programsOfAll(group.getValue());
            text.append(isFirst ? "\n" : "")
                    .append(colors.title(isFirst ? name : " ".repeat(name.length())))
                    .append(INDENT)
                    .append(names(group.getKey()))
                    .append(programs.isEmpty() ? "" : " ".repeat(GAP) + Failure.oneLine(String.join(", ", programs)))
                    .append('\n');
            isFirst = false;
            for (Reason reason : group.getValue()) {
                String line = INDENT
                        + (placeWidth == 0 ? "" : padded(reason.place(), placeWidth + 2))
                        + padded(reason.subject(), subjectWidth + 2)
                        + (reason.answer() == LoadAnswer.NO
                                ? ""
                                : reason.answer().label() + ": ")
                        + reason.text()
                        + near(near.get(reason));
                boolean isOwn = programs.isEmpty() && !reason.programs().isEmpty();
                text.append(Failure.oneLine(line).stripTrailing())
                        .append(
                                isOwn
                                        ? colors.aside(
                                                "  (" + Failure.oneLine(String.join(", ", reason.programs())) + ")")
                                        : "")
                        .append('\n');
            }
        }
    }

    /** What comes nearest; where kernels do not agree about it, on the first one that has something. */
    private String near(Map<String, BitSet> near) {
        for (Map.Entry<String, BitSet> entry : near.entrySet()) {
            if (!entry.getKey().isEmpty()) {
                String where = near.size() == 1
                        ? ""
                        : " on " + report.kernels().get(entry.getValue().nextSetBit(0));
                return "; nearest" + where + ": " + entry.getKey();
            }
        }
        return "";
    }

    /** The programs that reasons have in common, if all have the same; else none. */
    private static List<String> programsOfAll(Set<Reason> reasons) {
        List<String> common = null;
        for (Reason reason : reasons) {
            if (common != null && !common.equals(reason.programs())) {
                return List.of();
            }
            common = reason.programs();
        }
        return common;
    }

    private static Reason reason(LoadFinding finding) {
        List<String> places =
                finding.lines().stream().map(SourceLine::toString).distinct().toList();
        String place = places.isEmpty() ? "" : places.get(0);
        String also = places.size() < 2 ? "" : "; also " + String.join(", ", places.subList(1, places.size()));
        return new Reason(finding.programs(), finding.answer(), place, finding.subject(), finding.reason() + also);
    }

    /** How wide a column is: that of its entries, a few long ones left out, which stand out. */
    private static int width(Set<Reason> reasons, boolean ofPlace) {
        int width = 0;
        for (Reason reason : reasons) {
            int length = (ofPlace ? reason.place() : reason.subject()).length();
            width = length <= 40 ? Math.max(width, length) : width;
        }
        return width;
    }

    /** Names kernels; those of a longer row by the first and the last. */
    private String names(BitSet kernels) {
        if (kernels.cardinality() == report.kernels().size() && report.kernels().size() > 3) {
            return "all " + report.kernels().size() + " kernels";
        }
        List<String> names = new ArrayList<>();
        for (int from = kernels.nextSetBit(0); from >= 0; ) {
            int to = kernels.nextClearBit(from);
            if (to - from > 3) {
                names.add(
                        report.kernels().get(from) + " to " + report.kernels().get(to - 1) + " (" + (to - from) + ")");
            } else {
                names.addAll(report.kernels().subList(from, to));
            }
            from = kernels.nextSetBit(to);
        }
        return String.join(" ", names);
    }

    private String colored(CoreCheckCell cell, String what) {
        if (cell.answer() == null) {
            return colors.aside(what);
        }
        return switch (cell.answer()) {
            case YES -> colors.good(what);
            case NO -> colors.bad(what);
            case DEPENDS, UNKNOWN -> colors.notable(what);
        };
    }

    private static String padded(String what, int width) {
        return what + " ".repeat(Math.max(0, width - what.length()));
    }
}
