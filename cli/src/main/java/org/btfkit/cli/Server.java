package org.btfkit.cli;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.btfkit.cli.support.Program;
import org.btfkit.resolve.BaseCache;

/**
 * Does the work of launchers in one JVM that is warm, and has parsed the base already.
 *
 * <p><b>Problem.</b> A build starts a command for each module, and nearly all of its time is the start of a JVM. A
 * client program in another language would have to be built and shipped for each machine.
 *
 * <p><b>Solution.</b> The client is the launcher itself, a shell script, which starts no other process to talk to the
 * server. They meet in a folder of one user, which nobody else can look into, with slots in it ({@link ServerSlot}):
 * the launcher takes a slot by making a file that is not there yet, writes its request into one pipe, and reads the
 * reply from another.
 *
 * <p>Whenever anything is not as it should be, the launcher starts plainly, as it does without a server: if there is
 * none, or all slots are taken, or the server works in another folder, root or mount namespace, with another umask or
 * language, or ends before the reply is whole. Then a command may be run twice; which is right, as commands replace
 * files as a whole and a second run changes nothing.
 *
 * <p>It serves what a build calls for each module. Not {@code btf}, which people call: its answers are longer than what
 * a shell reads a line at a time without getting slow, it may read from a pipe, and nothing of it is called by the
 * thousand.
 *
 * <p><b>Ends</b> when the process has ended that it was started for, or nothing was asked for a minute. It has a
 * session of its own and none of the descriptors of who started it, so that nobody waits for it.
 */
public final class Server {
    /** How often it looks whether it is still wanted. */
    static final int TICK_MILLIS = 250;

    /** How long it waits for the next request. */
    private static final long IDLE_MILLIS = Long.getLong("btfkit.serverIdle", 60_000);

    private static final int MAX_SLOTS = 16;

    /** Shows launchers the process of a server that is ready: a link into /proc. */
    private static final String PROCESS = "process";

    private final Path folder;
    private final Path wanted;
    private final Path jar = Path.of(System.getProperty("java.class.path"));
    private final List<ServerSlot> slots = new ArrayList<>();
    private FileTime jarTime;

    private Server(Path folder, String pid) {
        this.folder = folder;
        this.wanted = Path.of("/proc", pid);
    }

    /**
     * Starts a server, or is one.
     *
     * @param args {@code start} or {@code serve}; the folder to meet in; the process to serve for; and the JVM flags of
     *     the server
     * @throws IOException if the folder cannot be used
     * @throws InterruptedException never
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        if (args[0].equals("serve")) {
            new Server(Path.of(args[1]), args[2]).serve();
            Runtime.getRuntime().halt(0);
        }
        List<String> command = new ArrayList<>();
        command.add("setsid");
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(args).subList(3, args.length));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Server.class.getName()));
        command.addAll(List.of("serve", args[1], args[2]));
        // What starts a process this way leaves it no descriptors but these.
        new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private void serve() throws IOException, InterruptedException {
        requirePrivate();
        try (FileChannel lock =
                FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (lock.tryLock() == null) {
                return; // another serves here
            }
            lock.truncate(0);
            lock.write(ByteBuffer.wrap(new byte[1])); // for its time: what is built later is not what serves
            Program.digest(); // now, of what serves: the jar may be another one when it is asked for
            jarTime = Files.getLastModifiedTime(jar);
            clean();
            open();
            Path process = Files.createSymbolicLink(
                    folder.resolve(PROCESS),
                    Path.of("/proc", Long.toString(ProcessHandle.current().pid())));
            Files.deleteIfExists(folder.resolve("starting"));
            while (isWanted(process)) {
                Thread.sleep(TICK_MILLIS);
                for (ServerSlot slot : slots) {
                    slot.freeIfGone();
                }
            }
            Files.deleteIfExists(process);
            for (int waited = 0; isTaken() && Files.exists(wanted) && waited < IDLE_MILLIS; waited += TICK_MILLIS) {
                Thread.sleep(TICK_MILLIS);
            }
            clean();
        }
    }

    /** Refuses a folder that somebody else could write to. */
    private void requirePrivate() throws IOException {
        EnumSet<PosixFilePermission> own = EnumSet.of(
                PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);
        boolean isOwn = Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS)
                .equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        if (!isOwn || !own.containsAll(Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS))) {
            throw new IOException(folder + ": is not private");
        }
    }

    /** Removes what a server that was killed has left, or this one. */
    private void clean() throws IOException {
        Files.deleteIfExists(folder.resolve(PROCESS)); // before its pipes
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "[krq]*")) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
    }

    private void open() throws IOException, InterruptedException {
        int count = Math.min(MAX_SLOTS, 4 + 2 * Runtime.getRuntime().availableProcessors());
        List<String> command = new ArrayList<>(List.of("mkfifo", "-m", "600"));
        for (int number = 1; number <= count; number++) {
            command.add(folder.resolve("q" + number).toString());
            command.add(folder.resolve("r" + number).toString());
        }
        if (new ProcessBuilder(command).start().waitFor() != 0) {
            throw new IOException(folder + ": no pipes here");
        }
        String umask = umask();
        BaseCache bases = new BaseCache();
        for (int number = 1; number <= count; number++) {
            ServerSlot slot = new ServerSlot(folder, number, umask, bases);
            slots.add(slot);
            Thread thread = new Thread(slot, "slot " + number);
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** As the shell prints it. */
    private static String umask() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("Umask:")) {
                return line.substring("Umask:".length()).trim();
            }
        }
        throw new IOException("/proc/self/status: no umask");
    }

    private boolean isWanted(Path process) throws IOException {
        long lastUsed = 0;
        for (ServerSlot slot : slots) {
            lastUsed = Math.max(lastUsed, slot.lastUsed());
        }
        return Files.exists(wanted)
                && Files.isSymbolicLink(process)
                && Files.exists(jar)
                && Files.getLastModifiedTime(jar).equals(jarTime)
                && System.currentTimeMillis() - lastUsed < IDLE_MILLIS;
    }

    private boolean isTaken() {
        for (ServerSlot slot : slots) {
            if (slot.isTaken()) {
                return true;
            }
        }
        return false;
    }
}
