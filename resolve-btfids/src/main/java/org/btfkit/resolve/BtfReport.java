package org.btfkit.resolve;

/**
 * What became of the BTF of an object.
 *
 * <p>Immutable, and safe for use by several threads.
 *
 * @param kfuncs how many kfuncs it was edited for
 * @param inputTypes how many own types it had
 * @param types how many own types it has
 * @param bytes its size as it is written
 * @param baseTypes how many types its distilled base has, 0 if it has none
 * @param baseBytes the size of that as it is written, 0 if there is none
 */
public record BtfReport(int kfuncs, int inputTypes, int types, int bytes, int baseTypes, int baseBytes) {}
