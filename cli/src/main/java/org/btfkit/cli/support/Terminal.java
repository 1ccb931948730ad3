package org.btfkit.cli.support;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** What is known of the terminal that data goes to, if it goes to one. */
public final class Terminal {
    private static final int DEFAULT_COLUMNS = 80;
    private static final Path TERMINAL = Path.of("/dev/tty");

    private Terminal() {}

    /**
     * Tells whether a descriptor of this process is a terminal.
     *
     * @param descriptor 1 for standard output, 2 for standard error
     * @return true if it is; false also where there is no way to tell
     */
    public static boolean isOn(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            return false; // no /proc
        }
    }

    /**
     * Returns how wide the terminal is, by the variable {@code COLUMNS} or by what {@code stty} says.
     *
     * @return characters in a line; 80 if that cannot be told
     */
    public static int columns() {
        int given = number(System.getenv("COLUMNS"));
        if (given > 0) {
            return given;
        }
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(TERMINAL.toFile())
                    .redirectError(new File("/dev/null"))
                    .start();
            String[] size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                    .strip()
                    .split(" ");
            boolean isDone = stty.waitFor(1, TimeUnit.SECONDS);
            int columns = isDone && size.length == 2 ? number(size[1]) : 0;
            return columns > 0 ? columns : DEFAULT_COLUMNS;
        } catch (IOException e) {
            return DEFAULT_COLUMNS;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return DEFAULT_COLUMNS;
        }
    }

    private static int number(String text) {
        return text != null && text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
    }
}
