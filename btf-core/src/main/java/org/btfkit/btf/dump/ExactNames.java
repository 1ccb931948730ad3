package org.btfkit.btf.dump;

import static org.btfkit.btf.dump.DumpOutput.bytes;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.btfkit.btf.flat.JoinedTypes;
import org.btfkit.btf.format.BtfKind;

/**
 * Names that compilers take, whatever the BTF has for names.
 *
 * <p>More than {@link CNames} does: names that are no C get others, see {@link CIdentifiers}; a number is never one
 * that makes the name of another type; what the compiler has built in gets none; and a forward declaration of a struct
 * does not share the tag of a union or enum.
 */
final class ExactNames extends CNames {
    private static final byte[] RESTRICT = bytes("__restrict");
    private static final byte[] BOOL = bytes("_Bool");
    private static final byte[] BOOL_NAME = bytes("bool");
    private static final byte[] TRUE_NAME = bytes("true");
    private static final byte[] FALSE_NAME = bytes("false");
    private static final byte[] ADDRESS_SPACE = bytes("address_space(1)");
    private static final int UNION_TAG = 1;
    private static final int ENUM_TAG = 2;

    private final CIdentifiers identifiers;
    private final ExactScalars scalars;
    private final DeclaredElsewhere elsewhere;
    private final String prefix;

    /** The name of each type that has got one. */
    private final byte[][] given;

    /** For each tag what it is the tag of: 0 for structs, {@link #UNION_TAG}, {@link #ENUM_TAG}. */
    private final Map<String, Integer> tagKinds = new HashMap<>();

    /** Tags that are defined, not only declared. */
    private final Set<String> definedTags = new HashSet<>();

    /** Tags of forward declarations, by kind. */
    private final List<Map<String, String>> forwards = List.of(new HashMap<>(), new HashMap<>(), new HashMap<>());

    private final Set<String> ordinary = new HashSet<>();
    private final Map<String, Integer> tagCounts = new HashMap<>();
    private final Map<String, Integer> ordinaryCounts = new HashMap<>();

    /** Names of typedefs, which parameters must not hide. */
    private final Set<String> typedefs = new HashSet<>();

    private Set<String> all;
    private final List<String> leftOut = new ArrayList<>();

    ExactNames(JoinedTypes types, DumpOutput out, DeclaredElsewhere elsewhere, String prefix, ExactScalars scalars) {
        super(types, out, elsewhere, bytes(prefix));
        this.elsewhere = elsewhere;
        this.prefix = prefix;
        this.scalars = scalars;
        this.identifiers = new CIdentifiers(types, !prefix.isEmpty());
        this.given = new byte[types.typeCount()][];
        for (int id = 1; id < given.length; id++) {
            if (types.kind(id) == BtfKind.TYPEDEF) {
                typedefs.add(CIdentifiers.text(types, types.nameOff(id)));
            }
        }
    }

    CIdentifiers identifiers() {
        return identifiers;
    }

    /** What had no place in the header, described. */
    List<String> leftOut() {
        return leftOut;
    }

    void leaveOut(String what) {
        leftOut.add(what);
    }

    /** Puts what makes macros of compilers give way, and what C23 has as keywords. */
    void putHead() {
        for (String macro : identifiers.macros()) {
            out.put(bytes("#undef " + macro + "\n"));
        }
        if (!identifiers.macros().isEmpty()) {
            out.put('\n');
        }
        if (prefix.isEmpty() && hasBool()) {
            out.put(bytes("""
                    #if !defined(__cplusplus) && (!defined(__STDC_VERSION__) || __STDC_VERSION__ < 202311L)
                    #undef bool
                    #undef true
                    #undef false
                    #define bool _Bool
                    #define true 1
                    #define false 0
                    #endif

                    """));
        }
    }

    private boolean hasBool() {
        for (int id = 1; id < types.typeCount(); id++) {
            BtfKind kind = types.kind(id);
            if (kind == BtfKind.TYPEDEF && isBool(id) || kind == BtfKind.ENUM && isTruth(id)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a type is the typedef that C23 has as a keyword. */
    private boolean isBool(int typedefId) {
        int target = types.sizeOrType(typedefId);
        return prefix.isEmpty()
                && types.isString(types.nameOff(typedefId), BOOL_NAME)
                && types.kind(target) == BtfKind.INT
                && scalars.spell(target).equals("_Bool");
    }

    /** Whether a definition is left to the compiler. */
    boolean leavesOut(int typeId) {
        return types.kind(typeId) == BtfKind.ENUM && isTruth(typeId);
    }

    /** Whether an enum has no more than the values that C23 has as keywords. */
    boolean isTruth(int enumId) {
        int vlen = types.vlen(enumId);
        if (!prefix.isEmpty() || vlen == 0 || vlen > 2 || types.nameOff(enumId) != 0) {
            return false;
        }
        int at = types.elementsAt(enumId, types.kind(enumId));
        for (int i = 0; i < vlen; i++, at += types.kind(enumId).elementWords()) {
            int value = types.words()[at + 1];
            boolean isTrue = value == 1 && types.isString(types.words()[at], TRUE_NAME);
            if (!isTrue && !(value == 0 && types.isString(types.words()[at], FALSE_NAME))) {
                return false;
            }
        }
        return true;
    }

    @Override
    int claimTag(int typeId) {
        tag(typeId);
        return 1;
    }

    @Override
    int claimIdentifier(int typeId) {
        identifier(typeId);
        return 1;
    }

    @Override
    void putTag(int typeId) {
        if (types.nameOff(typeId) != 0) {
            out.put(tag(typeId));
        }
    }

    @Override
    void putIdentifier(int typeId) {
        if (types.nameOff(typeId) != 0) {
            out.put(identifier(typeId));
        }
    }

    /** The tag of a struct, union, enum or forward declaration. */
    byte[] tag(int typeId) {
        if (given[typeId] == null) {
            BtfKind kind = types.kind(typeId);
            boolean isForward = kind == BtfKind.FWD || kind == BtfKind.ENUM && types.vlen(typeId) == 0;
            boolean isUnion = kind == BtfKind.UNION || kind == BtfKind.FWD && types.kflag(typeId);
            int tagKind = isUnion ? UNION_TAG : kind == BtfKind.STRUCT || kind == BtfKind.FWD ? 0 : ENUM_TAG;
            String text = identifiers.global(types.nameOff(typeId));
            boolean isElsewhere = elsewhere.has(typeId);
            given[typeId] = ascii(
                    isElsewhere ? text : isForward ? forward(prefix + text, tagKind) : defined(typeId, text, tagKind));
        }
        return given[typeId];
    }

    private String forward(String text, int tagKind) {
        String known = forwards.get(tagKind).get(text);
        if (known == null) {
            Integer owner = tagKinds.putIfAbsent(text, tagKind);
            known = owner == null || owner == tagKind ? text : numbered(text, tagCounts, tagKinds.keySet());
            tagKinds.putIfAbsent(known, tagKind);
            forwards.get(tagKind).put(text, known);
        }
        return known;
    }

    private String defined(int typeId, String text, int tagKind) {
        String full = prefix + text;
        int taken = elsewhere.tagCount(types, types.nameOff(typeId));
        Integer owner = tagKinds.get(full);
        if (taken == 0 && (owner == null || owner == tagKind) && definedTags.add(full)) {
            tagKinds.put(full, tagKind);
            tagCounts.merge(full, 1, Integer::sum);
            return full;
        }
        String declared = forwards.get(tagKind).get(full);
        if (declared != null && definedTags.add(declared)) {
            return declared;
        }
        tagCounts.merge(full, taken == 0 ? 1 : taken, Math::max);
        String name = numbered(full, tagCounts, tagKinds.keySet());
        tagKinds.put(name, tagKind);
        definedTags.add(name);
        return name;
    }

    /** A name with the next number behind it that nothing else has. */
    private String numbered(String text, Map<String, Integer> counts, Set<String> taken) {
        if (all == null) {
            all = new HashSet<>();
            for (int id = 1; id < types.typeCount(); id++) {
                if (types.nameOff(id) != 0) {
                    all.add(prefix + CIdentifiers.text(types, types.nameOff(id)));
                }
            }
        }
        String name;
        do {
            name = text + "___" + Math.max(2, counts.merge(text, 1, Integer::sum));
        } while (taken.contains(name) || all.contains(name));
        return name;
    }

    private byte[] identifier(int typeId) {
        if (given[typeId] == null) {
            int nameOff = types.nameOff(typeId);
            if (super.isBuiltIn(typeId)) {
                given[typeId] = ascii(CIdentifiers.text(types, nameOff));
            } else if (isBool(typeId)) {
                given[typeId] = BOOL;
            } else if (elsewhere.has(typeId)) {
                given[typeId] = ascii(identifiers.global(nameOff));
            } else {
                given[typeId] = ascii(ordinary(nameOff));
            }
        }
        return given[typeId];
    }

    private String ordinary(int nameOff) {
        String full = prefix + identifiers.global(nameOff);
        int taken = elsewhere.identifierCount(types, nameOff);
        if (taken == 0 && ordinary.add(full)) {
            ordinaryCounts.put(full, 1);
            return full;
        }
        ordinaryCounts.merge(full, taken == 0 ? 1 : taken, Math::max);
        String name = numbered(full, ordinaryCounts, ordinary);
        ordinary.add(name);
        return name;
    }

    @Override
    void putEnumerator(int nameOff) {
        out.put(ascii(ordinary(nameOff)));
    }

    @Override
    boolean isBuiltIn(int typeId) {
        return super.isBuiltIn(typeId) || types.kind(typeId) == BtfKind.TYPEDEF && isBool(typeId);
    }

    @Override
    String tagText(int typeId) {
        return new String(tag(typeId), StandardCharsets.ISO_8859_1);
    }

    @Override
    String identifierText(int typeId) {
        return new String(identifier(typeId), StandardCharsets.ISO_8859_1);
    }

    @Override
    String fieldText(int nameOff) {
        return identifiers.field(nameOff);
    }

    @Override
    void putField(int nameOff) {
        if (identifiers.keepsField(nameOff)) {
            super.putField(nameOff);
        } else {
            out.put(ascii(identifiers.field(nameOff)));
        }
    }

    @Override
    int parameter(int protoId, int param, int nameOff) {
        if (nameOff == 0 || typedefs.contains(CIdentifiers.text(types, nameOff))) {
            return CDeclarators.NO_NAME;
        }
        int at = types.elementsAt(protoId, BtfKind.FUNC_PROTO);
        for (int i = 0; i < param; i++, at += BtfKind.FUNC_PROTO.elementWords()) {
            if (types.words()[at] != 0 && types.compareStrings(types.words()[at], nameOff) == 0) {
                return CDeclarators.NO_NAME;
            }
        }
        return nameOff;
    }

    @Override
    void putScalar(int typeId) {
        out.put(ascii(scalars.spell(typeId)));
    }

    @Override
    void putAlias(int typeId) {
        scalars.define(out, typeId);
    }

    @Override
    byte[] restrict() {
        return RESTRICT;
    }

    @Override
    boolean keepsTypeTag(int typeId) {
        if (types.kflag(typeId)) {
            return types.isString(types.nameOff(typeId), ADDRESS_SPACE);
        }
        for (int i = types.nameOff(typeId); types.strings()[i] != 0; i++) {
            byte b = types.strings()[i];
            if (b < ' ' || b == '"' || b == '\\' || b == 0x7f) {
                return false;
            }
        }
        return true;
    }

    @Override
    boolean isExpanded(int typedefId) {
        int id = typedefId;
        for (int depth = 0; depth < DumpLimits.MAX_DEPTH; depth++) {
            switch (types.kind(id)) {
                case TYPEDEF -> {
                    if (super.isBuiltIn(id)) {
                        return types.sizeOrType(id) != 0;
                    }
                    id = types.sizeOrType(id);
                }
                case CONST, VOLATILE, RESTRICT, TYPE_TAG -> id = types.sizeOrType(id);
                case ARRAY -> id = types.elementType(id);
                default -> {
                    return false;
                }
            }
        }
        return false;
    }

    @Override
    boolean claimFunction(int funcId) {
        int nameOff = types.nameOff(funcId);
        String name = CIdentifiers.text(types, nameOff);
        if (CIdentifiers.isIdentifier(name) && ordinary.add(name)) {
            return true;
        }
        leaveOut("prototype of " + types.describe(funcId));
        return false;
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
