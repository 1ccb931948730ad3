package org.btfkit.cli.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Says which btfkit this is, and on what Java it runs. */
public final class Version {
    /** Beside the jar, written by the build: the version, and the commit that the sources are of. */
    private static final String FILE = "version.txt";

    private Version() {}

    /**
     * Returns the answer to {@code --version}.
     *
     * @param command the name of the command
     * @return one line
     */
    public static String of(String command) {
        return command + " (btfkit) " + built() + ", Java " + System.getProperty("java.runtime.version") + " ("
                + System.getProperty("java.vendor") + ")";
    }

    private static String built() {
        Path jar = Path.of(System.getProperty("java.class.path"));
        try {
            return Files.readString(jar.resolveSibling(FILE)).trim();
        } catch (IOException e) {
            return "of unknown version"; // from a folder of classes
        }
    }
}
