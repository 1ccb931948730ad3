package org.btfkit.laws;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.btfkit.cli.laws.LawsSyntax;
import org.btfkit.cli.support.Failure;
import org.btfkit.fixtures.gen.BtfIdsTrait;
import org.btfkit.fixtures.laws.LawFailure;
import org.btfkit.fixtures.laws.LawSuite;
import org.btfkit.fixtures.laws.LawTally;
import org.btfkit.fixtures.laws.ToolProfile;

/** Writes the report in the Test Anything Protocol: a test point for each law, and what there is to say as comments. */
final class TapReport {
    private final PrintStream out;

    TapReport(PrintStream out) {
        this.out = out;
    }

    void begin(LawsRequest request, ToolProfile profile) {
        out.println("TAP version 13");
        note(request.tool() + " " + profile.style().usage());
        if (request.runs() > 0) {
            note("seed " + request.seed() + ": " + LawsSyntax.NAME + " --tool " + request.tool() + " --seed "
                    + request.seed() + " --runs " + request.runs() + without(request));
        }
        if (profile.takesOld()) {
            note("it is told by --old_btf and --old_base which BTF the ids in an object are of");
        }
        if (System.getenv("BTFKIT_SERVER") != null) {
            note("BTFKIT_SERVER is set: btfkit works in a server, but for the runs that are killed");
        }
        out.flush();
    }

    /** With another choice of traits a seed makes other objects. */
    private static String without(LawsRequest request) {
        List<String> labels = request.without().stream().map(BtfIdsTrait::label).toList();
        return labels.isEmpty() ? "" : " --without " + String.join(",", labels);
    }

    void note(String line) {
        out.println("# " + Failure.oneLine(line));
    }

    /** Returns whether all laws hold. */
    boolean end(LawSuite suite, double seconds) {
        List<LawTally> tallies = suite.tallies();
        out.println("1.." + tallies.size());
        boolean holds = true;
        for (int i = 0; i < tallies.size(); i++) {
            LawTally tally = tallies.get(i);
            holds &= LawsCommand.holds(tally);
            point(i + 1, tally);
        }
        note(String.format(
                Locale.ROOT,
                "%d objects, %d of them with ids, %.1f s",
                suite.samples(),
                suite.samplesWithIds(),
                seconds));
        return holds;
    }

    private void point(int number, LawTally tally) {
        String point = number + " - " + tally.law();
        switch (tally.verdict()) {
            case HOLDS -> out.println("ok " + point);
            case SKIPPED -> out.println("ok " + point + " # SKIP " + Failure.oneLine(tally.skipReason()));
            case BROKEN -> out.println("not ok " + point);
        }
        note("  " + counts(tally));
        if (tally.refused() > 0) {
            note("  the tool refused, first with " + tally.firstRefusal());
        }
        tally.failures().forEach(this::failure);
    }

    /** How often a law was tried, and with what end. */
    static String counts(LawTally tally) {
        String counts = "held " + tally.held() + " times, was broken " + tally.broken() + " times";
        return tally.refused() == 0 ? counts : counts + ", was not tried " + tally.refused() + " times";
    }

    private void failure(LawFailure failure) {
        note("");
        note(String.format(Locale.ROOT, "  on %s, after %.1f s:", failure.sample(), failure.millis() / 1e3));
        note("  " + failure.found());
        if (!failure.message().equals(failure.found())) {
            note("  reduced: " + failure.message());
        }
        failure.picture().forEach(line -> note("    " + line));
        if (failure.folder() != null) {
            note("  kept in " + failure.folder() + ", to be repeated with repeat.sh there");
        }
        note("");
    }
}
