package org.btfkit.transform;

import org.btfkit.btf.Btf;

/**
 * What sorting made.
 *
 * @param btf the BTF with its own types sorted, all else as it was
 * @param idMap by id in the input, from 0 and with the base's: the id of that type in {@link #btf}. The array is the
 *     caller's.
 */
public record Sorted(Btf btf, int[] idMap) {}
