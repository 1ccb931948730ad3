/**
 * Makes BTF of DWARF, as pahole does.
 *
 * <p>{@link org.btfkit.encode.Encoder} has the whole; to read its parts, begin with {@code ObjectEncoder}, one object,
 * then {@code UnitEncoder}, one unit, and what that hands entries to: {@code UnitWalk}, {@code LeafTypes},
 * {@code Composites}, {@code Annotations}, {@code UnitFunctions} with {@code ParameterReader} and
 * {@code ParameterJudge}, {@code UnitVariables}. {@code ObjectAssembly} puts units together, {@code FunctionChoice} and
 * {@code DataSections} end the whole.
 *
 * <p>The rules are those of pahole 1.31 ({@code btf_encoder.c} and {@code dwarf_loader.c}), where that does what it
 * says it does; class comments name its functions. An object for each type, as a model of the DWARF between it and BTF,
 * was decided against: types are written as words at once, with the indexes of entries in place of ids, which are
 * replaced when the unit is complete.
 */
package org.btfkit.encode;
