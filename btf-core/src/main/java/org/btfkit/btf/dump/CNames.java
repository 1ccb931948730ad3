package org.btfkit.btf.dump;

import static org.btfkit.btf.dump.DumpOutput.bytes;

import java.nio.charset.StandardCharsets;
import org.btfkit.btf.flat.JoinedTypes;
import org.btfkit.btf.format.BtfKind;

/**
 * Writes the names of types, so that each is there once in its C name space.
 *
 * <p>BTF may have several types of a name, from different compilation units, where C has one name space for the tags of
 * structs, unions and enums, and another for typedefs and enumerators. The first to be written keeps the name, the next
 * ones get {@code ___2}, {@code ___3} behind it, which BPF loaders ignore when they look for a kernel type.
 */
class CNames {
    private static final byte[] FLAVOR = bytes("___");
    private static final byte[] RESTRICT = bytes("restrict");
    private static final byte[] TYPEDEF = bytes("typedef ");
    private static final byte[] END = bytes(";\n\n");
    private static final byte[] BUILT_IN = bytes("__builtin_va_list");
    private static final int PLAIN = 1;

    /** Types that gcc has built in for Arm, where clang has none: their names, and what is the same. */
    private static final byte[][] POLYNOMIALS = {
        bytes("__Poly8_t"), bytes("unsigned char "),
        bytes("__Poly16_t"), bytes("unsigned short "),
        bytes("__Poly64_t"), bytes("unsigned long long "),
        bytes("__Poly128_t"), bytes("unsigned __int128 "),
    };

    final JoinedTypes types;
    final DumpOutput out;
    private final NameCounts tags;
    private final NameCounts identifiers;
    private final DeclaredElsewhere elsewhere;
    private final byte[] prefix;

    /** The number that each type's name got, 0 as long as it has none. */
    private final int[] ordinals;

    CNames(JoinedTypes types, DumpOutput out, DeclaredElsewhere elsewhere, byte[] prefix) {
        this.types = types;
        this.out = out;
        this.elsewhere = elsewhere;
        this.prefix = prefix;
        this.tags = new NameCounts(types);
        this.identifiers = new NameCounts(types);
        this.ordinals = new int[types.typeCount()];
    }

    /** Gives a type its tag, if it has none yet. */
    int claimTag(int typeId) {
        if (ordinals[typeId] == 0) {
            BtfKind kind = types.kind(typeId);
            boolean isForward = kind == BtfKind.FWD || kind == BtfKind.ENUM && types.vlen(typeId) == 0;
            int nameOff = types.nameOff(typeId);
            ordinals[typeId] = nameOff == 0 || isForward || elsewhere.has(typeId)
                    ? PLAIN
                    : tags.add(nameOff) + elsewhere.tagCount(types, nameOff);
        }
        return ordinals[typeId];
    }

    /** Gives a typedef its name, if it has none yet. */
    int claimIdentifier(int typeId) {
        if (ordinals[typeId] == 0) {
            ordinals[typeId] = elsewhere.has(typeId) ? PLAIN : nextIdentifier(types.nameOff(typeId));
        }
        return ordinals[typeId];
    }

    private int nextIdentifier(int nameOff) {
        return identifiers.add(nameOff) + elsewhere.identifierCount(types, nameOff);
    }

    /** Puts the tag of a struct, union, enum or forward declaration; nothing if it has none. */
    void putTag(int typeId) {
        if (types.nameOff(typeId) != 0) {
            putOwn(typeId, claimTag(typeId));
        }
    }

    /** Puts the name of a typedef; nothing if it has none. */
    void putIdentifier(int typeId) {
        if (types.nameOff(typeId) != 0) {
            putOwn(typeId, claimIdentifier(typeId));
        }
    }

    private void putOwn(int typeId, int ordinal) {
        if (!elsewhere.has(typeId) && !isBuiltIn(typeId)) {
            out.put(prefix);
        }
        put(types.nameOff(typeId), ordinal);
    }

    /** Puts the name of an enumerator that is being defined. */
    void putEnumerator(int nameOff) {
        out.put(prefix);
        put(nameOff, nextIdentifier(nameOff));
    }

    /** The tag of a struct, union or enum, one character per byte. */
    String tagText(int typeId) {
        return ownText(typeId, claimTag(typeId));
    }

    /** The name of a typedef, one character per byte. */
    String identifierText(int typeId) {
        return ownText(typeId, claimIdentifier(typeId));
    }

    private String ownText(int typeId, int ordinal) {
        boolean isPrefixed = !elsewhere.has(typeId) && !isBuiltIn(typeId);
        return (isPrefixed ? new String(prefix, StandardCharsets.ISO_8859_1) : "")
                + CIdentifiers.text(types, types.nameOff(typeId))
                + (ordinal > PLAIN ? "___" + ordinal : "");
    }

    /** The name of a member, one character per byte. */
    String fieldText(int nameOff) {
        return CIdentifiers.text(types, nameOff);
    }

    /** Puts the name of a member or parameter. */
    void putField(int nameOff) {
        out.putString(types.strings(), nameOff);
    }

    /** The name that a parameter gets: its own, or {@link CDeclarators#NO_NAME}. */
    int parameter(int protoId, int param, int nameOff) {
        return nameOff;
    }

    /** Puts the specifier of an INT or FLOAT. */
    void putScalar(int typeId) {
        if (types.nameOff(typeId) != 0) {
            out.putString(types.strings(), types.nameOff(typeId));
        }
    }

    /** Puts a definition of an INT or FLOAT that not all compilers know. */
    void putAlias(int typeId) {
        if (types.kind(typeId) == BtfKind.FLOAT) {
            return;
        }
        int ordinal = claimTag(typeId);
        int nameOff = types.nameOff(typeId);
        if (ordinal > PLAIN || types.strings()[nameOff] != '_') {
            return;
        }
        for (int i = 0; i < POLYNOMIALS.length; i += 2) {
            if (types.isString(nameOff, POLYNOMIALS[i])) {
                out.put(TYPEDEF);
                out.put(POLYNOMIALS[i + 1]);
                out.put(POLYNOMIALS[i]);
                out.put(END);
            }
        }
    }

    /** The qualifier of pointers that nothing else points to. */
    byte[] restrict() {
        return RESTRICT;
    }

    /** Whether a TYPE_TAG is written. */
    boolean keepsTypeTag(int typeId) {
        return true;
    }

    /** Whether a member gets what a typedef stands for, as compilers do not agree about the typedef. */
    boolean isExpanded(int typedefId) {
        return false;
    }

    /** Whether a function can be declared by its name. */
    boolean claimFunction(int funcId) {
        return true;
    }

    private void put(int nameOff, int ordinal) {
        out.putString(types.strings(), nameOff);
        if (ordinal > PLAIN) {
            out.put(FLAVOR);
            out.putUnsigned(ordinal);
        }
    }

    /** Whether compilers know the type without a definition, and take none. */
    boolean isBuiltIn(int typeId) {
        int nameOff = types.nameOff(typeId);
        return types.strings()[nameOff] == '_' && types.isString(nameOff, BUILT_IN);
    }
}
