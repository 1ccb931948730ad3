/**
 * Start here: a guide to the library, the failures that the giver of some input can cause, and the map of the toolkit.
 *
 * <p>BTF is the Linux kernel's description of its own types: of each struct, enumeration and function, in some
 * megabytes that every kernel and module carries along. Here is how to read it, ask it, make it and check it. What
 * these examples print is of the sample that comes with the sources, in
 * {@code fixtures/src/main/resources/org/btfkit/fixtures/sample}: a small kernel, a module and a BPF object. They do
 * the same on {@code /sys/kernel/btf/vmlinux}. Imports are left out.
 *
 * <h2>Have it</h2>
 *
 * <p>The modules are {@code org.btfkit:btf-core}, {@code btf-dedup} and {@code resolve-btfids}, each of which brings
 * along those before it; {@code org.btfkit:btfkit-bom} has their versions:
 *
 * <pre>
 * &lt;dependencyManagement&gt;
 *   &lt;dependencies&gt;
 *     &lt;dependency&gt;
 *       &lt;groupId&gt;org.btfkit&lt;/groupId&gt;
 *       &lt;artifactId&gt;btfkit-bom&lt;/artifactId&gt;
 *       &lt;version&gt;VERSION&lt;/version&gt;
 *       &lt;type&gt;pom&lt;/type&gt;
 *       &lt;scope&gt;import&lt;/scope&gt;
 *     &lt;/dependency&gt;
 *   &lt;/dependencies&gt;
 * &lt;/dependencyManagement&gt;
 * &lt;dependencies&gt;
 *   &lt;dependency&gt;
 *     &lt;groupId&gt;org.btfkit&lt;/groupId&gt;
 *     &lt;artifactId&gt;btf-core&lt;/artifactId&gt;
 *   &lt;/dependency&gt;
 * &lt;/dependencies&gt;
 * </pre>
 *
 * <p>It runs on Java 17 and later, from the class path, or as the modules {@code org.btfkit.core},
 * {@code org.btfkit.dedup} and {@code org.btfkit.resolve}. On JDK 24 and later,
 * {@code --sun-misc-unsafe-memory-access=allow} keeps the JVM from warning of the decoder for zstd.
 *
 * <h2>Read a kernel and a module</h2>
 *
 * <p>{@link org.btfkit.btf.file.BtfSource} reads BTF from whatever has it: raw, in a section of an ELF file, in a
 * kernel image, each of them plain or compressed. A module's BTF is <em>split</em>: its types have the ids after those
 * of vmlinux, its <em>base</em>, and refer to these. So it is read on its base, and then is one with it.
 *
 * <pre>{@code
 * Btf vmlinux = BtfSource.load(Path.of("vmlinux"));
 * Btf module = BtfSource.load(Path.of("module.ko"), vmlinux);
 * System.out.println(module.firstTypeId() + " to " + (module.typeCount() - 1)); // prints 66 to 98
 * System.out.println(module.name(21) + ", " + module.name(76)); // prints task, sample_queue
 * }</pre>
 *
 * <p>A type is a number, its id; 0 is void. {@link org.btfkit.btf.Btf} answers by id, without an object for each type.
 *
 * <h2>Find a type, and what is in it</h2>
 *
 * <p>{@link org.btfkit.btf.Btf#find Btf.find} finds the first type of a kind and name, the base's before the module's
 * own; it returns 0 if there is none. {@link org.btfkit.btf.Btf#type Btf.type} makes a record of a type, for those who
 * like to match.
 *
 * <pre>{@code
 * int id = module.find(BtfKind.STRUCT, "sample_queue");
 * if (module.type(id) instanceof BtfType.Struct queue) {
 *     for (BtfType.Member member : queue.members()) {
 *         System.out.println(member.name() + " at bit " + member.offsetBits());
 *     }
 * }
 * // prints buffers at bit 0
 * // prints lock at bit 128
 * // prints stats at bit 192
 * // prints device at bit 384
 * }</pre>
 *
 * <h2>How it lies in memory</h2>
 *
 * <p>{@link org.btfkit.btf.query.TypeSizes} is {@code sizeof}, {@link org.btfkit.btf.query.MemberPath} follows a path
 * as C writes it, {@link org.btfkit.btf.layout.StructLayout} knows the holes, and
 * {@link org.btfkit.btf.layout.LayoutPrinter} writes it all as pahole does.
 *
 * <pre>{@code
 * TypeSizes sizes = new TypeSizes(module);
 * MemberPath.Target dropped = MemberPath.find(sizes, "sample_queue.stats.dropped");
 * long bytes = sizes.sizeOf(dropped.typeId());
 * System.out.println(bytes + " bytes at byte " + dropped.offsetBits() / 8); // prints 8 bytes at byte 32
 *
 * int stats = module.find(BtfKind.STRUCT, "sample_stats");
 * long unused = StructLayout.of(sizes, stats, 64).paddingBytes(); // 64: the bytes of a cache line
 * System.out.println(unused + " bytes unused at the end"); // prints 5 bytes unused at the end
 * String text = new LayoutPrinter(module, LayoutOptions.DEFAULT).print(stats);
 * }</pre>
 *
 * <h2>Make BTF, and write it</h2>
 *
 * <p>{@link org.btfkit.btf.build.BtfBuilder} adds types one by one and returns their ids. On a base it makes split BTF.
 * {@link org.btfkit.btf.BtfWriter} replaces a file whole or not at all; {@link org.btfkit.btf.file.BtfTarget} puts BTF
 * into an ELF file.
 *
 * <pre>{@code
 * BtfBuilder builder = BtfBuilder.splitOn(vmlinux);
 * int task = vmlinux.find(BtfKind.STRUCT, "task");
 * int pointer = builder.addPtr(task);
 * builder.addStruct("waiter", 16);
 * builder.addMember("task", pointer, 0);
 * builder.addMember("since", vmlinux.find(BtfKind.TYPEDEF, "tick_t"), 64);
 * BtfWriter.write(builder.build(), Path.of("waiter.btf"));
 *
 * Btf again = BtfSource.load(Path.of("waiter.btf"), vmlinux);
 * System.out.println(again.find(BtfKind.STRUCT, "waiter")); // prints 67
 * }</pre>
 *
 * <h2>Ask whether a kernel would take it</h2>
 *
 * <p>Whatever is read has been checked as libbpf checks it: no id or offset leads out of the data. The kernel is
 * stricter; {@link org.btfkit.btf.validate.KernelValidator} says what it would say.
 *
 * <pre>{@code
 * BtfBuilder builder = BtfBuilder.create();
 * int number = builder.addInt("int", 4, BtfBuilder.INT_SIGNED);
 * builder.addStruct("pair", 4);
 * builder.addMember("second", number, 32);
 * try {
 *     KernelValidator.kernel(builder.build());
 * } catch (BtfFormatException e) {
 *     System.out.println(e.getMessage());
 * }
 * // prints new BTF: type [2] STRUCT 'pair': member 0: bytes 4 to 8 of a type of 4 bytes, at 0x44
 * }</pre>
 *
 * <h2>Ask whether a BPF program loads on a kernel</h2>
 *
 * <p>A program that was compiled against one kernel's types is adapted to another's when it is loaded. This is told
 * from the BTF of both, with no need to run that kernel: {@link org.btfkit.btf.relo} has what each access comes to,
 * {@link org.btfkit.btf.load} the verdict.
 *
 * <pre>{@code
 * BpfObject object = BpfObject.read(Path.of("prog.bpf.o"));
 * LoadVerdict verdict = LoadVerdict.of(CoreRelocator.of(object).on(CoreTarget.of(vmlinux, modules)));
 * System.out.println(verdict.answer().label()); // prints no
 * for (LoadFinding finding : verdict.findings()) {
 *     System.out.println(finding.subject() + ": " + finding.reason());
 * }
 * // prints task.nice: no such member; was at 0 (4 bytes)
 * }</pre>
 *
 * <h2>What goes wrong</h2>
 *
 * <p>What is wrong with an input is a {@link org.btfkit.BtfException}, whose message is one line for its user: file,
 * type or section, offset, what was found and what was expected. A file that cannot be read or written is an
 * {@link java.io.IOException}, a slip of the caller an {@link java.lang.IllegalArgumentException}. Nothing is printed
 * or logged. {@link org.btfkit.btf.Btf} and most else is immutable, and so safe for use by several threads; where a
 * class is not, it says so.
 *
 * <h2>Where to go on</h2>
 *
 * <ul>
 *   <li>BTF as C, JSON or text: {@link org.btfkit.btf.dump}; as Java classes: {@link org.btfkit.btf.javagen}
 *   <li>who uses a type, what comes with it, search: {@link org.btfkit.btf.query}
 *   <li>ELF files, and DWARF: {@link org.btfkit.elf}, {@link org.btfkit.dwarf}
 *   <li>module btf-dedup: each type once ({@code org.btfkit.dedup}), one BTF into another
 *       ({@code org.btfkit.transform}), two beside each other ({@code org.btfkit.compare}), DWARF to BTF
 *       ({@code org.btfkit.encode})
 *   <li>module resolve-btfids: the {@code .BTF_ids} stage of a kernel's build ({@code org.btfkit.resolve})
 * </ul>
 *
 * <h2>The map</h2>
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
