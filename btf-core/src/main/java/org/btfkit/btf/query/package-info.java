/**
 * Questions whose answer takes several types.
 *
 * <p>Read {@link org.btfkit.btf.query.TypeQueries} first: types by name and kind, and what is behind typedefs and
 * modifiers. {@link org.btfkit.btf.query.TypeSizes} is {@code sizeof} and {@code alignof};
 * {@link org.btfkit.btf.query.MemberPath} leads from a struct to a member as C writes it.
 * {@link org.btfkit.btf.query.References} and {@link org.btfkit.btf.query.Closure} tell how types hang together.
 * {@link org.btfkit.btf.query.BtfSearch} and {@link org.btfkit.btf.query.BtfStats} look at a whole BTF.
 *
 * <pre>{@code
 * TypeSizes sizes = new TypeSizes(vmlinux);
 * MemberPath.Target last = MemberPath.find(sizes, "task.children.prev");
 * long bytes = sizes.sizeOf(last.typeId());
 * System.out.println(bytes + " bytes at byte " + last.offsetBits() / 8); // prints 8 bytes at byte 32
 * }</pre>
 *
 * <p>Where nothing may be found, the answer says so: {@code Optional} for a type as a record, 0 for an id (void has no
 * name to be found by), an empty array for several, -1 for a size. An exception is for what cannot be asked of this
 * BTF.
 *
 * <p>Nothing here keeps what it found in the BTF, which stays as small as it is; who asks often keeps the answer. A
 * graph of objects with a reference for each type id was decided against: it is ten times the size of the BTF, and most
 * questions need a path through it.
 */
package org.btfkit.btf.query;
