package org.btfkit.btf.javagen;

import java.nio.ByteOrder;

/**
 * The class with what all others use: layouts of values, and what is too long to stand at each place. It refers to no
 * other class, so that the order in which classes are initialized does not matter.
 */
final class ValuesSource {
    static final String CLASS = "BtfValues";

    private static final String TEXT = """
            %spackage %s;

            import java.lang.foreign.MemorySegment;
            import java.lang.foreign.ValueLayout;
            import java.nio.ByteOrder;
            import java.nio.charset.StandardCharsets;

            /** Values as they lie in memory: in the byte order of the types' machine, at any address. */
            final class %s {
                private static final ByteOrder ORDER = ByteOrder.%s;

                static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
                static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ORDER);
                static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ORDER);
                static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ORDER);
                static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ORDER);
                static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ORDER);

                private %s() {}

                /** Reads text up to a NUL or the end. */
                static String text(MemorySegment s, long offset, long size) {
                    int end = 0;
                    while (end < size && s.get(BYTE, offset + end) != 0) {
                        end++;
                    }
                    byte[] bytes = s.asSlice(offset, end).toArray(BYTE);
                    return new String(bytes, StandardCharsets.UTF_8);
                }

                /** Reads a bit field that no value covers, unsigned. */
                static long bits(MemorySegment s, long offsetBits, int count) {
                    long value = 0;
                    for (int i = 0; i < count; i++) {
                        value |= (long) (s.get(BYTE, (offsetBits + i) / 8) >> bit(offsetBits + i) & 1) << place(i, count);
                    }
                    return value;
                }

                /** Writes a bit field that no value covers. */
                static void bits(MemorySegment s, long offsetBits, int count, long value) {
                    for (int i = 0; i < count; i++) {
                        long at = (offsetBits + i) / 8;
                        int mask = 1 << bit(offsetBits + i);
                        boolean isSet = (value >>> place(i, count) & 1) != 0;
                        s.set(BYTE, at, (byte) (isSet ? s.get(BYTE, at) | mask : s.get(BYTE, at) & ~mask));
                    }
                }

                private static int bit(long offsetBits) {
                    int bit = (int) (offsetBits %% 8);
                    return ORDER == ByteOrder.BIG_ENDIAN ? 7 - bit : bit;
                }

                private static int place(int index, int count) {
                    return ORDER == ByteOrder.BIG_ENDIAN ? count - 1 - index : index;
                }
            }
            """;

    private ValuesSource() {}

    static JavaSource of(JavaOptions options, ByteOrder order) {
        String name = order == ByteOrder.BIG_ENDIAN ? "BIG_ENDIAN" : "LITTLE_ENDIAN";
        return new JavaSource(CLASS, TEXT.formatted(SourceText.HEAD, options.packageName(), CLASS, name, CLASS));
    }
}
