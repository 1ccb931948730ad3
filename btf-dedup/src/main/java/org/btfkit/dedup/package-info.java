/**
 * Transformations of whole BTFs.
 *
 * <p>{@link org.btfkit.dedup.Deduplicator} makes types and strings unique, with or without a base. Like everything here
 * it works on type ids and words, leaves its input as it is, and tells what became of each id.
 */
package org.btfkit.dedup;
