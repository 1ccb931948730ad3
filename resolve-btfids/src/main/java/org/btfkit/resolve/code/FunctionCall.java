package org.btfkit.resolve.code;

/**
 * A call of a function whose first argument is a number, and whose second is the address of something in the object.
 *
 * @param number the first argument
 * @param address the second, as {@link CodeLinks} says where things are
 */
public record FunctionCall(int number, long address) {}
