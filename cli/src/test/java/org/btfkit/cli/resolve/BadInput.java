package org.btfkit.cli.resolve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.ObjectName;
import org.btfkit.cli.CommandRun;
import org.btfkit.cli.support.ExitCode;

/**
 * What the command owes its user whatever it is given: done, or refused with one line and nothing touched; and never
 * more memory than the size of its input warrants.
 *
 * <p>The object and its base are the files {@code module.ko} and {@code base.btf} of a folder where nothing else is.
 */
final class BadInput {
    /** What a run on files of some kilobytes may allocate; far less than what counts in them may claim. */
    private static final long MAX_ALLOCATED = 64 << 20;

    private static final ObjectName THREADING = threading();

    private final Path folder;
    private final Path module;
    private final Path base;

    BadInput(Path folder) {
        this.folder = folder;
        this.module = folder.resolve("module.ko");
        this.base = folder.resolve("base.btf");
    }

    Path module() {
        return module;
    }

    Path base() {
        return base;
    }

    /** Runs the command on an object, and checks what it owes. A second run after one that was fine is a no-op. */
    CommandRun check(byte[] moduleBytes, byte[] baseBytes, String... options) {
        write(moduleBytes, baseBytes);
        CommandRun run = run(options);
        checkTalk(run);
        byte[] after = read(module);
        assertArrayEquals(baseBytes, read(base), "the base is never written to");
        assertNothingElse();
        if (run.status() != ExitCode.OK) {
            assertArrayEquals(moduleBytes, after, () -> "changed although it failed: " + run);
        } else if (!List.of(options).contains("--check")) {
            assertEquals(moduleBytes.length, after.length);
            CommandRun again = run(options);
            assertEquals(ExitCode.OK, again.status(), () -> "first: " + run + "\nsecond: " + again);
            assertArrayEquals(after, read(module), () -> "second run changed it: " + run);
        } else {
            assertArrayEquals(moduleBytes, after, () -> "changed by --check: " + run);
        }
        return run;
    }

    /** As {@link #check}, for input that must be refused, with a message that has a certain text. */
    void refuse(byte[] moduleBytes, byte[] baseBytes, String text, String... options) {
        CommandRun run = check(moduleBytes, baseBytes, options);
        assertEquals(ExitCode.FAILURE, run.status(), run::toString);
        assertTrue(run.errors().get(0).contains(text), () -> "expected '" + text + "': " + run);
    }

    private CommandRun run(String... options) {
        List<Object> args = new ArrayList<>(List.of("-b", base));
        args.addAll(List.of(options));
        args.add(module);
        long before = allocatedBytes();
        CommandRun run = CommandRun.resolveBtfids(args.toArray());
        long allocated = allocatedBytes() - before;
        assertTrue(allocated < MAX_ALLOCATED, () -> "allocated " + allocated + " bytes: " + run);
        return run;
    }

    /** How much memory this thread has ever allocated, 0 if the JVM does not know. */
    private static long allocatedBytes() {
        try {
            Object[] thread = {Thread.currentThread().getId()};
            return (Long) ManagementFactory.getPlatformMBeanServer()
                    .invoke(THREADING, "getThreadAllocatedBytes", thread, new String[] {"long"});
        } catch (JMException e) {
            return 0;
        }
    }

    private static ObjectName threading() {
        try {
            return new ObjectName(ManagementFactory.THREAD_MXBEAN_NAME);
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }

    private void write(byte[] moduleBytes, byte[] baseBytes) {
        try {
            Files.write(module, moduleBytes);
            Files.write(base, baseBytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void assertNothingElse() {
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(base, module), files.sorted().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One line that begins with ERROR if it failed, none if not; no word of an error in the program itself. */
    static void checkTalk(CommandRun run) {
        String text = run.err() + run.outText();
        for (String word : List.of("internal error", "Exception", "\tat ", "not enough memory", ": null", "\ufffd[")) {
            assertTrue(!text.contains(word), () -> "'" + word + "' in " + run);
        }
        assertEquals(run.status() == ExitCode.FAILURE ? 1 : 0, failures(run), run::toString);
        for (String line : run.errLines()) {
            boolean known = line.startsWith("ERROR: ") || line.startsWith("WARN: ") || line.startsWith("NOTE: ");
            assertTrue(known, () -> "'" + line + "' in " + run);
        }
    }

    /** An object in an unknown or stale state fails --check with what it says of the sets instead. */
    private static int failures(CommandRun run) {
        boolean reported = run.args().contains("--check")
                && run.errors().isEmpty()
                && !run.outLines().isEmpty();
        return reported && run.status() == ExitCode.FAILURE ? 1 : run.errors().size();
    }
}
