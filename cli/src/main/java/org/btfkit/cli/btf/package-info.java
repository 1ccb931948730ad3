/**
 * The subcommands of {@code btf}, a class for each.
 *
 * <p>Read {@link org.btfkit.cli.btf.Subcommand}, what each of them is, and {@link org.btfkit.cli.btf.Subcommands},
 * which finds one by its name. What they share:
 *
 * <ul>
 *   <li>those that look at BTF load it by {@code BtfInput}, which knows {@code -B} and the running kernel;
 *   <li>those that search several files or folders take them from {@code SearchedFiles}, which finds them by
 *       {@code BtfFolder}; types are named as {@code TypeArgument} says;
 *   <li>those that make BTF start from a {@code TransformInput} and end in a {@code TransformOutput}, which says where
 *       the result goes and what may not be written over; {@code TransformProgress} shows how far they are;
 *   <li>{@code btf core} and {@code min-core} take BPF objects and kernels by {@code CoreInput}, a kernel being a
 *       {@code KernelFile}; {@code CheckRun} judges many of them;
 *   <li>{@code diff} and {@code check} have a class for each form of what they say: {@code DiffText} and
 *       {@code DiffJson}, {@code ModuleCheckText} and {@code ModuleCheckJson} ({@code CheckText} and {@code CheckJson}
 *       are those of {@code core check}).
 * </ul>
 *
 * <p>A subcommand writes data to the stream that it is given and everything else to standard error. It returns an exit
 * status or throws; catching is up to its caller, so that all of them fail with the same words.
 *
 * <p>A tree of commands, as frameworks have it, was decided against: {@code core check} is a name of two words.
 */
package org.btfkit.cli.btf;
