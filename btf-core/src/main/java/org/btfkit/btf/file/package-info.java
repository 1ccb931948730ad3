/**
 * Where BTF and files meet: found in raw files, ELF sections and kernel images, and put into ELF files.
 *
 * <p>Read {@link org.btfkit.btf.file.BtfSource} first, which finds and loads BTF, and
 * {@link org.btfkit.btf.file.BtfTarget}, which puts it back; {@link org.btfkit.btf.file.BtfSections} has the names of
 * the sections. Split BTF needs the base that it was made on: {@link org.btfkit.btf.file.BaseFit} loads it, or says
 * which base it needs, as {@link org.btfkit.btf.file.DetachedSplit} tells from the data alone.
 *
 * <pre>{@code
 * Btf vmlinux = BtfSource.load(Path.of("/sys/kernel/btf/vmlinux"));
 * Btf module = BtfSource.load(Path.of("module.ko"), vmlinux);
 * }</pre>
 *
 * <p>{@code BtfScan} finds BTF in a file that is no ELF file. What libbpf makes of a BPF object's BTF before it loads
 * that is {@code LibbpfFixup}, with {@code LibbpfExterns} and {@code DatasecEdit}.
 *
 * <p>That {@code Btf} itself opens files was decided against: most of this package is about what kind of file it is,
 * and BTF also comes from elsewhere.
 */
package org.btfkit.btf.file;
