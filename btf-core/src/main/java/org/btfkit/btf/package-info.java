/**
 * BTF, the Linux kernel's type format, as an immutable whole.
 *
 * <p>{@link org.btfkit.btf.Btf} is parsed and checked data with accessors by type id and look-up by name,
 * {@link org.btfkit.btf.BtfType} are records of types for those who prefer them, {@link org.btfkit.btf.BtfWriter} makes
 * bytes. Behind these stand {@code BtfParser}, which cuts data into sections and types, {@code StructuralRules}, which
 * checks what libbpf's parser does, {@code NameIndex} and {@code TypeInflater}. The grammar of the data is that of
 * {@link org.btfkit.btf.format}.
 *
 * <pre>{@code
 * Btf btf = BtfSource.load(Path.of("/sys/kernel/btf/vmlinux"));
 * btf.find(BtfType.Struct.class, "link")
 *         .ifPresent(link -> link.members().forEach(member -> System.out.println(member.name())));
 * // prints next
 * // prints prev
 * }</pre>
 *
 * <p>What follows from several types is asked of {@code org.btfkit.btf.query}; new BTF is made by
 * {@code org.btfkit.btf.build}; files are the concern of {@code org.btfkit.btf.file}. The source of every rule is the
 * kernel's {@code include/uapi/linux/btf.h} and libbpf's parser.
 *
 * <p>An object for every type was decided against: a kernel has a hundred thousand. So the model is the arrays of the
 * data, and ids are plain numbers.
 */
package org.btfkit.btf;
