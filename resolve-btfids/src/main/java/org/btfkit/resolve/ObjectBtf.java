package org.btfkit.resolve;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BaseFit;
import org.btfkit.btf.file.BtfBaseException;
import org.btfkit.btf.file.BtfSections;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.file.BtfTrailer;
import org.btfkit.btf.file.DetachedSplit;
import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.compare.SameTypes;
import org.btfkit.elf.ElfFile;
import org.btfkit.encode.EncodeListener;
import org.btfkit.encode.Encoder;
import org.btfkit.resolve.ResolveException.Reason;
import org.btfkit.transform.Distiller;
import org.btfkit.transform.Relocator;

/** Loads or makes the BTF that an object is, or was, resolved with, on the base that fits it. */
final class ObjectBtf {
    private final ElfFile elf;
    private final ResolveOptions options;
    private final BtfPool pool;
    private final ResolveListener listener;

    /** What was made of the DWARF; null if that has not been done, or nothing came out. */
    private Btf encoded;

    private boolean isEncoded;

    /**
     * Prepares to load.
     *
     * @param listener is told of doubts about the base, and about the DWARF
     */
    ObjectBtf(ElfFile elf, ResolveOptions options, BtfPool pool, ResolveListener listener) {
        this.elf = elf;
        this.options = options;
        this.pool = pool;
        this.listener = listener;
    }

    /**
     * Loads the BTF to find ids in: {@code --btf} or the object's own, on its distilled base if it brings one, else on
     * {@code --btf_base}; or makes it of the object's DWARF, if the options say so.
     *
     * @return the BTF; null if it is to be made, and the object has no DWARF that is encoded
     * @throws BtfException if there is none, it is damaged, or the base is missing or another one
     */
    Btf current() throws IOException {
        if (options.btf() == null && options.rules() != null) {
            return encoded();
        }
        try (BtfSource source = options.btf() == null ? BtfSource.of(elf) : BtfSource.open(options.btf())) {
            if (!source.hasBtf()) {
                throw new ResolveException(Reason.NO_BTF, elf + ": has no " + BtfSections.BTF + " section");
            }
            // BTF that was made of the object since it was linked need not be for the kernel that the object is for.
            return load(source, options.base(), "-b", options.btf() == null ? source.kernelRelease() : null);
        }
    }

    private Btf encoded() throws IOException {
        if (!isEncoded) {
            Encoder encoder = new Encoder(options.rules().encoding(), new EncodeListener() {
                @Override
                public void warning(String message) {
                    listener.warning(message);
                }
            });
            Btf base = pool.get(options.base());
            encoded = base == null ? encoder.encode(elf) : encoder.encode(elf, pool.index(base));
            isEncoded = true;
        }
        return encoded;
    }

    /**
     * Loads the BTF to transform as it was found: as {@link #current()}, but an object's own BTF may also be on the
     * base that {@code --old_base} names.
     *
     * @throws BtfException as {@link #current()}, or if it cannot be told which of the two bases it is on
     */
    Btf stored() throws IOException {
        if (!options.isOwnBtf() || options.oldBase() == null) {
            return current();
        }
        Btf old = own(options.oldBase());
        Btf now = own(options.base());
        if (old == null || now != null && now.base() == null || isDistilled(old)) {
            return current();
        }
        if (now != null && !SameTypes.test(now.base(), old.base())) {
            throw new ResolveException(
                    Reason.UNCERTAIN_BASE,
                    elf + ": its " + BtfSections.BTF + " may be on "
                            + now.base().source() + " as well as on "
                            + old.base().source());
        }
        return now != null ? now : old;
    }

    /**
     * Puts BTF onto the base that was given, by name, if it is on a distilled base or an old one.
     *
     * @throws BtfException if the given base lacks a type that it needs
     */
    Btf onGivenBase(Btf stored) throws IOException {
        Btf given = pool.get(options.base());
        if (stored.base() == null || given == null || stored.base() == given) {
            return stored;
        }
        Btf distilled = isDistilled(stored) ? stored : Distiller.distill(stored).split();
        return Relocator.relocate(distilled, given).btf();
    }

    /** Tells whether the base of BTF came with it, so that no option named it. */
    boolean isDistilled(Btf btf) throws IOException {
        return btf.base() != null
                && btf.base() != pool.get(options.base())
                && btf.base() != pool.get(options.oldBase());
    }

    /** Loads the object's own BTF; null if there is none, or none that fits the base at hand. */
    Btf own(Path base) throws IOException {
        try (BtfSource source = BtfSource.of(elf)) {
            return source.hasBtf() ? loadIfFits(source, base) : null;
        } catch (BtfFormatException e) {
            return null;
        }
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
            return own(base);
        }
        try (BtfSource source = BtfSource.open(options.oldBtf())) {
            return options.oldBase() != null ? load(source, base, "--old_base", null) : loadIfFits(source, base);
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

    private Btf load(BtfSource source, Path base, String baseOption, String release) throws IOException {
        BtfTrailer trailer = source.trailer();
        if (trailer != null && trailer.isBtf()) {
            throw new ResolveException(Reason.SEVERAL_BTFS, trailer + "; expected one that is of all of them");
        } else if (trailer != null) {
            listener.warning(trailer + ", for which the kernel refuses BTF");
        }
        Btf distilled = source.distilledBase();
        return distilled != null
                ? source.btf(distilled)
                : fit(base, baseOption).forKernel(release).load(source);
    }

    private Btf loadIfFits(BtfSource source, Path base) throws IOException {
        Btf distilled = source.distilledBase();
        return distilled != null ? source.btf(distilled) : fit(base, "-b").loadIfFits(source);
    }

    private BaseFit fit(Path base, String option) throws IOException {
        return BaseFit.on(pool.get(base), option).trusting(options.trustBase()).doubting(new Notes(listener));
    }

    /** Tells a listener of doubts; a class, as the first lambda of a run takes it milliseconds. */
    private static final class Notes implements Consumer<BtfBaseException> {
        private final ResolveListener listener;

        private Notes(ResolveListener listener) {
            this.listener = listener;
        }

        @Override
        public void accept(BtfBaseException doubt) {
            listener.note(doubt.getMessage());
        }
    }
}
