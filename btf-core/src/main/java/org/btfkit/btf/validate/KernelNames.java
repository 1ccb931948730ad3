package org.btfkit.btf.validate;

import org.btfkit.btf.flat.FlatStrings;
import org.btfkit.btf.format.Limits;

/**
 * Which names the kernel takes ({@code btf_name_valid_identifier} and {@code btf_name_valid_section} of
 * kernel/bpf/btf.c).
 *
 * <p>Bytes are judged as the kernel's {@code lib/ctype.c} does, which takes those above 0x9f for Latin-1.
 */
final class KernelNames {
    private static final int FIRST = 1;
    private static final int LATER = 2;
    private static final int PRINTABLE = 4;
    private static final byte[] CLASSES = classes();

    private final FlatStrings strings;

    KernelNames(FlatStrings strings) {
        this.strings = strings;
    }

    private static byte[] classes() {
        byte[] classes = new byte[256];
        for (int c = 0; c < 256; c++) {
            boolean sign = c == 0xd7 || c == 0xf7;
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0xc0 && !sign;
            boolean mark = c == '_' || c == '.';
            boolean digit = c >= '0' && c <= '9';
            int bits = letter || mark ? FIRST | LATER : digit ? LATER : 0;
            if (c >= ' ' && c <= '~' || c >= 0xa0) {
                bits |= PRINTABLE;
            }
            classes[c] = (byte) bits;
        }
        return classes;
    }

    /** Whether a string is a letter, dot or underscore, then more of these or digits. */
    boolean isIdentifier(int nameOff) {
        return isMadeOf(nameOff, FIRST, LATER);
    }

    /** Whether a string may name a section: one or more characters that can be printed. */
    boolean isSection(int nameOff) {
        return isMadeOf(nameOff, PRINTABLE, PRINTABLE);
    }

    /** Whether a string has no characters. */
    boolean isEmpty(int nameOff) {
        return strings.section(nameOff)[strings.index(nameOff)] == 0;
    }

    private boolean isMadeOf(int nameOff, int first, int later) {
        byte[] section = strings.section(nameOff);
        int from = strings.index(nameOff);
        if ((CLASSES[section[from] & 0xff] & first) == 0) {
            return false;
        }
        int at = from + 1;
        while (section[at] != 0) {
            if (at - from >= Limits.MAX_NAME_LENGTH || (CLASSES[section[at] & 0xff] & later) == 0) {
                return false;
            }
            at++;
        }
        return true;
    }
}
