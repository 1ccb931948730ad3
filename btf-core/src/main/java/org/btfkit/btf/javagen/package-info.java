/**
 * Java sources from BTF: classes with {@code java.lang.foreign} layouts and accessors for the structs, unions and enums
 * of a kernel or a BPF object.
 *
 * <p>Start with {@link org.btfkit.btf.javagen.JavaTypes}. What it does, in order: {@code JavaNames} names classes,
 * {@code JavaExtent} finds the types that come along by value, {@code ClassText} writes a file. It asks {@code Shapes}
 * what a type is to Java, {@code ClassMembers} for the members with those of nameless members in their places,
 * {@code LayoutText} for the layout, {@code AccessText} for the methods of a member, with {@code BitWindow} where that
 * is a bit field, and {@code EnumText} for enums. {@link org.btfkit.btf.javagen.MapTypes} finds the types of a BPF
 * object's maps.
 *
 * <p>The shape is that of jextract: static methods on a segment. Decided against: objects that wrap a segment, which
 * would be allocated for each struct in an array that is looked at; {@code VarHandle}s by path, of which a vmlinux
 * would make fifty thousand when classes are loaded, where an offset is a number; and value layouts with alignment, as
 * segments often are arrays of bytes, and members of packed structs are anywhere.
 */
package org.btfkit.btf.javagen;
