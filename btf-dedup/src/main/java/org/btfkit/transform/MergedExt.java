package org.btfkit.transform;

import java.util.Map;
import org.btfkit.btf.Btf;
import org.btfkit.btf.ext.BtfExt;

/**
 * The BTF and {@code .BTF.ext} of several objects.
 *
 * @param btf merged BTF, with the strings that {@code ext} needs
 * @param ext what all objects say of their instructions; null if none says anything
 * @param sectionBytes by the names of the sections that the records are of: how long those of all objects are together
 */
public record MergedExt(Btf btf, BtfExt ext, Map<String, Long> sectionBytes) {
    /**
     * Copies the map.
     *
     * @param btf merged BTF
     * @param ext the records
     * @param sectionBytes lengths of sections
     */
    public MergedExt {
        sectionBytes = Map.copyOf(sectionBytes);
    }
}
