package org.btfkit.internal.io;

/**
 * Bytes of a file that its changed copy has at another offset.
 *
 * @param from where they are, in bytes from the start of the original
 * @param to where they go, in bytes from the start of the copy
 * @param length how many there are
 */
public record RangeCopy(long from, long to, long length) {}
