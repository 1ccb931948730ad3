/**
 * Transformations of whole BTFs.
 *
 * <p>{@link org.btfkit.dedup.Deduplicator} makes types and strings unique, with or without a base.
 * {@link org.btfkit.transform.Distiller} makes split BTF independent of the build of its base, and
 * {@link org.btfkit.transform.Relocator} puts it on another base. {@link org.btfkit.transform.Permuter} and
 * {@link org.btfkit.transform.NameSorter} change the order of types, {@link org.btfkit.transform.Merger} makes one BTF
 * of several. Like everything here they work on type ids and words, leave their input as it is, and tell what became of
 * each id.
 */
package org.btfkit.dedup;
