package org.btfkit.resolve;

import java.util.EnumSet;
import java.util.Set;
import org.btfkit.dwarf.DwLanguage;
import org.btfkit.encode.EncodeOptions;
import org.btfkit.encode.Feature;

/**
 * What the build of a kernel makes of an object's DWARF. It has changed over time, and which version's rules are
 * followed is seen in the bytes:
 *
 * <pre>
 * 6.12   pahole tags kfuncs; its BTF goes into the object as it is
 * 6.16   pahole also tags pointers into the arena
 * 7.0    after pahole, kfuncs lose their implicit arguments, and types are sorted by name (scripts/gen-btf.sh)
 * 7.1    that of vmlinux says how large each kind is
 * 7.3    after pahole, kfuncs are tagged as well, and all is deduplicated once more
 * </pre>
 *
 * <p>Features are those that {@code scripts/Makefile.btf} gives pahole 1.31; Rust is left out, as it is there. What a
 * release has was read in its sources: that file, {@code scripts/link-vmlinux.sh}, {@code scripts/Makefile.modfinal}
 * and, from 7.0 on, {@code scripts/gen-btf.sh} of 6.12.117, 7.2.12 and 7.3.4. Between those, by the commits that made
 * the change and when they were merged: {@code --btf_features=attributes} came with 21cb33c7e065, in the BPF pull
 * request for 6.16; gen-btf.sh, {@code --patch_btfids} and implicit arguments with 1a8fa7faf489 and 9d199965990c, for
 * 7.0; {@code layout} with 5e1942eb1c01, for 7.1.
 *
 * @param encoding what is encoded
 * @param form what is done to that before it goes into the object
 */
public record KernelRules(EncodeOptions encoding, Form form) {
    /** Those of the newest kernel. */
    public static final KernelRules NEWEST = new KernelRules(encoding(Feature.LAYOUT), Form.EDITED);

    /** What is done to BTF before it goes into an object. */
    public enum Form {
        /** Nothing. */
        AS_ENCODED,
        /** Kfuncs lose implicit arguments; types are sorted by name. */
        SORTED,
        /** All edits for kfuncs; then it is deduplicated, and types are sorted by name. */
        EDITED
    }

    /** The oldest version whose rules are known. */
    private static final int OLDEST = version(6, 12);

    private static final int ATTRIBUTES_SINCE = version(6, 16);
    private static final int SORTED_SINCE = version(7, 0);
    private static final int LAYOUT_SINCE = version(7, 1);

    /** The newest version in which pahole still tags kfuncs. */
    private static final int PAHOLE_TAGS_UNTIL = version(7, 2);

    /**
     * Finds the rules of a kernel.
     *
     * @param version the version, of which the first two numbers count: {@code 6.12} or {@code 6.12.117-cloud-amd64}
     * @return the rules
     * @throws IllegalArgumentException if that is no version, or one before 6.12
     */
    public static KernelRules of(String version) {
        int number = parse(version);
        if (number < OLDEST) {
            throw new IllegalArgumentException("'" + version + "', expected a kernel version from 6.12 on");
        }
        if (number > PAHOLE_TAGS_UNTIL) {
            return NEWEST;
        }
        Set<Feature> more = EnumSet.of(Feature.DECL_TAG_KFUNCS);
        if (number >= ATTRIBUTES_SINCE) {
            more.add(Feature.ATTRIBUTES);
        }
        if (number >= LAYOUT_SINCE) {
            more.add(Feature.LAYOUT);
        }
        return new KernelRules(
                encoding(more.toArray(new Feature[0])), number < SORTED_SINCE ? Form.AS_ENCODED : Form.SORTED);
    }

    /** Returns -1 if that is no version. */
    private static int parse(String version) {
        String[] parts = version.split("[.-]", 3);
        try {
            return version(Integer.parseInt(parts[0]), parts.length == 1 ? 0 : Integer.parseInt(parts[1]));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static int version(int major, int minor) {
        return major * 1000 + minor;
    }

    private static EncodeOptions encoding(Feature... more) {
        Set<Feature> features = EnumSet.of(
                Feature.ENCODE_FORCE,
                Feature.VAR,
                Feature.FLOAT,
                Feature.ENUM64,
                Feature.DECL_TAG,
                Feature.TYPE_TAG,
                Feature.OPTIMIZED_FUNC,
                Feature.CONSISTENT_FUNC);
        features.addAll(Set.of(more));
        return EncodeOptions.PLAIN.withFeatures(features).withoutLanguages(Set.of(DwLanguage.of("rust")));
    }

    /**
     * Returns these rules with another number of threads.
     *
     * @param count how many threads encode one object
     * @return the rules
     */
    public KernelRules withThreads(int count) {
        return new KernelRules(encoding.withThreads(count), form);
    }
}
