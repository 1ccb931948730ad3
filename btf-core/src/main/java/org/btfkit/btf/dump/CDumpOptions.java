package org.btfkit.btf.dump;

import java.util.Arrays;
import java.util.List;
import org.btfkit.btf.Btf;

/**
 * What of a BTF is written as C, and how.
 *
 * <p>Immutable, and safe for use by several threads.
 *
 * @param sorted whether types are sorted by kind and name, so that headers of similar kernels are similar, or else in
 *     the order of type ids; roots keep the order they are given in
 * @param preamble whether to write more than the types: include guard, attributes, prototypes of kfuncs; with roots
 *     there are no prototypes
 * @param forwardOnly whether to write {@code struct name;} for structs and unions and nothing else, not even the
 *     preamble; names are those that a header made with the same options otherwise has
 * @param exact whether to write a layout that holds for every compiler, instead of bpftool's text: see {@link CDumper}
 * @param asserts whether to write a {@code _Static_assert} for each size and offset; of bitfields, which have no
 *     {@code offsetof}, those of their neighbours must do
 * @param pointerSize size of pointers, where it is known, for instance from an ELF file: 4 or 8 bytes, or 0 to guess it
 *     from the size of long
 * @param rootIds the types to write, with all that they need, of the base as well; if there are none by id or name, all
 *     types are written
 * @param rootNames more types to write, after those by id: all types of these names, of whatever kind
 * @param exclude another BTF, whose types are left out, as for a header that is included after one made of that BTF, or
 *     null. A type is declared there if one has the same kind and name, and for structs, unions and enums the same size
 *     and number of elements. A type that has only its name in common with one there gets another name. If the other
 *     BTF is the base, the base's types are left out
 * @param prefix what to put before the names of all structs, unions, enums, typedefs and enumerators that are written;
 *     the beginning of an identifier, or empty
 * @param guard the macro that keeps the header from being included twice, which is a part of the preamble; empty for
 *     none, and null for that of bpftool, or none for a header that {@code exclude} makes, since it goes along with
 *     another one
 */
public record CDumpOptions(
        boolean sorted,
        boolean preamble,
        boolean forwardOnly,
        boolean exact,
        boolean asserts,
        int pointerSize,
        List<Integer> rootIds,
        List<String> rootNames,
        Btf exclude,
        String prefix,
        String guard) {
    /** The options that bpftool has. */
    public static final CDumpOptions DEFAULT =
            new CDumpOptions(true, true, false, false, false, 0, List.of(), List.of(), null, "", null);

    /**
     * Checks the options.
     *
     * @param sorted whether types are sorted
     * @param preamble whether to write a preamble
     * @param forwardOnly whether to write forward declarations only
     * @param exact whether the layout is to hold for every compiler
     * @param asserts whether to assert sizes and offsets
     * @param pointerSize 4 or 8 bytes, or 0 to guess
     * @param rootIds type ids
     * @param rootNames names of types
     * @param exclude the other BTF, or null
     * @param prefix the beginning of an identifier, or empty
     * @param guard an identifier, or empty for none, or null
     * @throws IllegalArgumentException if the prefix or the guard is no identifier, or the pointer size not 0, 4 or 8
     */
    public CDumpOptions {
        rootIds = List.copyOf(rootIds);
        rootNames = List.copyOf(rootNames);
        requireIdentifier(prefix);
        requireIdentifier(guard == null ? "" : guard);
        if (pointerSize != 0 && pointerSize != 4 && pointerSize != 8) {
            throw new IllegalArgumentException("pointer size " + pointerSize + ", expected 4 or 8, or 0 to guess");
        }
    }

    private static void requireIdentifier(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isLetter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
            if (!isLetter && (i == 0 || c < '0' || c > '9')) {
                throw new IllegalArgumentException("'" + text + "', expected a C identifier, or nothing");
            }
        }
    }

    /**
     * Returns these options with another {@code sorted}.
     *
     * @param value whether types are sorted
     * @return the changed options
     */
    public CDumpOptions withSorted(boolean value) {
        Draft draft = new Draft(this);
        draft.sorted = value;
        return draft.options();
    }

    /**
     * Returns these options with another {@code preamble}.
     *
     * @param value whether to write a preamble
     * @return the changed options
     */
    public CDumpOptions withPreamble(boolean value) {
        Draft draft = new Draft(this);
        draft.preamble = value;
        return draft.options();
    }

    /**
     * Returns these options with another {@code forwardOnly}.
     *
     * @param value whether to write forward declarations only
     * @return the changed options
     */
    public CDumpOptions withForwardOnly(boolean value) {
        Draft draft = new Draft(this);
        draft.forwardOnly = value;
        return draft.options();
    }

    /**
     * Returns these options with another {@code exact}.
     *
     * @param value whether the layout is to hold for every compiler
     * @return the changed options
     */
    public CDumpOptions withExact(boolean value) {
        Draft draft = new Draft(this);
        draft.exact = value;
        return draft.options();
    }

    /**
     * Returns these options with another {@code asserts}.
     *
     * @param value whether to assert sizes and offsets
     * @return the changed options
     */
    public CDumpOptions withAsserts(boolean value) {
        Draft draft = new Draft(this);
        draft.asserts = value;
        return draft.options();
    }

    /**
     * Returns these options with another {@code pointerSize}.
     *
     * @param bytes 4 or 8 bytes, or 0 to guess
     * @return the changed options
     */
    public CDumpOptions withPointerSize(int bytes) {
        Draft draft = new Draft(this);
        draft.pointerSize = bytes;
        return draft.options();
    }

    /**
     * Returns these options with another {@code rootIds}.
     *
     * @param typeIds type ids
     * @return the changed options
     */
    public CDumpOptions withRootIds(int... typeIds) {
        Draft draft = new Draft(this);
        draft.rootIds = Arrays.stream(typeIds).boxed().toList();
        return draft.options();
    }

    /**
     * Returns these options with another {@code rootNames}.
     *
     * @param names names of types
     * @return the changed options
     */
    public CDumpOptions withRootNames(String... names) {
        Draft draft = new Draft(this);
        draft.rootNames = List.of(names);
        return draft.options();
    }

    /**
     * Returns these options with another {@code exclude}.
     *
     * @param other the other BTF, or null
     * @return the changed options
     */
    public CDumpOptions withExclude(Btf other) {
        Draft draft = new Draft(this);
        draft.exclude = other;
        return draft.options();
    }

    /**
     * Returns these options with another {@code prefix}.
     *
     * @param value the beginning of an identifier, or empty
     * @return the changed options
     */
    public CDumpOptions withPrefix(String value) {
        Draft draft = new Draft(this);
        draft.prefix = value;
        return draft.options();
    }

    /**
     * Returns these options with another {@code guard}.
     *
     * @param macro an identifier, or empty for none, or null
     * @return the changed options
     */
    public CDumpOptions withGuard(String macro) {
        Draft draft = new Draft(this);
        draft.guard = macro;
        return draft.options();
    }

    /** A copy to change one component of, as a record with eleven is unreadable where it is made anew. */
    private static final class Draft {
        private boolean sorted;
        private boolean preamble;
        private boolean forwardOnly;
        private boolean exact;
        private boolean asserts;
        private int pointerSize;
        private List<Integer> rootIds;
        private List<String> rootNames;
        private Btf exclude;
        private String prefix;
        private String guard;

        Draft(CDumpOptions options) {
            this.sorted = options.sorted;
            this.preamble = options.preamble;
            this.forwardOnly = options.forwardOnly;
            this.exact = options.exact;
            this.asserts = options.asserts;
            this.pointerSize = options.pointerSize;
            this.rootIds = options.rootIds;
            this.rootNames = options.rootNames;
            this.exclude = options.exclude;
            this.prefix = options.prefix;
            this.guard = options.guard;
        }

        CDumpOptions options() {
            return new CDumpOptions(
                    sorted,
                    preamble,
                    forwardOnly,
                    exact,
                    asserts,
                    pointerSize,
                    rootIds,
                    rootNames,
                    exclude,
                    prefix,
                    guard);
        }
    }
}
