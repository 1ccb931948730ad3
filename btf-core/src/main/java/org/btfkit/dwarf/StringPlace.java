package org.btfkit.dwarf;

import java.nio.charset.StandardCharsets;

/**
 * Where a string is, packed into a number: its section in the upper half, the index of its first byte in the lower. A
 * NUL byte ends it. {@link DieCursor#stringBytes} has the bytes.
 *
 * <p>Static methods and constants only; safe for use by several threads.
 */
public final class StringPlace {
    private static final DwarfSection[] SECTIONS = DwarfSection.values();

    private StringPlace() {}

    static long of(DwarfSection section, long index) {
        return (long) section.ordinal() << 32 | index;
    }

    static DwarfSection section(long place) {
        return SECTIONS[(int) (place >>> 32)];
    }

    /**
     * Tells whether a string is in {@code .debug_str}, so that its index names it in all units.
     *
     * @param place what {@link DieCursor#string} returned
     * @return true if it is
     */
    public static boolean isInStr(long place) {
        return place >>> 32 == DwarfSection.STR.ordinal();
    }

    /**
     * Returns where in its bytes a string begins.
     *
     * @param place what {@link DieCursor#string} returned
     * @return the index of its first byte
     */
    public static int index(long place) {
        return (int) place;
    }

    /** Decodes a string, which ends at a NUL byte or with the bytes. */
    static String text(byte[] bytes, int from) {
        int to = from;
        while (to < bytes.length && bytes[to] != 0) {
            to++;
        }
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }
}
