package org.btfkit.btf.dump;

import static org.btfkit.btf.dump.DumpOutput.bytes;

import java.util.Arrays;
import org.btfkit.btf.flat.JoinedTypes;
import org.btfkit.btf.format.BtfKind;

/**
 * Writes a declaration: a type and a name, in C's order.
 *
 * <p><b>Problem.</b> BTF nests a type from the outside in, C writes it from the inside out, around the name. An array
 * of three pointers to functions that take an int and return a const char pointer is in BTF
 *
 * <pre>
 * ARRAY 3 -&gt; PTR -&gt; FUNC_PROTO(int) -&gt; PTR -&gt; CONST -&gt; INT char
 * </pre>
 *
 * and in C {@code const char *(*name[3])(int)}.
 *
 * <p><b>Passes.</b> (1) Follow the types to the one at the end of the chain, which has a name or a body. (2) Go back
 * from there and write what stands left of the name: that type, with the qualifiers next to it before it, then
 * {@code *} and qualifiers of pointers, and an opening parenthesis where an array or prototype is not the outermost;
 * remember the arrays and prototypes. (3) Write the name. (4) Write what stands right of it: for each array or
 * prototype remembered, the last one first, the closing parenthesis and its count or parameters.
 *
 * <p><b>Cost.</b> Linear in what is written. Chains and what is remembered of them lie on two stacks that nested
 * declarations, of parameters and of members of anonymous structs, share.
 *
 * <p>White space, and what becomes of qualifiers that C cannot express (those of arrays and functions are dropped), is
 * as in libbpf's {@code btf_dump__emit_type_decl}.
 */
final class CDeclarators {
    /** In place of a name: there is none. */
    static final int NO_NAME = 0;

    private static final byte[] VOID = bytes("void");
    private static final byte[] ELLIPSIS = bytes("...");
    private static final byte[] COMMA = bytes(", ");
    private static final byte[] OPEN_FUNCTION = bytes(" (");
    private static final byte[] POINTER = bytes(" *");
    private static final byte[] CONST = bytes("const ");
    private static final byte[] VOLATILE = bytes("volatile ");
    private static final byte[] AFTER_CONST = bytes(" const");
    private static final byte[] AFTER_VOLATILE = bytes(" volatile");
    private static final byte[] ATTRIBUTE = bytes(" __attribute__((");
    private static final byte[] END_ATTRIBUTE = bytes("))");
    private static final byte[] TAG = bytes(" __attribute__((btf_type_tag(\"");
    private static final byte[] END_TAG = bytes("\")))");

    private final JoinedTypes types;
    private final DumpOutput out;
    private final DumpLimits limits;
    private final CNames names;
    private final CBodies bodies;

    /** The chains being written, each from the outermost type to the innermost. */
    private int[] chain = new int[64];

    private int chainEnd;

    /** The arrays and prototypes left to complete; negated where a parenthesis is open. */
    private int[] suffixes = new int[64];

    private int suffixEnd;

    /** Where the chain being read backwards has got to. */
    private int at;

    CDeclarators(JoinedTypes types, DumpOutput out, DumpLimits limits, CNames names, CBodies bodies) {
        this.types = types;
        this.out = out;
        this.limits = limits;
        this.names = names;
        this.bodies = bodies;
    }

    /** Puts {@code typedef type name}. */
    void putTypedef(int typedefId) {
        names.claimIdentifier(typedefId);
        declare(types.sizeOrType(typedefId), ~typedefId, 0);
    }

    /**
     * Puts a declaration.
     *
     * @param typeId the type
     * @param name a string offset, {@link #NO_NAME}, or the complement of the id of a typedef that is being defined
     * @param level depth of indentation of the lines of an anonymous struct
     */
    void declare(int typeId, int name, int level) {
        declare(typeId, name, level, false);
    }

    /** Puts the declaration of a member, whose size is not to depend on what the compiler has built in. */
    void declareByValue(int typeId, int name, int level) {
        declare(typeId, name, level, true);
    }

    private void declare(int typeId, int name, int level, boolean isByValue) {
        limits.enter(typeId);
        int bottom = chainEnd;
        int firstSuffix = suffixEnd;
        if (collect(typeId, isByValue)) {
            boolean afterPointer = putLeft(bottom, name, level);
            putName(name, afterPointer);
            putRight(firstSuffix, level);
        }
        chainEnd = bottom;
        suffixEnd = firstSuffix;
        limits.leave();
    }

    /** Pushes a chain; returns whether its end can be declared. */
    private boolean collect(int typeId, boolean isByValue) {
        boolean expands = isByValue;
        int bottom = chainEnd;
        int id = typeId;
        while (true) {
            if (expands && types.kind(id) == BtfKind.TYPEDEF && names.isExpanded(id)) {
                limits.step(typeId);
                id = types.sizeOrType(id);
                continue;
            }
            if (chainEnd == chain.length) {
                chain = Arrays.copyOf(chain, chainEnd * 2);
            }
            chain[chainEnd++] = id;
            if (chainEnd - bottom > DumpLimits.MAX_DEPTH) {
                throw limits.tooDeep(typeId);
            }
            BtfKind kind = types.kind(id);
            expands &= kind != BtfKind.PTR && kind != BtfKind.FUNC_PROTO;
            switch (kind) {
                case PTR, VOLATILE, CONST, RESTRICT, TYPE_TAG, FUNC_PROTO -> id = types.sizeOrType(id);
                case ARRAY -> id = types.elementType(id);
                case VOID, INT, FLOAT, STRUCT, UNION, ENUM, ENUM64, FWD, TYPEDEF -> {
                    return true;
                }
                case FUNC, VAR, DATASEC, DECL_TAG -> {
                    return false;
                }
            }
        }
    }

    /** Puts all that is left of the name; returns whether a name may follow without a space. */
    private boolean putLeft(int bottom, int name, int level) {
        boolean afterPointer = true;
        int next = chainEnd - 1;
        while (next >= bottom) {
            int id = chain[next--];
            BtfKind kind = types.kind(id);
            at = next;
            switch (kind) {
                case PTR -> {
                    if (afterPointer) {
                        out.put('*');
                    } else {
                        out.put(POINTER);
                    }
                }
                case ARRAY, FUNC_PROTO -> afterPointer = openSuffix(id, kind, bottom, name, afterPointer);
                case CONST -> out.put(AFTER_CONST);
                case VOLATILE -> out.put(AFTER_VOLATILE);
                case RESTRICT -> {
                    out.put(' ');
                    out.put(names.restrict());
                }
                case TYPE_TAG -> {
                    putQualifiers(bottom);
                    if (names.keepsTypeTag(id)) {
                        putTypeTag(id);
                    }
                }
                case VOID, INT, FLOAT, STRUCT, UNION, ENUM, ENUM64, FWD, TYPEDEF -> {
                    putQualifiers(bottom);
                    next = at;
                    putSpecifier(id, kind, level);
                    at = next;
                }
                case FUNC, VAR, DATASEC, DECL_TAG -> throw limits.fault(id, "within a declaration");
            }
            next = at;
            if (kind != BtfKind.ARRAY && kind != BtfKind.FUNC_PROTO) {
                afterPointer = kind == BtfKind.PTR;
            }
        }
        return afterPointer;
    }

    /** Remembers an array or prototype, in a parenthesis if more comes before the name. */
    private boolean openSuffix(int id, BtfKind kind, int bottom, int name, boolean afterPointer) {
        while (at >= bottom && isModifier(types.kind(chain[at]))) {
            at--;
        }
        boolean isOutermost = at < bottom;
        boolean isPlain = isOutermost || kind == BtfKind.ARRAY && types.kind(chain[at]) == BtfKind.ARRAY;
        if (suffixEnd == suffixes.length) {
            suffixes = Arrays.copyOf(suffixes, suffixEnd * 2);
        }
        suffixes[suffixEnd++] = isPlain ? id : -id;
        if (isOutermost) {
            return afterPointer;
        }
        if (kind == BtfKind.FUNC_PROTO) {
            out.put(OPEN_FUNCTION);
        } else {
            if (!afterPointer && isNamed(name)) {
                out.put(' ');
            }
            if (!isPlain) {
                out.put('(');
            }
        }
        return true;
    }

    private static boolean isModifier(BtfKind kind) {
        return kind == BtfKind.CONST
                || kind == BtfKind.VOLATILE
                || kind == BtfKind.RESTRICT
                || kind == BtfKind.TYPE_TAG;
    }

    /** Puts the qualifiers that come next, and steps over them. */
    private void putQualifiers(int bottom) {
        for (; at >= bottom; at--) {
            BtfKind kind = types.kind(chain[at]);
            if (kind == BtfKind.CONST) {
                out.put(CONST);
            } else if (kind == BtfKind.VOLATILE) {
                out.put(VOLATILE);
            } else if (kind == BtfKind.RESTRICT) {
                out.put(names.restrict());
                out.put(' ');
            } else {
                return;
            }
        }
    }

    private void putTypeTag(int id) {
        out.put(types.kflag(id) ? ATTRIBUTE : TAG);
        out.putString(types.strings(), types.nameOff(id));
        out.put(types.kflag(id) ? END_ATTRIBUTE : END_TAG);
    }

    /** Puts the type at the end of a chain; an anonymous one with its body. */
    private void putSpecifier(int id, BtfKind kind, int level) {
        boolean isAnonymous = types.nameOff(id) == 0;
        switch (kind) {
            case VOID -> out.put(VOID);
            case INT, FLOAT -> names.putScalar(id);
            case TYPEDEF -> names.putIdentifier(id);
            case FWD -> bodies.putForward(id);
            case STRUCT, UNION -> {
                if (isAnonymous) {
                    bodies.putComposite(id, kind, level);
                } else {
                    bodies.putCompositeHead(id, kind == BtfKind.UNION);
                }
            }
            case ENUM, ENUM64 -> {
                if (isAnonymous) {
                    bodies.putEnum(id, kind, level);
                } else {
                    bodies.putEnumHead(id);
                }
            }
            default -> throw new IllegalStateException(kind.name());
        }
    }

    private boolean isNamed(int name) {
        return types.strings()[name < 0 ? types.nameOff(~name) : name] != 0;
    }

    private void putName(int name, boolean afterPointer) {
        if (isNamed(name)) {
            if (!afterPointer) {
                out.put(' ');
            }
            if (name < 0) {
                names.putIdentifier(~name);
            } else {
                names.putField(name);
            }
        }
    }

    /** Puts all that is right of the name. */
    private void putRight(int firstSuffix, int level) {
        while (suffixEnd > firstSuffix) {
            int id = suffixes[--suffixEnd];
            if (id < 0) {
                out.put(')');
                id = -id;
            }
            if (types.kind(id) == BtfKind.ARRAY) {
                out.put('[');
                out.putUnsigned(types.elementCount(id));
                out.put(']');
            } else {
                putParameters(id, level);
            }
        }
    }

    private void putParameters(int protoId, int level) {
        int[] words = types.words();
        int vlen = types.vlen(protoId);
        int param = types.elementsAt(protoId, BtfKind.FUNC_PROTO);
        out.put('(');
        if (vlen == 0 || vlen == 1 && words[param + 1] == 0) {
            out.put(VOID);
        } else {
            for (int i = 0; i < vlen; i++, param += BtfKind.FUNC_PROTO.elementWords()) {
                if (i > 0) {
                    out.put(COMMA);
                }
                if (i == vlen - 1 && words[param + 1] == 0) {
                    out.put(ELLIPSIS);
                } else {
                    declare(words[param + 1], names.parameter(protoId, i, words[param]), level);
                }
            }
        }
        out.put(')');
    }
}
