package org.btfkit.btf.relo;

/** Which records have a say in what later ones of the same local type match. */
public enum CoreScope {
    /** Those of programs that a loader loads unless told otherwise: not those of sections with {@code ?} in front. */
    LOADED,

    /** Those of all programs, as if all of them were loaded. */
    PROGRAMS,

    /** All, those whose instruction belongs to no program as well. */
    RECORDS
}
