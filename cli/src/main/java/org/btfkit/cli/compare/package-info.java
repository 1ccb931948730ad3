/**
 * The subcommands of {@code btf} that compare, and say why: {@code diff}, {@code check}, {@code explain}.
 *
 * <p>Each finds out first and tells then, in a class for each form: {@code DiffText} and
 * {@link org.btfkit.cli.compare.DiffJson} of a difference; {@code CheckText} and {@code CheckJson} of
 * {@code ModuleVerdict}s; {@code ExplainText} and {@code ExplainJson} of what is {@code Explained}. What is found out
 * comes from {@link org.btfkit.compare}, but for what takes a file: {@code KfuncDiff} reads {@code .BTF_ids}, and
 * {@code MissingFunction} asks symbols, DWARF and the encoder.
 */
package org.btfkit.cli.compare;
