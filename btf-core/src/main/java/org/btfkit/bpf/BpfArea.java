package org.btfkit.bpf;

import java.util.Arrays;

/**
 * Memory that programs only read, and which has its content before the verifier sees a program: {@code .rodata}, or a
 * variable of {@code .kconfig}. The verifier takes what is read there for constants.
 *
 * @param bytes the content in the object's byte order; null if it is not known
 * @param starts where in it variables begin, ascending, the first one at 0
 * @param firstVariable number of the first variable among those of all areas
 */
public record BpfArea(byte[] bytes, int[] starts, int firstVariable) {
    /**
     * Returns which variable has a byte.
     *
     * @param offset the byte, 0 or more
     * @return its number among those of all areas
     */
    public int variable(int offset) {
        int at = Arrays.binarySearch(starts, offset);
        return firstVariable + Math.max(0, at >= 0 ? at : -at - 2);
    }

    /** {@return the same area with nothing known of its content} */
    public BpfArea unknown() {
        return new BpfArea(null, starts, firstVariable);
    }
}
