package org.btfkit.encode;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Features as they are given on a command line: names with commas between them; {@code default} stands for those that
 * are default, and a leading plus sign for those as well. Several lists add up.
 *
 * <p>Not safe for use by several threads.
 */
public final class FeatureList {
    private final Set<Feature> features = EnumSet.noneOf(Feature.class);

    /** Makes an empty list. */
    public FeatureList() {}

    /**
     * Adds the features of a list.
     *
     * @param list for example {@code encode_force,var} or {@code +global_var}
     * @param unknown is told each name that is not one of a feature
     */
    public void add(String list, Consumer<String> unknown) {
        String names = list;
        if (names.startsWith("+")) {
            names = names.substring(1);
            features.addAll(EncodeOptions.DEFAULT.features());
        }
        for (String name : names.split(",")) {
            Feature feature = Feature.of(name);
            if (feature != null) {
                features.add(feature);
            } else if (name.equals("default")) {
                features.addAll(EncodeOptions.DEFAULT.features());
            } else if (!name.isEmpty()) {
                unknown.accept(name);
            }
        }
    }

    /**
     * Returns the names of all features.
     *
     * @return the names with commas between them, in pahole's order
     */
    public static String supported() {
        return Arrays.stream(Feature.values()).map(Feature::title).collect(Collectors.joining(","));
    }

    /**
     * Returns the features.
     *
     * @return those of all lists
     */
    public Set<Feature> features() {
        return features.isEmpty() ? EnumSet.noneOf(Feature.class) : EnumSet.copyOf(features);
    }
}
