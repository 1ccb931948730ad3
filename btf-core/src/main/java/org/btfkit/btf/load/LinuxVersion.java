package org.btfkit.btf.load;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The version of a kernel.
 *
 * @param major for example 6
 * @param minor for example 12
 * @param patch for example 117
 */
public record LinuxVersion(int major, int minor, int patch) implements Comparable<LinuxVersion> {
    private static final int FIRST_WITH_BTF = 4;
    private static final Pattern RELEASE = Pattern.compile("(?<![0-9.])(\\d{1,3})\\.(\\d{1,4})(?:\\.(\\d{1,5}))?");

    /**
     * Finds a version in a text.
     *
     * @param text what {@code uname -r} says, or the name of a file
     * @return the first version of 4.0 or later in it
     */
    public static Optional<LinuxVersion> in(String text) {
        Matcher found = RELEASE.matcher(text);
        while (found.find()) {
            int major = Integer.parseInt(found.group(1));
            if (major >= FIRST_WITH_BTF) {
                int patch = found.group(3) == null ? 0 : Integer.parseInt(found.group(3));
                return Optional.of(new LinuxVersion(major, Integer.parseInt(found.group(2)), patch));
            }
        }
        return Optional.empty();
    }

    /** {@return the number that C's macro {@code KERNEL_VERSION} makes of it} */
    int code() {
        return (major << 16) + (minor << 8) + Math.min(patch, 255);
    }

    @Override
    public int compareTo(LinuxVersion other) {
        int order = Integer.compare(major, other.major);
        order = order != 0 ? order : Integer.compare(minor, other.minor);
        return order != 0 ? order : Integer.compare(patch, other.patch);
    }

    @Override
    public String toString() {
        return major + "." + minor + (patch == 0 ? "" : "." + patch);
    }
}
