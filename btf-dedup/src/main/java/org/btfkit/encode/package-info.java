/**
 * Makes BTF of DWARF, as pahole does.
 *
 * <pre>{@code
 * Encoder encoder = new Encoder(EncodeOptions.DEFAULT);
 * try (ElfFile file = ElfFile.open(Path.of("debug.ko.xz"))) {
 *     Btf btf = encoder.encode(file); // null if there is no DWARF
 *     BtfWriter.write(btf, Path.of("debug.btf"));
 *     System.out.println(btf.describe(btf.typeCount() - 1));
 * }
 * // prints type [18] FUNC 'not_kf'
 * }</pre>
 *
 * <p>A module is encoded on the index of its vmlinux, {@code encoder.encode(file, BaseIndex.of(vmlinux))}, which any
 * number of modules may share. {@link org.btfkit.encode.EncodeOptions} are pahole's features, and
 * {@link org.btfkit.encode.EncodeListener} is told what is left out and by which rule.
 *
 * <h2>How it is done</h2>
 *
 * <p>{@link org.btfkit.encode.Encoder} has the whole; to read its parts, begin with {@code ObjectEncoder}, one object,
 * then {@code UnitEncoder}, one unit, and what that hands entries to: {@code UnitWalk}, {@code LeafTypes},
 * {@code Composites}, {@code Annotations}, {@code UnitFunctions} with {@code ParameterReader} and
 * {@code ParameterJudge}, {@code UnitVariables}. {@code ObjectAssembly} puts units together, {@code FunctionChoice} and
 * {@code DataSections} end the whole.
 *
 * <pre>
 * ObjectEncoder     opens an object and hands its units out
 *   UnitEncoder     an entry at a time, on any thread: UnitWalk, with LeafTypes, Composites, Annotations, UnitFunctions
 *                   and UnitVariables, writes words that refer to entries
 *   UnitPipeline    keeps the units' order whatever the threads' is
 * ObjectAssembly    puts the words of each unit behind those before, and makes ids of entries
 * FunctionChoice    one FUNC for each name, of what all units say of it; DataSections: the variables, by section
 * </pre>
 *
 * <p>The rules are those of pahole 1.31 ({@code btf_encoder.c} and {@code dwarf_loader.c}), where that does what it
 * says it does; class comments name its functions. An object for each type, as a model of the DWARF between it and BTF,
 * was decided against: types are written as words at once, with the indexes of entries in place of ids, which are
 * replaced when the unit is complete.
 */
package org.btfkit.encode;
