/**
 * What the kernel's {@code include/uapi/linux/btf.h} says, once: no other package knows how many words a kind has,
 * which of them are type ids, or where the bits of a packed word are.
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
 * <p>Read {@link org.btfkit.btf.format.BtfKind} first: the kinds, and what {@code fixed} and {@code element} are for
 * each. {@link org.btfkit.btf.format.KindSet} names the sets of kinds that rules speak of,
 * {@link org.btfkit.btf.format.Words} takes packed words apart, {@link org.btfkit.btf.format.BtfHeader} is the header,
 * {@link org.btfkit.btf.format.Limits} are numbers of libbpf and the kernel,
 * {@link org.btfkit.btf.format.KernelFeature} says which kernel was the first to know a kind or flag, and
 * {@link org.btfkit.btf.format.BtfFormatException} is what data gets that breaks a rule.
 *
 * <p>A new kind begins as an entry in {@code BtfKind}; switches without a default then make the compiler say what else
 * there is to do. Classes for single types were decided against here: a kernel has a hundred thousand types, and most
 * work needs a few words of each. The records for those who prefer them are {@code org.btfkit.btf.BtfType}.
 */
package org.btfkit.btf.format;
