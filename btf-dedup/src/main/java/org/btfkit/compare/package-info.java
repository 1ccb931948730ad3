/**
 * Two BTFs, or two types of one, beside each other.
 *
 * <p>There is more than one question, and a class for each. Whether two are the same:
 *
 * <ul>
 *   <li>{@link org.btfkit.compare.SameTypes}: two BTFs have the same type at each id, whatever the order of their
 *       strings. Who keeps ids of one may use them with the other;
 *   <li>{@link org.btfkit.compare.LayoutComparison}: two types of one BTF look the same to who uses them, as far as
 *       memory goes. Two structs of one name that do not are a trap, two that do are only a waste.
 * </ul>
 *
 * <p>And how they differ:
 *
 * <ul>
 *   <li>{@link org.btfkit.compare.BtfDiff}: what has changed from one BTF to another, whatever their ids.
 *       {@code BtfDiffer} makes it and names its passes: {@code Signatures}, on the numbers of {@code Terms}, then
 *       {@code Variants}, {@code Matching}, {@code CompositeChanges}. {@link org.btfkit.compare.Impact} says whom a
 *       change may hurt;
 *   <li>{@link org.btfkit.compare.Explanation}: where two types of one name part, which is why there are two of them;
 *   <li>{@link org.btfkit.compare.LoadCheck}: what becomes of a module's BTF on a vmlinux, and by
 *       {@link org.btfkit.compare.BaseEvidence} how sure that is.
 * </ul>
 *
 * <pre>{@code
 * Btf next = BtfSource.load(Path.of("vmlinux-next"));
 * for (Change change : BtfDiff.of(vmlinux, next).changes()) {
 *     System.out.println(change.subject().title() + ": " + change.impact());
 * }
 * // prints struct task: LAYOUT
 * // prints mark_get: TYPES
 *
 * try (BtfSource file = BtfSource.open(Path.of("module.ko"))) {
 *     LoadCheck check = LoadCheck.of(file, next);
 *     System.out.println(check.verdict() + ": " + check.cause());
 * }
 * // prints REFUSED: it was made on another base: one with 65 types, this one has 67
 * }</pre>
 *
 * <h2>How it is done</h2>
 *
 * <p>All are data; who asks writes text, JSON or a page of them.
 *
 * <p>Equivalence of types as deduplication needs it, where a forward declaration equals what it declares, stands in
 * {@code org.btfkit.dedup}: it works on a hypothesis that outlives the comparison, millions of times.
 *
 * <p>Decided against: one comparison with switches for what to look at. Each rule here fits a screen, and a switch in
 * the wrong position would give an answer that looks right.
 */
package org.btfkit.compare;
