/**
 * Deduplication: each type and each string once, with or without a base, byte for byte as libbpf's {@code btf__dedup}.
 *
 * <p>Each compilation unit of a kernel describes all types that it has seen. Their union is a hundred times too large,
 * so types are merged that say the same. With a base, what the base has is not said again:
 *
 * <pre>{@code
 * List<Btf> units = List.of(BtfSource.load(Path.of("a.btf")), BtfSource.load(Path.of("b.btf")));
 * Btf all = Merger.merge(units, vmlinux).btf(); // behind one another, on the base
 * DedupResult result = new Deduplicator().dedup(all);
 * Btf split = result.btf();
 * System.out.println(all.typeCount() - all.firstTypeId()); // prints 6
 * System.out.println(split.typeCount() - split.firstTypeId()); // prints 3
 * System.out.println(split.name(result.idMap()[all.typeCount() - 1])); // prints extra_b
 * BtfWriter.write(split, Path.of("split.btf"));
 * }</pre>
 *
 * <p>Many modules on one kernel share what is known of that, {@link org.btfkit.dedup.BaseIndex}:
 *
 * <pre>{@code
 * BaseIndex index = BaseIndex.of(vmlinux);
 * Deduplicator deduplicator = new Deduplicator(DedupOptions.DEFAULT.withThreads(1));
 * for (Btf one : modules) {
 *     Btf small = deduplicator.dedup(one, index).btf();
 *     System.out.println(one.typeCount() + " -> " + small.typeCount()); // prints 99 -> 99
 * }
 * }</pre>
 *
 * <h2>How it is done</h2>
 *
 * <p>{@link org.btfkit.dedup.Deduplicator} has the problem, an example, the passes by libbpf's names and the cost in
 * its class comment; read it first, then the passes in their order: {@code StringDedup}, {@code PrimitiveDedup},
 * {@code StructDedup} with {@code StructEquivalence}, {@code ForwardResolver}, {@code ReferenceDedup},
 * {@code Compaction}. {@code UnitwiseDedup} is the way on all threads, with the argument why its result is the same: it
 * uses {@code NameHashes}, {@code UnitBounds} and {@code VariantSplit} to guess, {@code CongruenceProof} and
 * {@code DistinctnessProof} to prove. {@code CandidateTable} says how libbpf's order is reproduced, {@code Canonicals}
 * what becomes of each id. {@link org.btfkit.dedup.BaseIndex} hashes a base once for any number of split BTFs. How many
 * threads there are, and who is told of progress, is in {@link org.btfkit.dedup.DedupOptions}.
 *
 * <p>{@code KindRole} stands beside {@code KindSet} of {@code btf.format} on purpose: it says what a pass does with a
 * kind, in one number per info word, as the loops over millions of types ask for it.
 *
 * <p>Decided against: deduplicating parts and then their union. Declarations make equality depend on the order in which
 * types are compared, so that this, too, would have to be proven afterwards, and it compares graphs all the same.
 *
 * <p>Decided against: an object per type, and hash maps of the library kind. Both cost more than the comparison itself.
 */
package org.btfkit.dedup;
