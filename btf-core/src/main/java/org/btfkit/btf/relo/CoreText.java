package org.btfkit.btf.relo;

import java.util.List;

/** The words of results that several of them have. */
final class CoreText {
    private CoreText() {}

    static String near(List<String> near) {
        return near.isEmpty() ? "" : "; nearest: " + String.join(", ", near);
    }

    static String changed(long localValue, long value) {
        return localValue == value
                ? Long.toUnsignedString(value) + " as built"
                : Long.toUnsignedString(localValue) + " -> " + Long.toUnsignedString(value);
    }
}
