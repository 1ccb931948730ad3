package org.btfkit.cli.input;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfBaseException;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Failure;
import org.btfkit.cli.support.MisuseException;
import org.btfkit.cli.support.Nearest;
import org.btfkit.cli.support.Parallel;
import org.btfkit.cli.support.Progress;

/**
 * The arguments of a search, {@code NAME... FILE...}, and a search of all the files.
 *
 * <p>The first argument is a name and the last is a file. Of those between, the ones at the end are files that exist or
 * have a slash in them. One file is searched as a whole, its base included. Of several, or of those in a folder, only
 * the own types are, so that those of a base do not come again with every module, and what is found is said to be in
 * which file.
 */
public final class SearchedFiles {
    /** How the help tells names and files apart. */
    public static final String HELP =
            "Several FILEs, or a folder of BTF or of modules, are searched one by one, each without"
                    + " its base. Of arguments between the first and the last, those at the end that exist or have a / are"
                    + " files. In a folder, vmlinux is the base of the others unless -B gives one.";

    /** What to do with each file. */
    @FunctionalInterface
    public interface Search {
        /**
         * Searches one file.
         *
         * @param btf its BTF
         * @param file its name if it is one of several, else null
         * @param out where what is found goes
         * @return whether something was found
         * @throws IOException if that cannot be written
         */
        boolean search(Btf btf, Path file, OutputStream out) throws IOException;
    }

    private static final class Result {
        final Path file;
        final ByteArrayOutputStream text = new ByteArrayOutputStream();

        /** Lines for standard error. */
        final ByteArrayOutputStream warnings = new ByteArrayOutputStream();

        boolean isFound;

        /** Why the file could not be read; null if it was. */
        Throwable failure;

        Result(Path file) {
            this.file = file;
        }

        private static Result failed(Path file, Throwable failure) {
            Result result = new Result(file);
            result.failure = failure;
            return result;
        }
    }

    private final Arguments parsed;
    private final PrintStream err;
    private final List<String> names;
    private final List<String> files;

    /** Those of the names that no file has had yet. */
    private final Set<String> missing = ConcurrentHashMap.newKeySet();

    /** The BTF that names are looked for that may have been meant; null if there is none. */
    private Btf searched;

    private SearchedFiles(Arguments parsed, PrintStream err, List<String> names, List<String> files) {
        this.parsed = parsed;
        this.err = err;
        this.names = names;
        this.files = files;
        this.missing.addAll(names);
    }

    /**
     * Tells names and files apart.
     *
     * @param parsed the command line
     * @param err where files that cannot be read are named
     * @param expected the arguments that are expected, in words
     * @return the names and files
     * @throws MisuseException if there are too few
     */
    public static SearchedFiles of(Arguments parsed, PrintStream err, String expected) {
        List<String> given = List.of(BtfInput.arguments(parsed, 2, Integer.MAX_VALUE, expected));
        int firstFile = given.size() - 1;
        while (firstFile > 1 && isFile(given.get(firstFile - 1))) {
            firstFile--;
        }
        return new SearchedFiles(parsed, err, given.subList(0, firstFile), given.subList(firstFile, given.size()));
    }

    private static boolean isFile(String argument) {
        return argument.indexOf('/') >= 0 || argument.indexOf('\0') < 0 && Files.exists(Path.of(argument));
    }

    /**
     * Returns what is searched for.
     *
     * @return the names, or patterns, one at least
     */
    public List<String> names() {
        return names;
    }

    /**
     * Returns what a file is called that a search is told of.
     *
     * @param file the file; null for the only one
     * @return its name
     */
    public String nameOf(Path file) {
        return file == null ? files.get(0) : file.toString();
    }

    /**
     * Searches all files, on all cores, and writes what is found in their order. A file that cannot be read does not
     * keep the others from being searched.
     *
     * @param search what to do with each
     * @param out where what is found goes
     * @return {@link ExitCode#FAILURE} if nothing was found or a file could not be read
     * @throws IOException if a folder, the base or the only file cannot be read
     */
    public int search(Search search, OutputStream out) throws IOException {
        if (files.size() == 1 && !Files.isDirectory(Path.of(files.get(0)))) {
            Btf btf = new BtfInput(parsed, err).load(files.get(0));
            searched = btf;
            return search.search(btf, null, out) ? ExitCode.OK : ExitCode.FAILURE;
        }
        List<Path> all = new ArrayList<>();
        for (String file : files) {
            all.addAll(BtfFolder.expand(Path.of(file)));
        }
        SharedBases bases = SharedBases.of(parsed, err, files);
        searched = bases.first();
        int jobs = Runtime.getRuntime().availableProcessors();
        boolean[] outcome = {false, false};
        int[] withoutBase = {0};
        Progress progress = Progress.on(err, all.size());
        int[] done = {0};
        Consumer<Result> results = result -> {
            done[0]++;
            if (result.failure != null || result.warnings.size() + result.text.size() > 0) {
                progress.clear();
            }
            outcome[0] |= result.isFound;
            err.print(result.warnings.toString(StandardCharsets.UTF_8));
            if (result.failure != null) {
                outcome[1] = true;
                // Which base is wanted takes a look at all kernels of the machine, and is the same for most of them.
                if (!(result.failure instanceof BtfBaseException) || withoutBase[0]++ == 0) {
                    err.println("ERROR: " + Failure.describe(result.failure, result.file.toString()));
                }
            }
            write(result, out);
            progress.moveTo(done[0]);
        };
        try {
            Parallel.run(all, jobs, file -> searchOne(search, file, bases), Result::failed, results);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } finally {
            progress.clear();
        }
        if (withoutBase[0] > 1) {
            int more = withoutBase[0] - 1;
            err.println("ERROR: " + more + (more == 1 ? " more file lacks its" : " more files lack their") + " base");
        }
        return outcome[0] && !outcome[1] ? ExitCode.OK : ExitCode.FAILURE;
    }

    /**
     * Says which names there are that somebody may have meant who searched for one, if it is no pattern.
     *
     * @param name what was searched for
     */
    public void adviseOn(String name) {
        if (searched == null || name.isEmpty() || TypeArgument.isPattern(name)) {
            return;
        }
        List<String> near = TypeArgument.near(searched, name);
        if (!near.isEmpty() && !near.contains(name)) { // it may be there, but be of another kind
            err.println("NOTE: " + Failure.oneLine("nothing is named '" + name + "'" + Nearest.words(near)));
        }
    }

    /**
     * Is told that a file has a type of a name.
     *
     * @param name one of {@link #names()}
     */
    public void found(String name) {
        missing.remove(name);
    }

    /**
     * Says of each name that no file has had, and which of the base may have been meant.
     *
     * @param status the exit status so far
     * @return {@link ExitCode#FAILURE} if there is such a name, else the status given
     */
    public int requireAllFound(int status) {
        int result = status;
        for (String name : names) {
            if (missing.remove(name)) {
                sayMissing(name);
                result = ExitCode.FAILURE;
            }
        }
        return result;
    }

    private void sayMissing(String name) {
        List<String> near = searched == null || TypeArgument.isId(name) ? List.of() : TypeArgument.near(searched, name);
        err.println(
                "ERROR: " + Failure.oneLine("no type named '" + name + "' in any of the files" + Nearest.words(near)));
    }

    /** Nobody reads on, or the disk is full: that ends the search. */
    private static void write(Result result, OutputStream out) {
        try {
            result.text.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Result searchOne(Search search, Path file, SharedBases bases) {
        Result result = new Result(file);
        try {
            result.isFound = search.search(bases.load(file, result.warnings), file, result.text);
        } catch (OutOfMemoryError e) {
            throw e;
        } catch (IOException | RuntimeException | Error e) {
            result.failure = e;
        }
        return result;
    }

    /** The bases of several files: each is read once. */
    private record SharedBases(Arguments parsed, Btf given, List<Btf> ofFolders, List<Path> folders) {
        static SharedBases of(Arguments parsed, PrintStream err, List<String> files) throws IOException {
            Btf given = new BtfInput(parsed, err).base();
            List<Btf> bases = new ArrayList<>();
            List<Path> folders = new ArrayList<>();
            for (String file : given == null ? files : List.<String>of()) {
                Path folder = Files.isDirectory(Path.of(file)) ? Path.of(file) : BtfInput.folderOfRunningKernel(file);
                if (folder != null && Files.isRegularFile(folder.resolve(BtfFolder.VMLINUX))) {
                    if (!folders.contains(folder)) {
                        folders.add(folder);
                        bases.add(BtfSource.load(folder.resolve(BtfFolder.VMLINUX)));
                    }
                }
            }
            return new SharedBases(parsed, given, bases, folders);
        }

        Btf first() {
            return given != null ? given : ofFolders.isEmpty() ? null : ofFolders.get(0);
        }

        Btf load(Path file, OutputStream warnings) throws IOException {
            Btf base = given;
            for (int i = 0; i < folders.size(); i++) {
                if (file.startsWith(folders.get(i))) {
                    base = ofFolders.get(i);
                    if (file.equals(folders.get(i).resolve(BtfFolder.VMLINUX))) {
                        return base;
                    }
                }
            }
            return new BtfInput(parsed, new PrintStream(warnings, true, StandardCharsets.UTF_8)).load(file, base);
        }
    }

    /**
     * Ends a search for what is wrong with an argument.
     *
     * @param message what is wrong
     * @return the failure
     */
    public MisuseException misuse(String message) {
        return parsed.misuse(message);
    }
}
