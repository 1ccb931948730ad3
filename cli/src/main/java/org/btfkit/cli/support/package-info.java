/**
 * What all commands have in common, whatever they work on.
 *
 * <p>{@link org.btfkit.cli.support.Options} builds the options, {@link org.btfkit.cli.support.Failure} puts what went
 * wrong into one line and {@link org.btfkit.cli.support.ExitCode} into a number. {@code Failure} also says what to do
 * about it, where a library cannot know: it knows the options, and by {@link org.btfkit.cli.support.KernelFiles} which
 * kernels this machine has. {@link org.btfkit.cli.support.PipeOutput} writes data to a reader who may go away,
 * {@link org.btfkit.cli.support.Progress} draws on a terminal, {@link org.btfkit.cli.support.Parallel} works on many
 * files at a time and reports on them in their order.
 *
 * <p>A command lives for some hundred milliseconds, most of which is loading classes. So picocli's annotations were
 * decided against, which are read by reflection: options are built by hand. And what every run passes through makes do
 * without streams and lambdas, whose first use in a run costs more than the work.
 */
package org.btfkit.cli.support;
