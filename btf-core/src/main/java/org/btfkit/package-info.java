/**
 * The failures that the giver of some input can cause, and the map of the toolkit.
 *
 * <p>The toolkit is built in floors. A package knows those on floors below it, and nothing above:
 *
 * <pre>
 *  0  org.btfkit                 failures that a user can cause
 *  1  org.btfkit.internal.io     bytes from files; files replaced whole or not at all
 *  2  org.btfkit.elf             ELF files, read and changed
 *     org.btfkit.bpf             instructions of BPF, and which of them a program can reach
 *     org.btfkit.btf.format      what uapi btf.h says: kinds, words, header
 *  3  org.btfkit.dwarf           DWARF: units, entries, attributes; no BTF in it
 *     org.btfkit.btf.flat        the arrays that BTF is kept in
 *  4  org.btfkit.btf             BTF, parsed and immutable
 *  5  org.btfkit.btf.query       questions about several types
 *     org.btfkit.btf.build       new BTF and changed copies
 *     org.btfkit.btf.ext         .BTF.ext
 *  6  org.btfkit.btf.file        where BTF and files meet
 *     org.btfkit.btf.validate    what the kernel's loader would say
 *     org.btfkit.btf.layout      how structs lie in memory
 *     org.btfkit.btf.dump        BTF as text: raw, JSON, C
 *  7  org.btfkit.btf.relo        CO-RE: what a BPF object's relocations come to on a kernel
 *  8  org.btfkit.btf.load        whether a BPF object loads on a kernel
 *  9  org.btfkit.btf.javagen     Java source for memory that C laid out
 * 10  org.btfkit.dedup           each type once
 *     org.btfkit.transform       one BTF into another: merge, distill, relocate, sort, minimize, downgrade
 * 11  org.btfkit.compare         two BTFs, or two types, beside each other
 *     org.btfkit.encode          DWARF to BTF
 * 12  org.btfkit.resolve         the .BTF_ids stage of a kernel's build
 * 13  org.btfkit.cli...          the commands
 * </pre>
 *
 * <p>Up to floor 9 this is the module btf-core, then btf-dedup, resolve-btfids and cli. Read
 * {@link org.btfkit.BtfException} here, then {@code org.btfkit.btf.format} and {@code org.btfkit.btf}.
 *
 * <p>The failures stand below everything else since everything else throws them. A failure of its own for each package
 * was decided against: what a user is to do about it is in the message, and a program seldom tells them apart. Those
 * that carry facts, an offset or a type id, have a class, beside what they are about.
 */
package org.btfkit;
