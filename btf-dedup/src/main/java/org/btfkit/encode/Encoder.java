package org.btfkit.encode;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.dedup.BaseIndex;
import org.btfkit.dedup.DedupOptions;
import org.btfkit.dedup.Deduplicator;
import org.btfkit.elf.ElfFile;

/**
 * Makes BTF of the DWARF of an object, byte for byte as pahole 1.31 does.
 *
 * <p><b>Problem.</b> A kernel is built with debug information for a debugger: for each unit a tree of entries that says
 * all of types, functions, blocks and where variables are. BTF is what the kernel itself needs of it: the types, once,
 * and the functions that a program can attach to. Of 210 MB of entries 4.7 MB are left:
 *
 * <pre>
 * DW_TAG_structure_type 'list_head'      [1] STRUCT 'list_head' size=16
 *   DW_TAG_member 'next'  type: 0x2d         'next' type: [2] at bit 0
 *   DW_TAG_member 'prev'  type: 0x2d         'prev' type: [2] at bit 64
 * 0x2d: DW_TAG_pointer_type type: ...     [2] PTR [1]
 * DW_TAG_subprogram 'f' low_pc: ...       [3] FUNC_PROTO (list: [2])    [4] FUNC 'f' [3]
 *   DW_TAG_formal_parameter 'list'
 *     location: in rdi
 * </pre>
 *
 * <p><b>Passes</b>, n being the number of entries, t that of types before deduplication, 4.3 million in a kernel:
 *
 * <ol>
 *   <li>symbols: functions by base name, and those that sets of {@code .BTF_ids} name: O(symbols);
 *   <li>units, each by itself on any thread: a walk over the entries appends a type when its entry is complete, then
 *       references become ids, then functions are joined with what they are instances of and judged by where their
 *       parameters are: O(n);
 *   <li>assembly, in the order of units: ids and strings of the unit become those of the whole: O(t), on all threads
 *       but for the strings;
 *   <li>functions by name: one of each name, or none: O(f log f) for f functions;
 *   <li>{@link Deduplicator}, with strings as they were added.
 * </ol>
 *
 * <p><b>Order.</b> All of it follows from the input: units as they are in the section, types as their entries are
 * complete, strings by first use. So the result is the same at any number of threads.
 *
 * <p>Memory: a unit at a time for each thread, 40 bytes for each type of the whole, and what the deduplicator takes.
 * Units that refer to each other (link-time optimization) are encoded as one, by one thread, and take four bytes for
 * each byte of entries more.
 *
 * <p>What BTF cannot say, such as an atomic type, and DWARF of which part is elsewhere, in type units, alternate files
 * (dwz) or {@code .dwo} files, is refused: a type that is missing would become void, and nobody would know.
 *
 * <pre>{@code
 * Encoder encoder = new Encoder(EncodeOptions.DEFAULT);
 * Btf vmlinux;
 * try (ElfFile file = ElfFile.open(Path.of("vmlinux"))) {
 *     vmlinux = encoder.encode(file);
 * }
 * BaseIndex base = BaseIndex.of(vmlinux);
 * try (ElfFile file = ElfFile.open(Path.of("module.ko"))) {
 *     Btf module = encoder.encode(file, base);
 * }
 * }</pre>
 *
 * <p>An encoder has options and a listener and no other state; it may be used by several threads at the same time.
 */
public final class Encoder {
    private static final EncodeListener SILENT = new EncodeListener() {};

    private final EncodeOptions options;
    private final EncodeListener listener;

    /**
     * Makes an encoder without a listener.
     *
     * @param options what to encode
     */
    public Encoder(EncodeOptions options) {
        this(options, SILENT);
    }

    /**
     * Makes an encoder.
     *
     * @param options what to encode
     * @param listener is told what is left out, and what is odd
     */
    public Encoder(EncodeOptions options, EncodeListener listener) {
        this.options = options;
        this.listener = listener;
    }

    /**
     * Encodes an object on its own.
     *
     * @param file the object
     * @return its BTF; null if it has no DWARF, or nothing is left of it
     * @throws IOException if reading fails
     * @throws BtfException if the DWARF is damaged, or of a kind that is not read, or has a type that BTF has not
     */
    public Btf encode(ElfFile file) throws IOException {
        Btf raw = encodeRaw(file, null);
        return raw == null ? null : deduplicator().dedup(raw).btf();
    }

    /**
     * Encodes an object, such as a module, on a base.
     *
     * @param file the object
     * @param base the base, such as that of vmlinux, which any number of objects may share
     * @return its BTF, split on the base; null if it has no DWARF, or all of it is left out
     * @throws IOException if reading fails
     * @throws BtfException as {@link #encode(ElfFile)}
     */
    public Btf encode(ElfFile file, BaseIndex base) throws IOException {
        Btf raw = encodeRaw(file, base);
        return raw == null ? null : deduplicator().dedup(raw, base).btf();
    }

    private Deduplicator deduplicator() {
        return new Deduplicator(
                DedupOptions.DEFAULT.withThreads(options.threads()).withStringsKept(true));
    }

    /** Encodes an object without making its types unique. */
    Btf encodeRaw(ElfFile file, BaseIndex base) throws IOException {
        try {
            return new ObjectEncoder(file, base, options, listener).encode();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
