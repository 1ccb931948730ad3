/**
 * The subcommands of {@code btf} that make BTF: of DWARF, {@code encode} and the {@code pahole} of kernel builds, and
 * of other BTF, {@code dedup}, {@code merge}, {@code distill}, {@code relocate}, {@code sort}, {@code sanitize}.
 *
 * <p>Those of the second kind start from a {@code TransformInput} and end in a {@code TransformOutput}, which says
 * where a result goes and what may not be written over; {@code ExtOutput} writes what BPF objects have beside their
 * BTF, and {@code TransformProgress} shows how far they are. {@code EncodeBatch} encodes many objects at a time.
 */
package org.btfkit.cli.make;
