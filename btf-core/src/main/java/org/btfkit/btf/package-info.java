/**
 * The model of BTF, the Linux kernel's type format.
 *
 * <p>The grammar of BTF data, in words of four bytes unless said otherwise:
 *
 * <pre>
 * btf      = header types [layout] strings
 * header   = magic:u16 version:u8 flags:u8 hdr_len type_off type_len str_off str_len
 *            [layout_off layout_len] zero*
 * types    = type*                       ids count from 1, or from the base's type count
 * type     = name_off info size|type fixed* element*
 * info     = vlen:24 kind:7 kflag:1      lowest bits first
 * layout   = { info_sz:u8 elem_sz:u8 flags:u16 }*   indexed by kind
 * strings  = NUL-terminated strings      the first is empty, unless split on a base
 * </pre>
 *
 * <p>What {@code fixed} and {@code element} are for each kind is told by {@link org.btfkit.btf.format.BtfKind}.
 * {@link org.btfkit.btf.BtfSource} finds BTF in files, {@link org.btfkit.btf.Btf} is the parsed, immutable whole with
 * accessors by type id, and {@link org.btfkit.btf.BtfType} are records for those who prefer them. What follows from
 * several types is asked of {@link org.btfkit.btf.BtfQueries} (names, kinds, typedefs),
 * {@link org.btfkit.btf.TypeSizes}, {@link org.btfkit.btf.MemberPath}, {@link org.btfkit.btf.References} and
 * {@link org.btfkit.btf.Closure}; {@link org.btfkit.btf.BtfSearch} and {@link org.btfkit.btf.BtfStats} look at a whole
 * BTF. {@link org.btfkit.btf.BtfBuilder} makes new BTF and changed copies, {@link org.btfkit.btf.BtfWriter} its bytes.
 * {@link org.btfkit.btf.BtfExt} is the {@code .BTF.ext} section that BPF objects have beside. The source of every rule
 * is the kernel's {@code include/uapi/linux/btf.h} and libbpf's parser.
 */
package org.btfkit.btf;
