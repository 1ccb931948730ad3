/**
 * What the subcommands of {@code btf} are given: files, folders, bases, names.
 *
 * <p>Read {@link org.btfkit.cli.input.BtfInput}, which loads BTF, and knows {@code -B} and the running kernel;
 * {@link org.btfkit.cli.input.BtfFolder}, which finds the files in a folder; {@link org.btfkit.cli.input.TypeArgument},
 * which finds the types that an argument means, or says which were meant; {@link org.btfkit.cli.input.SearchedFiles},
 * which searches many files at a time.
 *
 * <p>A file that {@code -} stands for is opened like any other, by the name that the system has for standard input, so
 * that no reader has to know of it.
 */
package org.btfkit.cli.input;
