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
 * <p>All of them stream: memory is a copy of the types' words and a few numbers per type, not the text. Names are
 * copied as bytes, whatever their encoding.
 */
package org.btfkit.btf.dump;
