package org.btfkit.transform;

import org.btfkit.btf.Btf;

/**
 * What sorting made.
 *
 * <p>Immutable but for the arrays, which are the receiver's own; safe for use by several threads as long as nobody
 * writes to them.
 *
 * @param btf the BTF with its own types sorted, all else as it was
 * @param idMap by id in the input, from 0 and with the base's: the id of that type in {@link #btf}. The array is the
 *     caller's.
 */
public record Sorted(Btf btf, int[] idMap) {}
