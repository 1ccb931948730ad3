/**
 * Reads what the code of an object calls a function with; not exported.
 *
 * <p>{@link org.btfkit.resolve.code.CodeLinks} says where code and pointers of an object lead to, whether it is linked
 * or relocatable. A {@link org.btfkit.resolve.code.CallReader} for each machine, {@code X86Calls} and
 * {@code Arm64Calls}, reads the instructions before a call that load its arguments; {@code X86Moves} knows what may
 * stand between them. Nothing is guessed: a call of which any of this is not as compilers write it has no arguments.
 *
 * <p>Decided against: a disassembler, of which this would need one instruction in a hundred, and following registers
 * through branches, as nothing but the code of the kernel's own modules is read.
 */
package org.btfkit.resolve.code;
