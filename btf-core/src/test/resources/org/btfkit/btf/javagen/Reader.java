import java.lang.foreign.MemorySegment;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Reads with generated classes what C says it laid out, and writes it again.
 *
 * A file has blocks of lines: "bytes HEX", then values, then "end zero" or "end kept". A value is its text, a class, and
 * steps, with tabs between: METHOD, or METHOD:INDEX:INDEX, with @CLASS behind where the step leads to a struct. At the
 * end all values are written, into zeros or over the bytes as they were, and that has to give the same bytes.
 */
public final class Reader {
    private static final Map<String, Map<String, List<Method>>> METHODS = new HashMap<>();
    private static int bad;
    private static int count;

    private Reader() {}

    public static void main(String[] args) throws Exception {
        String prefix = args[0] + ".";
        byte[] bytes = null;
        List<String[]> values = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(args[1]))) {
            String[] parts = line.split("\t");
            if (line.startsWith("bytes ")) {
                bytes = HexFormat.of().parseHex(line.substring(6));
                values.clear();
            } else if (line.startsWith("end ")) {
                byte[] copy = line.equals("end zero") ? new byte[bytes.length] : bytes.clone();
                for (String[] value : values) {
                    write(prefix, value, MemorySegment.ofArray(copy));
                }
                if (!Arrays.equals(bytes, copy)) {
                    bad++;
                    System.out.println("WRITTEN " + values.get(0)[1] + "\n" + HexFormat.of().formatHex(bytes) + "\n"
                            + HexFormat.of().formatHex(copy));
                }
            } else {
                values.add(parts);
                read(prefix, parts, MemorySegment.ofArray(bytes));
                count++;
            }
        }
        System.out.println(count + " values, " + bad + " bad");
        System.exit(bad == 0 && count > 0 ? 0 : 1);
    }

    private static Object[] arguments(MemorySegment segment, String[] step, Object... more) {
        Object[] arguments = new Object[step.length + more.length];
        arguments[0] = segment;
        for (int i = 1; i < step.length; i++) {
            arguments[i] = Long.parseLong(step[i]);
        }
        System.arraycopy(more, 0, arguments, step.length, more.length);
        return arguments;
    }

    private static Method method(String className, String name, boolean isVoid, int parameters) throws Exception {
        Map<String, List<Method>> byName = METHODS.get(className);
        if (byName == null) {
            byName = new HashMap<>();
            for (Method method : Class.forName(className).getMethods()) {
                byName.computeIfAbsent(method.getName(), none -> new ArrayList<>()).add(method);
            }
            METHODS.put(className, byName);
        }
        for (Method method : byName.getOrDefault(name, List.of())) {
            if ((method.getReturnType() == void.class) == isVoid && method.getParameterCount() == parameters) {
                return method;
            }
        }
        return null;
    }

    /** Goes to the struct of the last step. */
    private static Object[] follow(String prefix, String[] parts, MemorySegment start) throws Exception {
        MemorySegment segment = start;
        String className = prefix + parts[1];
        for (int i = 2; i < parts.length - 1; i++) {
            int at = parts[i].indexOf('@');
            String[] step = parts[i].substring(0, at).split(":");
            Method getter = method(className, step[0], false, step.length);
            segment = (MemorySegment) getter.invoke(null, arguments(segment, step));
            className = prefix + parts[i].substring(at + 1);
        }
        return new Object[] {segment, className};
    }

    private static void read(String prefix, String[] parts, MemorySegment start) throws Exception {
        Object[] place = follow(prefix, parts, start);
        String className = (String) place[1];
        String[] step = parts[parts.length - 1].split(":");
        Method getter = method(className, step[0], false, step.length);
        Object got = getter == null ? "no method" : getter.invoke(null, arguments((MemorySegment) place[0], step));
        Object expected = getter == null ? null : value(parts[0], getter.getReturnType());
        boolean isEqual = got.equals(expected);
        Method unsigned = method(className, step[0] + "$unsigned", false, step.length);
        if (unsigned != null) {
            long whole = ((Number) unsigned.invoke(null, arguments((MemorySegment) place[0], step))).longValue();
            isEqual &= parts[0].equals(Long.toString(whole));
        }
        if (!isEqual) {
            bad++;
            System.out.println("READ " + String.join(" ", parts) + ": " + got);
        }
    }

    private static void write(String prefix, String[] parts, MemorySegment start) throws Exception {
        Object[] place = follow(prefix, parts, start);
        String[] step = parts[parts.length - 1].split(":");
        String name = step.length == 1 ? step[0] : step[0] + "$set";
        Method setter = method((String) place[1], name, true, step.length + 1);
        Object value = value(parts[0], setter.getParameterTypes()[step.length]);
        setter.invoke(null, arguments((MemorySegment) place[0], step, value));
    }

    private static Object value(String text, Class<?> type) {
        if (type == float.class) {
            return Float.intBitsToFloat(Integer.parseUnsignedInt(text));
        }
        if (type == double.class) {
            return Double.longBitsToDouble(Long.parseUnsignedLong(text));
        }
        long number = text.startsWith("-") ? Long.parseLong(text) : Long.parseUnsignedLong(text);
        if (type == boolean.class) {
            return number != 0;
        }
        if (type == byte.class) {
            return (byte) number;
        }
        if (type == short.class) {
            return (short) number;
        }
        if (type == int.class) {
            return (int) number;
        }
        return number;
    }
}
