/**
 * Resolves the {@code .BTF_ids} section of kernel objects.
 *
 * <p>The verifier looks up functions and types by their ids in BTF, and a module lists those that are its own. The ids
 * are written after linking, by this stage of a build. A resolver has options and may be used for any number of
 * objects, by several threads:
 *
 * <pre>{@code
 * BtfIdsResolver resolver = new BtfIdsResolver(ResolveOptions.withBase(Path.of("vmlinux")));
 * Path module = Path.of("module.ko");
 * ObjectReport report = resolver.resolve(module, null, ResolveListener.SILENT); // null: in place
 * System.out.println(report.outcome() + ", " + report.movedSymbols() + " symbols moved");
 * // prints WRITTEN, 10 symbols moved
 * for (SetReport set : report.sets()) {
 *     System.out.println(set.title() + ": " + set.count());
 * }
 * // prints set8 'sample_kfuncs': 5
 * // prints set 'sample_hooks': 5
 * // prints ids outside sets: 8
 * System.out.println(resolver.resolve(module, null, ResolveListener.SILENT).outcome()); // prints UNCHANGED
 * }</pre>
 *
 * <p>An object that cannot be resolved without guessing is refused, and left as it was; so is one that a listener is
 * warned of, if the options say so. To ask first, without writing:
 *
 * <pre>{@code
 * BtfIdsResolver resolver = new BtfIdsResolver(ResolveOptions.withBase(Path.of("vmlinux")));
 * ObjectReport report = resolver.check(Path.of("module.ko"), ResolveListener.SILENT);
 * System.out.println(report.hasAny(SetReport.State.UNRESOLVED)); // prints true
 * try {
 *     resolver.resolve(Path.of("module.ko"), null, new ResolveListener() {
 *         @Override
 *         public void warning(String text) {
 *             System.err.println(text);
 *         }
 *     });
 * } catch (ResolveException e) {
 *     System.err.println(e.reason() + ": " + e.getMessage());
 * }
 * }</pre>
 *
 * <p>Newer kernels do more to a module after linking: tag its kfuncs in its BTF, deduplicate that against vmlinux, give
 * it a base of its own, put both in, and resolve. That is one call, too:
 *
 * <pre>{@code
 * ResolveOptions options = ResolveOptions.withBase(Path.of("vmlinux")).withDistillBase(true);
 * ObjectReport report = new BtfIdsResolver(options)
 *         .embed(Path.of("module.ko"), Path.of("embedded.ko"), ResolveListener.SILENT);
 * System.out.println(report.btf().kfuncs() + " kfuncs");
 * // prints 5 kfuncs
 * }</pre>
 *
 * <p>With {@code withRules(KernelRules.NEWEST)} the BTF is made of the module's DWARF first, as pahole does.
 *
 * <h2>How it is done</h2>
 *
 * <p>The section is an array of 4-byte words. Local symbols name what is in it:
 *
 * <pre>
 * __BTF_ID__&lt;kind&gt;__&lt;name&gt;__&lt;digits&gt;   a slot for the type id of the struct, union, typedef or func NAME
 * __BTF_ID__set__&lt;name&gt;             { cnt, id[cnt] }                       st_size = 4 * (1 + cnt)
 * __BTF_ID__set8__&lt;name&gt;            { cnt, flags, { id, flags }[cnt] }     st_size = 8 * (1 + cnt)
 * </pre>
 *
 * <p>Resolving writes the ids and sorts every set by id. {@link org.btfkit.resolve.BtfIdsResolver} does it in these
 * steps, a class for each: {@code IdsSection} collects the symbols, {@code OwnerSearch} and {@code OrderProof} show
 * that they tell the truth about an object that was resolved before, {@code IdLookup} finds the ids, {@code SortedIds}
 * puts them in order and moves the symbols along, {@code WriteGuard} refuses what would not survive that.
 *
 * <p>Embedding makes the BTF as well that the ids are found in: {@code ObjectPipeline} collects the kfuncs
 * ({@code Kfunc}), edits the BTF for them ({@code KfuncEdits}), and has it deduplicated, distilled and sorted
 * ({@code BtfTransform}). The result goes into the object, or beside it ({@code ObjectFiles}, {@code SymbolMoves}) for
 * a build to bring there ({@code BlobPatch}). Where {@code strip} took the symbols, {@code UnnamedIds} names the ids by
 * the BTF that they came from, and {@code IdsLayout} finds out what each word is. Where all is made of DWARF each time,
 * {@code ObjectSeals} shows of which objects that would change nothing.
 *
 * <p>{@code KfuncSet} reads sets for people, and {@code KfuncUsers} from the code of the object for which types of
 * programs they are; {@code org.btfkit.resolve.code} reads that.
 *
 * <p>Laws, which the tests cite by number; where one cannot be kept, the object is refused with a
 * {@link org.btfkit.resolve.ResolveException.Reason}:
 *
 * <ol>
 *   <li>a second run is a no-op;
 *   <li>the path does not matter: resolving for one base and then for another is resolving for the other;
 *   <li>symbols tell the truth: each is on the slot that holds the id of its name;
 *   <li>id and flags stay together: a function has the flags that its declaration gave it;
 *   <li>a fresh object gets the bytes that the C tool writes;
 *   <li>nothing else changes.
 * </ol>
 *
 * <p>The third does not hold where {@link org.btfkit.resolve.ResolveOptions#keepLinkedSymbols} says so: the build of a
 * kernel has put the values of its symbols into the kernel before its ids are resolved, and ends if they are others
 * afterwards. What is left then is what the C tool leaves, and all that holds for its objects holds for that: resolving
 * it again is a no-op, and without that option it is repaired, or refused where it cannot be.
 */
package org.btfkit.resolve;
