package org.btfkit.btf.javagen;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.btfkit.BtfUnsupportedException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.flat.Identifiers;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;

/**
 * Names of classes, one for each struct, union and enum of the BTF that has a name or is named by a typedef. They do
 * not depend on which of the types are asked for: a type is called the same wherever it comes along.
 *
 * <p>Cost: one pass over the types, and their names.
 */
final class JavaNames {
    /** Words that Java keeps to itself, literals among them. */
    private static final Set<String> KEYWORDS = Set.of(
            ("abstract assert boolean break byte case catch char class const continue default do double else enum"
                            + " extends final finally float for goto if implements import instanceof int interface long"
                            + " native new package private protected public return short static strictfp super switch"
                            + " synchronized this throw throws transient try void volatile while true false null _")
                    .split(" "));

    /** What no class may be called, or what the sources themselves use by a plain name. */
    private static final Set<String> NO_CLASSES = Set.of(
            ("var yield record sealed permits java String Object Objects Override MemoryLayout MemorySegment StructLayout"
                            + " UnionLayout SegmentAllocator BYTE SHORT INT LONG FLOAT DOUBLE LAYOUT UNALIGNED "
                            + ValuesSource.CLASS)
                    .split(" "));

    private final FlatTypes types;
    private final boolean isCaseInsensitive;
    private final Map<Integer, String> names = new HashMap<>();
    private final Set<Integer> namesakes = new HashSet<>();
    private final Set<String> taken = new HashSet<>();

    JavaNames(Btf btf, JavaOptions options) {
        this.types = FlatAccess.of(btf);
        this.isCaseInsensitive = options.isCaseInsensitive();
        String packageName = options.packageName();
        int dot = packageName.indexOf('.');
        take(dot < 0 ? packageName : packageName.substring(0, dot));
        NO_CLASSES.forEach(this::take);
        Map<String, Integer> seen = new HashMap<>();
        for (int typeId = 1; typeId < types.typeCount(); typeId++) {
            BtfKind kind = types.kind(typeId);
            if (kind == null) {
                throw new BtfUnsupportedException(
                        btf.source() + ": " + btf.describe(typeId) + ": unknown kind, expected a known one");
            }
            boolean isTagged = KindSet.COMPOSITES.has(kind) || KindSet.ENUMS.has(kind);
            int namedId = isTagged && types.nameOff(typeId) != 0 ? typeId : kind == BtfKind.TYPEDEF ? named(typeId) : 0;
            if (namedId != 0) {
                assign(namedId, types.name(typeId), isTagged ? prefix(kind) : "", seen);
            }
        }
    }

    /** The type without a name that a typedef is the first to name; 0 if it names no such. */
    private int named(int typedefId) {
        int targetId = types.sizeOrType(typedefId);
        for (int steps = 0; steps < 32 && types.is(targetId, KindSet.MODIFIERS); steps++) {
            targetId = types.sizeOrType(targetId);
        }
        boolean isTagged = types.is(targetId, KindSet.COMPOSITES) || types.is(targetId, KindSet.ENUMS);
        return isTagged && types.nameOff(targetId) == 0 && !names.containsKey(targetId) ? targetId : 0;
    }

    private void assign(int typeId, String cName, String prefix, Map<String, Integer> seen) {
        int count = seen.merge(prefix + cName, 1, Integer::sum);
        String name = identifier(cName) + (count == 1 ? "" : "_" + count);
        if (count > 1) {
            namesakes.add(typeId);
        }
        while (!take(name)) {
            name += "_";
        }
        names.put(typeId, name);
    }

    private boolean take(String name) {
        return taken.add(isCaseInsensitive ? name.toLowerCase(Locale.ROOT) : name);
    }

    /** Names a type that has no name at all, unless that was done before. */
    void nameNameless(int typeId, String wanted) {
        if (!names.containsKey(typeId)) {
            assign(typeId, wanted, "nameless ", new HashMap<>());
        }
    }

    /** What stands before a tag in C. */
    static String prefix(BtfKind kind) {
        return switch (kind) {
            case STRUCT -> "struct ";
            case UNION -> "union ";
            case ENUM, ENUM64 -> "enum ";
            default -> "";
        };
    }

    /** The class of a type; null if it has none of its own, as it has no name. */
    String of(int typeId) {
        return names.get(typeId);
    }

    /** Whether an earlier type has the same name in C. */
    boolean isNamesake(int typeId) {
        return namesakes.contains(typeId);
    }

    static boolean isKeyword(String word) {
        return KEYWORDS.contains(word);
    }

    /** A name of C as it can stand in a string literal. */
    static String text(String cName) {
        String identifier = identifier(cName);
        return identifier.length() == cName.length() + 1 && identifier.startsWith(cName) ? cName : identifier;
    }

    /** Makes a name of C, or of a damaged file, one of Java. */
    static String identifier(String cName) {
        String plain = cName.isEmpty() ? "_" : Identifiers.plain(cName);
        return isKeyword(plain) ? plain + "_" : plain;
    }
}
