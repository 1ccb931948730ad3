/**
 * Manual pages and completions of bash, zsh and fish, written while the project is packaged; no command loads anything
 * of this, and the commands' jar has none of it.
 *
 * <p>{@link org.btfkit.cli.manual.Manual} writes the files. {@link org.btfkit.cli.manual.Command} lists the commands,
 * each with the {@link org.btfkit.cli.support.Syntax} that its help and its reading of options go by: nothing here says
 * a second time which options there are. {@link org.btfkit.cli.manual.ManualPage} makes a page of that, of what all
 * pages have in common, and of a {@link org.btfkit.cli.manual.PageText}: a resource with the name of the page, which
 * has what is said nowhere else. {@link org.btfkit.cli.manual.Roff} is the language of pages.
 * {@link org.btfkit.cli.manual.BashCompletion}, {@link org.btfkit.cli.manual.ZshCompletion} and
 * {@link org.btfkit.cli.manual.FishCompletion} need no framework of these shells but what each of them brings along.
 *
 * <p>picocli's own generators were decided against: that of pages makes AsciiDoc, which a Ruby program would have to
 * translate, and that of completions knows bash only.
 */
package org.btfkit.cli.manual;
