package org.btfkit.cli.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells where output goes. */
public final class Terminal {
    private Terminal() {}

    /**
     * Tells whether a descriptor of this process is a terminal.
     *
     * @param descriptor 1 for standard output, 2 for standard error
     * @return false also if there is no {@code /proc} to tell
     */
    public static boolean isOn(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException e) {
            return false;
        }
    }
}
