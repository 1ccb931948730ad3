package org.btfkit.encode;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfException;
import org.btfkit.dedup.BaseIndex;
import org.btfkit.dedup.Deduplicator;
import org.btfkit.elf.ElfFile;

/**
 * Makes BTF of the DWARF of an object, byte for byte as pahole 1.31 does.
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
        return new Deduplicator().withThreads(options.threads()).withStringsKept();
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
