/**
 * The report: one HTML page, with everything in it, to explore BTF in a browser.
 *
 * <p>{@link org.btfkit.cli.html.ReportPage} puts the page together: a frame, a style sheet, scripts, and for each
 * {@link org.btfkit.cli.html.ReportFile} its BTF, packed. The scripts stand beside it as resources and are read in this
 * order: {@code btf.js} (the format), {@code layout.js} (holes), {@code declaration.js} (C), {@code uses.js} (who
 * refers to whom), {@code search.js}, {@code dom.js}, {@code views.js} (what is shown of a type), {@code changes.js}
 * (how two files differ), {@code page.js} (addresses, keys, the overview).
 *
 * <p>{@link org.btfkit.cli.html.DotWriter} and {@link org.btfkit.cli.html.SvgWriter} draw a graph of types, for a file
 * of its own.
 *
 * <p>The page carries BTF itself and not what was made of it: a kernel's 110,000 types are 2 MB that way, and whatever
 * a reader asks for is worked out when it is asked for. So layouts and declarations are worked out once more in the
 * scripts; a test holds them against {@code StructLayout} for every struct of a kernel. A framework was decided
 * against: a page that is kept for years should not depend on one, and a list, a table and a drawing need none.
 */
package org.btfkit.cli.html;
