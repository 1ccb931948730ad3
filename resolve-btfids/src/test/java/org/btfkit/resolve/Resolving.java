package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.btf.file.BtfBaseException;
import org.btfkit.fixtures.raw.IdsView;
import org.btfkit.fixtures.tool.BtfNames;
import org.btfkit.resolve.ObjectReport.Outcome;

/** Runs the resolver on files, in the ways that many tests need. */
final class Resolving {
    private Resolving() {}

    /** Collects what the resolver says, warnings as the C tool puts them. */
    static final class Talk implements ResolveListener {
        final List<String> warnings = new ArrayList<>();
        final List<String> notes = new ArrayList<>();

        @Override
        public void warning(String text) {
            warnings.add("WARN: " + text);
        }

        @Override
        public void note(String text) {
            notes.add(text);
        }
    }

    /** Copies an object; an older copy is replaced. Returns {@code target}. */
    static Path copy(Path object, Path target) throws IOException {
        return Files.copy(object, target, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Resolves an object in place. */
    static ObjectReport resolve(Path object, ResolveOptions options) throws IOException {
        return resolve(object, options, ResolveListener.SILENT);
    }

    /** Resolves an object in place. */
    static ObjectReport resolve(Path object, ResolveOptions options, ResolveListener listener) throws IOException {
        return new BtfIdsResolver(options).resolve(object, null, listener);
    }

    /** Copies an object and resolves the copy in place. Returns {@code target}. */
    static Path resolvedCopy(Path object, ResolveOptions options, Path target) throws IOException {
        resolve(copy(object, target), options);
        return target;
    }

    /**
     * Fails unless every symbol of an object is on a slot with the first id of its name, or with 0 if there is none.
     */
    static void assertSymbolsTrue(Path object, BtfNames names) {
        assertEquals(List.of(), names.untrue(IdsView.of(object)), object + ": symbols on wrong slots");
    }

    /** Fails unless resolving an object again leaves the file alone. */
    static void assertNothingLeftToDo(Path object, ResolveOptions options) throws IOException {
        FileState before = FileState.of(object);
        ObjectReport report = resolve(object, options);
        assertEquals(Outcome.UNCHANGED, report.outcome());
        assertEquals(0, report.movedSymbols());
        before.assertUntouched();
    }

    /** Fails unless the resolver refuses an object, leaves it alone, and says all of {@code parts}. */
    static void assertRefuses(Path object, ResolveOptions options, String... parts) throws IOException {
        FileState before = FileState.of(object);
        BtfException refusal = assertThrows(BtfException.class, () -> resolve(object, options));
        assertTrue(refusal instanceof ResolveException || refusal instanceof BtfBaseException, refusal::toString);
        String message = refusal.getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), () -> "no '" + part + "' in: " + message);
        }
        assertEquals(1, message.lines().count(), message);
        before.assertUntouched();
    }
}
