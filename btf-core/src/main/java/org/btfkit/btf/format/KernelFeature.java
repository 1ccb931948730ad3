package org.btfkit.btf.format;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the kernel's BTF has learned since {@code BPF_BTF_LOAD} came with Linux 4.18, and in which release.
 *
 * <p>Kernels refuse what they do not know. Distributions have taken some of this back to older kernels. The sources are
 * the history of kernel/bpf/btf.c and of include/uapi/linux/btf.h. Constants ascend by release.
 *
 * <p>It is the table for those who tell which kernels take some BTF, and for those who rewrite BTF for an older one.
 *
 * <p>Immutable.
 */
public enum KernelFeature {
    /** FUNC and FUNC_PROTO. */
    FUNCTIONS("5.0"),
    /** Bitfields by kflag of a STRUCT or UNION, and FWDs of unions. */
    KFLAG("5.0"),
    /** INTs of more than 64 bits. */
    WIDE_INTS("5.1"),
    /** VAR and DATASEC. */
    VARIABLES("5.2"),
    /** ENUMs that do not have 4 bytes. */
    ENUM_SIZES("5.5"),
    /** More than 65,535 types, or bytes of strings. */
    LARGE("5.5"),
    /** FUNCs that are global; before, their vlen had to be 0. */
    GLOBAL_FUNCTIONS("5.6"),
    /** Split BTF, of modules. */
    SPLIT("5.11"),
    /** DATASECs without variables. */
    EMPTY_SECTIONS("5.12"),
    /** FLOAT. */
    FLOATS("5.13"),
    /** DECL_TAG. */
    DECL_TAGS("5.16"),
    /** TYPE_TAG. */
    TYPE_TAGS("5.17"),
    /** ENUM64, and ENUMs with a sign. */
    ENUM64("6.0"),
    /** Names with dots, but for those of sections. */
    DOTS("6.4"),
    /** Names of sections with more than letters, digits, dots and underscores, such as {@code ?.struct_ops}. */
    SECTION_NAMES("6.9"),
    /** DECL_TAG and TYPE_TAG with kflag: attributes. */
    ATTRIBUTES("6.15"),
    /** A layout section. */
    LAYOUT("7.1"),
    /** More than 65,535 members, values or the like of one type. */
    LARGE_VLEN("7.2");

    /** The first release that takes BTF at all. */
    public static final String FIRST_RELEASE = "4.18";

    private static final Pattern RELEASE = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})(\\D.*)?", Pattern.DOTALL);

    private final String release;

    KernelFeature(String release) {
        this.release = release;
    }

    /**
     * Returns the first release of Linux with this.
     *
     * @return for example {@code 5.2}
     */
    public String release() {
        return release;
    }

    /**
     * Finds what a kernel does not know yet.
     *
     * @param release release of the kernel, as {@code uname -r} says it; what follows the first two numbers does not
     *     count
     * @return the features that came later, ascending
     * @throws IllegalArgumentException if it does not begin with two numbers, or is older than BTF
     */
    public static Set<KernelFeature> unknownTo(String release) {
        long kernel = number(release);
        if (kernel < number(FIRST_RELEASE)) {
            throw new IllegalArgumentException(
                    "release '" + release + "': has no BTF, expected " + FIRST_RELEASE + " or later");
        }
        Set<KernelFeature> unknown = EnumSet.noneOf(KernelFeature.class);
        for (KernelFeature feature : values()) {
            if (number(feature.release) > kernel) {
                unknown.add(feature);
            }
        }
        return unknown;
    }

    /** Makes of the first two numbers one that can be compared. */
    private static long number(String release) {
        Matcher matcher = RELEASE.matcher(release);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "release '" + release + "': expected two numbers and what may follow, such as 5.4 or 6.12.9-arch1");
        }
        return Integer.parseInt(matcher.group(1)) * 10_000L + Integer.parseInt(matcher.group(2));
    }

    /**
     * Returns what a kind needs at least, whatever its flags and sizes are.
     *
     * @param kind the kind
     * @return the feature, empty if all kernels with BTF take the kind
     */
    public static Optional<KernelFeature> ofKind(BtfKind kind) {
        return Optional.ofNullable(
                switch (kind) {
                    case VOID, INT, PTR, ARRAY, STRUCT, UNION, ENUM, FWD, TYPEDEF, VOLATILE, CONST, RESTRICT -> null;
                    case FUNC, FUNC_PROTO -> FUNCTIONS;
                    case VAR, DATASEC -> VARIABLES;
                    case FLOAT -> FLOATS;
                    case DECL_TAG -> DECL_TAGS;
                    case TYPE_TAG -> TYPE_TAGS;
                    case ENUM64 -> ENUM64;
                });
    }
}
