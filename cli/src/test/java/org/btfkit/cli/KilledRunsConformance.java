package org.btfkit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.fixtures.kernel.DwarfSample;
import org.btfkit.fixtures.kernel.KernelPackages;
import org.btfkit.fixtures.tool.PlainUser;
import org.btfkit.fixtures.tool.Xz;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Commands that are killed at any moment, on modules of Debian's kernel: each file is the old or the new one, whole,
 * and after the next run all are new and nothing else is there.
 *
 * <p>Half of the runs are killed at a random time of their life, half of them some microseconds after the folder shows
 * that something is being written; half of them write to a disk, half to memory; half are runs of a plain user, where
 * root runs the tests and can become one. Set {@code btfkit.kills} for more kills, and {@code btfkit.kills.seed} for
 * others.
 */
@Tag("conformance")
class KilledRunsConformance {
    private static final int KILLS = Integer.getInteger("btfkit.kills", 200);
    private static final long SEED = Long.getLong("btfkit.kills.seed", 20261122L);
    private static final int WORKERS = 2;

    /**
     * One command line; {@code BASE} stands for the base, {@code DWARF_BASE} for that of the sample with DWARF,
     * {@code *} for the files.
     */
    enum Kind {
        IN_PLACE("nf_conntrack.ko", 8, ResolveBtfids.class, "--strip_signature -b BASE *"),
        EMBED("xfs.ko", 1, ResolveBtfids.class, "--embed --distill_base --strip_signature -b BASE *"),
        DETACH("nf_conntrack.ko", 4, ResolveBtfids.class, "--detached --distill_base -b BASE *"),
        SORT("vmlinux.btf", 1, BtfTool.class, "sort * -o *"),
        GENERATE("kfuncs.ko", 24, GenBtf.class, "-j 2 -b DWARF_BASE *"),
        STOP("nf_conntrack.ko", 8, ResolveBtfids.class, "--strip_signature -b BASE *");

        final String input;
        final int copies;
        final Class<?> command;
        final String line;

        Kind(String input, int copies, Class<?> command, String line) {
            this.input = input;
            this.copies = copies;
            this.command = command;
            this.line = line;
        }

        /** SIGTERM, at which a process tidies up itself, not SIGKILL. */
        boolean isPolite() {
            return this == STOP;
        }
    }

    /** Null if root runs the test and cannot become anybody else. */
    private final PlainUser user = PlainUser.find().orElse(null);

    @TempDir
    Path folder;

    private Path memory;

    private final Map<String, byte[]> inputs = new TreeMap<>();
    /** What an earlier run of another kind has written beside the objects of {@link Kind#DETACH}. */
    private final Map<String, byte[]> earlier = new TreeMap<>();

    private final Map<Kind, Map<String, byte[]>> results = new EnumMap<>(Kind.class);
    private final Map<Kind, Long> lifeNanos = new EnumMap<>(Kind.class);
    private Path base;
    private Path dwarfBase;
    private String classPath;
    private Path archive;

    @BeforeEach
    void makeInputs() throws Exception {
        Path shared = Path.of("/dev/shm");
        memory = Files.isWritable(shared) ? Files.createTempDirectory(shared, "btfkit-") : folder.resolve("memory");
        Files.createDirectories(memory);
        packClasses();
        KernelPackages kernel = KernelPackages.ofUser();
        base = folder.resolve("base.btf");
        BtfWriter.write(BtfSource.load(kernel.cloud().vmlinux()), base);
        inputs.put("vmlinux.btf", Files.readAllBytes(base));
        dwarfBase = Files.write(folder.resolve("quals.btf"), DwarfSample.expected("quals", "k7"));
        inputs.put("kfuncs.ko", Files.readAllBytes(DwarfSample.unpacked("kfuncs", folder)));
        for (String module : List.of("nf_conntrack", "xfs")) {
            Path file = Xz.unpack(kernel.module(module), folder.resolve(module + ".ko"));
            inputs.put(module + ".ko", Files.readAllBytes(file));
        }
        writeEarlierSets();
        runWhole("training", Kind.EMBED);
        for (Kind kind : Kind.values()) {
            long start = System.nanoTime();
            Path place = runWhole("whole-" + kind, kind);
            lifeNanos.put(kind, System.nanoTime() - start);
            results.put(kind, contents(place));
        }
    }

    private void writeEarlierSets() throws IOException {
        Path place = Files.createDirectory(folder.resolve("earlier"));
        List<Path> objects = put(place, Kind.DETACH);
        for (Path object : objects) {
            CommandRun run = CommandRun.resolveBtfids("--detached", "-b", base, object);
            assertEquals(0, run.status(), run::toString);
        }
        earlier.putAll(contents(place));
        objects.forEach(object -> earlier.remove(object.getFileName().toString()));
    }

    /** What a failed test has left there stays, to be looked at. */
    @AfterEach
    void removeFolder() {
        memory.toFile().delete();
    }

    private Path runWhole(String name, Kind kind) throws Exception {
        Path place = Files.createDirectory(folder.resolve(name));
        put(place, kind);
        Process process = start(place, kind, List.of());
        assertTrue(process.waitFor(120, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), () -> kind + ": " + log(place));
        return place;
    }

    /** As the launcher does: from an archive, for which all classes have to be in jars. */
    private void packClasses() {
        List<String> jars = new ArrayList<>();
        String readable = user == null ? System.getProperty("java.class.path") : user.classPath();
        for (String entry : readable.split(File.pathSeparator)) {
            if (Files.isDirectory(Path.of(entry))) {
                String jar = folder.resolve(jars.size() + ".jar").toString();
                ToolProvider tool = ToolProvider.findFirst("jar").orElseThrow();
                assertEquals(0, tool.run(System.out, System.err, "--create", "--file", jar, "-C", entry, "."));
                jars.add(jar);
            } else if (Files.isRegularFile(Path.of(entry))) {
                jars.add(entry);
            }
        }
        classPath = String.join(File.pathSeparator, jars);
        archive = folder.resolve("classes.jsa");
    }

    private List<Path> put(Path place, Kind kind) throws IOException {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < kind.copies; i++) {
            Path file = place.resolve(i + "-" + kind.input);
            Files.write(file, inputs.get(kind.input));
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
            files.add(file);
        }
        if (kind == Kind.DETACH) {
            for (Map.Entry<String, byte[]> file : earlier.entrySet()) {
                Files.write(place.resolve(file.getKey()), file.getValue());
            }
        }
        return files;
    }

    private List<String> arguments(Path place, Kind kind) {
        List<String> arguments = new ArrayList<>();
        for (String word : kind.line.split(" ")) {
            if (word.equals("*")) {
                for (int i = 0; i < kind.copies; i++) {
                    arguments.add(place.resolve(i + "-" + kind.input).toString());
                }
            } else {
                arguments.add(word.replace("DWARF_BASE", dwarfBase.toString()).replace("BASE", base.toString()));
            }
        }
        return arguments;
    }

    private Process start(Path place, Kind kind, List<String> prefix) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-Xshare:auto",
                (Files.exists(archive) ? "-XX:SharedArchiveFile=" : "-XX:ArchiveClassesAtExit=") + archive,
                "-Xlog:disable",
                "-cp",
                classPath,
                kind.command.getName()));
        command.addAll(arguments(place, kind));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log(place).toFile())
                .start();
    }

    private static Path log(Path place) {
        return place.resolveSibling(place.getFileName() + ".log");
    }

    private static Map<String, byte[]> contents(Path place) throws IOException {
        Map<String, byte[]> contents = new TreeMap<>();
        try (Stream<Path> files = Files.list(place)) {
            for (Path file : files.toList()) {
                contents.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        }
        return contents;
    }

    /** How many runs were killed when, for a look at whether the moments are good ones. */
    private static final class Tally {
        int kills;
        int beforeEnd;
        int withLeftovers;
        int someNew;
    }

    @Test
    void shouldLeaveOldOrNewFilesAndNothingElse() throws Exception {
        letIn(folder, memory, base, dwarfBase, archive);
        for (String jar : classPath.split(File.pathSeparator)) {
            letIn(Path.of(jar));
        }
        Random seeds = new Random(SEED);
        Map<Kind, Tally> tallies = new EnumMap<>(Kind.class);
        ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < KILLS; i++) {
            Kind kind = Kind.values()[i % Kind.values().length];
            Tally tally = tallies.computeIfAbsent(kind, key -> new Tally());
            Path place = (i / Kind.values().length % 2 == 0 ? folder : memory).resolve("run-" + i);
            long seed = seeds.nextLong();
            boolean ofPlainUser = i / Kind.values().length / 2 % 2 == 0;
            tasks.add(() -> {
                killOne(place, kind, new Random(seed), ofPlainUser ? user : null, tally);
                return null;
            });
        }
        for (Future<Void> done : workers.invokeAll(tasks)) {
            done.get();
        }
        workers.shutdown();
        tallies.forEach((kind, tally) -> System.out.printf(
                "%s: %d ms, %d killed, %d of them before the end, %d left files behind, %d had replaced some%n",
                kind,
                lifeNanos.get(kind) / 1_000_000,
                tally.kills,
                tally.beforeEnd,
                tally.withLeftovers,
                tally.someNew));
        for (Kind kind : Kind.values()) {
            assertTrue(KILLS < 100 || tallies.get(kind).beforeEnd > 0, kind + ": all had ended before");
        }
    }

    /** Lets others read what the test has made. */
    private void letIn(Path... paths) throws IOException {
        for (Path path : paths) {
            if (path.startsWith(folder) || path.startsWith(memory)) {
                String mode = Files.isDirectory(path) ? "rwxr-xr-x" : "rw-r--r--";
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
            }
        }
    }

    private void killOne(Path place, Kind kind, Random random, PlainUser owner, Tally tally) throws Exception {
        Files.createDirectory(place);
        put(place, kind);
        if (owner != null) {
            owner.own(place);
        }
        Process process = start(place, kind, owner == null ? List.of() : owner.prefix());
        if (random.nextBoolean()) {
            TimeUnit.NANOSECONDS.sleep((long) (random.nextDouble() * 1.1 * lifeNanos.get(kind)));
        } else {
            waitForWriting(process, place);
            long until = System.nanoTime() + (long) (Math.exp(random.nextDouble() * 12) * 1_000);
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }
        }
        boolean killed = process.isAlive();
        if (kind.isPolite()) {
            process.destroy();
        } else {
            process.destroyForcibly();
        }
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        check(place, kind, tally, killed);
        complete(place, kind);
    }

    private static void waitForWriting(Process process, Path place) {
        boolean writes = false;
        while (process.isAlive() && !writes) {
            for (String name : place.toFile().list()) {
                writes |= name.startsWith(".");
            }
        }
    }

    private void check(Path place, Kind kind, Tally tally, boolean killed) throws IOException {
        Map<String, byte[]> found = contents(place);
        Map<String, byte[]> expected = results.get(kind);
        int leftovers = 0;
        int news = 0;
        for (Map.Entry<String, byte[]> file : found.entrySet()) {
            String name = file.getKey();
            if (name.startsWith(".")) {
                leftovers++;
                continue;
            }
            boolean isNew = Arrays.equals(expected.get(name), file.getValue());
            byte[] old = name.endsWith(kind.input) ? inputs.get(kind.input) : earlier.get(name);
            boolean isOld = Arrays.equals(old, file.getValue());
            assertTrue(isOld || isNew, place + ": " + name + " is neither old nor new");
            if (name.endsWith(kind.input)) {
                assertEquals("rw-r-----", mode(place.resolve(name)), place + ": " + name);
            }
            news += isNew && !isOld ? 1 : 0;
            if (kind == Kind.DETACH && name.endsWith(".BTF")) {
                String object = name.substring(0, name.length() - ".BTF".length());
                assertTrue(
                        isSet(object, earlier, found) || isSet(object, expected, found),
                        place + ": " + name + " is there with what does not fit it: " + found.keySet());
            }
        }
        for (int i = 0; i < kind.copies; i++) {
            assertTrue(found.containsKey(i + "-" + kind.input), place + ": gone");
        }
        assertTrue(!kind.isPolite() || leftovers == 0, place + ": not tidied up: " + found.keySet());
        synchronized (tally) {
            tally.kills++;
            tally.beforeEnd += killed ? 1 : 0;
            tally.withLeftovers += leftovers > 0 ? 1 : 0;
            tally.someNew += news > 0 ? 1 : 0;
        }
    }

    /** Tells whether the files beside an object are those of one run. */
    private static boolean isSet(String object, Map<String, byte[]> expected, Map<String, byte[]> found) {
        for (String suffix : List.of(".BTF", ".BTF_ids", ".BTF_ids.syms", ".BTF.base")) {
            if (!Arrays.equals(expected.get(object + suffix), found.get(object + suffix))) {
                return false;
            }
        }
        return true;
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private void complete(Path place, Kind kind) throws IOException {
        Object[] arguments = arguments(place, kind).toArray();
        CommandRun run = kind.command == BtfTool.class
                ? CommandRun.btf(arguments)
                : kind.command == GenBtf.class ? CommandRun.genBtf(arguments) : CommandRun.resolveBtfids(arguments);
        assertEquals(0, run.status(), run::toString);
        Map<String, byte[]> found = contents(place);
        Map<String, byte[]> expected = results.get(kind);
        assertEquals(expected.keySet(), found.keySet(), place.toString());
        for (Map.Entry<String, byte[]> file : found.entrySet()) {
            assertTrue(Arrays.equals(expected.get(file.getKey()), file.getValue()), place + ": " + file.getKey());
            if (file.getKey().endsWith(kind.input)) {
                assertEquals("rw-r-----", mode(place.resolve(file.getKey())));
            }
            Files.delete(place.resolve(file.getKey()));
        }
        Files.delete(place);
        Files.deleteIfExists(log(place));
    }
}
