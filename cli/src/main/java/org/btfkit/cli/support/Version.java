package org.btfkit.cli.support;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Says which btfkit this is, and on what Java it runs. */
public final class Version {
    /** Written by the build: the version, and the commit that the sources are of. */
    private static final String RESOURCE = "version.txt";

    private Version() {}

    /**
     * Returns the answer to {@code --version}.
     *
     * @param command the name of the command
     * @return one line
     */
    public static String of(String command) {
        return command + " (btfkit) " + built() + ", Java " + Runtime.version() + " ("
                + System.getProperty("java.vendor") + ")";
    }

    private static String built() {
        try (InputStream in = Version.class.getResourceAsStream(RESOURCE)) {
            return in == null
                    ? "of unknown version"
                    : new String(in.readAllBytes(), StandardCharsets.UTF_8).trim();
        } catch (IOException e) {
            return "of unknown version";
        }
    }
}
