/**
 * Resolves the {@code .BTF_ids} section of kernel objects.
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
 */
package org.btfkit.resolve;
