package org.btfkit.btf.dump;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.query.TypeSizes;

/**
 * Writes types as C, as {@code bpftool btf dump ... format c} does: a header that a compiler takes, with the layout
 * that the BTF tells. A split BTF is written with its base.
 *
 * <p><b>Problem.</b> BTF is a graph of types in any order, where several may share a name; C wants each name once, and
 * definitions before uses. BTF
 *
 * <pre>
 * [1] STRUCT 'node' size=16 vlen=2
 *         'next' type_id=2 bits_offset=0
 *         'key' type_id=3 bits_offset=64
 * [2] PTR '(anon)' type_id=1
 * [3] TYPEDEF 'key_t' type_id=4
 * [4] INT 'unsigned char' size=1 bits_offset=0 nr_bits=8 encoding=(none)
 * </pre>
 *
 * <p>becomes
 *
 * <pre>
 * typedef unsigned char key_t;
 *
 * struct node {
 *         struct node *next;
 *         key_t key;
 * };
 * </pre>
 *
 * <p><b>Passes.</b> (1) The types to write are listed: all of them, sorted by name or in id order, or the roots that
 * were asked for. (2) {@link DefinitionOrder} brings them, and what they need, into an order for C. (3)
 * {@link CDefinitions} writes each of them, with forward declarations where that order leaves a type behind a pointer.
 * {@link CNames} keeps names apart, {@link CDeclarators} puts types around names, {@link CBodies} and {@link CPadding}
 * keep to the layout. (4) {@link CFrame} adds what a BPF program includes such a header for.
 *
 * <p><b>Cost.</b> Linear in the size of the BTF and of the text, but for sorting. Memory for a copy of the words and
 * about 40 bytes per type; the text is streamed. Types that are nested too deep or would make a text out of proportion
 * are refused, see {@link #dump}.
 */
public final class CDumper {
    private final Btf btf;
    private final Options options;

    /** What to write, and how; unless told otherwise the same as bpftool. */
    public static final class Options {
        private boolean sorted = true;
        private boolean preamble = true;
        private boolean forwardOnly;
        private int pointerSize;
        private int[] rootIds = {};
        private String[] rootNames = {};
        private Btf exclude;
        private String prefix = "";
        private String guard;

        /** Creates the options that bpftool has. */
        public Options() {}

        /**
         * Sets whether types are sorted by kind and name, so that headers of similar kernels are similar.
         *
         * @param value false for the order of type ids; initially true. Roots keep the order they are given in.
         * @return this
         */
        public Options sorted(boolean value) {
            sorted = value;
            return this;
        }

        /**
         * Sets whether to write more than the types: include guard, attributes, prototypes of kfuncs.
         *
         * @param value false for the types only; initially true. With roots there are no prototypes.
         * @return this
         */
        public Options preamble(boolean value) {
            preamble = value;
            return this;
        }

        /**
         * Sets the types to write, with all that they need; without any by id or name, all types are written.
         *
         * @param typeIds type ids, of the base as well
         * @return this
         */
        public Options rootIds(int... typeIds) {
            rootIds = typeIds.clone();
            return this;
        }

        /**
         * Sets the types to write by name, after those by id: all types of that name, of whatever kind.
         *
         * @param names names of types
         * @return this
         */
        public Options rootNames(String... names) {
            rootNames = names.clone();
            return this;
        }

        /**
         * Leaves out what another BTF declares, as for a header that is included after one made of that BTF.
         *
         * <p>A type is declared there if one has the same kind and name, and for structs, unions and enums the same
         * size and number of elements. A type that has only its name in common with one there gets another name. If the
         * other BTF is the base, the base's types are left out.
         *
         * @param other the other BTF, or null
         * @return this
         */
        public Options exclude(Btf other) {
            exclude = other;
            return this;
        }

        /**
         * Sets what to put before the names of all structs, unions, enums, typedefs and enumerators that are written.
         *
         * @param value the beginning of an identifier, or empty
         * @return this
         * @throws IllegalArgumentException if it is another text
         */
        public Options prefix(String value) {
            requireIdentifier(value);
            prefix = value;
            return this;
        }

        /**
         * Sets whether to write forward declarations of structs and unions and nothing else, not even the preamble.
         *
         * <p>Names are those that a header made with the same options otherwise has.
         *
         * @param value true for {@code struct name;} only; initially false
         * @return this
         */
        public Options forwardOnly(boolean value) {
            forwardOnly = value;
            return this;
        }

        /**
         * Sets the macro that keeps the header from being included twice; it is a part of the preamble.
         *
         * @param macro an identifier, or empty for none; initially that of bpftool, and none for a header that
         *     {@link #exclude} makes, since it goes along with another one
         * @return this
         * @throws IllegalArgumentException if it is another text
         */
        public Options guard(String macro) {
            requireIdentifier(macro);
            guard = macro;
            return this;
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
         * Sets the size of pointers, where it is known, for instance from an ELF file.
         *
         * @param bytes 4 or 8, or 0 to guess it from the size of long
         * @return this
         */
        public Options pointerSize(int bytes) {
            pointerSize = bytes;
            return this;
        }
    }

    /**
     * Creates a dumper with the options that bpftool has.
     *
     * @param btf the BTF to dump
     */
    public CDumper(Btf btf) {
        this(btf, new Options());
    }

    /**
     * Creates a dumper.
     *
     * @param btf the BTF to dump
     * @param options what to write; read by {@link #dump}
     */
    public CDumper(Btf btf, Options options) {
        this.btf = btf;
        this.options = options;
    }

    /**
     * Writes the types.
     *
     * @param out where to; flushed but left open
     * @throws IOException if writing fails
     * @throws IllegalArgumentException if there is no type with an id or name that was asked for; nothing is written
     * @throws BtfException if there is a type of an unknown kind, a struct that contains itself, or types nested more
     *     than 256 deep, with nothing written; or if anonymous types multiply each other, with a part written
     */
    public void dump(OutputStream out) throws IOException {
        TypeTable types = new TypeTable(btf);
        DumpLimits limits = new DumpLimits(btf, types);
        DeclaredElsewhere elsewhere = new DeclaredElsewhere(btf, types, options.exclude);
        DefinitionOrder order = new DefinitionOrder(types, limits);
        for (int id = 1; id < types.typeCount(); id++) {
            if (elsewhere.has(id)) {
                order.omit(id);
            }
        }
        int[] roots = roots(types, limits);
        // As bpftool does, which takes the first of the sorted types for void. Where that is a definition, it is
        // written only if another type needs it.
        boolean skipsFirst = options.sorted && !hasRoots();
        for (int i = skipsFirst ? 1 : 0; i < roots.length; i++) {
            order.add(roots[i]);
        }
        DumpOutput output = new DumpOutput(out);
        try {
            write(types, limits, elsewhere, order, roots, output);
            output.flush();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void write(
            TypeTable types,
            DumpLimits limits,
            DeclaredElsewhere elsewhere,
            DefinitionOrder order,
            int[] roots,
            DumpOutput out) {
        byte[] prefix = options.prefix.getBytes(StandardCharsets.UTF_8);
        CNames names = new CNames(types, out, elsewhere, prefix);
        TypeSizes sizes = options.pointerSize == 0 ? new TypeSizes(btf) : new TypeSizes(btf, options.pointerSize);
        CBodies bodies = new CBodies(types, out, limits, names, sizes);
        CFrame frame = new CFrame(types, out, guard());
        out.discard(options.forwardOnly);
        if (options.preamble) {
            frame.putHead();
        }
        CDefinitions definitions = new CDefinitions(types, out, limits, names, bodies, elsewhere);
        int[] queue = order.queue();
        for (int i = 0, count = order.count(); i < count; i++) {
            definitions.define(queue[i]);
        }
        if (options.forwardOnly) {
            out.discard(false);
            new ForwardDeclarations(types, out, bodies, elsewhere).putAll(roots);
            return;
        }
        if (options.preamble) {
            if (!hasRoots()) {
                frame.putFunctions(bodies.declarators(), elsewhere);
            }
            frame.putTail();
        }
    }

    private String guard() {
        if (options.guard != null) {
            return options.guard;
        }
        return options.exclude == null ? "__VMLINUX_H__" : "";
    }

    private boolean hasRoots() {
        return options.rootIds.length + options.rootNames.length > 0;
    }

    /** The types asked for, in the order to write them. */
    private int[] roots(TypeTable types, DumpLimits limits) {
        if (hasRoots()) {
            types.checkIds(options.rootIds);
            int[] roots = options.rootIds;
            for (String name : options.rootNames) {
                roots = append(roots, types, name);
            }
            return roots;
        }
        if (options.sorted) {
            return new SortedOrder(types, limits).sort();
        }
        int[] ids = new int[types.typeCount()];
        for (int id = 0; id < ids.length; id++) {
            ids[id] = id;
        }
        return ids;
    }

    private int[] append(int[] roots, TypeTable types, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        int[] result = roots;
        for (int id = 1; id < types.typeCount(); id++) {
            if (types.nameOff(id) != 0 && types.isString(types.nameOff(id), bytes)) {
                result = Arrays.copyOf(result, result.length + 1);
                result[result.length - 1] = id;
            }
        }
        if (result == roots) {
            throw new IllegalArgumentException(btf.source() + ": no type is named '" + name + "'");
        }
        return result;
    }
}
