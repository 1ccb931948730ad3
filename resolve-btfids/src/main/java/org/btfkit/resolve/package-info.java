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
 * a build to bring there ({@code BlobPatch}).
 */
package org.btfkit.resolve;
