package org.btfkit.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.btfkit.fixtures.kernel.DwarfSample;
import org.btfkit.fixtures.kernel.SampleModule;
import org.btfkit.fixtures.tool.ExternalTool;
import org.btfkit.fixtures.tool.ToolResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/**
 * Calls that the launchers hand to a server: nobody can tell them from others, and nothing is lost when somebody is
 * killed.
 *
 * <p>Set {@code btfkit.serverCalls} for more calls among kills, and {@code btfkit.serverCalls.seed} for others. Of many
 * calls fewer kill the server: each time a dozen JVMs start, which is what would take hours.
 */
class ServerTest {
    private static final int CALLS = Integer.getInteger("btfkit.serverCalls", 60);
    private static final long SEED = Long.getLong("btfkit.serverCalls.seed", 20261127L);
    private static final int CLIENT_KILLS_PERCENT = 25;
    private static final int SERVER_KILLS_PERCENT = CALLS <= 100 ? 15 : 1;
    private static final int WORKERS = 4;
    private static final long MAX_WAIT_MILLIS = 60_000;

    /** The exit status of a process that was killed. */
    private static final int KILLED = 128 + 9;

    private static Installation installed;

    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    private Path work;
    private Path log;
    private Path vmlinux;
    private final Map<String, String> environment = new HashMap<>();
    private final AtomicInteger killedClients = new AtomicInteger();
    private final AtomicInteger killedServers = new AtomicInteger();
    private Process wanted;

    @BeforeAll
    static void install() throws IOException {
        installed = Installation.in(shared.resolve("installation"));
    }

    @BeforeEach
    void prepare() throws IOException {
        work = Files.createDirectory(folder.resolve("the work"));
        vmlinux = SampleModule.writeVmlinuxBtf(work);
        Files.setLastModifiedTime(vmlinux, FileTime.from(Instant.now().minusSeconds(3600)));
        log = Files.createFile(folder.resolve("log"));
        Path run = Files.createDirectory(folder.resolve("run"));
        Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwx------"));
        wanted = new ProcessBuilder("sleep", "1000").start();
        environment.put(
                "JAVA_HOME",
                Installation.countingJdk(folder.resolve("jdk"), log).toString());
        environment.put("XDG_RUNTIME_DIR", run.toString());
        environment.put("XDG_CACHE_HOME", folder.resolve("no cache").toString());
        environment.put("BTFKIT_SERVER", Long.toString(wanted.pid()));
    }

    @AfterEach
    void end() throws IOException, InterruptedException {
        wanted.destroyForcibly().waitFor();
        Path meeting = meeting(work);
        await("the server ends with the process that it is for", () -> !Files.exists(meeting.resolve("process")));
        if (Files.isDirectory(meeting)) {
            await("the server has cleaned up", () -> count(meeting, "[kqr]*") == 0);
        }
    }

    private Path meeting(Path place) {
        return Path.of(environment.get("XDG_RUNTIME_DIR") + "/btfkit/server" + place + "/@");
    }

    private static int count(Path place, String glob) throws IOException {
        int count = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(place, glob)) {
            for (Path ignored : files) {
                count++;
            }
        }
        return count;
    }

    /** Something to wait for. */
    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void await(String what, Condition condition) throws IOException, InterruptedException {
        long end = System.currentTimeMillis() + MAX_WAIT_MILLIS;
        while (!condition.holds()) {
            assertTrue(System.currentTimeMillis() < end, what);
            Thread.sleep(20);
        }
    }

    private ToolResult run(String name, Object... args) {
        return ExternalTool.at(installed.bin(name)).withEnvironment(environment).runIn(work, args);
    }

    private ToolResult runPlainly(String name, Object... args) {
        Map<String, String> plain = new HashMap<>(environment);
        plain.put("BTFKIT_SERVER", "");
        return ExternalTool.at(installed.bin(name)).withEnvironment(plain).runIn(work, args);
    }

    private void start() throws IOException, InterruptedException {
        run("resolve-btfids", "--server").orThrow();
        await("the server is there", () -> Files.exists(meeting(work).resolve("process")));
    }

    /** How many JVMs the launchers have started. */
    private int starts() throws IOException {
        return Files.readAllLines(log).size();
    }

    private Path module(String name) throws IOException {
        return Files.write(work.resolve(name), SampleModule.module());
    }

    @Test
    void shouldAnswerAsAPlainStartDoes() throws IOException, InterruptedException {
        String base = vmlinux.getFileName().toString();
        String object = Files.move(DwarfSample.packed("kfuncs", work), work.resolve("kfuncs.o.xz"))
                .getFileName()
                .toString();
        Object[][] calls = {
            {"resolve-btfids", "-v", "-b", base, "a.ko"},
            {"resolve-btfids", "-v", "-b", base, "a.ko"},
            {"resolve-btfids", "--check", "-b", base, "a.ko", "b.ko"},
            {"resolve-btfids", "-b", base, "b.ko", "-o", "c d.ko"},
            {"resolve-btfids", "-b", base, "none.ko"},
            {"resolve-btfids", "-b", "none", "a.ko"},
            {"resolve-btfids", "-b", base},
            {"resolve-btfids", "--nothing"},
            {"resolve-btfids", "--embed", "--distill_base", "-b", base, "c d.ko"},
            {"resolve_btfids", "-b", base, "a.ko"},
            {"resolve_btfids", "--detached", "-b", base, "d.ko"},
            {"resolve_btfids", "--patch_btfids", "d.ko.BTF_ids", "d.ko"},
            {"resolve_btfids", "-b", base, "--btf", "d.ko.BTF", "-j", "2", "", "*"},
            {"pahole", "-J", "--btf_encode_detached=e.btf", object},
            {"pahole", "-J", "--btf_base", base, "--btf_encode_detached=f.btf", object},
            {"pahole", "-J", "--btf_base", "a.ko", "--btf_encode_detached=g.btf", object},
            {"gen-btf", "--nothing"},
            {"pahole", "--nothing"},
            {"pahole", "--numeric_version"},
            {"gen-btf", "-b", base, "-o", "d.ko", object},
        };
        List<String> plain = new ArrayList<>();
        List<String> served = new ArrayList<>();
        for (List<String> results : List.of(plain, served)) {
            for (String name : List.of("a.ko", "b.ko", "d.ko")) {
                module(name);
            }
            for (Object[] call : calls) {
                String name = call[0].toString();
                Object[] args = Arrays.copyOfRange(call, 1, call.length);
                if (results == served && !Files.exists(meeting(work).resolve("process"))) {
                    start();
                    assertEquals(plain.size() + 1, starts());
                }
                ToolResult result = results == plain ? runPlainly(name, args) : run(name, args);
                results.add(String.join(
                                " ",
                                result.command().subList(1, result.command().size())) + " -> " + result.exitCode()
                        + "\n" + result.out() + result.err() + state());
            }
            for (String made : List.of("c d.ko", "d.ko.BTF", "d.ko.BTF.base", "d.ko.BTF_ids", "e.btf", "f.btf")) {
                Files.deleteIfExists(work.resolve(made));
            }
        }
        assertEquals(plain, served);
        assertEquals(calls.length + 1, starts(), "all were served");
    }

    @Test
    void shouldFailWhereItsOutputIsLost() throws IOException, InterruptedException {
        start();
        ExternalTool sh = ExternalTool.named("sh", "dash").withEnvironment(environment);
        for (String lost : List.of(" > /dev/full", " >&-")) {
            ToolResult result = sh.runIn(work, "-c", "\"$0\" --numeric_version" + lost, installed.bin("pahole"));
            assertEquals("ERROR: cannot write to standard output\n", result.err(), lost);
            assertEquals(1, result.exitCode(), result::toString);
        }
        assertEquals(1, starts(), "all were served");
    }

    @Test
    void shouldBeAskedForAgainWhileItLives() throws IOException, InterruptedException {
        start();
        ToolResult again = run("resolve-btfids", "--server").orThrow();
        String pid = environment.get("BTFKIT_SERVER");
        assertEquals("BTFKIT_SERVER=" + pid + "; export BTFKIT_SERVER\n", again.out());
        assertEquals("", again.err());
        assertEquals(1, starts());
    }

    /** All files with what is in them, but for those that say so of others. */
    private String state() throws IOException {
        StringBuilder text = new StringBuilder();
        TreeSet<Path> files = new TreeSet<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(work)) {
            all.forEach(files::add);
        }
        for (Path file : files) {
            text.append(file.getFileName()).append(' ').append(Arrays.hashCode(Files.readAllBytes(file)));
            text.append(' ').append(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            text.append('\n');
        }
        return text.toString();
    }

    @Test
    void shouldReadABaseAgainThatHasChanged() throws IOException, InterruptedException {
        start();
        byte[] expected = resolved();
        Path module = module("a.ko");
        run("resolve-btfids", "-b", vmlinux, module).orThrow();
        run("resolve-btfids", "-b", vmlinux, module).orThrow();
        assertArrayEquals(expected, Files.readAllBytes(module));
        Files.writeString(vmlinux, "no BTF");
        for (ToolResult result : List.of(
                run("resolve-btfids", "-b", vmlinux, module),
                run("pahole", "-J", "--btf_base", vmlinux, "--btf_encode_detached=a.btf", module))) {
            assertEquals(1, result.exitCode(), result::toString);
            assertTrue(result.err().startsWith("ERROR: " + vmlinux), result::toString);
        }
        assertEquals(0, starts(), "all were served");
    }

    private byte[] resolved() throws IOException {
        Path module = Files.write(folder.resolve("expected.ko"), SampleModule.module());
        runPlainly("resolve-btfids", "-b", vmlinux, module).orThrow();
        Files.writeString(log, "");
        return Files.readAllBytes(module);
    }

    @Test
    void shouldStartPlainlyWhatIsNotForThisServer() throws IOException, InterruptedException {
        start();
        Path module = module("a.ko");
        String launcher = installed.bin("resolve-btfids").toString();
        ExternalTool sh = ExternalTool.named("sh", "dash").withEnvironment(environment);
        // Another umask: what is written has it.
        String out = work.resolve("made.ko").toString();
        sh.runIn(work, "-c", "umask 077; '" + launcher + "' --detached -b " + vmlinux.getFileName() + " a.ko")
                .orThrow();
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(work.resolve("a.ko.BTF_ids"))));
        assertEquals(2, starts());
        // Another language, a line within an argument, a descriptor of the caller, more than fits into a pipe at once.
        environment.put("LC_ALL", "C.UTF-8");
        run("resolve-btfids", "-b", vmlinux, module).orThrow();
        environment.remove("LC_ALL");
        assertEquals(3, starts());
        assertEquals(1, run("resolve-btfids", "-b", vmlinux, "no\nfile").exitCode());
        assertEquals(4, starts());
        sh.runIn(work, "-c", "'" + launcher + "' -b /dev/fd/5 a.ko 5< " + vmlinux.getFileName());
        assertEquals(5, starts());
        assertEquals(1, run("resolve-btfids", "-b", vmlinux, "x".repeat(5000)).exitCode());
        assertEquals(6, starts());
        assertFalse(Files.exists(Path.of(out)));
        run("resolve-btfids", "-b", vmlinux, module).orThrow();
        assertEquals(6, starts());
    }

    @Test
    void shouldServeEachWorkingFolderByItself() throws IOException, InterruptedException {
        start();
        Path other = Files.createDirectory(work.resolve("@"));
        Path module = Files.write(other.resolve("a.ko"), SampleModule.module());
        ExternalTool launcher = ExternalTool.at(installed.bin("resolve-btfids")).withEnvironment(environment);
        launcher.runIn(other, "-b", vmlinux, "a.ko").orThrow();
        assertArrayEquals(resolved(), Files.readAllBytes(module));
        await("there are two", () -> Files.exists(meeting(other).resolve("process")));
        assertNotEquals(server(work), server(other));
        kill(server(other));
    }

    private String server(Path place) throws IOException {
        return Files.readSymbolicLink(meeting(place).resolve("process"))
                .getFileName()
                .toString();
    }

    private static void kill(String pid) {
        ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void shouldKeepNoDescriptorOfItsCaller() throws IOException, InterruptedException {
        Path marker = Files.createFile(folder.resolve("marker")).toRealPath();
        ExternalTool sh = ExternalTool.named("sh", "dash").withEnvironment(environment);
        sh.runIn(work, "-c", "exec 5< '" + marker + "'; '" + installed.bin("resolve-btfids") + "' --server")
                .orThrow();
        await("the server is there", () -> Files.exists(meeting(work).resolve("process")));
        for (String descriptor : List.of("0", "1", "2")) {
            assertEquals(
                    Path.of("/dev/null"), Files.readSymbolicLink(Path.of("/proc", server(work), "fd", descriptor)));
        }
        try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc", server(work), "fd"))) {
            for (Path descriptor : open) {
                assertNotEquals(marker, Files.readSymbolicLink(descriptor));
            }
        }
        String[] stat = Files.readString(Path.of("/proc", server(work), "stat")).split(" ");
        assertEquals(server(work), stat[5], "leads a session of its own");
    }

    /** What it prints is for eval. */
    @Test
    void shouldServeForNothingButANumber() {
        environment.put("BTFKIT_SERVER", "1; exit 3");
        ToolResult result = run("resolve-btfids", "--server");
        assertEquals(1, result.exitCode());
        assertEquals("", result.out());
        assertEquals(
                "resolve-btfids: BTFKIT_SERVER is '1; exit 3', expected the number of a process",
                result.err().strip());
    }

    @Test
    void shouldUseNoFolderThatOthersMayWrite() throws IOException, InterruptedException {
        Path meeting = Files.createDirectories(meeting(work));
        Files.setPosixFilePermissions(meeting, PosixFilePermissions.fromString("rwxrwxrwx"));
        run("resolve-btfids", "--server").orThrow();
        await("one has tried", () -> starts() == 1);
        Path module = module("a.ko");
        run("resolve-btfids", "-b", vmlinux, module).orThrow();
        assertArrayEquals(resolved(), Files.readAllBytes(module));
        assertFalse(Files.exists(meeting.resolve("process")));
    }

    @Test
    void shouldLoseNothingWhenClientsAndServersAreKilled(TestReporter reporter)
            throws IOException, InterruptedException, ExecutionException {
        byte[] expected = resolved();
        start();
        ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
        Random random = new Random(SEED);
        List<Future<?>> calls = new ArrayList<>();
        try {
            for (int i = 0; i < CALLS; i++) {
                int number = i;
                int fate = random.nextInt(100);
                int delay = random.nextBoolean() ? random.nextInt(8) : random.nextInt(60);
                calls.add(workers.submit(() -> call(number, fate, delay, expected)));
            }
            for (Future<?> call : calls) {
                call.get();
            }
        } finally {
            workers.shutdownNow();
        }
        reporter.publishEntry(Map.of(
                "calls", Integer.toString(CALLS),
                "clients killed", killedClients.toString(),
                "servers killed", killedServers.toString(),
                "plain starts", Integer.toString(starts())));
        assertTrue(killedClients.get() > 0 && killedServers.get() > 0, "some of both were killed");
        // And the next run makes all of them right, with whatever server there is.
        for (int i = 0; i < CALLS; i++) {
            Path module = work.resolve(i + ".ko");
            byte[] left = Files.readAllBytes(module);
            assertTrue(Arrays.equals(left, expected) || Arrays.equals(left, SampleModule.module()), module::toString);
        }
        run("resolve-btfids", "-b", vmlinux, "-j2", "@" + list()).orThrow();
        for (int i = 0; i < CALLS; i++) {
            assertArrayEquals(expected, Files.readAllBytes(work.resolve(i + ".ko")));
        }
        assertEquals(0, count(work, ".*"), "nothing is left behind");
    }

    private Path list() throws IOException {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            names.add(i + ".ko");
        }
        return Files.write(work.resolve("list"), names);
    }

    /** One call; by its fate, of a hundred, the launcher, or the server, is killed after a while. */
    private Void call(int number, int fate, int delayMillis, byte[] expected) throws IOException, InterruptedException {
        Path module = module(number + ".ko");
        ProcessBuilder command = new ProcessBuilder(
                        installed.bin("resolve-btfids").toString(), "-b", vmlinux.toString(), number + ".ko")
                .directory(work.toFile())
                .redirectErrorStream(true);
        command.environment().put("LC_ALL", "C");
        command.environment().putAll(environment);
        Process process = command.start();
        boolean isKilled = fate < CLIENT_KILLS_PERCENT;
        if (fate < CLIENT_KILLS_PERCENT + SERVER_KILLS_PERCENT) {
            Thread.sleep(delayMillis);
            if (isKilled) {
                process.destroyForcibly();
            } else {
                try {
                    kill(server(work));
                    killedServers.incrementAndGet();
                } catch (IOException e) {
                    // there is none just now
                }
            }
        }
        assertTrue(process.waitFor(MAX_WAIT_MILLIS, TimeUnit.MILLISECONDS), () -> module + ": the call does not end");
        if (isKilled && process.exitValue() == KILLED) {
            killedClients.incrementAndGet();
        } else {
            // Of one that had ended before it was to be killed there is nothing to read any more.
            String said = isKilled ? "" : new String(process.getInputStream().readAllBytes());
            assertEquals(0, process.exitValue(), said);
            assertArrayEquals(expected, Files.readAllBytes(module), said);
        }
        return null;
    }
}
