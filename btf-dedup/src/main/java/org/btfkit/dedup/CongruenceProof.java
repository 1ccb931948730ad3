package org.btfkit.dedup;

import java.util.Arrays;
import java.util.BitSet;
import org.btfkit.BtfException;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;

/**
 * Proves of a range of types that each is like its canonical one, and those of one unit like each other: the first two
 * conditions of {@link UnitwiseDedup}. One object per thread.
 *
 * <p>Cost: a pass over the words of structs, unions and typedefs, and one over the ids.
 */
final class CongruenceProof {
    /** Steps for comparing types of one unit; kernels need some hundred thousand. */
    private static final long MAX_STEPS = 1L << 26;

    private final TypeGraph graph;
    private final Canonicals canonicals;
    private final int[] words;
    private final int[] newIds;

    /** By new id: the canonical type, as id of the input. */
    private final int[] canonicalOf;

    /** By new id: a declaration that it stands for, 0 if none was met. */
    private final int[] declarations;

    /** By new id: the last unit that has the type, and its first id there. */
    private final int[] units;

    private final int[] firstInUnit;
    private final IdenticalTypes identical;

    CongruenceProof(TypeGraph graph, Canonicals canonicals, int[] newIds, int[] canonicalOf) {
        this.graph = graph;
        this.canonicals = canonicals;
        this.words = graph.words;
        this.newIds = newIds;
        this.canonicalOf = canonicalOf;
        this.declarations = new int[canonicalOf.length];
        this.units = new int[canonicalOf.length];
        this.firstInUnit = new int[canonicalOf.length];
        this.identical = new IdenticalTypes(graph, new StepBudget(graph, MAX_STEPS));
    }

    /**
     * Tries to prove it.
     *
     * @param from the first type, where a unit begins
     * @param to the type after the last one, where another begins
     * @param starts where units begin
     */
    boolean holds(int from, int to, int[] starts) {
        int next = Arrays.binarySearch(starts, from);
        int unit = 0;
        try {
            for (int id = from; id < to; id++) {
                if (next < starts.length && starts[next] == id) {
                    next++;
                    unit++;
                }
                if (!isLikeCanonical(id) || !isUnique(id, unit)) {
                    return false;
                }
            }
            return true;
        } catch (BtfException e) {
            return false; // too many steps
        }
    }

    /** Tells whether a type differs from its canonical one at most in which of equal types it refers to. */
    private boolean isLikeCanonical(int id) {
        int at = graph.at(id);
        int info = words[at + 1];
        int canonical = canonicalOf[newIds[id]];
        switch (KindRole.of(info)) {
            case KindRole.TYPEDEF -> {
                int canonicalAt = graph.at(canonical);
                return words[at] == words[canonicalAt]
                        && info == words[canonicalAt + 1]
                        && newIds[words[at + 2]] == newIds[words[canonicalAt + 2]];
            }
            case KindRole.COMPOSITE -> {
                return canonical == id || isLikeCanonical(at, graph.at(canonical), info);
            }
            case KindRole.FORWARD -> {
                // Declarations that differ, though nobody can say in what, would not be equal in each other's place.
                int declaration = canonicals.map[id];
                declaration = graph.role(declaration) == KindRole.FORWARD ? declaration : id;
                int other = declarations[newIds[id]];
                declarations[newIds[id]] = declaration;
                return other == 0 || other == declaration;
            }
            case KindRole.ENUM -> {
                if (Words.vlen(info) == 0) {
                    declarations[newIds[id]] = id;
                }
                // Comparisons do not take one for a declaration of the other if only one is an ENUM64.
                return Words.kind(info) == Words.kind(graph.info(canonical));
            }
            default -> {
                return true;
            }
        }
    }

    private boolean isLikeCanonical(int at, int canonicalAt, int info) {
        if (!graph.sameShape(at, canonicalAt)) {
            return false;
        }
        int shift = canonicalAt - at;
        int step = BtfKind.STRUCT.elementWords();
        int end = at + TypeGraph.HEADER_WORDS + Words.vlen(info) * step;
        for (int i = at + TypeGraph.HEADER_WORDS + 1; i < end; i += step) {
            if (newIds[words[i]] != newIds[words[i + shift]]) {
                return false;
            }
        }
        return true;
    }

    /**
     * Tells whether a type is the only one of its unit that has its canonical type, or looks like the first of them.
     */
    private boolean isUnique(int id, int unit) {
        int newId = newIds[id];
        if (units[newId] != unit) {
            units[newId] = unit;
            firstInUnit[newId] = id;
            return true;
        }
        return switch (graph.role(id)) {
            // Equal if their canonical types are; or never compared.
            case KindRole.INT, KindRole.FLOAT, KindRole.SINGULAR, KindRole.DECL_TAG -> true;
            default -> identical.test(firstInUnit[newId], id);
        };
    }

    /**
     * Adds the types that declarations were resolved to, by new id.
     *
     * @return whether those of this range and of others are the same declarations
     */
    boolean addDeclared(BitSet declared, int[] all) {
        for (int newId = 0; newId < declarations.length; newId++) {
            int declaration = declarations[newId];
            if (declaration == 0) {
                continue;
            }
            declared.set(newId);
            if (graph.role(declaration) == KindRole.FORWARD) {
                if (all[newId] != 0 && all[newId] != declaration) {
                    return false;
                }
                all[newId] = declaration;
            }
        }
        return true;
    }
}
