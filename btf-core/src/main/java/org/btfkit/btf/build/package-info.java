/**
 * New BTF, and changed copies of BTF.
 *
 * <p>Read {@link org.btfkit.btf.build.BtfBuilder} first, which adds types and keeps the rules of libbpf's
 * {@code btf__add_*} functions ({@code BuilderRules}); {@code Elements} adds what types consist of.
 * {@link org.btfkit.btf.build.TypeEdit} changes a type in place, {@code BtfAppender} copies types of other BTF. What
 * they write to are a {@code TypeSection} and a {@code StringSection}, which grow.
 *
 * <pre>
 * BtfBuilder          add a type: BuilderRules refuses what libbpf would; Elements adds members, values, parameters
 *   TypeEdit          change an own type that is there, in place
 *   BtfAppender       all own types of another BTF behind the own ones, with ids and strings moved along
 * TypeSection         the words so far, and where each type begins
 * StringSection       the strings so far, each once; what the base has is not added again
 * BtfBuilder.build    checks references, and copies both into a Btf
 * </pre>
 *
 * <pre>{@code
 * BtfBuilder builder = BtfBuilder.create();
 * builder.addStruct("node", 8);
 * builder.addMember("next", 2, 0); // the type after this one
 * builder.addPtr(1);
 * Btf list = builder.build();
 * System.out.println(list.describe(2) + " to " + list.name(list.sizeOrType(2)));
 * // prints type [2] PTR to node
 * }</pre>
 *
 * <p>References may lead to types that are added later, so they are checked when the BTF is built, by the parser's own
 * rules: there is no second list of these. Elements that go in one by one, and not with their struct, were decided for
 * as libbpf has it so: what moves from C to here can be compared line by line.
 *
 * <p>A builder that takes records of types was decided against: types refer to types that come later, and a kernel's
 * would be made only to be taken apart again. Records are what {@link org.btfkit.btf.Btf#type} makes for readers.
 */
package org.btfkit.btf.build;
