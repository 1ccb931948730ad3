package org.btfkit.btf.dump;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.JoinedTypes;
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
 * <p><b>Exact headers.</b> bpftool's text, which is the default, leaves some of the layout to the compiler, which has
 * other rules on other machines, and with other flags; and it has any name that the BTF has. {@link #dump} tells what
 * is wrong with it. With {@link CDumpOptions#exact} the text leaves nothing open, see {@link ExactLayout} and
 * {@link ExactNames}; only the size of pointers and of long is still the machine's.
 *
 * <p><b>Cost.</b> Linear in the size of the BTF and of the text, but for sorting. Memory for a copy of the words and
 * about 40 bytes per type; the text is streamed. Types that are nested too deep or would make a text out of proportion
 * are refused, see {@link #dump}.
 *
 * <p>Keeps nothing between calls; safe for use by several threads.
 */
public final class CDumper {
    private final Btf btf;
    private final CDumpOptions options;

    /**
     * What there is to say about a header.
     *
     * @param wrong types that a compiler makes something else of than the BTF says, as {@code struct name}; an exact
     *     header has none
     * @param foreign names that no compiler takes, in quotes; of an exact header, with what was written instead:
     *     {@code 'Vec<u8>' as Vec_u8_}
     * @param leftOut what an exact header lacks, as C has no way to say it
     */
    public record Report(List<String> wrong, List<String> foreign, List<String> leftOut) {
        private static final Report NOTHING = new Report(List.of(), List.of(), List.of());

        /**
         * Copies the lists.
         *
         * @param wrong types that a compiler lays out otherwise
         * @param foreign names that no compiler takes
         * @param leftOut what the header lacks
         */
        public Report {
            wrong = List.copyOf(wrong);
            foreign = List.copyOf(foreign);
            leftOut = List.copyOf(leftOut);
        }
    }

    /**
     * Creates a dumper with the options that bpftool has.
     *
     * @param btf the BTF to dump
     */
    public CDumper(Btf btf) {
        this(btf, CDumpOptions.DEFAULT);
    }

    /**
     * Creates a dumper.
     *
     * @param btf the BTF to dump
     * @param options what to write; read by {@link #dump}
     */
    public CDumper(Btf btf, CDumpOptions options) {
        this.btf = btf;
        this.options = options;
    }

    /**
     * Writes the types.
     *
     * @param out where to; flushed but left open
     * @return what is wrong with the header, or was left out of it; nothing if only forward declarations are written
     * @throws IOException if writing fails
     * @throws IllegalArgumentException if there is no type with an id or name that was asked for; nothing is written
     * @throws BtfException if there is a type of an unknown kind, a struct that contains itself, or types nested more
     *     than 256 deep, with nothing written; or if anonymous types multiply each other, with a part written
     */
    public Report dump(OutputStream out) throws IOException {
        JoinedTypes types = JoinedTypes.of(FlatAccess.of(btf));
        DumpLimits limits = new DumpLimits(types);
        DeclaredElsewhere elsewhere = new DeclaredElsewhere(btf, types, options.exclude());
        DefinitionOrder order = new DefinitionOrder(types, limits);
        for (int id = 1; id < types.typeCount(); id++) {
            if (elsewhere.has(id)) {
                order.omit(id);
            }
        }
        int[] roots = roots(types, limits);
        // As bpftool does, which takes the first of the sorted types for void. Where that is a definition, it is
        // written only if another type needs it.
        boolean skipsFirst = options.sorted() && !hasRoots() && !options.exact();
        for (int i = skipsFirst ? 1 : 0; i < roots.length; i++) {
            order.add(roots[i]);
        }
        DumpOutput output = new DumpOutput(out);
        try {
            Report report = write(types, limits, elsewhere, order, roots, output);
            output.flush();
            return report;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private Report write(
            JoinedTypes types,
            DumpLimits limits,
            DeclaredElsewhere elsewhere,
            DefinitionOrder order,
            int[] roots,
            DumpOutput out) {
        TypeSizes sizes = options.pointerSize() == 0 ? new TypeSizes(btf) : new TypeSizes(btf, options.pointerSize());
        ExactScalars scalars = new ExactScalars(types, sizes.pointerSize());
        ExactLayout layout = new ExactLayout(types, sizes);
        ExactNames exact = options.exact() ? new ExactNames(types, out, elsewhere, options.prefix(), scalars) : null;
        CNames names = exact != null
                ? exact
                : new CNames(types, out, elsewhere, options.prefix().getBytes(StandardCharsets.UTF_8));
        CBodies bodies = exact != null
                ? new ExactBodies(types, out, limits, exact, sizes, scalars, layout)
                : new CBodies(types, out, limits, names, sizes);
        CFrame frame = new CFrame(types, out, names, guard());
        out.discard(options.forwardOnly());
        if (options.preamble()) {
            frame.putHead();
        }
        if (exact != null) {
            exact.putHead();
        }
        LayoutAsserts asserts = options.asserts() ? new LayoutAsserts(types, out, limits, names, sizes, layout) : null;
        if (asserts != null) {
            asserts.putHead();
        }
        CDefinitions definitions = new CDefinitions(types, out, limits, names, bodies, elsewhere);
        int[] queue = order.queue();
        for (int i = 0, count = order.count(); i < count; i++) {
            if (exact == null || !exact.leavesOut(queue[i])) {
                definitions.define(queue[i]);
                if (asserts != null) {
                    asserts.put(queue[i]);
                }
            }
        }
        if (options.forwardOnly()) {
            out.discard(false);
            new ForwardDeclarations(types, out, bodies, elsewhere).putAll(roots);
            return Report.NOTHING;
        }
        if (options.preamble()) {
            if (!hasRoots()) {
                frame.putFunctions(bodies.declarators(), elsewhere);
            }
            frame.putTail();
        }
        if (exact != null) {
            return new Report(List.of(), exact.identifiers().escaped(), exact.leftOut());
        }
        List<String> foreign = new CIdentifiers(types, !options.prefix().isEmpty()).foreign();
        List<String> wrong = new HeaderFaults(types, sizes, limits, bodies).find(queue, order.count());
        return new Report(wrong, foreign, List.of());
    }

    private String guard() {
        if (options.guard() != null) {
            return options.guard();
        }
        return options.exclude() == null ? "__VMLINUX_H__" : "";
    }

    private boolean hasRoots() {
        return !options.rootIds().isEmpty() || !options.rootNames().isEmpty();
    }

    /** The types asked for, in the order to write them. */
    private int[] roots(JoinedTypes types, DumpLimits limits) {
        if (hasRoots()) {
            int[] roots = options.rootIds().stream().mapToInt(id -> id).toArray();
            types.requireTypes(roots);
            for (String name : options.rootNames()) {
                roots = append(roots, types, name);
            }
            return roots;
        }
        if (options.sorted()) {
            return new SortedOrder(types, limits).sort();
        }
        int[] ids = new int[types.typeCount()];
        for (int id = 0; id < ids.length; id++) {
            ids[id] = id;
        }
        return ids;
    }

    private int[] append(int[] roots, JoinedTypes types, String name) {
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
