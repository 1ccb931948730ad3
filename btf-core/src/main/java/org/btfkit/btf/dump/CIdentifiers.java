package org.btfkit.btf.dump;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.btfkit.btf.flat.Identifiers;
import org.btfkit.btf.flat.JoinedTypes;
import org.btfkit.btf.format.BtfKind;

/**
 * Finds the names that no C compiler takes, and others for them.
 *
 * <p>BTF takes any text for a name. What is no identifier of C, as {@code Vec<u8>} and {@code core::fmt} of Rust, gets
 * an underscore for each character that C does not have; what is a keyword of some version of C gets one behind it. A
 * name that is found so is not the name of anything else in the BTF. Names that compilers define as macros of their own
 * ({@code linux} is 1) stay, but the macro has to go.
 *
 * <p>Costs a look at each name that is written; where all are fine, nothing is kept of them.
 */
final class CIdentifiers {
    /** Keywords of C before C23, and of gcc and clang where they have them without being asked to be strict. */
    private static final Set<String> KEYWORDS =
            Set.of(("auto break case char const continue default do double else enum"
                            + " extern float for goto if inline int long register restrict return short signed sizeof static"
                            + " struct switch typedef union unsigned void volatile while _Alignas _Alignof _Atomic _BitInt _Bool"
                            + " _Complex _Decimal128 _Decimal32 _Decimal64 _Generic _Imaginary _Noreturn _Static_assert"
                            + " _Thread_local _Float16 _Float32 _Float64 _Float128 _Float32x _Float64x _Float128x _Nonnull"
                            + " _Nullable _Countof typeof asm __alignof __alignof__ __asm __asm__ __attribute __attribute__"
                            + " __auto_type __bf16 __builtin_choose_expr __builtin_offsetof __builtin_types_compatible_p"
                            + " __builtin_va_arg __complex __complex__ __const __const__ __extension__ __float128 __float80"
                            + " __fp16 __func__ __FUNCTION__ __ibm128 __imag __imag__ __inline __inline__ __int128 __label__"
                            + " __nullptr __PRETTY_FUNCTION__ __real __real__ __restrict __restrict__ __signed __signed__"
                            + " __thread __typeof __typeof__ __vector __pixel __bool __volatile __volatile__")
                    .split(" "));

    /** What C23 made keywords. */
    private static final Set<String> C23_KEYWORDS = Set.of(
            "alignas",
            "alignof",
            "bool",
            "constexpr",
            "false",
            "nullptr",
            "static_assert",
            "thread_local",
            "true",
            "typeof_unqual");

    /** Names that the header itself gives a meaning. */
    private static final Set<String> OWN = Set.of(
            "__VMLINUX_H__",
            "BPF_NO_PRESERVE_ACCESS_INDEX",
            "BPF_NO_KFUNC_PROTOTYPES",
            "__ksym",
            "__weak",
            "__bpf_fastcall");

    /** Macros of compilers that are not in the name space reserved for them, on one machine or another. */
    private static final Set<String> MACROS = Set.of(
            "linux",
            "unix",
            "i386",
            "mips",
            "MIPSEB",
            "MIPSEL",
            "R3000",
            "R4000",
            "LANGUAGE_C",
            "PPC",
            "powerpc",
            "PPC64",
            "powerpc64",
            "vector",
            "pixel",
            "sparc",
            "sun",
            "sh",
            "hppa",
            "PWB",
            "arm",
            "mc68000",
            "m68k",
            "host_mips",
            "bpf",
            "errno",
            "NULL",
            "offsetof");

    private static final int MAX_SPECIAL = 31;

    /** First characters and lengths of all of these. */
    private static final BitSet SPECIAL = new BitSet();

    static {
        for (Set<String> names : List.of(KEYWORDS, C23_KEYWORDS, OWN, MACROS)) {
            names.forEach(name -> SPECIAL.set(name.charAt(0) * (MAX_SPECIAL + 1) + name.length()));
        }
    }

    private final JoinedTypes types;
    private final boolean isPrefixed;
    private final BitSet seen = new BitSet();
    private final Map<Integer, String> fields = new HashMap<>();
    private final Map<Integer, String> globals = new HashMap<>();
    private final Set<String> macros = new TreeSet<>();
    private final Set<String> escaped = new LinkedHashSet<>();
    private Set<String> all;

    /**
     * Looks at all names.
     *
     * @param isPrefixed whether types and enumerators get something before their names, so that none is a keyword
     */
    CIdentifiers(JoinedTypes types, boolean isPrefixed) {
        this.types = types;
        this.isPrefixed = isPrefixed;
        for (int id = 1; id < types.typeCount(); id++) {
            BtfKind kind = types.kind(id);
            switch (kind) {
                case STRUCT, UNION, ENUM, ENUM64, TYPEDEF, FWD, FUNC_PROTO -> look(id, kind);
                case VOID, INT, FLOAT, PTR, ARRAY, VOLATILE, CONST, RESTRICT -> {}
                case FUNC, VAR, DATASEC, DECL_TAG, TYPE_TAG -> {}
            }
        }
    }

    private void look(int id, BtfKind kind) {
        look(types.nameOff(id));
        if (kind == BtfKind.TYPEDEF || kind == BtfKind.FWD) {
            return;
        }
        int at = types.elementsAt(id, kind);
        for (int i = types.vlen(id); i > 0; i--, at += kind.elementWords()) {
            look(types.words()[at]);
        }
    }

    private void look(int nameOff) {
        if (nameOff == 0 || seen.get(nameOff)) {
            return;
        }
        seen.set(nameOff);
        if (isOrdinary(nameOff)) {
            return;
        }
        String name = text(types, nameOff);
        if (MACROS.contains(name)) {
            macros.add(name);
        }
        String plain = Identifiers.plain(name);
        boolean isKeyword = KEYWORDS.contains(plain) || C23_KEYWORDS.contains(plain) || OWN.contains(plain);
        if (!isKeyword && plain.equals(name)) {
            return;
        }
        String other = unique(isKeyword ? plain + "_" : plain);
        fields.put(nameOff, other);
        if (!isPrefixed || !plain.equals(name)) {
            globals.put(nameOff, other);
        }
    }

    /** Whether a name is an identifier, and by its length and first character nothing else: most are. */
    private boolean isOrdinary(int nameOff) {
        byte[] strings = types.strings();
        int first = strings[nameOff];
        int end = nameOff;
        for (int b = first; b != 0; b = strings[++end]) {
            boolean isLetter = b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '_';
            if (!isLetter && (b < '0' || b > '9' || end == nameOff)) {
                return false;
            }
        }
        int length = end - nameOff;
        return length > MAX_SPECIAL || !SPECIAL.get(first * (MAX_SPECIAL + 1) + length);
    }

    private String unique(String wanted) {
        if (all == null) {
            all = new HashSet<>();
            for (int i = seen.nextSetBit(0); i >= 0; i = seen.nextSetBit(i + 1)) {
                all.add(text(types, i));
            }
            for (int from = 0; from < types.strings().length; from++) {
                String name = text(types, from);
                all.add(name);
                from += name.length();
            }
        }
        String name = wanted;
        for (int i = 2; !all.add(name); i++) {
            name = wanted + "_" + i;
        }
        return name;
    }

    /** Whether a name is an identifier in every version of C. */
    static boolean isIdentifier(String name) {
        return !name.isEmpty()
                && Identifiers.plain(name).equals(name)
                && !KEYWORDS.contains(name)
                && !C23_KEYWORDS.contains(name)
                && !OWN.contains(name);
    }

    /** A string, one character per byte. */
    static String text(JoinedTypes types, int nameOff) {
        int end = nameOff;
        while (types.strings()[end] != 0) {
            end++;
        }
        return new String(types.strings(), nameOff, end - nameOff, StandardCharsets.ISO_8859_1);
    }

    /** The name of a member or parameter. */
    String field(int nameOff) {
        return counted(nameOff, fields.get(nameOff));
    }

    /** The name of a type or enumerator, without what goes before it. */
    String global(int nameOff) {
        return counted(nameOff, globals.get(nameOff));
    }

    /** Whether a member or parameter keeps its name. */
    boolean keepsField(int nameOff) {
        return fields.isEmpty() || !fields.containsKey(nameOff);
    }

    private String counted(int nameOff, String other) {
        if (other == null) {
            return text(types, nameOff);
        }
        escaped.add("'" + printable(text(types, nameOff)) + "' as " + other);
        return other;
    }

    /** The names that are no C before C23, in quotes. */
    List<String> foreign() {
        Set<String> foreign = new LinkedHashSet<>();
        for (int nameOff : new TreeSet<>(fields.keySet())) {
            String name = text(types, nameOff);
            if (!C23_KEYWORDS.contains(name)) {
                foreign.add("'" + printable(name) + "'");
            }
        }
        return List.copyOf(foreign);
    }

    /** A name as people read it, on one line. */
    private static String printable(String name) {
        String text = new String(name.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        return text.chars().anyMatch(Character::isISOControl) ? text.replaceAll("\\p{Cntrl}", "?") : text;
    }

    /** Macros that stand for something else where names of the BTF should stand, in order. */
    Set<String> macros() {
        return macros;
    }

    /** The names that were written differently: {@code 'Vec<u8>' as Vec_u8_}. */
    List<String> escaped() {
        return List.copyOf(escaped);
    }
}
