package org.btfkit.dedup;

import org.btfkit.btf.format.Words;

/**
 * Resolves forward declarations that no comparison of structs has met, where there is no doubt: {@code struct foo;} in
 * one unit is the {@code foo} of another if all canonical structs and unions together have that name once.
 *
 * <p>Names are compared, and nothing else; a declaration of a union is not resolved to a struct.
 */
final class ForwardResolver {
    private final TypeGraph graph;
    private final int[] map;
    private final UniqueNames names;

    /**
     * Prepares to resolve.
     *
     * @param names the names of the base's structs and unions; added to
     */
    ForwardResolver(TypeGraph graph, Canonicals canonicals, UniqueNames names) {
        this.graph = graph;
        this.map = canonicals.map;
        this.names = names;
    }

    /** Treats all own types. */
    void run() {
        int[] words = graph.words;
        for (int id = graph.firstOwn; id < graph.typeCount; id++) {
            if (map[id] == id) {
                addComposite(graph, names, id);
            }
        }
        for (int id = graph.firstOwn; id < graph.typeCount; id++) {
            if (map[id] != id) {
                continue;
            }
            int at = graph.at(id);
            if (KindRole.of(words[at + 1]) == KindRole.FORWARD) {
                int found = names.find(words[at]);
                if (found != 0 && Words.kind(graph.info(found)) == KindRole.declaredKind(words[at + 1])) {
                    map[id] = found;
                }
            }
        }
    }

    /** Adds the name of a type if it is a struct or union. */
    static void addComposite(TypeGraph graph, UniqueNames names, int id) {
        int at = graph.at(id);
        if (KindRole.of(graph.words[at + 1]) == KindRole.COMPOSITE) {
            names.add(graph.words[at], id);
        }
    }
}
