package org.btfkit.resolve;

import java.nio.file.Path;
import org.btfkit.BtfException;
import org.btfkit.resolve.ResolveException.Reason;

/** Passes everything on and counts the warnings, which may be fatal, and the notes. */
final class WarningCount implements ResolveListener {
    private final ResolveListener listener;
    private int count;
    private int notes;

    WarningCount(ResolveListener listener) {
        this.listener = listener;
    }

    /**
     * Fails if there was a warning and warnings are fatal; called before anything is written.
     *
     * @throws ResolveException if so
     */
    void check(Path object, ResolveOptions options) {
        if (options.fatalWarnings() && count > 0) {
            throw new ResolveException(
                    Reason.WARNINGS, object + ": " + count + " warnings, which are fatal as asked; not written");
        }
    }

    /** Tells whether nothing has been said that a next run would have to say again, or not to say. */
    boolean isSilent() {
        return count + notes == 0;
    }

    @Override
    public void warning(String text) {
        count++;
        listener.warning(text);
    }

    @Override
    public void unknown(BtfException why) {
        count++;
        listener.unknown(why);
    }

    @Override
    public void note(String text) {
        notes++;
        listener.note(text);
    }

    @Override
    public void detail(String text) {
        listener.detail(text);
    }
}
