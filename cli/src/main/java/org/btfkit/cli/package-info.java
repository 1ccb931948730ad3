/**
 * The commands of btfkit: a {@code main} for each, and {@link org.btfkit.cli.Training}, with which the launchers
 * prepare them for a quick start. {@link org.btfkit.cli.Server} does for a whole build what the launchers ask it for.
 *
 * <p>A {@code main} hands its arguments down, and turns whatever comes back into an exit status and one line. What the
 * commands do stands in {@code cli.resolve} for {@code resolve-btfids} and {@code gen-btf}, and for {@code btf}, whose
 * subcommands {@link org.btfkit.cli.Subcommands} has, in {@code cli.look}, {@code cli.compare}, {@code cli.make} and
 * {@code cli.core}, by what people want of them. What those are given is read by {@code cli.input}; what all commands
 * share is in {@code cli.support}. Data goes to standard output and talk to standard error; nobody sees a stack trace.
 *
 * <p>One program with everything as subcommands was decided against: kernel builds call {@code resolve_btfids} by its
 * name, with its options.
 */
package org.btfkit.cli;
