package org.btfkit.cli.resolve;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Failure;
import org.btfkit.cli.support.Parallel;
import org.btfkit.resolve.BaseCache;
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
        REPAIR,
        EMBED,
        DETACH,
        LINK,
        PATCH
    }

    private final Mode mode;
    private final Path blob;
    private final BtfIdsResolver resolver;
    private final Console console;

    /**
     * Creates a batch.
     *
     * @param blob what to patch objects with, null in other modes
     * @param cache bases that were read before; null for none
     */
    ObjectBatch(Mode mode, Path blob, ResolveOptions options, BaseCache cache, Console console) {
        this.mode = mode;
        this.blob = blob;
        this.resolver = new BtfIdsResolver(options, cache);
        this.console = console;
    }

    /**
     * Reads the base that all objects need.
     *
     * @throws IOException if that fails
     */
    void readBase() throws IOException {
        resolver.readBase();
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
        if (objects.isEmpty()) {
            console.finish(status);
            return status;
        }
        if (objects.size() == 1) {
            status = accept(process(objects.get(0), output)); // without the classes that many objects take
        } else {
            int[] worst = {ExitCode.OK};
            Parallel.run(
                    objects,
                    jobs,
                    object -> attempt(object, null),
                    ObjectBatch::failed,
                    result -> worst[0] = Math.max(worst[0], accept(result)));
            status = worst[0];
        }
        console.finish(status);
        return status;
    }

    private ObjectResult process(Path object, Path output) {
        try {
            return attempt(object, output);
        } catch (OutOfMemoryError e) {
            return failed(object, e);
        }
    }

    private static ObjectResult failed(Path object, Throwable failure) {
        ObjectResult result = new ObjectResult(object);
        result.failure = Failure.describe(failure, object.toString());
        return result;
    }

    /** As {@link #process}; does not keep a lack of memory to itself. */
    private ObjectResult attempt(Path object, Path output) {
        ObjectResult result = new ObjectResult(object);
        try {
            result.report = switch (mode) {
                case RESOLVE -> resolver.resolve(object, output, result);
                case REPAIR -> resolver.repair(object, output, result);
                case CHECK -> resolver.check(object, result);
                case EMBED -> resolver.embed(object, output, result);
                case DETACH -> resolver.detach(object, result);
                case LINK -> resolver.makeLinkable(object, result);
                case PATCH -> resolver.patch(blob, object, output, result);
            };
        } catch (BtfException e) {
            result.failure = ResolveHint.describe(e, object.toString());
        } catch (IOException e) {
            result.failure = Failure.describe(e, object.toString());
        } catch (OutOfMemoryError e) {
            throw e;
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
        boolean bad = mode == Mode.CHECK
                && (report.hasAny(SetReport.State.STALE)
                        || report.hasAny(SetReport.State.UNKNOWN)
                        || report.sets().stream().anyMatch(SetReport::isUnnamed));
        return bad ? ExitCode.FAILURE : ExitCode.OK;
    }
}
