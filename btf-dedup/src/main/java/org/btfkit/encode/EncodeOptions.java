package org.btfkit.encode;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * What to encode.
 *
 * @param features what goes into the BTF
 * @param excludedLanguages units in these languages, {@code DW_LANG_}, are left out
 * @param threads how many threads work at one object; the result does not depend on it
 */
public record EncodeOptions(Set<Feature> features, Set<Integer> excludedLanguages, int threads) {
    /** What pahole encodes if it is not told any features. */
    public static final EncodeOptions PLAIN = new EncodeOptions(
            EnumSet.of(Feature.VAR, Feature.DECL_TAG, Feature.TYPE_TAG, Feature.ENUM64),
            Set.of(),
            Runtime.getRuntime().availableProcessors());

    /** What pahole encodes if it is told {@code --btf_features=default}. */
    public static final EncodeOptions DEFAULT = PLAIN.withFeatures(defaultFeatures());

    /**
     * Makes options.
     *
     * @param features what goes into the BTF; copied
     * @param excludedLanguages units in these languages are left out; copied
     * @param threads how many threads work at one object
     * @throws IllegalArgumentException if there is no thread
     */
    public EncodeOptions {
        features = Collections.unmodifiableSet(
                features.isEmpty() ? EnumSet.noneOf(Feature.class) : EnumSet.copyOf(features));
        excludedLanguages = Collections.unmodifiableSet(new TreeSet<>(excludedLanguages));
        if (threads < 1) {
            throw new IllegalArgumentException("threads " + threads + ", expected at least 1");
        }
    }

    private static Set<Feature> defaultFeatures() {
        Set<Feature> features = EnumSet.noneOf(Feature.class);
        for (Feature feature : Feature.values()) {
            if (feature.isDefault()) {
                features.add(feature);
            }
        }
        return features;
    }

    /**
     * Returns these options with other features.
     *
     * @param newFeatures what goes into the BTF
     * @return the options
     */
    public EncodeOptions withFeatures(Set<Feature> newFeatures) {
        return new EncodeOptions(newFeatures, excludedLanguages, threads);
    }

    /**
     * Returns these options with other languages left out.
     *
     * @param languages {@code DW_LANG_} of the units to leave out
     * @return the options
     */
    public EncodeOptions withoutLanguages(Set<Integer> languages) {
        return new EncodeOptions(features, languages, threads);
    }

    /**
     * Returns these options with another number of threads.
     *
     * @param count number of threads, the caller's included
     * @return the options
     */
    public EncodeOptions withThreads(int count) {
        return new EncodeOptions(features, excludedLanguages, count);
    }

    boolean has(Feature feature) {
        return features.contains(feature);
    }
}
