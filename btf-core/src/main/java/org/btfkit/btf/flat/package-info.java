/**
 * The arrays that BTF is kept in, for this project's own packages; not exported to users of the library.
 *
 * <p>A kernel has a hundred thousand types, and ten million before deduplication. So there is no object per type: all
 * words of the type section are one {@code int[]}, with where each type begins beside it, and the string section is a
 * {@code byte[]}. Read {@link org.btfkit.btf.flat.FlatTypes} first, which has accessors by what the words mean;
 * {@link org.btfkit.btf.flat.FlatStrings} are the strings by offset. {@link org.btfkit.btf.flat.JoinedTypes} has the
 * base's types in the same arrays, for those who walk from type to type. {@link org.btfkit.btf.flat.StringTable} finds
 * strings by content, and grows; {@link org.btfkit.btf.flat.TypeRewriter} knows which words are type ids and names.
 * {@link org.btfkit.btf.flat.KindTable} and {@link org.btfkit.btf.flat.Batch} are for loops over all types,
 * {@link org.btfkit.btf.flat.TypeFaults} is for messages, {@link org.btfkit.btf.flat.Identifiers} for names in sources.
 *
 * <pre>
 * words    { name_off, info, size_or_type } fixed* element*      of one type; BtfKind says how many of each
 * offsets  [i] = index of the first word of own type i, whose id is firstTypeId + i; one more: the number of words
 * strings  bytes up to a NUL each; a name_off below the base's end is the base's string
 * </pre>
 *
 * <p>{@link org.btfkit.btf.flat.IntList} is what loops over these keep numbers in; a library of collections was decided
 * against for it: one class of it costs more start-up than all of this package.
 *
 * <p>{@link org.btfkit.btf.flat.FlatAccess} leads packages above {@code org.btfkit.btf} from a BTF to its arrays.
 * Public methods for that were decided against: who has the arrays could change a BTF that others take to be immutable.
 */
package org.btfkit.btf.flat;
