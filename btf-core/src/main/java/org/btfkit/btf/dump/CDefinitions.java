package org.btfkit.btf.dump;

import static org.btfkit.btf.dump.DumpOutput.bytes;

import org.btfkit.btf.flat.JoinedTypes;
import org.btfkit.btf.format.BtfKind;

/**
 * Writes the definitions of named types, each once, with the forward declarations that they need.
 *
 * <p>{@link DefinitionOrder} has seen to it that what a definition needs by value is written before it. What it only
 * points to may be missing still: before a definition, all that it mentions is looked through, and a named struct or
 * union that is not written yet is declared forward. A struct mentioned within itself needs no such thing. A typedef
 * that is not written yet is written then.
 */
final class CDefinitions {
    private static final byte OPEN = 1;
    private static final byte WRITTEN = 2;

    private static final byte[] END = bytes(";\n\n");
    private static final byte[] TYPEDEF = bytes("typedef ");
    private static final byte[] BUILT_IN_LIST = bytes("__builtin_va_list ");
    private static final byte[] GCC_LIST = bytes("__gnuc_va_list");

    private final JoinedTypes types;
    private final DumpOutput out;
    private final DumpLimits limits;
    private final CNames names;
    private final CBodies bodies;
    private final byte[] states;

    /** Types that are declared, if not defined: structs and unions declared forward, typedefs written early. */
    private final boolean[] declared;

    CDefinitions(
            JoinedTypes types,
            DumpOutput out,
            DumpLimits limits,
            CNames names,
            CBodies bodies,
            DeclaredElsewhere elsewhere) {
        this.types = types;
        this.out = out;
        this.limits = limits;
        this.names = names;
        this.bodies = bodies;
        this.states = new byte[types.typeCount()];
        this.declared = new boolean[types.typeCount()];
        states[0] = WRITTEN;
        for (int id = 1; id < states.length; id++) {
            if (elsewhere.has(id)) {
                states[id] = WRITTEN;
            }
        }
    }

    /** Writes a type that {@link DefinitionOrder} has put out, unless that is done. */
    void define(int typeId) {
        if (states[typeId] == WRITTEN) {
            return;
        }
        BtfKind kind = types.kind(typeId);
        switch (kind) {
            case ENUM, ENUM64 -> bodies.putEnum(typeId, kind, 0);
            case FWD -> bodies.putForward(typeId);
            case STRUCT, UNION -> {
                states[typeId] = OPEN;
                mentionElements(typeId, kind, typeId);
                bodies.putComposite(typeId, kind, 0);
            }
            case TYPEDEF -> {
                mention(typeId, 0);
                return;
            }
            default -> throw new IllegalStateException(kind.name());
        }
        out.put(END);
        states[typeId] = WRITTEN;
    }

    /** Declares forward whatever a type needs to be used in the definition of {@code containerId}. */
    void mention(int typeId, int containerId) {
        if (states[typeId] == WRITTEN) {
            return;
        }
        BtfKind kind = types.kind(typeId);
        if (states[typeId] == OPEN) {
            mentionOpen(typeId, kind, containerId);
            return;
        }
        limits.enter(typeId);
        switch (kind) {
            case INT, FLOAT -> {
                names.putAlias(typeId);
                states[typeId] = WRITTEN;
            }
            case ENUM, ENUM64 -> states[typeId] = WRITTEN;
            case FWD -> {
                bodies.putForward(typeId);
                out.put(END);
                states[typeId] = WRITTEN;
            }
            case PTR, VOLATILE, CONST, RESTRICT, TYPE_TAG -> mention(types.sizeOrType(typeId), containerId);
            case ARRAY -> mention(types.elementType(typeId), containerId);
            case STRUCT, UNION -> mentionComposite(typeId, kind, containerId);
            case TYPEDEF -> {
                states[typeId] = OPEN;
                mention(types.sizeOrType(typeId), typeId);
                putTypedef(typeId);
                states[typeId] = WRITTEN;
            }
            case FUNC_PROTO -> {
                mention(types.sizeOrType(typeId), containerId);
                mentionElements(typeId, kind, containerId);
            }
            case VOID, FUNC, VAR, DATASEC, DECL_TAG -> {}
        }
        limits.leave();
    }

    private void mentionComposite(int typeId, BtfKind kind, int containerId) {
        if (types.nameOff(typeId) == 0) {
            states[typeId] = OPEN;
            mentionElements(typeId, kind, containerId);
            states[typeId] = 0;
        } else if (typeId != containerId) {
            putForwardOnce(typeId, kind);
        }
    }

    /** A type is mentioned that mentions lead back to. */
    private void mentionOpen(int typeId, BtfKind kind, int containerId) {
        if (kind == BtfKind.TYPEDEF) {
            putTypedef(typeId);
        } else if (typeId != containerId && types.nameOff(typeId) != 0) {
            putForwardOnce(typeId, kind);
        }
    }

    private void mentionElements(int typeId, BtfKind kind, int containerId) {
        int at = types.elementsAt(typeId, kind) + kind.elementTypeWord();
        for (int i = types.vlen(typeId); i > 0; i--, at += kind.elementWords()) {
            mention(types.words()[at], containerId);
        }
    }

    private void putForwardOnce(int typeId, BtfKind kind) {
        if (!declared[typeId]) {
            bodies.putCompositeHead(typeId, kind == BtfKind.UNION);
            out.put(END);
            declared[typeId] = true;
        }
    }

    /** Puts a typedef, unless that was done early or compilers have it built in. */
    private void putTypedef(int typeId) {
        if (declared[typeId]) {
            return;
        }
        declared[typeId] = true;
        if (names.isBuiltIn(typeId)) {
            return;
        }
        out.put(TYPEDEF);
        if (types.sizeOrType(typeId) == 0 && types.isString(types.nameOff(typeId), GCC_LIST)) {
            // Old versions of gcc describe it as void.
            out.put(BUILT_IN_LIST);
            names.putIdentifier(typeId);
        } else {
            bodies.declarators().putTypedef(typeId);
        }
        out.put(END);
    }
}
