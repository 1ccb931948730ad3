package org.btfkit.transform;

import org.btfkit.btf.Btf;

/**
 * What a distillation made: two new BTFs in the byte order of the input, with headers of 32 bytes and no layout
 * section.
 *
 * <p>Immutable but for the arrays, which are the receiver's own; safe for use by several threads as long as nobody
 * writes to them.
 *
 * @param base the distilled base, for an ELF section {@code .BTF.base}; has no base itself
 * @param split the BTF that was distilled, on the distilled base
 * @param idMap by id in the input, from 0 and with its base's: the id of that type in {@link #split}, or -1 for a type
 *     of the base that is not carried. The array is the caller's.
 */
public record Distilled(Btf base, Btf split, int[] idMap) {}
