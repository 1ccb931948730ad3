package org.btfkit.encode;

import java.util.Arrays;
import org.btfkit.btf.flat.IntList;
import org.btfkit.dwarf.DieCursor;
import org.btfkit.dwarf.DwAt;

/**
 * The functions of a unit, by number in the order in which their entries are complete, so that one within another comes
 * first.
 *
 * <p>Steps, for all functions of the unit each: {@link #begin} and {@link #close} as entries are met; {@link #link},
 * which joins instances with what they are instances of; {@link #remember}, which judges those that the symbol table
 * has, and hands them to the whole.
 */
final class UnitFunctions {
    private static final int DW_CC_NOCALL = 3;

    private final UnitScope scope;
    private final DieCursor cursor;
    private final Parameters parameters;
    private final Annotations annotations;
    private final FunctionTable symbols;
    private final ParameterJudge judge;
    private final PackedStructs packed;
    private final CallingConvention convention;
    private boolean isClang;

    /** The numbers of parameters of functions that are not complete. */
    final IntList pending = new IntList();

    /** The numbers of parameters by function, one after another. */
    private final IntList members = new IntList();

    /** Pairs of component and key by function, one after another. */
    private final IntList tags = new IntList();

    private int count;
    private int[] name = new int[64];
    private int[] entry = new int[64];
    private int[] origin = new int[64];
    private int[] specification = new int[64];
    private int[] result = new int[64];
    private int[] firstMember = new int[65];
    private int[] firstTag = new int[65];
    private long[] address = new long[64];
    private boolean[] isDeclaration = new boolean[64];
    private boolean[] isVariadic = new boolean[64];
    private boolean[] isChanged = new boolean[64];
    private boolean[] isReordered = new boolean[64];

    UnitFunctions(
            UnitScope scope,
            Parameters parameters,
            Annotations annotations,
            EntrySizes sizes,
            CallingConvention convention,
            FunctionTable symbols) {
        this.scope = scope;
        this.cursor = scope.cursor;
        this.parameters = parameters;
        this.annotations = annotations;
        this.symbols = symbols;
        this.convention = convention;
        this.judge = new ParameterJudge(parameters, convention, scope.has(Feature.TRUE_SIGNATURE));
        this.packed = new PackedStructs(scope, sizes);
    }

    /** Begins a unit of a compiler. */
    void begin(boolean isOfClang) {
        isClang = isOfClang;
        count = 0;
        members.size = 0;
        tags.size = 0;
        pending.size = 0;
        parameters.clear();
        packed.clear();
    }

    /**
     * Appends the function that the cursor is on, after all that is within it.
     *
     * @param firstPending where its parameters wait; they are taken away
     * @param firstAnnotation where its annotations wait; they are taken away
     * @param variadic whether it takes any number of parameters
     */
    void close(int firstPending, int firstAnnotation, boolean variadic) {
        if (count == name.length) {
            grow();
        }
        int number = count++;
        entry[number] = cursor.entry();
        name[number] = scope.strings.key(cursor, DwAt.NAME);
        origin[number] = cursor.reference(DwAt.ABSTRACT_ORIGIN);
        specification[number] = cursor.reference(DwAt.SPECIFICATION);
        result[number] = scope.typeOf(cursor);
        address[number] = cursor.number(DwAt.LOW_PC);
        isDeclaration[number] = cursor.has(DwAt.DECLARATION);
        isVariadic[number] = variadic;
        isReordered[number] = false;
        isChanged[number] = isClang && isNotCalled();
        firstMember[number] = members.size;
        members.addAll(pending.items, firstPending, pending.size);
        firstMember[count] = members.size;
        pending.size = firstPending;
        firstTag[number] = tags.size;
        tags.addAll(annotations.pending.items, firstAnnotation, annotations.pending.size);
        firstTag[count] = tags.size;
        annotations.pending.size = firstAnnotation;
        scope.becomesFunction(entry[number], number);
    }

    private void grow() {
        int length = count * 2;
        name = Arrays.copyOf(name, length);
        entry = Arrays.copyOf(entry, length);
        origin = Arrays.copyOf(origin, length);
        specification = Arrays.copyOf(specification, length);
        result = Arrays.copyOf(result, length);
        firstMember = Arrays.copyOf(firstMember, length + 1);
        firstTag = Arrays.copyOf(firstTag, length + 1);
        address = Arrays.copyOf(address, length);
        isDeclaration = Arrays.copyOf(isDeclaration, length);
        isVariadic = Arrays.copyOf(isVariadic, length);
        isChanged = Arrays.copyOf(isChanged, length);
        isReordered = Arrays.copyOf(isReordered, length);
    }

    /** clang says of a function that does not keep to the calling convention that it cannot be called. */
    private boolean isNotCalled() {
        if (cursor.number(DwAt.INLINE) != 0) {
            return false;
        }
        int source = cursor.reference(DwAt.ABSTRACT_ORIGIN);
        if (source == DieCursor.NO_ENTRY) {
            return cursor.number(DwAt.CALLING_CONVENTION) == DW_CC_NOCALL;
        }
        if (source < 0) {
            return false;
        }
        scope.aside.seek(source);
        return !scope.aside.isNull() && scope.aside.number(DwAt.CALLING_CONVENTION) == DW_CC_NOCALL;
    }

    /** Gives instances the names and types of what they are instances of, and those what is known of locations. */
    void link() {
        for (int function = 0; function < count; function++) {
            if (name[function] == 0) {
                int source = scope.function(origin[function]);
                source = source >= 0 ? source : scope.function(specification[function]);
                name[function] = source >= 0 ? name[source] : 0;
            }
            for (int i = firstMember[function]; i < firstMember[function + 1]; i++) {
                int parameter = members.items[i];
                if (parameters.type[parameter] == 0 && parameters.origin[parameter] > 0) {
                    int source = scope.parameter(parameters.origin[parameter]);
                    if (source >= 0) {
                        isReordered[function] |= parameters.link(parameter, source);
                    }
                }
            }
        }
        for (int function = 0; function < count; function++) {
            int source = scope.function(origin[function]);
            if (scope.typeId(result[function]) == 0 && source >= 0) {
                result[function] = result[source];
            }
        }
    }

    /** Hands the functions that the symbol table has to the whole; their strings are used. */
    void remember(SavedFunctions saved) {
        for (int function = 0; function < count; function++) {
            int group = isDeclaration[function] || name[function] == 0 || !hasParameterNames(function)
                    ? -1
                    : symbols.find(scope.strings, name[function]);
            if (group >= 0) {
                remember(saved, function, group);
            }
        }
    }

    private boolean hasParameterNames(int function) {
        for (int i = firstMember[function]; i < firstMember[function + 1]; i++) {
            if (parameters.name[members.items[i]] == 0) {
                return false;
            }
        }
        return true;
    }

    private void remember(SavedFunctions saved, int function, int group) {
        int from = firstMember[function];
        int to = firstMember[function + 1];
        boolean hasUnexpected = judge.judge(
                members.items,
                from,
                to,
                isClang,
                isChanged[function],
                cursor.unit().addressSize());
        boolean isOptimized = judge.isOptimized();
        if (hasUnexpected) {
            for (int i = from; i < to && hasUnexpected; i++) {
                hasUnexpected = !packed.sizes().isStruct(parameters.type[members.items[i]]);
            }
        }
        int flags = (hasUnexpected ? SavedFunctions.IS_UNEXPECTED : 0)
                | (isReordered[function] ? SavedFunctions.IS_REORDERED : 0)
                | (isOptimized ? SavedFunctions.IS_OPTIMIZED : 0)
                | (isChanged[function] ? SavedFunctions.IS_CHANGED : 0)
                | (isUncertain(from, to) ? SavedFunctions.IS_UNCERTAIN : 0);
        saved.begin(group, address[function], flags, scope.typeId(result[function]));
        for (int i = from; i < to; i++) {
            int parameter = members.items[i];
            if (!isPassed(function, parameter)) {
                continue;
            }
            saved.parameter(scope.strings.use(nameOf(function, parameter)), scope.typeId(parameters.type[parameter]));
        }
        if (isVariadic[function]) {
            saved.parameter(0, 0);
        }
        for (int i = firstTag[function]; i < firstTag[function + 1]; i += 2) {
            saved.annotation(tags.items[i], scope.strings.use(tags.items[i + 1]));
        }
        saved.end();
    }

    /** Tells whether a parameter is still one of the function as the compiler left it. */
    private boolean isPassed(int function, int parameter) {
        boolean isOptimized = parameters.has(parameter, Parameters.IS_OPTIMIZED);
        if (isReordered[function] && (isOptimized || !parameters.has(parameter, Parameters.HAS_LOCATION))) {
            return false;
        }
        return !(judge.isTrueSignature(isChanged[function]) && isOptimized);
    }

    private int nameOf(int function, int parameter) {
        int key = parameters.name[parameter];
        int member = parameters.memberName[parameter];
        if (member == 0 || !judge.isTrueSignature(isChanged[function])) {
            return key;
        }
        return scope.strings.key(scope.strings.text(key) + "__" + scope.strings.text(member));
    }

    /** Tells whether a parameter on the stack is a packed struct. */
    private boolean isUncertain(int from, int to) {
        for (int i = from + convention.count(); i < to; i++) {
            if (packed.isPackedStruct(parameters.type[members.items[i]])) {
                return true;
            }
        }
        return false;
    }
}
