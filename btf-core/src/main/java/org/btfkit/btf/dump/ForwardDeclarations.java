package org.btfkit.btf.dump;

import static org.btfkit.btf.dump.DumpOutput.bytes;

import org.btfkit.btf.flat.JoinedTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;

/**
 * Writes {@code struct name;} and {@code union name;} and nothing else.
 *
 * <p>Which of several types of a name keeps it shows only when all are written: definitions are to be written before,
 * even if nobody reads them.
 */
final class ForwardDeclarations {
    private static final byte[] END = bytes(";\n");

    private final JoinedTypes types;
    private final DumpOutput out;
    private final CBodies bodies;
    private final DeclaredElsewhere elsewhere;
    private final NameCounts structs;
    private final NameCounts unions;

    ForwardDeclarations(JoinedTypes types, DumpOutput out, CBodies bodies, DeclaredElsewhere elsewhere) {
        this.types = types;
        this.out = out;
        this.bodies = bodies;
        this.elsewhere = elsewhere;
        this.structs = new NameCounts(types);
        this.unions = new NameCounts(types);
    }

    /** Declares those of the given types that have a tag; what is known by a FWD only comes last. */
    void putAll(int[] typeIds) {
        for (int id : typeIds) {
            BtfKind kind = types.kind(id);
            if (KindSet.COMPOSITES.has(kind) && isWanted(id)) {
                boolean isUnion = kind == BtfKind.UNION;
                (isUnion ? unions : structs).add(types.nameOff(id));
                bodies.putCompositeHead(id, isUnion);
                out.put(END);
            }
        }
        for (int id : typeIds) {
            if (types.kind(id) == BtfKind.FWD && isWanted(id)) {
                NameCounts names = types.kflag(id) ? unions : structs;
                if (names.add(types.nameOff(id)) == 1) {
                    bodies.putForward(id);
                    out.put(END);
                }
            }
        }
    }

    private boolean isWanted(int id) {
        return types.nameOff(id) != 0 && !elsewhere.has(id);
    }
}
