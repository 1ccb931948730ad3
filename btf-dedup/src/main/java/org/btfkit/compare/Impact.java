package org.btfkit.compare;

/** Whom a change may hurt, the least first. */
public enum Impact {
    /** Who reads it: names of parameters, tags, the way that members are grouped. */
    NAMES,
    /** Who compiles against it: something new, or other types of the same size. */
    TYPES,
    /** What is compiled already, a module or a BPF program: something has gone, moved, or has another size. */
    LAYOUT
}
