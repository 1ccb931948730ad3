package org.btfkit.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.btfkit.btf.BtfException;
import org.btfkit.resolve.BtfIdsResolver;
import org.btfkit.resolve.ObjectReport;
import org.btfkit.resolve.ResolveOptions;
import org.btfkit.resolve.SetReport;

/** Works on many objects, several at a time, and reports on them in the order in which they were given. */
final class ObjectBatch {
    /** What to do with each object. */
    enum Mode {
        RESOLVE,
        CHECK,
        REPAIR
    }

    private final Mode mode;
    private final BtfIdsResolver resolver;
    private final Console console;

    ObjectBatch(Mode mode, ResolveOptions options, Console console) {
        this.mode = mode;
        this.resolver = new BtfIdsResolver(options);
        this.console = console;
    }

    /**
     * Works on all objects; one that fails does not keep the others from being worked on.
     *
     * @param output where to write the result of the only object, null for in place
     * @return the exit status
     */
    int run(List<Path> objects, Path output, int jobs) {
        console.start(objects.size());
        int status = ExitCode.OK;
        if (objects.size() == 1) {
            status = accept(process(objects.get(0), output));
        } else {
            status = runParallel(objects, Math.min(jobs, objects.size()));
        }
        console.finish(status);
        return status;
    }

    private int runParallel(List<Path> objects, int jobs) {
        ExecutorService threads = Executors.newFixedThreadPool(jobs);
        try {
            List<Future<ObjectResult>> pending = new ArrayList<>();
            for (Path object : objects) {
                pending.add(threads.submit(() -> process(object, null)));
            }
            int status = ExitCode.OK;
            for (Future<ObjectResult> result : pending) {
                status = Math.max(status, accept(result.get()));
            }
            return status;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.FAILURE;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    private ObjectResult process(Path object, Path output) {
        ObjectResult result = new ObjectResult(object);
        try {
            result.report = switch (mode) {
                case RESOLVE -> resolver.resolve(object, output, result);
                case REPAIR -> resolver.repair(object, output, result);
                case CHECK -> resolver.check(object, result);
            };
        } catch (IOException | BtfException e) {
            result.failure = Failure.describe(e, object.toString());
        } catch (RuntimeException | Error e) {
            result.failure = Failure.describe(e, object.toString());
        }
        return result;
    }

    private int accept(ObjectResult result) {
        console.report(result);
        if (result.failure != null) {
            return ExitCode.FAILURE;
        }
        ObjectReport report = result.report;
        boolean bad =
                mode == Mode.CHECK && (report.hasAny(SetReport.State.STALE) || report.hasAny(SetReport.State.UNKNOWN));
        return bad ? ExitCode.FAILURE : ExitCode.OK;
    }
}
