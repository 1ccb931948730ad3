package org.btfkit.btf.dump;

import static org.btfkit.btf.dump.DumpOutput.bytes;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.btfkit.btf.flat.JoinedTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;

/**
 * Spells integers and floating point numbers so that every C compiler takes them for as many bytes as the BTF says.
 *
 * <p>A name such as {@code long unsigned int} is kept where its size is what C gives it; anything else, as {@code u8}
 * of Rust or an {@code int} of 3 bytes, is spelled by its size. Where C has no such type, or not on every machine
 * ({@code long double} is 8, 12 or 16 bytes large), a typedef {@code __float_16} or {@code __int_3} is, on machines
 * that lack it, as many bytes in a struct.
 */
final class ExactScalars {
    private static final int SIGNED = 1;
    private static final int BOOL = Words.INT_BOOL;
    private static final Map<String, Integer> FLOATS = Map.of("float", 4, "double", 8);

    private final JoinedTypes types;
    private final int pointerSize;
    private final Map<Integer, String> spellings = new HashMap<>();
    private final Set<String> defined = new HashSet<>();

    ExactScalars(JoinedTypes types, int pointerSize) {
        this.types = types;
        this.pointerSize = pointerSize;
    }

    /** How C spells an INT or FLOAT. */
    String spell(int typeId) {
        return spellings.computeIfAbsent(typeId, id -> types.kind(id) == BtfKind.FLOAT ? spellFloat(id) : spellInt(id));
    }

    /** How C spells an integer of a size in bytes; null where it has none. */
    String spell(int size, boolean isSigned) {
        String sign = isSigned ? "" : "unsigned ";
        return switch (size) {
            case 1 -> isSigned ? "signed char" : "unsigned char";
            case 2 -> sign + "short";
            case 4 -> sign + "int";
            case 8 -> sign + "long long";
            case 16 -> pointerSize == 8 ? sign + "__int128" : null;
            default -> null;
        };
    }

    private String spellInt(int id) {
        int size = types.sizeOrType(id);
        int encoding = Words.intEncoding(types.intData(id)) & 0xf;
        if ((encoding & BOOL) != 0 && size == 1) {
            return "_Bool";
        }
        String name = CIdentifiers.text(types, types.nameOff(id));
        if (sizeOfName(name) == size) {
            return name;
        }
        if (name.contains("float") || name.contains("double")) {
            // As it was before BTF had a kind for them.
            return spellFloat(id);
        }
        String spelling = spell(size, (encoding & SIGNED) != 0);
        return spelling != null ? spelling : "__int_" + Integer.toUnsignedString(size);
    }

    /** The size of an integer type by its words, in any order; 0 if they are none. */
    private int sizeOfName(String name) {
        int longs = 0;
        int signs = 0;
        String base = "";
        for (String word : name.split(" ")) {
            switch (word) {
                case "long" -> longs++;
                case "signed", "unsigned" -> signs++;
                case "char", "short", "__int128" -> {
                    if (!base.isEmpty() && !(base.equals("int") && word.equals("short"))) {
                        return 0;
                    }
                    base = word;
                }
                case "int" -> {
                    if (base.isEmpty()) {
                        base = word;
                    } else if (!base.equals("short")) {
                        return 0;
                    }
                }
                default -> {
                    return 0;
                }
            }
        }
        boolean isPlain = base.isEmpty() || base.equals("int");
        if (signs > 1 || longs > 2 || longs > 0 && !isPlain) {
            return 0;
        }
        if (isPlain) {
            return longs == 2 ? 8 : longs == 1 ? pointerSize : 4;
        }
        return switch (base) {
            case "char" -> 1;
            case "short" -> 2;
            default -> pointerSize == 8 ? 16 : 0;
        };
    }

    private String spellFloat(int id) {
        int size = types.sizeOrType(id);
        String name = CIdentifiers.text(types, types.nameOff(id));
        if (FLOATS.getOrDefault(name, 0) == size) {
            return name;
        }
        return switch (size) {
            case 4 -> "float";
            case 8 -> name.contains("omplex") ? "_Complex float" : "double";
            case 16 -> name.contains("omplex") ? "_Complex double" : "__float_16";
            default -> "__float_" + Integer.toUnsignedString(size);
        };
    }

    /** The greatest alignment in bytes that a compiler may give an INT, FLOAT or enum of a size. */
    static int align(int size) {
        return size == 0 ? 1 : Math.min(16, Integer.lowestOneBit(size));
    }

    /** Puts the typedef of a spelling that needs one, once. */
    void define(DumpOutput out, int typeId) {
        String name = spell(typeId);
        if (!name.startsWith("__int_") && !name.startsWith("__float_") || !defined.add(name)) {
            return;
        }
        String size = Integer.toUnsignedString(types.sizeOrType(typeId));
        String made = "typedef struct {\n\tunsigned char bytes[" + size + "];\n} " + name + ";\n";
        String real = switch (name) {
            case "__float_2" -> "#ifdef __FLT16_MANT_DIG__\ntypedef _Float16 " + name + ";\n#else\n";
            case "__float_12", "__float_16" ->
                "#if __SIZEOF_LONG_DOUBLE__ == " + size + "\ntypedef long double " + name + ";\n"
                        + (size.equals("16")
                                ? "#elif defined(__SIZEOF_FLOAT128__)\ntypedef __float128 " + name + ";\n"
                                : "")
                        + "#else\n";
            default -> "";
        };
        out.put(bytes(real + made + (real.isEmpty() ? "\n" : "#endif\n\n")));
    }
}
