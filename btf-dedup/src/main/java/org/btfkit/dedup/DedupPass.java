package org.btfkit.dedup;

/**
 * The passes of deduplication, in the order they run; the names are libbpf's.
 *
 * <p>Immutable.
 */
public enum DedupPass {
    /** Strings that are not used are dropped, of equal ones the first is kept. */
    STRINGS,
    /** Types that refer to no others are merged. */
    PRIMITIVE_TYPES,
    /** Structs, unions and typedefs are merged, as graphs. */
    STRUCT_TYPES,
    /** Forward declarations are resolved to the only struct or union of their name. */
    RESOLVE_FORWARDS,
    /** Pointers, modifiers, arrays, functions, prototypes and tags are merged. */
    REFERENCE_TYPES,
    /** Ids and words of what is left are written. */
    COMPACTION
}
