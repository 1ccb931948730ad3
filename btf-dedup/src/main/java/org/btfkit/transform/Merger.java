package org.btfkit.transform;

import java.util.ArrayList;
import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.build.BtfBuilder;

/**
 * Makes one BTF of several, as input for a {@code Deduplicator}.
 *
 * <p>The result is what libbpf's {@code btf__add_btf} makes of the inputs, one after another: own types in their order,
 * equal ones as well, and the strings that they use, each once. It has a header of 32 bytes, no layout section, and the
 * byte order of the first input.
 *
 * <p>{@link ExtMerger} does the same to {@code .BTF.ext}.
 *
 * <p>Static methods and constants only; safe for use by several threads.
 */
public final class Merger {
    private Merger() {}

    /**
     * Merges BTFs.
     *
     * <p>Cost: one pass over all types. Memory beside inputs and result: 8 bytes per type of the greatest input, and 4
     * per byte of its strings.
     *
     * @param inputs at least one BTF; those that are split have to be on the same {@link Btf} as base, which is the
     *     base of the result
     * @return the BTF and where to find each input's types in it
     * @throws BtfException if there are types of unknown kinds, or bases that differ, or more than 2 GiB
     * @throws IllegalArgumentException if there is no input
     */
    public static Merged merge(List<Btf> inputs) {
        return merge(inputs, null);
    }

    /**
     * Merges BTFs into split BTF; inputs that are not split, such as those of single compilation units, are put on the
     * base as well.
     *
     * @param inputs at least one BTF; those that are split have to be on {@code ontoBase}
     * @param ontoBase the base of the result, or null for that of the inputs
     * @return the BTF and where to find each input's types in it
     * @throws BtfException as {@link #merge(List)}
     * @throws IllegalArgumentException if there is no input
     */
    public static Merged merge(List<Btf> inputs, Btf ontoBase) {
        if (inputs.isEmpty()) {
            throw new IllegalArgumentException("no BTF to merge, expected at least one");
        }
        Btf base = commonBase(inputs, ontoBase);
        BtfBuilder builder = base == null ? BtfBuilder.create(inputs.get(0).order()) : BtfBuilder.splitOn(base);
        try {
            return append(inputs, builder);
        } catch (IllegalArgumentException e) {
            throw new BtfException("merged BTF: " + e.getMessage(), e);
        }
    }

    /**
     * Writes a base and what is split on it as one BTF: the types of the base keep their ids and strings, those of the
     * first split BTF as well, and those of the others follow. Equal types and names of several split BTFs stay, as
     * they do in a running kernel, where each module has its own.
     *
     * <p>Cost: as of {@link #merge(List)}.
     *
     * @param base the base, not split itself
     * @param splits what is to be put behind it; BTF that is not split goes there with all of its types
     * @return BTF without a base, with the header and layout section of the base
     * @throws BtfException as {@link #merge(List)}, and if the base is split
     */
    public static Merged flatten(Btf base, List<Btf> splits) {
        if (base.base() != null) {
            throw new BtfException(base.source() + ": split itself, expected the base of all");
        }
        commonBase(splits, base);
        try {
            return append(splits, BtfBuilder.copyOf(base));
        } catch (IllegalArgumentException e) {
            throw new BtfException("flattened BTF: " + e.getMessage(), e);
        }
    }

    private static Merged append(List<Btf> inputs, BtfBuilder builder) {
        long words = 0;
        int types = 0;
        for (Btf input : inputs) {
            words += input.wordCount();
            types += input.typeCount() - input.firstTypeId();
        }
        builder.reserve(words, types);
        List<Integer> idOffsets = new ArrayList<>();
        for (Btf input : inputs) {
            idOffsets.add(builder.typeCount() - input.firstTypeId());
            builder.append(input);
        }
        return new Merged(builder.build("merged BTF"), idOffsets);
    }

    /** Returns the base given, or else that of those inputs that are split, null if none is. */
    private static Btf commonBase(List<Btf> inputs, Btf ontoBase) {
        Btf base = ontoBase;
        for (Btf input : inputs) {
            if (base == null) {
                base = input.base();
            } else if (input.base() != null && input.base() != base) {
                throw new BtfException(
                        input.source() + ": split on " + input.base().source() + ", expected " + base.source());
            }
        }
        return base;
    }
}
