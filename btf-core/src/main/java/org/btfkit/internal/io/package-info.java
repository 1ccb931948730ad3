/**
 * Bytes from files, and files replaced whole or not at all; for this project's own modules.
 *
 * <p>Reading: {@code InputFile} opens a file and tells how it is compressed ({@code Compression}); what it holds is a
 * {@code RandomInput}, read from the disk ({@code FileInput}) or from memory ({@code ArrayInput}). {@code KernelImage}
 * finds the kernel that is packed in a bootable image.
 *
 * <p>Writing: a {@code FileChange} says what of a file stays and what is new. {@code AtomicFile} makes it true of one
 * file, {@code FileSet} of several; {@code TargetLock} keeps two writers apart, {@code Replacement} is the moment when
 * the new file takes the place of the old one.
 *
 * <p>A file is replaced in these steps: lock ({@code TargetLock}); write all of the new content to a hidden file beside
 * it ({@code HiddenFile}); give it owner, mode and attributes of the old one ({@code Replacement}); force it to the
 * disk; rename it. Whoever dies in between leaves the old file. A {@code FileSeal} keeps with the new one what is known
 * of its bytes ({@code ContentDigest}).
 *
 * <p>Read {@code RandomInput}, then {@code AtomicFile}. Mapped memory was decided against: who cuts a mapped file short
 * ends the JVM of whoever reads it, and a kernel is read once.
 */
package org.btfkit.internal.io;
