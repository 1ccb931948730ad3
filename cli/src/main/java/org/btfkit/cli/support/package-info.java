/**
 * What all commands have in common, whatever they work on.
 *
 * <p>A {@link org.btfkit.cli.support.Syntax} is the one description of a command's options, which
 * {@link org.btfkit.cli.support.Options} builds. {@link org.btfkit.cli.support.ArgumentReader} reads
 * {@link org.btfkit.cli.support.Arguments} by it; what it does not know well, and the help, is for
 * {@link org.btfkit.cli.support.PicocliReader}. {@link org.btfkit.cli.support.Failure} puts what went wrong into one
 * line and {@link org.btfkit.cli.support.ExitCode} into a number. {@code Failure} also says what to do about it, where
 * a library cannot know: it knows the options, and by {@link org.btfkit.cli.support.KernelFiles} which kernels this
 * machine has. {@link org.btfkit.cli.support.PipeOutput} writes data to a reader who may go away,
 * {@link org.btfkit.cli.support.JsonOutput} begins JSON, {@link org.btfkit.cli.support.Progress} draws on a terminal,
 * {@link org.btfkit.cli.support.Parallel} works on many files at a time and reports on them in their order.
 *
 * <p>A command lives for some tens of milliseconds, most of which is loading classes. So picocli's model was decided
 * against on the way to work, whose classes and converters took a fifth of a short run; a law holds both readings
 * against each other. And what every run passes through makes do without streams, lambdas, and the methods that a
 * record brings, whose first use in a run costs more than the work.
 */
package org.btfkit.cli.support;
