/**
 * New BTF, and changed copies of BTF.
 *
 * <p>Read {@link org.btfkit.btf.build.BtfBuilder} first, which adds types and keeps the rules of libbpf's
 * {@code btf__add_*} functions ({@code BuilderRules}); {@code Elements} adds what types consist of.
 * {@link org.btfkit.btf.build.TypeEdit} changes a type in place, {@code BtfAppender} copies types of other BTF. What
 * they write to are a {@code TypeSection} and a {@code StringSection}, which grow.
 *
 * <p>A builder that takes records of types was decided against: types refer to types that come later, and a kernel's
 * would be made only to be taken apart again. Records are what {@link org.btfkit.btf.Btf#type} makes for readers.
 */
package org.btfkit.btf.build;
