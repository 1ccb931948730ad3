package org.btfkit.btf.flat;

/**
 * How loops over all types are cut into calls of a method.
 *
 * <p>Most BTF is read by a JVM that has just started. It interprets a loop until that has gone round 60,000 times, but
 * compiles a method after some hundred calls; so a hundred thousand types take a tenth of the time if each call sees to
 * a batch of them. What is called in turn should be little: it is to be compiled, too.
 */
public final class Batch {
    /** How many types a call sees to. */
    public static final int TYPES = 16;

    private Batch() {}
}
