package org.btfkit.btf.layout;

import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.TypeFaults;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.format.Words;
import org.btfkit.btf.query.TypeQueries;
import org.btfkit.btf.query.TypeSizes;

/**
 * Shows how structs and unions lie in memory, in the words of pahole 1.31: offsets and sizes, holes, padding, cache
 * lines, bitfields, what the structs within bring along, and a summary.
 *
 * <pre>
 * struct load_weight {
 *     long unsigned int          weight;               /*     0     8 *&#47;
 *     u32                        inv_weight;           /*     8     4 *&#47;
 *
 *     /* size: 16, cachelines: 1, members: 2 *&#47;
 *     /* padding: 4 *&#47;
 *     /* last cacheline: 16 bytes *&#47;
 * };
 * </pre>
 *
 * <p>Where pahole goes wrong this is right instead: the dimensions of nested arrays come in C's order, what is const
 * keeps its name where its struct or enum is written in place, long names are not cut off, holes of 64 KiB and more are
 * counted in full, and bitfields in old BTF (without kflag) are taken for what they are.
 *
 * <p>Not safe for use by several threads.
 */
public final class LayoutPrinter {
    /** How the comments begin that tell of something that may be done better, such as a hole, in pahole's words. */
    public static final String REMARK = "/* XXX";

    private static final int STRUCT_NAME_WIDTH = 23;
    private static final int UNION_NAME_WIDTH = 21;
    private static final int EXPANDED_NAME_WIDTH = 55;

    private final TypeSizes sizes;
    private final LayoutOptions options;

    /**
     * Makes a printer.
     *
     * @param btf where the types are
     * @param options how to show them
     */
    public LayoutPrinter(Btf btf, LayoutOptions options) {
        this.sizes = options.pointerSize() == 0 ? new TypeSizes(btf) : new TypeSizes(btf, options.pointerSize());
        this.options = options;
    }

    /**
     * Shows a type.
     *
     * @param typeId type id of a struct or union, or of a typedef of one
     * @return the text, of several lines, with a line feed at the end of each
     * @throws BtfException if the type is something else, or the BTF is damaged
     */
    public String print(int typeId) {
        Btf btf = sizes.btf();
        int resolved = TypeQueries.resolve(btf, typeId);
        BtfKind kind = btf.kind(resolved);
        if (!KindSet.COMPOSITES.has(kind)) {
            throw TypeFaults.at(
                    FlatAccess.of(btf),
                    typeId,
                    "expected a struct or union, found " + BtfKind.nameOf(Words.kind(btf.info(resolved))));
        }
        boolean isTypedef = btf.kind(typeId) == BtfKind.TYPEDEF && btf.nameOff(resolved) == 0;
        int nameWidth = kind == BtfKind.UNION ? UNION_NAME_WIDTH : STRUCT_NAME_WIDTH;
        if (options.expand()) {
            nameWidth = EXPANDED_NAME_WIDTH;
        }
        Text text = new Text();
        LayoutRules rules = new LayoutRules(sizes, options.cacheLineBytes());
        CompositeWriter writer = new CompositeWriter(rules, text, options.expand());
        text.add(isTypedef ? "typedef " : "");
        Scope scope = Scope.outermost(nameWidth, isTypedef ? btf.name(typeId) : "");
        if (kind == BtfKind.UNION) {
            writer.addUnion(resolved, scope);
        } else {
            writer.addStruct(resolved, scope);
        }
        return text.add(";\n").toString();
    }
}
