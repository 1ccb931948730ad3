package org.btfkit.btf.flat;

/**
 * What can be an identifier of C and Java, made of names that are none: BTF takes any text for a name.
 *
 * <p>Static methods only; safe for use by several threads.
 */
public final class Identifiers {
    private Identifiers() {}

    /**
     * Puts an underscore for each character other than letters and digits of ASCII, and before a digit that comes
     * first. What is a keyword stays.
     *
     * @param name a name of BTF
     * @return the same object if nothing was to be done; empty for an empty name
     */
    public static String plain(String name) {
        StringBuilder plain = null;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean isLetter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
            if (!isLetter && (c < '0' || c > '9')) {
                plain = plain == null ? new StringBuilder(name) : plain;
                plain.setCharAt(i, '_');
            }
        }
        String text = plain == null ? name : plain.toString();
        return !text.isEmpty() && text.charAt(0) >= '0' && text.charAt(0) <= '9' ? "_" + text : text;
    }
}
