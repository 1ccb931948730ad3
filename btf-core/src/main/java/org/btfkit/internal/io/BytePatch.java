package org.btfkit.internal.io;

/**
 * Bytes that replace as many bytes at an offset of a file.
 *
 * @param offset where, in bytes from the start of the file
 * @param bytes what to put there
 */
public record BytePatch(long offset, byte[] bytes) {}
