package org.btfkit.btf.javagen;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * C structs of all sorts with values in them, by a seed: integers, reals, pointers, enums, bit fields of all widths,
 * arrays, structs in structs, with and without names, packed or not.
 *
 * <p>Each struct is one variable in a section of its name. For each value there is a line as {@code Reader.java} in the
 * test resources takes it.
 */
final class RandomLayouts {
    /** A type of C, its size, and what its values are: u, s, b (true or false), f, p. */
    private record Scalar(String name, int bytes, char sort) {}

    private static final List<Scalar> SCALARS = List.of(
            new Scalar("unsigned char", 1, 'u'),
            new Scalar("signed char", 1, 's'),
            new Scalar("char", 1, 's'),
            new Scalar("unsigned short", 2, 'u'),
            new Scalar("short", 2, 's'),
            new Scalar("unsigned int", 4, 'u'),
            new Scalar("int", 4, 's'),
            new Scalar("unsigned long long", 8, 'u'),
            new Scalar("long long", 8, 's'),
            new Scalar("const volatile int", 4, 's'),
            new Scalar("_Bool", 1, 'b'),
            new Scalar("enum small", 4, 's'),
            new Scalar("float", 4, 'f'),
            new Scalar("double", 8, 'f'),
            new Scalar("void *", 8, 'p'));

    private static final List<String> KEYWORDS = List.of("class", "new", "final", "this", "null", "sizeof_", "import");

    private final Random random;
    private final StringBuilder source = new StringBuilder("enum small { MINUS = -1, ONE = 1, MANY = 0x7fffffff };\n");
    private final List<String> names = new ArrayList<>();
    private final List<List<String>> values = new ArrayList<>();
    private int members;

    RandomLayouts(long seed, int structs) {
        this.random = new Random(seed);
        for (int i = 0; i < structs; i++) {
            String name = "s" + i;
            StringBuilder initializer = new StringBuilder();
            List<String> lines = new ArrayList<>();
            StringBuilder body = new StringBuilder();
            addMembers(body, initializer, lines, name, name, 2 + random.nextInt(8), 0);
            String packed = random.nextInt(3) == 0 ? " __attribute__((packed))" : "";
            source.append("struct " + name + " {" + body + "}" + packed + ";\n");
            source.append("struct " + name + " v_" + name + " __attribute__((section(\".data." + name + "\"))) = {"
                    + initializer + "};\n");
            names.add(name);
            values.add(lines);
        }
    }

    String source() {
        return source.toString();
    }

    List<String> names() {
        return names;
    }

    /** The lines of a struct. */
    List<String> values(String name) {
        return values.get(names.indexOf(name));
    }

    /**
     * Adds members.
     *
     * @param prefix the class and steps to the struct that they are in
     * @param className the class that methods are of
     */
    private void addMembers(
            StringBuilder body,
            StringBuilder initializer,
            List<String> lines,
            String prefix,
            String className,
            int count,
            int depth) {
        for (int i = 0; i < count; i++) {
            String name =
                    members % 17 == 3 ? KEYWORDS.get(members / 17 % KEYWORDS.size()) + "_" + members : "m" + members;
            if (members % 29 == 5 && depth == 0 && !body.toString().contains(" class")) {
                name = "class";
            }
            members++;
            switch (random.nextInt(depth < 3 ? 10 : 7)) {
                case 0, 1, 2 -> addScalar(body, initializer, lines, prefix, name);
                case 3, 4, 5 -> addBits(body, initializer, lines, prefix, name);
                case 6 -> addArray(body, initializer, lines, prefix, name);
                case 7 -> {
                    // Its members are those of the struct around it.
                    boolean isUnion = random.nextInt(3) == 0;
                    body.append(isUnion ? " union {" : " struct {");
                    addMembers(body, initializer, lines, prefix, className, isUnion ? 1 : 3, depth + 1);
                    body.append(isUnion ? " char m" + members++ + "[13]; };" : " };");
                }
                case 8 -> {
                    String java = JavaNames.identifier(name);
                    String nested = className + "$$" + java;
                    StringBuilder inner = new StringBuilder();
                    body.append(" struct {");
                    addMembers(body, inner, lines, prefix + "\t" + java + "@" + nested, nested, 3, depth + 1);
                    body.append(" } " + name + ";");
                    initializer.append(" ." + name + " = {" + inner + " },");
                }
                default -> {
                    String java = JavaNames.identifier(name);
                    String nested = className + "$$" + java;
                    StringBuilder inner = new StringBuilder();
                    body.append(" struct {");
                    addMembers(body, inner, lines, prefix + "\t" + java + ":1@" + nested, nested, 2, depth + 1);
                    body.append(" } " + name + "[2];");
                    initializer.append(" ." + name + " = { [1] = {" + inner + " } },");
                }
            }
        }
    }

    private void addScalar(
            StringBuilder body, StringBuilder initializer, List<String> lines, String prefix, String name) {
        Scalar type = SCALARS.get(random.nextInt(SCALARS.size()));
        String[] value = value(type, type.bytes * 8);
        body.append(" " + type.name + " " + name + ";");
        initializer.append(" ." + name + " = " + value[0] + ",");
        lines.add(value[1] + "\t" + prefix + "\t" + JavaNames.identifier(name));
    }

    private void addBits(
            StringBuilder body, StringBuilder initializer, List<String> lines, String prefix, String name) {
        Scalar type = SCALARS.get(random.nextInt(11));
        int bits = type.sort == 'b' ? 1 : 1 + random.nextInt(type.bytes * 8);
        String[] value = value(type, bits);
        // That of char has no sign of its own in C.
        String declared = type.name.equals("char") ? "signed char" : type.name;
        body.append(" " + declared + " " + name + " : " + bits + ";");
        initializer.append(" ." + name + " = " + value[0] + ",");
        lines.add(value[1] + "\t" + prefix + "\t" + JavaNames.identifier(name));
    }

    private void addArray(
            StringBuilder body, StringBuilder initializer, List<String> lines, String prefix, String name) {
        Scalar type = SCALARS.get(random.nextInt(SCALARS.size()));
        int rows = 1 + random.nextInt(3);
        int columns = 1 + random.nextInt(4);
        boolean isTable = random.nextBoolean();
        body.append(" " + type.name + " " + name + "[" + rows + "]" + (isTable ? "[" + columns + "]" : "") + ";");
        String[] value = value(type, type.bytes * 8);
        int row = random.nextInt(rows);
        int column = isTable ? random.nextInt(columns) : 0;
        String place = "[" + row + "]" + (isTable ? "[" + column + "]" : "");
        initializer.append(" ." + name + place + " = " + value[0] + ",");
        String java = JavaNames.identifier(name);
        // clang may have one dimension for two; one index is right for both.
        int index = isTable ? row * columns + column : row;
        lines.add(value[1] + "\t" + prefix + "\t" + java + ":" + index);
    }

    /** Draws a value: as C writes it, and as a number. */
    private String[] value(Scalar type, int bits) {
        long drawn = random.nextLong();
        return switch (type.sort) {
            case 'b' -> new String[] {drawn < 0 ? "1" : "0", drawn < 0 ? "1" : "0"};
            case 'f' -> {
                float value = random.nextInt(100_000) / 8f - 5000;
                String number = type.bytes == 4
                        ? Integer.toUnsignedString(Float.floatToRawIntBits(value))
                        : Long.toUnsignedString(Double.doubleToRawLongBits(value));
                yield new String[] {value + (type.bytes == 4 ? "f" : ""), number};
            }
            case 'p' -> new String[] {"(void *) " + Long.toUnsignedString(drawn) + "ULL", Long.toUnsignedString(drawn)};
            case 'u' -> {
                String number = Long.toUnsignedString(drawn >>> (64 - bits));
                yield new String[] {number + "ULL", number};
            }
            default -> {
                long number = drawn >> (64 - bits);
                yield new String[] {"(long long) " + Long.toUnsignedString(number) + "ULL", Long.toString(number)};
            }
        };
    }
}
