package org.btfkit.transform;

import org.btfkit.btf.Btf;

/**
 * What a relocation made.
 *
 * <p>Immutable but for the arrays, which are the receiver's own; safe for use by several threads as long as nobody
 * writes to them.
 *
 * @param btf the split BTF on its new base: byte order, header length, layout section and strings as before
 * @param idMap by id in the input, from 0 and with the distilled base's: the id of that type in {@link #btf}. The array
 *     is the caller's.
 */
public record Relocated(Btf btf, int[] idMap) {}
