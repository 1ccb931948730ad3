package org.btfkit.dedup;

import org.btfkit.btf.Btf;

/**
 * What a deduplication made.
 *
 * @param btf the deduplicated BTF: same base, byte order, header length and layout section
 * @param idMap by id in the input, from 0 and with the base's: the id of that type in {@link #btf}. Ids of the base are
 *     mapped to themselves, but for a forward declaration in the base that a struct, union or enum of the split BTF
 *     completes: it is mapped to that. The array is the caller's.
 */
public record DedupResult(Btf btf, int[] idMap) {}
