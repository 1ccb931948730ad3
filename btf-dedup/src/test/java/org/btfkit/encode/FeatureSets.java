package org.btfkit.encode;

import java.util.Set;

/** The sets of features that expectations were made with, by name. */
final class FeatureSets {
    private static final String KERNEL =
            "encode_force,var,float,enum64,decl_tag,type_tag,optimized_func,consistent_func";
    private static final int DW_LANG_RUST = 0x1c;

    private FeatureSets() {}

    static EncodeOptions of(String set) {
        FeatureList list = new FeatureList();
        switch (set) {
            case "plain" -> {
                return EncodeOptions.PLAIN;
            }
            case "k612" -> add(list, KERNEL + ",decl_tag_kfuncs");
            case "k7" -> {
                add(list, KERNEL);
                add(list, "attributes");
                add(list, "layout");
            }
            case "all" -> add(list, "+reproducible_build,global_var,attributes,true_signature,layout");
            default -> throw new IllegalArgumentException(set);
        }
        return EncodeOptions.PLAIN.withFeatures(list.features()).withoutLanguages(Set.of(DW_LANG_RUST));
    }

    private static void add(FeatureList list, String names) {
        list.add(names, unknown -> {
            throw new IllegalArgumentException(unknown);
        });
    }
}
