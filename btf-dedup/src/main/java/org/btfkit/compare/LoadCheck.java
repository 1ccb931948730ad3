package org.btfkit.compare;

import java.io.IOException;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BaseFit;
import org.btfkit.btf.file.BtfBaseException;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.file.DetachedSplit;
import org.btfkit.btf.validate.KernelValidator;
import org.btfkit.transform.Relocator;

/**
 * Says whether a kernel takes the BTF of a module, and whether its types are what they were then.
 *
 * <p><b>Problem.</b> A module's ids and names go on where those of its vmlinux end. On the vmlinux of another build the
 * kernel refuses it (<i>failed to validate module BTF</i>); or it does not notice, and functions have other names.
 *
 * <p><b>Steps.</b> (1) Is there BTF, and nothing behind it? (2) With a distilled base ({@code .BTF.base}): is it valid,
 * and can it be relocated, as the kernel does on loading? (3) Without: was it made on this vmlinux? Its own sizes,
 * {@link BaseFit} and {@link BaseEvidence} tell. (4) Does the kernel's check take it?
 *
 * <p>Immutable; safe for use by several threads.
 *
 * @param verdict what becomes of it
 * @param cause why, one line; null if it loads
 * @param doubt a reason why the base may be another one although it fits; null if there is none
 * @param typeCount how many types it has, without the base's; 0 if it cannot be read
 * @param isRelocated whether it has a distilled base, and so is for any kernel with the types that it needs
 * @param isExact whether the number of types or of string bytes that it needs is known, and is that of the base
 * @param release the kernel that module and base say they are of, both the same; else null
 * @param evidence what speaks for the base; null if it is relocated or cannot be read on it
 * @param btf the BTF as it is in the file, to which the ids in {@code .BTF_ids} belong; null if it cannot be read
 */
public record LoadCheck(
        Verdict verdict,
        String cause,
        String doubt,
        int typeCount,
        boolean isRelocated,
        boolean isExact,
        String release,
        BaseEvidence evidence,
        Btf btf) {

    /** What becomes of the BTF. */
    public enum Verdict {
        /** The kernel takes it. */
        LOADS,
        /** The kernel takes it, and reads other types and names than were meant. */
        MISREAD,
        /** The kernel refuses it. */
        REFUSED,
        /** It is on no base, while the kernel takes a module's BTF to go on where its own ends. */
        STANDALONE,
        /** There is none to load. */
        NO_BTF
    }

    /** {@return whether the kernel takes it and reads it as it was meant} */
    public boolean isGood() {
        return verdict == Verdict.LOADS;
    }

    /** {@return whether it is the right base, as far as anyone can tell} */
    public boolean isCertain() {
        return doubt == null && (isRelocated || isExact || evidence != null && evidence.isCertain());
    }

    /**
     * Checks a module.
     *
     * @param module the file; its ELF sections are looked into
     * @param base the BTF of the vmlinux that it is to be loaded on
     * @return what was found
     * @throws IOException if reading fails
     * @throws BtfException if it is neither an ELF file nor BTF
     */
    public static LoadCheck of(BtfSource module, Btf base) throws IOException {
        if (!module.hasBtf()) {
            return failed(Verdict.NO_BTF, "it has no .BTF section", null);
        }
        if (module.elf() == null) {
            module.detachedSplit(); // what is no BTF at all is no module either
        }
        Btf distilled;
        try {
            module.requireEnd();
            distilled = module.distilledBase();
        } catch (BtfException e) {
            return failed(Verdict.REFUSED, e.getMessage(), null);
        }
        return distilled == null ? onBase(module, base) : relocated(module, distilled, base);
    }

    private static LoadCheck failed(Verdict verdict, String cause, Btf btf) {
        int count = btf == null ? 0 : btf.typeCount() - btf.firstTypeId();
        return new LoadCheck(verdict, cause, null, count, false, false, null, null, btf);
    }

    private static LoadCheck relocated(BtfSource module, Btf distilled, Btf base) throws IOException {
        try {
            Btf split = module.btf(distilled);
            KernelValidator.kernel(split);
            KernelValidator.kernel(Relocator.relocate(split, base).btf());
            int count = split.typeCount() - split.firstTypeId();
            return new LoadCheck(Verdict.LOADS, null, null, count, true, false, null, null, split);
        } catch (BtfException e) {
            return new LoadCheck(Verdict.REFUSED, e.getMessage(), null, 0, true, false, null, null, null);
        }
    }

    private static LoadCheck onBase(BtfSource module, Btf base) throws IOException {
        String[] doubt = new String[1];
        Btf btf;
        try {
            btf = BaseFit.on(base, "")
                    .forKernel(module.kernelRelease())
                    .doubting(found -> doubt[0] = found.sign())
                    .load(module);
        } catch (BtfBaseException e) {
            if (module.detachedSplit().isSelfContained()) {
                return standalone(null); // read as split, a vmlinux of another release seems to have a base of no types
            }
            return misread(module, base, e.sign());
        } catch (BtfException e) {
            return failed(Verdict.REFUSED, e.getMessage(), null);
        }
        int count = btf.typeCount() - btf.firstTypeId();
        if (count > 0 && btf.base() == null) {
            return standalone(btf);
        }
        BaseEvidence evidence = BaseEvidence.of(btf);
        if (evidence.misfit() != null) {
            return misread(module, base, evidence.misfit());
        }
        try {
            KernelValidator.kernel(btf);
        } catch (BtfException e) {
            return failed(Verdict.REFUSED, e.getMessage(), btf);
        }
        DetachedSplit split = module.detachedSplit();
        int types = split.baseTypeCount();
        int strings = split.baseStringEnd();
        boolean isExact = (types < 0 || types == base.typeCount())
                && (strings < 0 || strings == base.stringEnd())
                && (types >= 0 || strings >= 0);
        boolean sameRelease =
                module.kernelRelease() != null && module.kernelRelease().equals(base.kernelRelease());
        String release = sameRelease ? base.kernelRelease() : null;
        return new LoadCheck(Verdict.LOADS, null, doubt[0], count, false, isExact, release, evidence, btf);
    }

    private static LoadCheck standalone(Btf btf) {
        return failed(Verdict.STANDALONE, "a module's BTF goes on where its vmlinux' ends; this has no base", btf);
    }

    /** What was made on another base; the kernel may refuse it or not. */
    private static LoadCheck misread(BtfSource module, Btf base, String sign) throws IOException {
        String found = sign != null ? sign : sizes(module.detachedSplit(), base);
        try {
            KernelValidator.kernel(module.btf(base));
            return failed(Verdict.MISREAD, "it was made on another base: " + found, null);
        } catch (BtfException e) {
            return failed(Verdict.REFUSED, "it was made on another base: " + found, null);
        }
    }

    private static String sizes(DetachedSplit split, Btf base) {
        int types = split.baseTypeCount();
        int strings = split.baseStringEnd();
        if (types >= 0 && types != base.typeCount()) {
            return "one with %,d types, this one has %,d".formatted(types - 1, base.typeCount() - 1);
        }
        if (strings >= 0 && strings != base.stringEnd()) {
            return "one with %,d bytes of strings, this one has %,d".formatted(strings, base.stringEnd());
        }
        return "its names are not those of this one";
    }
}
