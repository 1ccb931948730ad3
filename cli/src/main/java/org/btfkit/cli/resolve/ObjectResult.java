package org.btfkit.cli.resolve;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.resolve.ObjectReport;
import org.btfkit.resolve.ResolveListener;

/** What came of one object of a batch: its report or its failure, and all that was said on the way. */
final class ObjectResult implements ResolveListener {
    final Path file;
    /** What was warned of, without a word in front that says so. */
    final List<String> warnings = new ArrayList<>();

    final List<String> notes = new ArrayList<>();
    final List<String> details = new ArrayList<>();

    /** The report, null if the object failed. */
    ObjectReport report;

    /** The failure in one line, null if there was none. */
    String failure;

    ObjectResult(Path file) {
        this.file = file;
    }

    @Override
    public void warning(String text) {
        warnings.add(text);
    }

    @Override
    public void unknown(BtfException why) {
        warnings.add(ResolveHint.describe(why, file.toString()));
    }

    @Override
    public void note(String text) {
        notes.add(text);
    }

    @Override
    public void detail(String text) {
        details.add(text);
    }
}
