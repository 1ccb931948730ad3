package org.btfkit.cli.make;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfWriter;
import org.btfkit.cli.support.Failure;
import org.btfkit.cli.support.Parallel;
import org.btfkit.cli.support.Progress;
import org.btfkit.dedup.BaseIndex;
import org.btfkit.elf.ElfFile;
import org.btfkit.encode.EncodeListener;
import org.btfkit.encode.EncodeOptions;
import org.btfkit.encode.Encoder;
import org.btfkit.encode.Feature;
import org.btfkit.encode.LeftOut;
import org.btfkit.internal.io.InputFile;
import org.btfkit.transform.Distilled;
import org.btfkit.transform.Distiller;

/** Encodes many objects on one base, several at a time; one that fails does not keep the others from being encoded. */
final class EncodeBatch {
    /** Where the BTF of an object goes. */
    interface Target {
        /** Returns the file to make or replace, the object itself to put it in, or {@code -}. */
        String of(Path object);
    }

    private final EncodeOptions options;
    private final Target target;
    private final boolean stripSignature;
    private final boolean fatalWarnings;
    private final OutputStream out;

    /**
     * Makes a batch.
     *
     * @param out what the target {@code -} stands for
     */
    EncodeBatch(EncodeOptions options, Target target, boolean stripSignature, boolean fatalWarnings, OutputStream out) {
        this.options = options;
        this.target = target;
        this.stripSignature = stripSignature;
        this.fatalWarnings = fatalWarnings;
        this.out = out;
    }

    /**
     * Encodes objects, the largest first, as the last to end decides how long it takes.
     *
     * @param base the base of all, or null
     * @param progress is told of each object that is done, or of the {@link Progress#SHARES} of the only one
     * @return what became of each, in the order given
     */
    List<EncodeResult> run(List<Path> objects, BaseIndex base, int jobs, Progress progress) {
        List<Path> bySize = new ArrayList<>(objects);
        bySize.sort(Comparator.comparingLong(EncodeBatch::size).reversed());
        // Objects share the threads; each gets several only where there are few objects.
        EncodeOptions each = options.withThreads(Math.max(1, jobs / objects.size()));
        List<EncodeResult> results = new ArrayList<>();
        boolean isOnlyOne = objects.size() == 1;
        Progress ofUnits = isOnlyOne ? progress : Progress.NONE;
        Progress ofObjects = isOnlyOne ? Progress.NONE : progress;
        Function<Path, EncodeResult> task =
                object -> attempt(new EncodeResult(object, ofUnits), base, each).withoutBtf();
        Parallel.run(bySize, jobs, task, EncodeResult::failed, result -> {
            results.add(result);
            ofObjects.step();
        });
        Map<Path, Integer> order = new HashMap<>();
        objects.forEach(object -> order.put(object, order.size()));
        results.sort(Comparator.comparing(result -> order.get(result.file)));
        return results;
    }

    private static long size(Path object) {
        try {
            return Files.size(object);
        } catch (IOException e) {
            return 0; // the failure is reported when it is this object's turn
        }
    }

    /** Encodes one object, and keeps its BTF if that is asked for. */
    EncodeResult encode(Path object, BaseIndex base, EncodeOptions itsOptions, Progress progress) {
        try {
            return attempt(new EncodeResult(object, progress), base, itsOptions);
        } catch (OutOfMemoryError e) {
            return EncodeResult.failed(object, e);
        }
    }

    /** As {@link #encode}; does not keep a lack of memory to itself. */
    private EncodeResult attempt(EncodeResult result, BaseIndex base, EncodeOptions itsOptions) {
        Path object = result.file;
        try {
            requireReplaceable(object);
            Encoder encoder = new Encoder(itsOptions, result);
            BasicFileAttributes stamp =
                    Files.exists(object) ? Files.readAttributes(object, BasicFileAttributes.class) : null;
            Btf btf;
            try (ElfFile file = ElfFile.open(object)) {
                btf = base == null ? encoder.encode(file) : encoder.encode(file, base);
            }
            if (fatalWarnings && !result.warnings.isEmpty()) {
                throw new BtfException(result.warnings.get(0) + " (--fatal_warnings)");
            }
            if (btf != null) {
                result.set(btf);
                result.note = write(object, stamp, btf, target.of(object));
                result.output = target.of(object);
            }
        } catch (OutOfMemoryError e) {
            throw e;
        } catch (IOException | RuntimeException | Error e) {
            result.failure = Failure.describe(e, object.toString());
        }
        return result;
    }

    /** A pipe that is to be changed in place is refused before it is read, as it may never end. */
    private void requireReplaceable(Path object) throws IOException {
        if (InputFile.isReadOnce(object) && target.of(object).equals(object.toString())) {
            throw new FileSystemException(
                    object.toString(), null, "is no regular file, so it cannot be changed in place");
        }
    }

    /** Returns the line that is to be said, or null. */
    private String write(Path object, BasicFileAttributes stamp, Btf btf, String place) throws IOException {
        boolean isInPlace = place.equals(object.toString());
        Btf itsBtf = btf;
        Btf distilled = null;
        if (isInPlace && btf.base() != null && options.features().contains(Feature.DISTILLED_BASE)) {
            Distilled both = Distiller.distill(btf);
            itsBtf = both.split();
            distilled = both.base();
        }
        TransformInput input = new TransformInput(object, stamp, true, itsBtf, null, false);
        return new TransformOutput(!isInPlace, stripSignature, out, null).put(input, place, itsBtf, null, distilled);
    }

    /** What became of an object. */
    static final class EncodeResult implements EncodeListener {
        /** A function or variable that is not in the BTF. */
        record Left(String kind, String name, String reason) {}

        /** The object. */
        final Path file;

        /** Odd things in its DWARF, one line each. */
        final List<String> warnings = new ArrayList<>();

        /** What was left out. */
        final List<Left> leftOut = new ArrayList<>();

        /** Its BTF; null if it has none, or it was let go, as there may be many objects. */
        Btf btf;

        /** Whether there is anything to encode. */
        boolean hasBtf;

        /** How many types the BTF has. */
        int types;

        /** How many bytes it has. */
        long bytes;

        /** What else is to be said of the file; null if nothing is. */
        String note;

        /** Where the BTF went; null if nowhere. */
        String output;

        /** What went wrong, in one line; null if nothing did. */
        String failure;

        /** Is told how far it is. */
        private final Progress progress;

        EncodeResult(Path file, Progress progress) {
            this.file = file;
            this.progress = progress;
        }

        private static EncodeResult failed(Path object, Throwable failure) {
            EncodeResult result = new EncodeResult(object, Progress.NONE);
            result.failure = Failure.describe(failure, object.toString());
            return result;
        }

        private void set(Btf itsBtf) {
            btf = itsBtf;
            hasBtf = true;
            types = itsBtf.typeCount() - itsBtf.firstTypeId();
            bytes = BtfWriter.sizeBytes(itsBtf);
        }

        private EncodeResult withoutBtf() {
            btf = null;
            return this;
        }

        @Override
        public void functionLeftOut(String function, LeftOut reason) {
            leftOut.add(new Left("function", function, reason.text()));
        }

        @Override
        public void variableLeftOut(String variable, String reason) {
            leftOut.add(new Left("variable", variable, reason));
        }

        @Override
        public void unitsDone(int done, int total) {
            progress.moveTo(done, total);
        }

        @Override
        public void warning(String message) {
            warnings.add(message);
        }

        /** Prints what is worth telling. */
        void print(PrintStream err, boolean isVerbose) {
            warnings.forEach(warning -> err.println(Failure.warning(warning)));
            if (isVerbose) {
                leftOut.forEach(left -> err.println(Failure.oneLine(
                        file + ": " + left.kind() + " " + left.name() + " left out: " + left.reason())));
            }
            if (note != null) {
                err.println(note);
            }
            if (failure != null) {
                err.println("ERROR: " + failure);
            } else if (!hasBtf) {
                err.println("NOTE: " + file + ": has no DWARF that is encoded, so no BTF was made");
            }
        }
    }
}
