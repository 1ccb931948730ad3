package org.btfkit.cli.resolve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.btfkit.cli.CommandRun;
import org.btfkit.fixtures.laws.CallStyle;
import org.btfkit.fixtures.laws.Law;
import org.btfkit.fixtures.laws.LawSample;
import org.btfkit.fixtures.laws.LawSuite;
import org.btfkit.fixtures.laws.LawTally;
import org.btfkit.fixtures.laws.ResolveTool;
import org.btfkit.fixtures.laws.ToolProfile;
import org.btfkit.fixtures.laws.ToolRuns;
import org.btfkit.fixtures.tool.ToolResult;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What {@code btfids-laws} has kept of failures, of whatever tool, keeps all laws here. A folder that it has made is
 * put below {@code regressions/laws} as it is; nothing has to be added to this class.
 */
class KeptFailuresTest {
    private static final Set<Law> ALL_BUT_KILL = EnumSet.complementOf(EnumSet.of(Law.KILL));

    @TempDir
    Path folder;

    static List<Path> kept() throws IOException, URISyntaxException {
        Path all =
                Path.of(KeptFailuresTest.class.getResource("/regressions/laws").toURI());
        try (Stream<Path> folders = Files.list(all)) {
            return folders.sorted().toList();
        }
    }

    /** Calls the command in this JVM; the files that it is given are those of the folder. */
    private static ToolResult run(Path folder, List<String> arguments) {
        List<Object> args = new ArrayList<>();
        for (String argument : arguments) {
            args.add(argument.startsWith("-") ? argument : folder.resolve(argument));
        }
        CommandRun run = CommandRun.resolveBtfids(args.toArray());
        return new ToolResult(arguments, run.status(), run.out(), run.err().getBytes(StandardCharsets.UTF_8));
    }

    private static ToolResult runDetached(Path folder, List<String> arguments) {
        if (arguments.get(0).equals("--patch_btfids")) {
            return run(folder, arguments);
        }
        List<String> args = new ArrayList<>(List.of("--detached"));
        args.addAll(arguments);
        return run(folder, args);
    }

    private List<LawTally> tried(ResolveTool tool, CallStyle style, LawSample sample) {
        try (ToolRuns runs = new ToolRuns(tool, new ToolProfile(style, true))) {
            LawSuite suite = new LawSuite(runs, ALL_BUT_KILL, "btfkit", folder);
            suite.sample(sample);
            return suite.tallies();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertHeld(List<LawTally> tallies) {
        for (LawTally tally : tallies) {
            assertEquals(List.of(), tally.failures(), () -> tally.law().toString());
            assertEquals(1, tally.held(), () -> tally.law() + ": " + tally.firstRefusal());
        }
    }

    @ParameterizedTest
    @MethodSource("kept")
    void shouldKeepAllLaws(Path kept) throws IOException {
        LawSample sample = LawSample.load(kept);
        assertHeld(tried(KeptFailuresTest::run, CallStyle.IN_PLACE, sample));
        assertHeld(tried(KeptFailuresTest::runDetached, CallStyle.PATCH, sample));
        try (Stream<Path> failures = Files.list(folder)) {
            assertFalse(failures.findAny().isPresent());
        }
    }
}
