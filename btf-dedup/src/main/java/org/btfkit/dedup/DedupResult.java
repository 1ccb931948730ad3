package org.btfkit.dedup;

import org.btfkit.btf.Btf;
import org.btfkit.btf.ext.BtfExt;

/**
 * What a deduplication made.
 *
 * <p>Immutable but for the arrays, which are the receiver's own; safe for use by several threads as long as nobody
 * writes to them.
 *
 * @param btf the deduplicated BTF: same base, byte order, header length and layout section
 * @param ext the {@code .BTF.ext} data that was given, with ids and string offsets of {@link #btf}; null if none was
 * @param idMap by id in the input, from 0 and with the base's: the id of that type in {@link #btf}. Ids of the base are
 *     mapped to themselves, but for a forward declaration in the base that a struct, union or enum of the split BTF
 *     completes: it is mapped to that. The array is the caller's.
 */
public record DedupResult(Btf btf, BtfExt ext, int[] idMap) {}
