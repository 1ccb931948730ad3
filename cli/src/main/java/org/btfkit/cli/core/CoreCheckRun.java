package org.btfkit.cli.core;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.btfkit.BtfException;
import org.btfkit.bpf.BpfInsn;
import org.btfkit.btf.load.LinuxVersion;
import org.btfkit.btf.load.LoadJudge;
import org.btfkit.btf.load.LoadVerdict;
import org.btfkit.btf.relo.BpfObject;
import org.btfkit.btf.relo.BpfProgram;
import org.btfkit.btf.relo.CoreLoader;
import org.btfkit.btf.relo.CoreOutcome;
import org.btfkit.btf.relo.CorePath;
import org.btfkit.btf.relo.CoreRelocation;
import org.btfkit.btf.relo.CoreRelocator;
import org.btfkit.btf.relo.CoreResults;
import org.btfkit.btf.relo.CoreTarget;
import org.btfkit.cli.support.Failure;
import org.btfkit.cli.support.Parallel;
import org.btfkit.cli.support.Progress;

/**
 * Judges objects on kernels, several at a time. Objects are read once; so is each kernel, and it is let go when all
 * objects are judged on it, so that memory does not grow with the number of kernels. What cannot be read costs its own
 * row or column only.
 */
final class CoreCheckRun {
    /** An object that is ready to be judged; its judge is null if it is broken or cannot be read at all. */
    private record Prepared(CoreRelocator relocator, LoadJudge judge, String failure, boolean isUnread) {}

    /** What came of some objects on one kernel. */
    private record Column(
            int kernel, int firstObject, List<CoreCheckCell> cells, List<String> lines, boolean isBroken) {}

    /** Some objects to be judged on a kernel. */
    private record Task(int kernel, int firstObject, int endObject) {}

    /** A kernel that is read by the first who needs it. */
    private static final class Shared {
        private final CheckedKernel kernel;
        private final List<String> lines = new ArrayList<>();
        private CoreTarget target;
        private String failure;
        private int users;

        Shared(CheckedKernel kernel) {
            this.kernel = kernel;
        }

        synchronized CoreTarget get() {
            if (target == null && failure == null) {
                try {
                    target = kernel.load(text -> lines.add(Failure.warning(text)));
                } catch (IOException | RuntimeException | Error e) {
                    failure = Failure.describe(e, kernel.file().path().toString());
                    lines.add("ERROR: " + failure);
                }
            }
            return target;
        }

        /** Lets the kernel go after the last use; gives what there is to say to one of the users. */
        synchronized List<String> release() {
            users--;
            if (users > 0) {
                return List.of();
            }
            target = null;
            return lines;
        }
    }

    private final List<Path> programs;
    private final List<CheckedKernel> kernels;
    private final CoreLoader loader;
    private final Optional<LinuxVersion> release;
    private final boolean areRecordsKept;
    private final List<String> lines = new ArrayList<>();
    private boolean hasFailed;

    CoreCheckRun(
            List<Path> programs,
            List<CheckedKernel> kernels,
            CoreLoader loader,
            Optional<LinuxVersion> release,
            boolean areRecordsKept) {
        this.programs = programs;
        this.kernels = kernels;
        this.loader = loader;
        this.release = release;
        this.areRecordsKept = areRecordsKept;
    }

    /** {@return lines for standard error, in the order of kernels} */
    List<String> lines() {
        return lines;
    }

    /** {@return whether a file could not be read} */
    boolean hasFailed() {
        return hasFailed;
    }

    /**
     * Judges all.
     *
     * @param err where progress is shown
     */
    CoreCheckReport run(int jobs, PrintStream err) {
        List<Prepared> objects = new ArrayList<>();
        Parallel.run(programs, jobs, this::prepare, CoreCheckRun::unread, objects::add);
        CoreCheckCell[][] cells = new CoreCheckCell[programs.size()][kernels.size()];
        int[] relocations = new int[programs.size()];
        for (int o = 0; o < cells.length; o++) {
            boolean isBroken = objects.get(o).judge == null;
            hasFailed |= isBroken;
            if (objects.get(o).isUnread) {
                lines.add("ERROR: " + objects.get(o).failure);
            }
            relocations[o] = isBroken
                    ? -1
                    : objects.get(o).relocator.object().relocations().size();
        }
        List<Shared> shared = kernels.stream().map(Shared::new).toList();
        List<Task> tasks = tasks(shared, jobs);
        Progress progress = Progress.on(err, tasks.size());
        Parallel.run(tasks, jobs, task -> judge(task, shared.get(task.kernel), objects), this::tooLarge, column -> {
            for (int i = 0; i < column.cells.size(); i++) {
                cells[column.firstObject + i][column.kernel] = column.cells.get(i);
            }
            lines.addAll(column.lines);
            hasFailed |= column.isBroken;
            progress.step();
        });
        progress.clear();
        List<String> names = kernels.stream().map(CheckedKernel::name).toList();
        return new CoreCheckReport(objectNames(), names, relocations, cells);
    }

    private List<String> objectNames() {
        List<String> names = programs.stream().map(CoreCheckCommand::name).toList();
        return names.stream().distinct().count() == names.size()
                ? names
                : programs.stream()
                        .map(path -> Failure.oneLine(path.toString()))
                        .toList();
    }

    /** A task for each kernel, or for parts of the objects where there are less kernels than hands. */
    private List<Task> tasks(List<Shared> shared, int jobs) {
        int parts = Math.max(1, Math.min(programs.size(), (jobs + kernels.size() - 1) / kernels.size()));
        List<Task> tasks = new ArrayList<>();
        for (int k = 0; k < kernels.size(); k++) {
            shared.get(k).users = parts;
            for (int p = 0; p < parts; p++) {
                tasks.add(new Task(k, programs.size() * p / parts, programs.size() * (p + 1) / parts));
            }
        }
        return tasks;
    }

    private Prepared prepare(Path program) {
        try {
            BpfObject object = BpfObject.read(program);
            CoreRelocator relocator = CoreRelocator.of(object).withLoader(loader);
            return new Prepared(relocator, LoadJudge.of(object), null, false);
        } catch (OutOfMemoryError e) {
            throw e; // it is tried again with fewer at a time
        } catch (IOException | RuntimeException | Error e) {
            return unread(program, e);
        }
    }

    private static Prepared unread(Path program, Throwable failure) {
        String text = Failure.describe(failure, program.toString());
        return new Prepared(null, null, text, !(failure instanceof BtfException));
    }

    private Column tooLarge(Task task, OutOfMemoryError failure) {
        List<CoreCheckCell> cells = Collections.nCopies(task.endObject - task.firstObject, CoreCheckCell.NONE);
        String name = kernels.get(task.kernel).name();
        return new Column(
                task.kernel, task.firstObject, cells, List.of("ERROR: " + Failure.describe(failure, name)), true);
    }

    private Column judge(Task task, Shared shared, List<Prepared> objects) {
        CoreTarget target = shared.get();
        int count = task.endObject - task.firstObject;
        if (target == null) {
            List<CoreCheckCell> cells = Collections.nCopies(count, CoreCheckCell.NONE);
            return new Column(task.kernel, task.firstObject, cells, shared.release(), true);
        }
        Optional<LinuxVersion> version = version(shared.kernel, target);
        List<CoreCheckCell> cells = new ArrayList<>();
        for (Prepared object : objects.subList(task.firstObject, task.endObject)) {
            cells.add(judge(object, target, version));
        }
        return new Column(task.kernel, task.firstObject, cells, shared.release(), false);
    }

    /** What the kernel's file says of itself goes before what it is called, and that before what the option says. */
    private Optional<LinuxVersion> version(CheckedKernel kernel, CoreTarget target) {
        String said = target.vmlinux().kernelRelease();
        return Optional.ofNullable(said)
                .flatMap(LinuxVersion::in)
                .or(() -> LinuxVersion.in(kernel.file().relative().toString()))
                .or(() -> release);
    }

    private CoreCheckCell judge(Prepared object, CoreTarget target, Optional<LinuxVersion> version) {
        if (object.judge == null) {
            return object.isUnread ? CoreCheckCell.NONE : CoreCheckCell.broken(object.failure);
        }
        try {
            CoreResults results = object.relocator.on(target);
            LoadVerdict verdict = object.judge.judge(results, version);
            return new CoreCheckCell(
                    verdict.answer(),
                    verdict.findings(),
                    verdict.guarded().cardinality(),
                    verdict.warnings(),
                    areRecordsKept ? records(results, verdict) : List.of());
        } catch (BtfException e) {
            return CoreCheckCell.broken(Failure.describe(e, "")); // for the other byte order
        } catch (RuntimeException | Error e) {
            String subject = object.relocator.object().source();
            return CoreCheckCell.unknown(Failure.describe(e, subject + " on " + target));
        }
    }

    private static List<CoreCheckRecord> records(CoreResults results, LoadVerdict verdict) {
        BpfObject object = results.object();
        return IntStream.range(0, results.size())
                .mapToObj(index -> record(results, verdict, object, index))
                .toList();
    }

    private static CoreCheckRecord record(CoreResults results, LoadVerdict verdict, BpfObject object, int index) {
        CoreRelocation relocation = object.relocations().get(index);
        BpfProgram program = object.program(relocation);
        CorePath path = results.path(index);
        int insn = relocation.insnOffsetBytes() / BpfInsn.BYTES;
        CoreOutcome outcome = results.outcome(index);
        return new CoreCheckRecord(
                index,
                program == null ? null : program.name(),
                program == null ? insn : insn - program.firstInsn(),
                relocation.kind() == null ? "unknown" : relocation.kind().label(),
                path.type(),
                path.path(),
                outcome.label(),
                results.localValue(index),
                outcome == CoreOutcome.RESOLVED ? results.value(index) : 0,
                verdict.guarded().get(index),
                outcome == CoreOutcome.RESOLVED
                        ? null
                        : String.valueOf(results.get(index).reason()));
    }
}
