/**
 * CO-RE by {@code btf core check}, {@code core list}, {@code core apply} and {@code min-core}: BPF objects, and kernels
 * that they are to be loaded on.
 *
 * <p>{@code CoreInput} reads objects and {@code KernelFile} kernels. {@code CoreCheckRun} judges many objects on many
 * kernels, several at a time: a kernel is a {@code CheckedKernel}, a verdict a {@code CoreCheckCell}, all of them a
 * {@code CoreCheckReport}, of which {@code CoreCheckText} makes a matrix for people and {@code CoreCheckJson} data.
 * {@code CoreListing} prints what an object asks of a kernel.
 *
 * <p>A tree of commands, as frameworks have it, was decided against: {@code core check} is a name of two words.
 */
package org.btfkit.cli.core;
