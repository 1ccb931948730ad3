/**
 * The command {@code resolve-btfids}.
 *
 * <p>{@link org.btfkit.cli.resolve.ResolveCommand} reads the command line that {@code ResolveSyntax} describes,
 * {@code ObjectBatch} works on the objects, several at a time, and keeps what each has to say in an
 * {@code ObjectResult}. {@code Console} says it, in the order in which the objects were given: to a person, or by
 * {@code JsonReport} to a program.
 *
 * <p>Saying it at once was decided against: lines of several objects would be mixed, and a run with more threads would
 * read differently.
 */
package org.btfkit.cli.resolve;
