package org.btfkit.resolve;

import java.io.IOException;
import java.nio.file.Path;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfException;
import org.btfkit.btf.BtfFormatException;
import org.btfkit.btf.BtfSource;
import org.btfkit.btf.DetachedSplit;
import org.btfkit.elf.ElfFile;

/** Loads the BTF that an object is, or was, resolved with, on the base that fits it. */
final class ObjectBtf {
    private final ElfFile elf;
    private final ResolveOptions options;
    private final BtfPool pool;

    ObjectBtf(ElfFile elf, ResolveOptions options, BtfPool pool) {
        this.elf = elf;
        this.options = options;
        this.pool = pool;
    }

    /**
     * Loads the BTF to find ids in: {@code --btf} or the object's own, on its distilled base if it brings one, else on
     * {@code --btf_base}.
     *
     * @throws BtfException if there is none, it is damaged, or the base is missing or another one
     */
    Btf current() throws IOException {
        try (BtfSource source = options.btf() == null ? BtfSource.of(elf) : BtfSource.open(options.btf())) {
            if (!source.hasBtf()) {
                throw new BtfException(elf + ": has no " + BtfSource.BTF_SECTION
                        + " section; encode it with pahole -J, or give BTF with --btf");
            }
            return load(source, pool.get(options.base()), "-b");
        }
    }

    /** Loads the object's own BTF; null if there is none, or none that fits the base at hand. */
    Btf own(Path base) throws IOException {
        return loadIfFits(null, base);
    }

    /**
     * Loads the BTF that {@code --old_btf} and {@code --old_base} name; null if neither is given, or if the base of the
     * old BTF is not named and not the one at hand: it may be gone, and the BTF tell enough without.
     */
    Btf old() throws IOException {
        if (options.oldBtf() == null && options.oldBase() == null) {
            return null;
        }
        Path base = options.oldBase() != null ? options.oldBase() : options.base();
        if (options.oldBtf() == null) {
            return loadIfFits(null, base);
        }
        try (BtfSource source = BtfSource.open(options.oldBtf())) {
            return load(source, pool.get(base), "--old_base");
        } catch (ResolveException e) {
            if (options.oldBase() != null) {
                throw e;
            }
            return null;
        }
    }

    /** Reads the object's own BTF without its base; null if there is none, or it is damaged. */
    DetachedSplit detached() throws IOException {
        try (BtfSource source = options.oldBtf() == null ? BtfSource.of(elf) : BtfSource.open(options.oldBtf())) {
            return source.hasBtf() ? source.detachedSplit() : null;
        } catch (BtfFormatException e) {
            return null;
        }
    }

    private Btf loadIfFits(Path file, Path base) throws IOException {
        try (BtfSource source = file == null ? BtfSource.of(elf) : BtfSource.open(file)) {
            return source.hasBtf() ? load(source, pool.get(base), "--old_base") : null;
        } catch (BtfFormatException | ResolveException e) {
            return null;
        }
    }

    private static Btf load(BtfSource source, Btf base, String baseOption) throws IOException {
        Btf distilled = source.distilledBase();
        return distilled != null ? source.btf(distilled) : BaseFit.load(source, base, baseOption);
    }
}
