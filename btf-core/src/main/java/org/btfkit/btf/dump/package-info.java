/**
 * Writes BTF as text, byte for byte as the newest bpftool does ({@code bpftool btf dump}).
 *
 * <ul>
 *   <li>{@link org.btfkit.btf.dump.RawDumper}: a line per type and per element, for people;
 *   <li>{@link org.btfkit.btf.dump.JsonDumper}: the same fields as JSON, for programs;
 *   <li>{@link org.btfkit.btf.dump.CDumper}: C definitions, for compilers; on request with a layout that hangs on
 *       nothing but the text.
 * </ul>
 *
 * <pre>{@code
 * CDumper dumper = new CDumper(module);
 * try (OutputStream header = Files.newOutputStream(Path.of("module.h"))) {
 *     dumper.dump(header);
 * }
 * }</pre>
 *
 * <p>The first two share a walk: {@code TypeFields} tells the fields of a type to a {@code FieldSink}, of which there
 * are {@code RawFields} and {@code JsonFields}. A dump in C takes these steps:
 *
 * <pre>
 * DefinitionOrder     which types, each after those that it needs whole; SortedOrder: by name and kind instead
 * ForwardDeclarations what has to be declared before it is defined
 * CDefinitions        a definition each: CBodies writes members and values, CDeclarators names around types,
 *                     CPadding gaps, CNames the names, with a number where NameCounts says one is taken
 * CFrame              what stands before and after all of them
 * </pre>
 *
 * <p>With an exact layout, {@code ExactLayout} decides how a struct is written, {@code ExactBodies},
 * {@code ExactNames}, {@code ExactScalars} and {@code CIdentifiers} write it, {@code LayoutAsserts} lets the compiler
 * check it; {@code HeaderFaults} tells where bpftool's own header would be wrong, {@code DeclaredElsewhere} what
 * another header has already. {@code DumpLimits} bounds depth and length for all of C. Read {@code TypeFields}, then
 * {@code DefinitionOrder}, {@code CDeclarators} and {@code CBodies}.
 *
 * <p>All of them stream: memory is the types' words and a few numbers per type, not the text. Names are copied as
 * bytes, whatever their encoding. A tree of declarations that is printed afterwards was decided against: it is larger
 * than the text, and nobody else needs it. Dumps agree with bpftool also where its C is odd, so that they can be
 * compared; the exact layout is for those who want another.
 */
package org.btfkit.btf.dump;
