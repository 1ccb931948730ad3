package org.btfkit.laws;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.cli.laws.LawsSyntax;
import org.btfkit.cli.support.ArgumentReader;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.PicocliReader;
import org.btfkit.cli.support.Progress;
import org.btfkit.cli.support.Syntax;
import org.btfkit.cli.support.Version;
import org.btfkit.fixtures.laws.LawSample;
import org.btfkit.fixtures.laws.LawSuite;
import org.btfkit.fixtures.laws.LawTally;
import org.btfkit.fixtures.laws.ModuleSamples;
import org.btfkit.fixtures.laws.ResolveTool;
import org.btfkit.fixtures.laws.ToolProfile;
import org.btfkit.fixtures.laws.ToolRuns;

/** Has the laws tried on a tool and says what came of it. */
final class LawsCommand {
    private final PrintStream out;
    private final PrintStream err;

    LawsCommand(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    int run(String... args) throws IOException, InterruptedException {
        Syntax syntax = LawsSyntax.create();
        Arguments given = ArgumentReader.read(syntax, List.of(args));
        if (given.has("--help")) {
            out.print(PicocliReader.usage(syntax));
            return ExitCode.OK;
        }
        if (given.has("--version")) {
            out.println(Version.of(LawsSyntax.NAME));
            return ExitCode.OK;
        }
        try {
            return run(LawsRequest.of(given));
        } catch (ToolProfile.UnusableToolException e) {
            throw given.misuse("--tool " + given.value("--tool", "") + ": " + e.getMessage());
        }
    }

    private int run(LawsRequest request) throws IOException, InterruptedException {
        long start = System.nanoTime();
        ResolveTool tool = ResolveTool.at(request.tool());
        ToolProfile profile = request.style() == null ? ToolProfile.probe(tool) : ToolProfile.of(tool, request.style());
        TapReport report = new TapReport(out);
        report.begin(request, profile);
        try (ToolRuns runs = new ToolRuns(tool, profile)) {
            Runtime.getRuntime().addShutdownHook(new Thread(runs::close)); // for who ends a long run by Ctrl-C
            LawSuite suite = new LawSuite(runs, request.laws(), request.tool().toString(), request.keep());
            List<String> skipped = tryAll(request, suite);
            double seconds = (System.nanoTime() - start) / 1e9;
            skipped.forEach(report::note);
            boolean holds = report.end(suite, seconds);
            if (request.junit() != null) {
                Files.writeString(request.junit(), JunitReport.of(request, suite.tallies(), seconds));
            }
            if (suite.tallies().stream().allMatch(tally -> tally.verdict() == LawTally.Verdict.SKIPPED)) {
                err.println("ERROR: no law was tried on anything");
                return ExitCode.NO_ANSWER;
            }
            if (holds
                    && request.runs() == 0
                    && skipped.size() == request.modules().size()) {
                // That the tool bears being killed is no answer to what was asked.
                err.println("ERROR: " + (skipped.isEmpty() ? "no object to try the laws on" : skipped.get(0)));
                return ExitCode.NO_ANSWER;
            }
            return holds ? ExitCode.OK : ExitCode.FAILURE;
        }
    }

    /** Returns what was not tried, and why. */
    private List<String> tryAll(LawsRequest request, LawSuite suite) throws IOException, InterruptedException {
        int total = request.runs() + request.modules().size() + 1;
        Progress progress = Progress.on(err, total);
        LawSuite.Step step = () -> {
            progress.step();
            return !suite.isAllBroken() && !(request.stopsAtFirst() && suite.isAnyBroken());
        };
        List<String> skipped = new ArrayList<>();
        ModuleSamples modules = new ModuleSamples(request.base());
        boolean goesOn = true;
        for (int i = 0; i < request.modules().size() && goesOn; i++) {
            Path module = request.modules().get(i);
            try {
                suite.sample(LawSample.isIn(module) ? LawSample.load(module) : modules.read(module));
            } catch (ModuleSamples.NoSampleException e) {
                skipped.add("skipped " + module + ": " + e.getMessage());
            }
            goesOn = step.goesOn();
        }
        if (goesOn && request.runs() > 0) {
            suite.generated(request.seed(), request.from(), request.runs(), request.without(), step);
        }
        if (!(request.stopsAtFirst() && suite.isAnyBroken())) {
            suite.kills(request.seed(), request.kills());
        }
        progress.clear();
        return skipped;
    }

    /** Whether a law is as it should be. */
    static boolean holds(LawTally tally) {
        return tally.verdict() != LawTally.Verdict.BROKEN;
    }
}
