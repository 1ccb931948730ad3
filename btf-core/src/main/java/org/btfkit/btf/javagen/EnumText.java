package org.btfkit.btf.javagen;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfType;

/** Writes what is in the class of an enum: its constants, and the names by their values. */
final class EnumText {
    /** More do not fit in a class file. */
    private static final int MAX_VALUES = 12_000;

    /** More do not fit in a method. */
    private static final int MAX_CASES = 4_000;

    private EnumText() {}

    static void write(SourceText out, Btf btf, int enumId) {
        BtfType type = btf.type(enumId);
        List<BtfType.Enumerator> values =
                type instanceof BtfType.Enum plain ? plain.values() : ((BtfType.Enum64) type).values();
        if (values.size() > MAX_VALUES) {
            throw new BtfException(btf.source() + ": " + btf.describe(enumId) + ": " + values.size()
                    + " values, expected no more than " + MAX_VALUES + " for a class of Java");
        }
        int size = btf.sizeOrType(enumId);
        String javaType = Shape.javaTypeOf(size);
        Set<String> taken = new HashSet<>();
        Map<Long, String> byValue = new LinkedHashMap<>();
        for (BtfType.Enumerator value : values) {
            String name = JavaNames.identifier(value.name());
            while (!taken.add(name)) {
                name += "_";
            }
            long number = fitted(value.value(), size);
            out.line("public static final ", javaType, " ", name, " = ", literal(number, size), ";");
            byValue.putIfAbsent(number, value.name());
        }
        if (byValue.size() > MAX_CASES) {
            return;
        }
        out.line();
        out.line("/** {@return the first name of a value; null if it has none} */");
        out.line("public static String name(", javaType, " v) {").in();
        if (size == Long.BYTES) {
            byValue.forEach(
                    (value, name) -> out.line("if (v == ", literal(value, size), ") return ", quoted(name), ";"));
            out.line("return null;");
        } else {
            out.line("return switch (v) {").in();
            byValue.forEach((value, name) -> out.line("case ", literal(value, size), " -> ", quoted(name), ";"));
            out.line("default -> null;").out().line("};");
        }
        out.out().line("}");
    }

    /** The number as a Java type of that size has it. */
    private static long fitted(long value, int size) {
        return switch (size) {
            case Byte.BYTES -> (byte) value;
            case Short.BYTES -> (short) value;
            case Integer.BYTES -> (int) value;
            default -> value;
        };
    }

    private static String literal(long value, int size) {
        return size == Long.BYTES ? value + "L" : Long.toString(value);
    }

    private static String quoted(String name) {
        return "\"" + JavaNames.text(name) + "\"";
    }
}
