package org.btfkit.laws;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.btfkit.cli.laws.LawsSyntax;
import org.btfkit.fixtures.laws.LawFailure;
import org.btfkit.fixtures.laws.LawTally;
import org.btfkit.fixtures.laws.LawTally.Verdict;

/** Writes the report as JUnit does, for servers that show such. */
final class JunitReport {
    private JunitReport() {}

    static String of(LawsRequest request, List<LawTally> tallies, double seconds) {
        long failures = count(tallies, Verdict.BROKEN);
        long skipped = count(tallies, Verdict.SKIPPED);
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        xml.append("<testsuite name=\"%s\" tests=\"%d\" failures=\"%d\" errors=\"0\" skipped=\"%d\" time=\"%s\">\n"
                .formatted(
                        LawsSyntax.NAME,
                        tallies.size(),
                        failures,
                        skipped,
                        String.format(Locale.ROOT, "%.3f", seconds)));
        xml.append("  <properties>\n");
        xml.append("    <property name=\"tool\" value=\"%s\"/>\n"
                .formatted(escape(request.tool().toString())));
        xml.append("    <property name=\"seed\" value=\"%d\"/>\n".formatted(request.seed()));
        xml.append("    <property name=\"runs\" value=\"%d\"/>\n".formatted(request.runs()));
        xml.append("  </properties>\n");
        tallies.forEach(tally -> testCase(xml, tally));
        return xml.append("</testsuite>\n").toString();
    }

    private static long count(List<LawTally> tallies, Verdict verdict) {
        return tallies.stream().filter(tally -> tally.verdict() == verdict).count();
    }

    private static void testCase(StringBuilder xml, LawTally tally) {
        xml.append("  <testcase classname=\"%s\" name=\"%s\">\n"
                .formatted(LawsSyntax.NAME, escape(tally.law().toString())));
        if (tally.verdict() == Verdict.BROKEN) {
            List<String> lines = new ArrayList<>();
            tally.failures().forEach(failure -> lines.addAll(lines(failure)));
            xml.append("    <failure message=\"%s\">%s</failure>\n"
                    .formatted(escape(message(tally)), escape(String.join("\n", lines))));
        } else if (tally.verdict() == Verdict.SKIPPED) {
            xml.append("    <skipped message=\"%s\"/>\n".formatted(escape(tally.skipReason())));
        }
        xml.append("    <system-out>%s</system-out>\n".formatted(escape(TapReport.counts(tally))));
        xml.append("  </testcase>\n");
    }

    private static String message(LawTally tally) {
        return tally.failures().isEmpty() ? "" : tally.failures().get(0).found();
    }

    private static List<String> lines(LawFailure failure) {
        List<String> lines = new ArrayList<>(List.of("on " + failure.sample() + ": " + failure.found()));
        lines.add("reduced: " + failure.message());
        lines.addAll(failure.picture());
        if (failure.folder() != null) {
            lines.add("kept in " + failure.folder());
        }
        return lines;
    }

    /** What XML 1.0 cannot have at all becomes a question mark. */
    static String escape(String text) {
        StringBuilder escaped = new StringBuilder();
        text.codePoints().forEach(c -> {
            switch (c) {
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '&' -> escaped.append("&amp;");
                case '"' -> escaped.append("&quot;");
                default -> escaped.appendCodePoint(c >= 0x20 && c < 0xfffe || c == '\n' ? c : '?');
            }
        });
        return escaped.toString();
    }
}
