package org.btfkit.encode;

import java.util.Arrays;
import org.btfkit.btf.flat.IntList;
import org.btfkit.dwarf.DieCursor;
import org.btfkit.dwarf.DwTag;

/**
 * Walks over the tree of a unit and hands each entry to what encodes it.
 *
 * <p>A type is appended when its entry is complete, so one within a struct, a function or a block comes before what is
 * around it. Entries that are open are on a stack of the walk's own, as their depth is the input's to choose. Where
 * types are not looked for, the walk steps over a subtree:
 *
 * <pre>
 * children are walked     unit, namespace, class, struct, union, subprogram, lexical_block, inlined_subroutine,
 *                         subroutine_type
 * stepped over            everything else, having read those children that belong to it: subranges, enumerators,
 *                         annotations
 * </pre>
 */
final class UnitWalk {
    /** What an open entry is; it decides what its children mean. */
    private enum Open {
        UNIT,
        NAMESPACE,
        COMPOSITE,
        FUNCTION,
        BLOCK,
        INLINED,
        PROTOTYPE
    }

    private static final Open[] OPEN = Open.values();

    private final UnitScope scope;
    private final DieCursor cursor;
    private final LeafTypes leaves;
    private final Annotations annotations;
    private final Composites composites;
    private final Parameters parameters;
    private final ParameterReader parameterReader;
    private final UnitFunctions functions;
    private final UnitVariables variables;

    /** Pairs of key and reference of parameters of function types that are not complete. */
    private final IntList arguments = new IntList();

    /** Triples of type id, component and key, of annotations of complete types. */
    private final IntList tags = new IntList();

    private int depth;
    private byte[] open = new byte[32];
    private int[] entry = new int[32];

    /** By open entry: where its members, parameters or arguments begin on their stack. */
    private int[] firstPart = new int[32];

    /** By open entry: where its annotations begin on their stack. */
    private int[] firstAnnotation = new int[32];

    /** By open entry: how many members or parameters it had so far. */
    private int[] partCount = new int[32];

    /** By open entry: whether it is a union, or has three dots among its parameters. */
    private boolean[] mark = new boolean[32];

    UnitWalk(UnitScope scope, FunctionTable symbols, CallingConvention convention, UnitVariables variables) {
        this.scope = scope;
        this.cursor = scope.cursor;
        this.variables = variables;
        EntrySizes sizes = variables.sizes();
        this.annotations = variables.annotations();
        this.leaves = new LeafTypes(scope, annotations);
        this.composites = new Composites(scope, annotations, sizes);
        this.parameters = new Parameters();
        this.parameterReader = new ParameterReader(scope, parameters, sizes, convention);
        this.functions = new UnitFunctions(scope, parameters, annotations, sizes, convention, symbols);
    }

    /** Begins a unit, or several as one, of a language and a compiler. */
    void begin(long language, boolean isOfClang) {
        leaves.clear();
        annotations.pending.size = 0;
        composites.begin(language);
        functions.begin(isOfClang);
        variables.begin();
        arguments.size = 0;
        tags.size = 0;
    }

    LeafTypes leaves() {
        return leaves;
    }

    UnitFunctions functions() {
        return functions;
    }

    /** Triples of type id, component and key of annotations of structs, unions and typedefs, by type id. */
    IntList tags() {
        return tags;
    }

    /** Walks over the unit that the cursor has entered. */
    void walk() {
        depth = 0;
        cursor.seek(cursor.root());
        int next = open(Open.UNIT, 0);
        while (depth > 0) {
            cursor.seek(next);
            if (cursor.isNull()) {
                next = cursor.end();
                close();
            } else {
                next = visit();
            }
        }
    }

    /** Opens the entry that the cursor is on; returns what to visit next. */
    private int open(Open kind, int itsFirstPart) {
        if (depth == open.length) {
            grow();
        }
        open[depth] = (byte) kind.ordinal();
        entry[depth] = cursor.entry();
        firstPart[depth] = itsFirstPart;
        firstAnnotation[depth] = annotations.pending.size;
        partCount[depth] = 0;
        mark[depth] = false;
        depth++;
        int next = cursor.end();
        if (!cursor.hasChildren()) {
            close();
        }
        return next;
    }

    private void grow() {
        int length = depth * 2;
        open = Arrays.copyOf(open, length);
        entry = Arrays.copyOf(entry, length);
        firstPart = Arrays.copyOf(firstPart, length);
        firstAnnotation = Arrays.copyOf(firstAnnotation, length);
        partCount = Arrays.copyOf(partCount, length);
        mark = Arrays.copyOf(mark, length);
    }

    private void close() {
        depth--;
        switch (OPEN[open[depth]]) {
            case COMPOSITE -> {
                cursor.seek(entry[depth]);
                closeComposite();
            }
            case FUNCTION -> {
                cursor.seek(entry[depth]);
                annotations.addChain(entry[depth], Annotations.SELF);
                functions.close(firstPart[depth], firstAnnotation[depth], mark[depth]);
            }
            case PROTOTYPE -> {
                cursor.seek(entry[depth]);
                closePrototype();
            }
            case UNIT, NAMESPACE, BLOCK, INLINED -> {
                // nothing of its own
            }
        }
    }

    private void closeComposite() {
        int itsEntry = cursor.entry();
        int tag = cursor.tag();
        if (tag == DwTag.INTERFACE_TYPE) {
            throw scope.fault(itsEntry, "has no form in BTF");
        }
        if (tag != DwTag.UNION_TYPE) {
            annotations.addChain(itsEntry, Annotations.SELF);
        }
        composites.close(firstPart[depth]);
        if (tag == DwTag.CLASS_TYPE) {
            annotations.pending.size = firstAnnotation[depth]; // as pahole, which forgets those of classes
        }
        tag(firstAnnotation[depth]);
    }

    /** Makes tags of the last type of annotations that are pending. */
    private void tag(int from) {
        IntList pending = annotations.pending;
        for (int i = from; i < pending.size; i += 2) {
            tags.add(scope.types.count());
            tags.add(pending.items[i]);
            tags.add(pending.items[i + 1]);
        }
        pending.size = from;
    }

    private void closePrototype() {
        int from = firstPart[depth];
        int vlen = (arguments.size - from) / 2 + (mark[depth] ? 1 : 0);
        if (vlen > BtfWords.MAX_VLEN) {
            throw scope.fault(cursor.entry(), vlen + " parameters, expected at most " + BtfWords.MAX_VLEN);
        }
        int info = BtfWords.info(BtfWords.FUNC_PROTO, vlen, false);
        scope.becomes(cursor.entry(), scope.types.add(0, info, scope.typeOf(cursor)));
        for (int i = from; i < arguments.size; i += 2) {
            scope.types.word(scope.strings.use(arguments.items[i]));
            scope.types.word(arguments.items[i + 1]);
        }
        if (mark[depth]) {
            scope.types.word(0);
            scope.types.word(0);
        }
        arguments.size = from;
    }

    /** Visits the entry that the cursor is on; returns what to visit next. */
    private int visit() {
        int tag = cursor.tag();
        return switch (OPEN[open[depth - 1]]) {
            case UNIT -> {
                if (tag == DwTag.VARIABLE) {
                    variables.note(cursor.entry());
                    yield cursor.afterTree();
                }
                yield visitAny(tag);
            }
            case NAMESPACE -> visitAny(tag);
            case COMPOSITE -> visitInComposite(tag);
            case FUNCTION -> visitInFunction(tag);
            case BLOCK -> visitInBlock(tag);
            case INLINED -> tag == DwTag.FORMAL_PARAMETER ? cursor.afterTree() : visitInBlock(tag);
            case PROTOTYPE -> visitInPrototype(tag);
        };
    }

    private int visitInComposite(int tag) {
        int top = depth - 1;
        if (tag == DwTag.MEMBER || tag == DwTag.INHERITANCE) {
            int next = cursor.afterTree();
            composites.member(partCount[top]++, mark[top]);
            return next;
        }
        if (Annotations.isAnnotation(tag)) {
            annotations.add(cursor, Annotations.SELF);
            return cursor.afterTree();
        }
        return visitAny(tag);
    }

    private int visitInFunction(int tag) {
        int top = depth - 1;
        switch (tag) {
            case DwTag.FORMAL_PARAMETER -> {
                int itsEntry = cursor.entry();
                int next = cursor.afterTree();
                int parameter = parameterReader.read(partCount[top]);
                functions.pending.add(parameter);
                scope.becomesParameter(itsEntry, parameter);
                if (cursor.hasChildren()) {
                    annotations.addChildren(itsEntry, partCount[top]);
                }
                annotations.addChain(itsEntry, partCount[top]);
                partCount[top]++;
                return next;
            }
            case DwTag.UNSPECIFIED_PARAMETERS -> {
                mark[top] = true;
                return cursor.afterTree();
            }
            case DwTag.LLVM_ANNOTATION, DwTag.GNU_ANNOTATION -> {
                annotations.add(cursor, Annotations.SELF);
                return cursor.afterTree();
            }
            default -> {
                return visitInBlock(tag);
            }
        }
    }

    private int visitInBlock(int tag) {
        return switch (tag) {
            case DwTag.LEXICAL_BLOCK -> open(Open.BLOCK, 0);
            case DwTag.INLINED_SUBROUTINE -> open(Open.INLINED, 0);
            default -> visitAny(tag);
        };
    }

    private int visitInPrototype(int tag) {
        switch (tag) {
            case DwTag.FORMAL_PARAMETER -> {
                arguments.add(scope.strings.key(cursor, org.btfkit.dwarf.DwAt.NAME));
                arguments.add(scope.typeOf(cursor));
                return cursor.afterTree();
            }
            case DwTag.UNSPECIFIED_PARAMETERS -> {
                mark[depth - 1] = true;
                return cursor.afterTree();
            }
            default -> {
                return visitAny(tag);
            }
        }
    }

    /** Visits an entry that means the same wherever it stands. */
    private int visitAny(int tag) {
        switch (tag) {
            case DwTag.STRUCTURE_TYPE, DwTag.CLASS_TYPE, DwTag.INTERFACE_TYPE, DwTag.UNION_TYPE -> {
                return openComposite(tag);
            }
            case DwTag.SUBPROGRAM -> {
                return open(Open.FUNCTION, functions.pending.size);
            }
            case DwTag.SUBROUTINE_TYPE -> {
                return open(Open.PROTOTYPE, arguments.size);
            }
            case DwTag.NAMESPACE -> {
                return open(Open.NAMESPACE, 0);
            }
            default -> {
                int next = cursor.afterTree();
                leaf(tag);
                return next;
            }
        }
    }

    private int openComposite(int tag) {
        int from = composites.pending.size;
        if (cursor.hasChildren()) {
            int next = open(Open.COMPOSITE, from);
            mark[depth - 1] = tag == DwTag.UNION_TYPE;
            return next;
        }
        return open(Open.COMPOSITE, from);
    }

    private void leaf(int tag) {
        switch (tag) {
            case DwTag.BASE_TYPE -> leaves.base();
            case DwTag.POINTER_TYPE -> annotations.pointer();
            case DwTag.CONST_TYPE -> leaves.reference(BtfWords.CONST);
            case DwTag.VOLATILE_TYPE -> leaves.reference(BtfWords.VOLATILE);
            case DwTag.RESTRICT_TYPE -> leaves.reference(BtfWords.RESTRICT);
            case DwTag.TYPEDEF -> {
                int from = annotations.pending.size;
                leaves.typedef();
                tag(from);
            }
            case DwTag.ARRAY_TYPE -> leaves.array();
            case DwTag.ENUMERATION_TYPE -> leaves.enumeration();
            case DwTag.UNSPECIFIED_TYPE -> scope.becomesVoid(cursor.entry());
            case DwTag.ATOMIC_TYPE,
                    DwTag.REFERENCE_TYPE,
                    DwTag.RVALUE_REFERENCE_TYPE,
                    DwTag.PTR_TO_MEMBER_TYPE,
                    DwTag.STRING_TYPE -> throw scope.fault(cursor.entry(), "has no form in BTF");
            case DwTag.IMPORTED_UNIT ->
                throw scope.fault(
                        cursor.entry(), "imports a partial unit, as dwz makes it; use the file from before dwz");
            default -> {
                // Not a type: stepped over.
            }
        }
    }
}
