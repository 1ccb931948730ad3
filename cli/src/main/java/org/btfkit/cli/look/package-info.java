/**
 * The subcommands of {@code btf} that look at BTF and change nothing: a class for each, called as it is.
 *
 * <p>Short ones print what a class of the library makes: {@code dump}, {@code stats}, {@code validate}, {@code graph},
 * {@code java}. {@code find}, {@code show} and {@code who} search many files, by
 * {@link org.btfkit.cli.input.SearchedFiles}. {@code kfuncs} and {@code report} read sets of {@code .BTF_ids} besides,
 * and {@code ProgramTypes} for which programs they are. Where a subcommand has several forms, there is a class for
 * each, such as {@code ShowText} and {@code ShowJson}.
 */
package org.btfkit.cli.look;
