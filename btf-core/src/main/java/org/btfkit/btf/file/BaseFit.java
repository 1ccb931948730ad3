package org.btfkit.btf.file;

import java.io.IOException;
import java.util.function.Consumer;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfFormatException;

/**
 * Loads split BTF on a base, and says what is wrong if the base is missing or another one: which base the BTF needs.
 *
 * <p>Ids and string offsets of split BTF only make sense with the base it was made on. With another one its names
 * begin, most often, in the middle of strings, or its functions have no prototypes; then it cannot be loaded at all.
 * Where it fits by chance, as one of twenty modules of a few types does, {@link BaseSigns} show it: then it is refused
 * as well, unless the caller asks to be {@linkplain #warning warned} only, or {@linkplain #trusting trusts} the base.
 *
 * <p>What fits costs two more passes over the own types than {@link BtfSource#btf} does.
 *
 * <p>Immutable; safe for use by several threads if its listener is.
 */
public final class BaseFit {
    private static final Consumer<BtfBaseException> SILENCE = new Silence();

    private final Btf base;
    private final String option;
    private final String release;
    private final boolean trusts;
    private final boolean onlyWarns;
    private final Consumer<BtfBaseException> listener;

    private BaseFit(
            Btf base,
            String option,
            String release,
            boolean trusts,
            boolean onlyWarns,
            Consumer<BtfBaseException> listener) {
        this.base = base;
        this.option = option;
        this.release = release;
        this.trusts = trusts;
        this.onlyWarns = onlyWarns;
        this.listener = listener;
    }

    /** Told of doubts that nobody asked for; a class, as the first lambda of a run takes it milliseconds. */
    private static final class Silence implements Consumer<BtfBaseException> {
        @Override
        public void accept(BtfBaseException doubt) {
            // nobody asked
        }
    }

    /**
     * Returns what refuses BTF that was not made on a base.
     *
     * @param base the base given, or null; ignored by BTF that needs none
     * @param option the option that gives it, for messages
     * @return the fit
     */
    public static BaseFit on(Btf base, String option) {
        return new BaseFit(base, option, null, false, false, SILENCE);
    }

    /**
     * Returns this, for BTF that is known to be for a kernel.
     *
     * @param kernelRelease as {@code uname -r} says it, or null if it is not known
     * @return the fit
     */
    public BaseFit forKernel(String kernelRelease) {
        return new BaseFit(base, option, kernelRelease, trusts, onlyWarns, listener);
    }

    /**
     * Returns this, with the base taken at the caller's word: what can be loaded on it is.
     *
     * @param trust whether to look for no signs
     * @return the fit
     */
    public BaseFit trusting(boolean trust) {
        return new BaseFit(base, option, release, trust, onlyWarns, listener);
    }

    /**
     * Returns this, with doubts told: a base that fits, but is said to be of another kernel.
     *
     * @param told is told of them; what was not made on the base is still refused
     * @return the fit
     */
    public BaseFit doubting(Consumer<BtfBaseException> told) {
        return new BaseFit(base, option, release, trusts, false, told);
    }

    /**
     * Returns this, with BTF loaded that can be read on the base, but shows signs that it was not made on it.
     *
     * @param told is told of signs and doubts
     * @return the fit
     */
    public BaseFit warning(Consumer<BtfBaseException> told) {
        return new BaseFit(base, option, release, trusts, true, told);
    }

    /**
     * Returns the base.
     *
     * @return the base given, or null
     */
    public Btf base() {
        return base;
    }

    /**
     * Loads BTF that has no distilled base.
     *
     * @param source where it is
     * @return the BTF
     * @throws IOException if reading fails
     * @throws BtfFormatException if it is damaged
     * @throws BtfBaseException if it needs a base, or another one
     */
    public Btf load(BtfSource source) throws IOException {
        Btf btf = readIfPossible(source);
        if (btf == null) {
            throw refusal(source, base == null ? " is split BTF: give its base with " : misfit("") + ": ", null);
        }
        BaseSigns.Verdict signs = signs(source, btf);
        if (signs.wrong() != null) {
            BtfBaseException refusal = refusal(source, misfit(": " + signs.wrong()) + "; ", signs.wrong());
            if (!onlyWarns) {
                throw refusal;
            }
            listener.accept(refusal);
        } else if (signs.doubt() != null) {
            String text = " may not have been made on the base " + base.source() + ", though that fits: ";
            listener.accept(new BtfBaseException(
                    source.detachedSplit().source() + text + signs.doubt(), null, false, signs.doubt()));
        }
        return btf;
    }

    /**
     * Loads BTF, or returns null if it needs a base, or was not made on this one.
     *
     * @param source where it is
     * @return the BTF or null
     * @throws IOException if reading fails
     * @throws BtfFormatException if it is damaged
     */
    public Btf loadIfFits(BtfSource source) throws IOException {
        Btf btf = readIfPossible(source);
        return btf == null || signs(source, btf).wrong() != null ? null : btf;
    }

    private BaseSigns.Verdict signs(BtfSource source, Btf btf) {
        boolean looks = !trusts && btf.base() != null;
        return looks ? BaseSigns.find(btf, source.hasExt(), release) : new BaseSigns.Verdict(null, null);
    }

    /** Loads what can be read on the base, whatever signs it shows. */
    private Btf readIfPossible(BtfSource source) throws IOException {
        DetachedSplit split = null;
        try {
            if (base == null) {
                return source.btf(null);
            }
            split = source.detachedSplit();
            if (split.isSelfContained() && !split.usesOwnStrings(base.stringEnd())) {
                return source.btf(null);
            }
            return split.namesFit(base.stringEnd()) ? source.btf(base) : null;
        } catch (BtfFormatException e) {
            if (split == null) {
                split = detachedOrThrow(source, e);
            }
            // A base of nothing but void is none.
            boolean rightBase = base == null
                    ? split.isSelfContained() || split.namesAreOwn() || split.baseTypeCount() == 1
                    : split.baseTypeCount() == base.typeCount() || split.baseStringEnd() == base.stringEnd();
            if (rightBase) {
                throw e;
            }
            return null;
        }
    }

    private static DetachedSplit detachedOrThrow(BtfSource source, BtfFormatException fault) throws IOException {
        try {
            return source.detachedSplit();
        } catch (BtfFormatException e) {
            throw fault;
        }
    }

    private String misfit(String why) {
        return " was not made on the base " + base.source() + " (" + size(base.typeCount(), base.stringEnd()) + ")"
                + why;
    }

    private BtfBaseException refusal(BtfSource source, String found, String sign) throws IOException {
        DetachedSplit split = source.detachedSplit();
        if (base != null && split.isSelfContained()) {
            String text = split.source() + " seems to be whole BTF, as it refers to nothing of a base: read it without "
                    + base.source();
            return new BtfBaseException(text, null, sign != null, sign);
        }
        String give = base == null ? "" : "give the right one with ";
        String text = split.source() + found + give + option + ", " + need(split);
        BaseSearch search = new BaseSearch(split, source.bytes(), base, source.hasExt(), release);
        return new BtfBaseException(text, search, sign != null, sign);
    }

    private static String need(DetachedSplit split) {
        return split.baseTypeCount() < 0 && split.baseStringEnd() < 0
                ? "which cannot be told from the BTF"
                : "one with " + size(split.baseTypeCount(), split.baseStringEnd());
    }

    /** A type count has void in it, which nobody else counts. */
    private static String size(int typeCount, int stringBytes) {
        int count = typeCount - 1;
        String types = typeCount < 0 ? "an unknown number of types" : count + (count == 1 ? " type" : " types");
        String strings = stringBytes < 0 ? "an unknown number of" : Integer.toString(stringBytes);
        return types + " and " + strings + " bytes of strings";
    }
}
