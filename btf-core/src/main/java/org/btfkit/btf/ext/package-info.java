/**
 * The section {@code .BTF.ext} of BPF objects: what they say of their instructions, by ids and strings of the BTF
 * beside it.
 *
 * <p>{@link org.btfkit.btf.ext.BtfExt} has the grammar, the records and what changes them. {@code InfoKind} is the one
 * place that knows the words of a record, {@code InfoSection} keeps the records of a kind, {@code BtfExtParser} cuts
 * data into these and checks what libbpf's {@code btf_ext_parse} checks.
 *
 * <p>Read them in this order. Objects for all records at once were decided against: records are kept as words and made
 * when asked for, so that those which a newer compiler makes longer are written back as they were read. So are bytes
 * that no field of the header covers; what would have to know their meaning, such as new type ids, is refused.
 */
package org.btfkit.btf.ext;
