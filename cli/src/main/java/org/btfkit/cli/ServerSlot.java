package org.btfkit.cli;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.cli.make.PaholeCommand;
import org.btfkit.cli.resolve.GenerateCommand;
import org.btfkit.resolve.BaseCache;

/**
 * One of the places at which a launcher talks to the {@link Server}: a pair of pipes, one for requests, {@code qN}, and
 * one for replies, {@code rN}. Who makes {@code kN} has the slot; the server removes it, once the pipes are empty.
 *
 * <p>The server holds both ends of both pipes. So nobody has to wait to open one, and when the server ends, however it
 * does, who reads a reply reads the end of the file.
 */
final class ServerSlot implements Runnable {
    private static final String HEADER = "btfkit 1";
    private static final String END = "end";

    /** What a launcher says when it has the reply. */
    private static final String DONE = "done";

    /** What the server says to a slot whose launcher has gone; with an end of line before it, as a line may be half. */
    private static final byte[] GONE = "\ngone\n".getBytes(StandardCharsets.US_ASCII);

    /** How long it may take a launcher to write its number into the file that it has made. */
    private static final int YOUNG_MILLIS = 60_000;

    /** Variables that a command may depend on; in the order of a request. */
    static final List<String> VARIABLES =
            List.of("LC_ALL", "LC_CTYPE", "LANG", "JAVA_HOME", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS");

    private final Path taken;
    private final RandomAccessFile requests;
    private final RandomAccessFile replies;
    private final String umask;
    private final BaseCache bases;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private volatile boolean isAtWork;
    private volatile long lastUsed = System.currentTimeMillis();

    /** The launcher has gone, so that nobody will read. */
    private static final class GoneException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    ServerSlot(Path folder, int number, String umask, BaseCache bases) throws IOException {
        this.taken = folder.resolve("k" + number);
        this.requests = new RandomAccessFile(folder.resolve("q" + number).toFile(), "rw");
        this.replies = new RandomAccessFile(folder.resolve("r" + number).toFile(), "rw");
        this.umask = umask;
        this.bases = bases;
    }

    /** Whether a launcher has it. */
    boolean isTaken() {
        return isAtWork || Files.exists(taken);
    }

    /** When a launcher had it last, in milliseconds since the epoch. */
    long lastUsed() {
        return isTaken() ? System.currentTimeMillis() : lastUsed;
    }

    /** Answers one request after the other. */
    @Override
    public void run() {
        try {
            while (true) {
                try {
                    replies.write(answer());
                    await(DONE);
                } catch (GoneException e) {
                    // and another may come
                }
                free();
            }
        } catch (IOException | RuntimeException | Error e) {
            // A launcher would wait at this slot as long as the server lives. Without the server it starts plainly.
            Runtime.getRuntime().halt(1);
        }
    }

    /** Not while {@link #freeIfGone} looks: what that says of one launcher must not reach the next. */
    private synchronized void free() throws IOException {
        drain(requests);
        drain(replies);
        isAtWork = false;
        lastUsed = System.currentTimeMillis();
        Files.deleteIfExists(taken);
    }

    /** Frees the slot if its launcher has been killed. */
    synchronized void freeIfGone() throws IOException {
        if (!Files.exists(taken)) {
            return;
        }
        String pid = Files.readString(taken).trim();
        boolean isYoung = pid.isEmpty()
                && Files.getLastModifiedTime(taken).toMillis() > System.currentTimeMillis() - YOUNG_MILLIS;
        if (isYoung || !pid.isEmpty() && Files.exists(Path.of("/proc", pid))) {
            return;
        }
        drain(replies); // in case it is full, and the slot waits for a reader
        requests.write(GONE);
    }

    private static void drain(RandomAccessFile pipe) throws IOException {
        // Asks the system how much there is; a pipe that is held open has no end to read up to.
        FileInputStream in = new FileInputStream(pipe.getFD());
        for (int left = in.available(); left > 0; left = in.available()) {
            in.read(new byte[left]); // no skip: a pipe has no position
        }
    }

    /** Reads a request, and does what it says. */
    private byte[] answer() throws IOException {
        String first = readLine();
        isAtWork = true;
        if (!first.equals(HEADER)) {
            return ServerReply.plain("no request");
        }
        List<String> words = new ArrayList<>();
        for (String word = readLine(); !word.equals(END); word = readLine()) {
            words.add(word.isEmpty() ? "" : word.substring(1)); // what is behind the plus that marks a word
        }
        int expected = 2 + VARIABLES.size();
        if (words.size() < expected || !isAsHere(words)) {
            return ServerReply.plain("not as it was started");
        }
        return work(words.get(0), words.subList(expected, words.size()).toArray(new String[0]));
    }

    /**
     * Whether a launcher has the umask and variables of this process; and words that are read alike in all languages.
     */
    private boolean isAsHere(List<String> words) {
        if (!words.get(1).equals(umask)) {
            return false;
        }
        for (int i = 0; i < VARIABLES.size(); i++) {
            String value = System.getenv(VARIABLES.get(i));
            if (!words.get(2 + i).equals(value == null ? "" : value)) {
                return false;
            }
        }
        for (String word : words) {
            if (!isAscii(word)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    private byte[] work(String name, String... args) {
        ServerReply reply = new ServerReply();
        Charset charset = Charset.forName(System.getProperty("native.encoding", "UTF-8"));
        PrintStream out = new PrintStream(reply.out(), false, charset);
        PrintStream err = new PrintStream(reply.err(), false, charset);
        int status;
        try {
            switch (name) {
                case ResolveBtfids.NAME, ResolveBtfids.KERNEL_NAME ->
                    status = new ResolveBtfids(name, out, err, bases).run(args);
                case GenerateCommand.NAME -> status = new GenBtf(out, err, bases).run(args);
                case "pahole" -> status = new PaholeCommand(out, err, bases).run(args);
                default -> {
                    return ServerReply.plain("no command of the server");
                }
            }
        } catch (RuntimeException | Error e) {
            return ServerReply.plain("failed"); // and once more from the start, where it fails as it does
        }
        out.flush();
        err.flush();
        return reply.finish(status);
    }

    private void await(String expected) throws IOException {
        while (!readLine().equals(expected)) {
            // what is left of a request that was no request
        }
    }

    private String readLine() throws IOException {
        line.reset();
        for (int value = requests.read(); value != '\n'; value = requests.read()) {
            if (value < 0) {
                throw new EOFException();
            }
            line.write(value);
        }
        String text = line.toString(StandardCharsets.ISO_8859_1);
        if (text.equals("gone")) {
            throw new GoneException();
        }
        return text;
    }
}
