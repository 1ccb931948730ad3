package org.btfkit.btf.dump;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.JoinedTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;

/**
 * What another BTF declares, as a header made of it would.
 *
 * <p>A type of the dumped BTF is declared there if there is one of the same kind and name, and for structs, unions and
 * enums of the same size and number of elements; an anonymous enum goes by its first enumerator. Types that come from
 * the other BTF itself, because it is the base, are as well. A name that is taken there by another type is not free
 * here.
 */
final class DeclaredElsewhere {
    private final boolean[] declared;
    private final Set<String> signatures = new HashSet<>();
    private final Map<String, Integer> tags = new HashMap<>();
    private final Map<String, Integer> identifiers = new HashMap<>();
    private final Set<String> functions = new HashSet<>();

    /**
     * Compares two BTFs.
     *
     * @param btf what is to be dumped
     * @param other what is declared already, null for nothing
     */
    DeclaredElsewhere(Btf btf, JoinedTypes types, Btf other) {
        if (other == null) {
            declared = null;
            return;
        }
        declared = new boolean[types.typeCount()];
        JoinedTypes others = JoinedTypes.of(FlatAccess.of(other));
        for (int id = 1; id < others.typeCount(); id++) {
            collect(others, id);
        }
        int shared = isBaseOf(other, btf) ? other.typeCount() : 1;
        for (int id = 1; id < types.typeCount(); id++) {
            declared[id] = id < shared || signatures.contains(signature(types, id));
        }
    }

    private static boolean isBaseOf(Btf other, Btf btf) {
        Btf part = btf;
        while (part != null && part != other) {
            part = part.base();
        }
        return part != null;
    }

    private void collect(JoinedTypes others, int id) {
        BtfKind kind = others.kind(id);
        if (kind == null) {
            return;
        }
        String name = name(others, others.nameOff(id));
        String signature = signature(others, id);
        if (!signature.isEmpty()) {
            signatures.add(signature);
        }
        switch (kind) {
            case STRUCT, UNION -> {
                tags.merge(name, 1, Integer::sum);
                signatures.add(forward(kind == BtfKind.UNION, name));
            }
            case ENUM, ENUM64 -> {
                tags.merge(name, 1, Integer::sum);
                int at = others.elementsAt(id, kind);
                for (int i = others.vlen(id); i > 0; i--, at += kind.elementWords()) {
                    identifiers.merge(name(others, others.words()[at]), 1, Integer::sum);
                }
            }
            case TYPEDEF -> identifiers.merge(name, 1, Integer::sum);
            case FUNC -> functions.add(name);
            case VOID, INT, FLOAT, PTR, ARRAY, FWD, VOLATILE, CONST, RESTRICT -> {}
            case FUNC_PROTO, VAR, DATASEC, DECL_TAG, TYPE_TAG -> {}
        }
    }

    /** What types must have in common to be the same declaration; empty for kinds that declare nothing. */
    private static String signature(JoinedTypes types, int id) {
        BtfKind kind = types.kind(id);
        String name = name(types, types.nameOff(id));
        if (kind == BtfKind.FWD) {
            return forward(types.kflag(id), name);
        }
        boolean isEnum = kind == BtfKind.ENUM || kind == BtfKind.ENUM64;
        if (isEnum && name.isEmpty() && types.vlen(id) != 0) {
            name = "{" + name(types, types.words()[types.elementsAt(id, kind)]);
        }
        if (name.isEmpty()) {
            return "";
        }
        if (kind == BtfKind.TYPEDEF) {
            return "typedef " + name;
        }
        return isEnum || KindSet.COMPOSITES.has(kind)
                ? kind + " " + name + " " + types.sizeOrType(id) + " " + types.vlen(id)
                : "";
    }

    private static String forward(boolean isUnion, String name) {
        return (isUnion ? "union " : "struct ") + name;
    }

    /** A name, one character per byte. */
    private static String name(JoinedTypes types, int nameOff) {
        int end = nameOff;
        while (types.strings()[end] != 0) {
            end++;
        }
        return new String(types.strings(), nameOff, end - nameOff, StandardCharsets.ISO_8859_1);
    }

    /** Whether a type is declared there. */
    boolean has(int typeId) {
        return declared != null && declared[typeId];
    }

    /** How many structs, unions and enums of a name are there; as many names are taken. */
    int tagCount(JoinedTypes types, int nameOff) {
        return declared == null ? 0 : tags.getOrDefault(name(types, nameOff), 0);
    }

    /** How many typedefs and enumerators of a name are there; as many names are taken. */
    int identifierCount(JoinedTypes types, int nameOff) {
        return declared == null ? 0 : identifiers.getOrDefault(name(types, nameOff), 0);
    }

    /** Whether there is a function of that name there. */
    boolean hasFunction(JoinedTypes types, int nameOff) {
        return declared != null && functions.contains(name(types, nameOff));
    }
}
