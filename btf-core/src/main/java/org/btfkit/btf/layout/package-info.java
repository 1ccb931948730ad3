/**
 * How structs lie in memory, and how to show it.
 *
 * <p>{@link org.btfkit.btf.layout.StructLayout} tells offsets, sizes, holes and padding of a struct or union;
 * {@link org.btfkit.btf.layout.LayoutPrinter} writes them as pahole does.
 */
package org.btfkit.btf.layout;
