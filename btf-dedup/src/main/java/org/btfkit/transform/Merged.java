package org.btfkit.transform;

import java.util.List;
import org.btfkit.btf.Btf;

/**
 * What merging made.
 *
 * <p>Immutable, and safe for use by several threads.
 *
 * @param btf all own types of the inputs, one input after another
 * @param idOffsets for each input, what to add to the id of an own type of it to get its id in {@link #btf}
 */
public record Merged(Btf btf, List<Integer> idOffsets) {
    /**
     * Copies the list.
     *
     * @param btf the BTF
     * @param idOffsets for each input, what to add to an id
     */
    public Merged {
        idOffsets = List.copyOf(idOffsets);
    }
}
