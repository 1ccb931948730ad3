package org.btfkit.cli.resolve;

import java.io.PrintStream;
import java.util.Locale;
import org.btfkit.cli.support.Failure;
import org.btfkit.cli.support.Progress;
import org.btfkit.resolve.ObjectReport;
import org.btfkit.resolve.SetReport;

/** Tells a person, or with {@code --json} a program, what becomes of the objects. */
final class Console {
    private static final String WARNING = "WARN: ";

    private final PrintStream out;
    private final PrintStream err;
    private final boolean verbose;
    private final boolean many;
    private final JsonReport json;
    private final int[] outcomes = new int[ObjectReport.Outcome.values().length];
    private Progress progress = Progress.NONE;
    private boolean saysBtf;
    private int failures;
    private int stale;

    Console(PrintStream out, PrintStream err, boolean json, boolean verbose, boolean many) {
        this.out = out;
        this.err = err;
        this.json = json ? new JsonReport(out) : null;
        this.verbose = verbose;
        this.many = many;
    }

    /** Reports for a command that makes BTF: also whether one object was written, and how far it has got in a log. */
    void sayWhatBecameOfBtf() {
        saysBtf = true;
    }

    void start(int objects) {
        if (many && objects > 0) {
            progress = saysBtf ? Progress.onOrInLog(err, objects) : Progress.on(err, objects);
        }
    }

    void report(ObjectResult result) {
        for (String warning : result.warnings) {
            say(err, warning(result, warning, many));
        }
        for (String note : result.notes) {
            say(err, "NOTE: " + result.file + ": " + note);
        }
        for (String detail : result.details) {
            if (verbose) {
                say(err, detail);
            }
        }
        if (result.failure != null) {
            say(err, "ERROR: " + result.failure);
            failures++;
        } else {
            count(result.report);
            if (saysBtf && !many && result.report.outcome() == ObjectReport.Outcome.UNCHANGED) {
                say(err, result.file + ": is as it has to be, nothing written");
            }
        }
        if (json != null) {
            json.add(result);
        }
        progress.step();
    }

    /** A warning as it is printed; among others, the object's name stands in front, and only there. */
    static String warning(ObjectResult result, String text, boolean many) {
        String name = result.file + ": ";
        return many ? name + WARNING + (text.startsWith(name) ? text.substring(name.length()) : text) : WARNING + text;
    }

    /** Prints a line, out of the way of the progress bar. */
    private void say(PrintStream stream, String line) {
        progress.clear();
        stream.println(Failure.oneLine(line));
    }

    private void count(ObjectReport report) {
        outcomes[report.outcome().ordinal()]++;
        stale += report.hasAny(SetReport.State.STALE) ? 1 : 0;
        if (json == null && report.outcome() == ObjectReport.Outcome.CHECKED) {
            for (SetReport set : report.sets()) {
                String missing = set.missing() == 0 || set.state() == SetReport.State.UNRESOLVED
                        ? ""
                        : ", " + set.missing() + " of them 0";
                say(
                        out,
                        report.file() + ": " + set.title() + ": "
                                + set.state().name().toLowerCase(Locale.ROOT) + " (" + set.count() + " ids" + missing
                                + ")");
            }
        }
    }

    void finish(int status) {
        progress.clear();
        if (json != null) {
            json.finish(status);
        }
        if (many) {
            err.println(summary());
        }
    }

    private String summary() {
        StringBuilder text = new StringBuilder();
        int total = failures;
        for (ObjectReport.Outcome outcome : ObjectReport.Outcome.values()) {
            int count = outcomes[outcome.ordinal()];
            total += count;
            if (count > 0) {
                text.append(", ").append(count).append(' ').append(words(outcome));
            }
        }
        if (stale > 0) {
            text.append(" (").append(stale).append(" with stale symbols)");
        }
        if (failures > 0) {
            text.append(", ").append(failures).append(" failed");
        }
        return total + (total == 1 ? " object" : " objects") + text;
    }

    private String words(ObjectReport.Outcome outcome) {
        return switch (outcome) {
            case NOTHING_TO_DO -> saysBtf ? "without DWARF" : "without ids";
            case CHECKED -> "checked";
            case DETACHED -> "with files beside them";
            case UNCHANGED -> "unchanged";
            case WRITTEN -> "written";
        };
    }
}
