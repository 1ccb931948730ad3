package org.btfkit.resolve;

import java.nio.file.Path;
import org.btfkit.elf.ElfFile;

/**
 * What to resolve objects with. Every path is raw BTF or ELF, plain or compressed; null means not given.
 *
 * <p>Immutable, and safe for use by several threads.
 *
 * @param btf BTF to find the ids in, instead of the object's own
 * @param base base of that BTF, unless it brings a distilled one along
 * @param oldBtf BTF that the ids in the object came from, if it is not the object's own
 * @param oldBase base of that BTF, if it is not {@code base}
 * @param trustSymbols take symbols at their word where an object was resolved before
 * @param stripSignature cut off a module signature that a change invalidates, instead of refusing the change
 * @param fatalWarnings treat a warning as a failure: write nothing
 * @param trustBase take the base at its word: use it although there are signs that the BTF was not made on it
 * @param distillBase where BTF is embedded or written beside the object: distill its base, so that the BTF does not
 *     depend on the very build of the base
 * @param rules where BTF is embedded or written beside the object: make it of the object's DWARF, as the build of such
 *     a kernel does; null to take the one that is there
 * @param seals whether objects are sealed that need not be worked on again; null to neither look for seals nor make any
 * @param keepLinkedSymbols in what is linked, as vmlinux is and a module is not, symbols stay where they are, though
 *     sorting a set puts other ids there: the build of a kernel has their values in the kernel by then, and compares
 */
public record ResolveOptions(
        Path btf,
        Path base,
        Path oldBtf,
        Path oldBase,
        boolean trustSymbols,
        boolean stripSignature,
        boolean fatalWarnings,
        boolean trustBase,
        boolean distillBase,
        KernelRules rules,
        Seals seals,
        boolean keepLinkedSymbols) {

    /**
     * Returns options that only give a base.
     *
     * @param base base of the objects' own BTF, or null
     * @return the options
     */
    public static ResolveOptions withBase(Path base) {
        return new ResolveOptions(null, base, null, null, false, false, false, false, false, null, null, false);
    }

    /**
     * Returns these options with another BTF to find the ids in.
     *
     * @param path the BTF, or null for the object's own
     * @return the options
     */
    public ResolveOptions withBtf(Path path) {
        Draft draft = new Draft(this);
        draft.btf = path;
        return draft.options();
    }

    /**
     * Returns these options with the BTF that the ids in the object came from.
     *
     * @param oldBtfPath the BTF, or null for the object's own
     * @param oldBasePath its base, or null for {@link #base}
     * @return the options
     */
    public ResolveOptions withOld(Path oldBtfPath, Path oldBasePath) {
        Draft draft = new Draft(this);
        draft.oldBtf = oldBtfPath;
        draft.oldBase = oldBasePath;
        return draft.options();
    }

    /**
     * Returns these options with symbols trusted or not.
     *
     * @param trust whether to take symbols at their word
     * @return the options
     */
    public ResolveOptions withTrustSymbols(boolean trust) {
        Draft draft = new Draft(this);
        draft.trustSymbols = trust;
        return draft.options();
    }

    /**
     * Returns these options with signatures stripped or not.
     *
     * @param strip whether to cut off a signature that a change invalidates
     * @return the options
     */
    public ResolveOptions withStripSignature(boolean strip) {
        Draft draft = new Draft(this);
        draft.stripSignature = strip;
        return draft.options();
    }

    /**
     * Returns these options with warnings fatal or not.
     *
     * @param fatal whether a warning is a failure
     * @return the options
     */
    public ResolveOptions withFatalWarnings(boolean fatal) {
        Draft draft = new Draft(this);
        draft.fatalWarnings = fatal;
        return draft.options();
    }

    /**
     * Returns these options with the base trusted or not.
     *
     * @param trust whether to take the base at its word
     * @return the options
     */
    public ResolveOptions withTrustBase(boolean trust) {
        Draft draft = new Draft(this);
        draft.trustBase = trust;
        return draft.options();
    }

    /**
     * Returns these options with the base distilled or not.
     *
     * @param distill whether to distill the base
     * @return the options
     */
    public ResolveOptions withDistillBase(boolean distill) {
        Draft draft = new Draft(this);
        draft.distillBase = distill;
        return draft.options();
    }

    /**
     * Returns these options with BTF made of the object's DWARF or not.
     *
     * @param kernelRules how to make it, or null to take the one that is there
     * @return the options
     */
    public ResolveOptions withRules(KernelRules kernelRules) {
        Draft draft = new Draft(this);
        draft.rules = kernelRules;
        return draft.options();
    }

    /**
     * Returns these options with objects sealed or not.
     *
     * @param newSeals by whom, or null for no seals
     * @return the options
     */
    public ResolveOptions withSeals(Seals newSeals) {
        Draft draft = new Draft(this);
        draft.seals = newSeals;
        return draft.options();
    }

    /**
     * Returns these options with symbols of what is linked kept or moved.
     *
     * @param keep whether they stay where they are
     * @return the options
     */
    public ResolveOptions withKeepLinkedSymbols(boolean keep) {
        Draft draft = new Draft(this);
        draft.keepLinkedSymbols = keep;
        return draft.options();
    }

    /** Tells whether symbols of an object stay where they are. */
    boolean keepsSymbolsOf(ElfFile object) {
        return keepLinkedSymbols && object.type() != ElfFile.ET_REL;
    }

    /** Tells whether ids come from the BTF that the object brings, both those that are there and those to be. */
    boolean areIdsOfOwnBtf() {
        return isOwnBtf() && oldBtf == null && oldBase == null;
    }

    /** Tells whether ids are found in the BTF that the object brings, and not in one that is made or given anew. */
    boolean isOwnBtf() {
        return btf == null && rules == null;
    }

    /** A copy to change some components of, as a record with twelve is unreadable where it is made anew. */
    private static final class Draft {
        private Path btf;
        private Path base;
        private Path oldBtf;
        private Path oldBase;
        private boolean trustSymbols;
        private boolean stripSignature;
        private boolean fatalWarnings;
        private boolean trustBase;
        private boolean distillBase;
        private KernelRules rules;
        private Seals seals;
        private boolean keepLinkedSymbols;

        Draft(ResolveOptions options) {
            this.btf = options.btf;
            this.base = options.base;
            this.oldBtf = options.oldBtf;
            this.oldBase = options.oldBase;
            this.trustSymbols = options.trustSymbols;
            this.stripSignature = options.stripSignature;
            this.fatalWarnings = options.fatalWarnings;
            this.trustBase = options.trustBase;
            this.distillBase = options.distillBase;
            this.rules = options.rules;
            this.seals = options.seals;
            this.keepLinkedSymbols = options.keepLinkedSymbols;
        }

        ResolveOptions options() {
            return new ResolveOptions(
                    btf,
                    base,
                    oldBtf,
                    oldBase,
                    trustSymbols,
                    stripSignature,
                    fatalWarnings,
                    trustBase,
                    distillBase,
                    rules,
                    seals,
                    keepLinkedSymbols);
        }
    }
}
