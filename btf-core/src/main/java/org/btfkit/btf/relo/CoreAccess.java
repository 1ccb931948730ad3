package org.btfkit.btf.relo;

import java.util.Arrays;

/**
 * The path of a relocation: {@code 0:1:2}, numbers with colons between. The first counts whole objects from where the
 * pointer points, each further one is the index of a member or an element.
 *
 * <p>Numbers are decimal digits and nothing else. libbpf reads them with {@code sscanf("%d")} and so takes {@code 0: 1}
 * and {@code 0:+1} as well, which no compiler writes.
 */
final class CoreAccess {
    /** How many numbers a path may have, and how many members and elements it may lead through on a target. */
    static final int MAX_LENGTH = 64;

    /** How much of a path a message shows. */
    private static final int SHOWN = 40;

    private CoreAccess() {}

    /**
     * Parses a path.
     *
     * @param access the path; null if its string offset is none
     * @return its numbers, or null if it is no path
     */
    static int[] parse(String access) {
        if (access == null) {
            return null;
        }
        int[] numbers = new int[4];
        int count = 0;
        int at = 0;
        do {
            int from = at;
            long number = 0;
            while (at < access.length() && isDigit(access.charAt(at)) && number <= Integer.MAX_VALUE) {
                number = number * 10 + access.charAt(at++) - '0';
            }
            boolean ends = at == access.length() || access.charAt(at) == ':';
            if (at == from || number > Integer.MAX_VALUE || !ends || count == MAX_LENGTH) {
                return null;
            }
            if (count == numbers.length) {
                numbers = Arrays.copyOf(numbers, count * 2);
            }
            numbers[count++] = (int) number;
        } while (at++ < access.length());
        return Arrays.copyOf(numbers, count);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /**
     * Says why a string is no path.
     *
     * @param access what {@link #parse} gave null for
     * @return for example {@code access string '0:x' is no path, expected numbers and colons such as 0:1}
     */
    static String fault(String access) {
        if (access == null) {
            return "the access string is past the string section";
        }
        String shown = access.length() <= SHOWN ? access : access.substring(0, SHOWN) + "...";
        return access.chars().filter(c -> c == ':').count() >= MAX_LENGTH
                ? "access string '" + shown + "' has more than " + MAX_LENGTH + " numbers"
                : "access string '" + shown + "' is no path, expected numbers and colons such as 0:1";
    }
}
