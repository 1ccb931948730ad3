package org.btfkit.encode;

import java.util.ArrayList;
import java.util.List;

/**
 * Chooses which of the functions of one base name is encoded, if any, and encodes it.
 *
 * <p>Each unit that has a function, be it as a copy of an inline one, brought a description of it. They are compared
 * with the first; what is odd of one is then odd of all. Of several the one is taken that is at the address of a
 * symbol. A function is left out if what attaches to it could not rely on its types: see {@link LeftOut}.
 */
final class FunctionChoice {
    private static final int LINKAGE_STATIC = 0;

    private final SavedFunctions functions;
    private final FunctionTable symbols;
    private final ObjectTypes types;
    private final EncodedStrings strings;
    private final EncodeOptions options;
    private final EncodeListener listener;
    private final PrototypeMatch prototypes;
    private final Kfuncs kfuncs;

    FunctionChoice(ObjectAssembly object, FunctionTable symbols, EncodeOptions options, EncodeListener listener) {
        this.functions = object.functions();
        this.symbols = symbols;
        this.types = object.types();
        this.strings = object.strings();
        this.options = options;
        this.listener = listener;
        this.prototypes = new PrototypeMatch(types, functions);
        this.kfuncs = new Kfuncs(symbols, options);
    }

    /** Encodes the functions, by base name. */
    void write(Tail tail) {
        int[] order = byName();
        for (int from = 0; from < order.length; ) {
            int to = from + 1;
            while (to < order.length && functions.group(order[from]) == functions.group(order[to])) {
                compare(order[from], order[to++]);
            }
            choose(tail, order, from, to);
            from = to;
        }
    }

    /** Returns the functions by base name; those of one name in the order of units. */
    private int[] byName() {
        int[] counts = new int[symbols.count() + 1];
        for (int i = 0; i < functions.count(); i++) {
            counts[functions.group(i) + 1]++;
        }
        List<Integer> groups = new ArrayList<>();
        for (int group = 0; group < symbols.count(); group++) {
            if (counts[group + 1] > 0) {
                groups.add(group);
            }
        }
        groups.sort(symbols::compare);
        int[] next = new int[symbols.count()];
        int at = 0;
        for (int group : groups) {
            next[group] = at;
            at += counts[group + 1];
        }
        int[] order = new int[functions.count()];
        for (int i = 0; i < order.length; i++) {
            order[next[functions.group(i)]++] = i;
        }
        return order;
    }

    /** Lets the first function and another one share what is odd of either, or of both together. */
    private void compare(int first, int other) {
        int shared = SavedFunctions.IS_UNEXPECTED
                | SavedFunctions.IS_INCONSISTENT
                | SavedFunctions.IS_UNCERTAIN
                | SavedFunctions.IS_REORDERED;
        int flags = (functions.flags(first) | functions.flags(other)) & shared;
        if ((flags & ~SavedFunctions.IS_UNCERTAIN) == 0 && !prototypes.matches(first, other)) {
            flags |= SavedFunctions.IS_INCONSISTENT;
        }
        functions.setFlags(first, flags);
        functions.setFlags(other, flags);
    }

    private void choose(Tail tail, int[] order, int from, int to) {
        int first = order[from];
        if (options.has(Feature.TRUE_SIGNATURE)) {
            for (int i = from; i < to; i++) {
                String name = trueName(order[i]);
                if (name != null) {
                    write(tail, order[i], name);
                    return;
                }
            }
        }
        int canonical = to - from > 1 ? canonical(order, from, to) : first;
        LeftOut reason = reason(first, canonical);
        if (reason != null) {
            synchronized (listener) {
                listener.functionLeftOut(symbols.name(functions.group(first)), reason);
            }
            return;
        }
        int group = functions.group(canonical);
        if (!symbols.isKfunc(group)) {
            write(tail, canonical, symbols.name(group));
            return;
        }
        kfuncs.tagArena(tail, types, functions, canonical, strings);
        int id = write(tail, canonical, symbols.name(group));
        kfuncs.tag(tail, group, id, strings);
    }

    /** Returns the name with a dot under which a function is encoded as the compiler left it, or null. */
    private String trueName(int function) {
        if (functions.address(function) == 0
                || functions.is(function, SavedFunctions.IS_UNEXPECTED)
                || functions.is(function, SavedFunctions.IS_UNCERTAIN)) {
            return null;
        }
        return symbols.dottedNameAt(functions.group(function), functions.address(function));
    }

    private int canonical(int[] order, int from, int to) {
        int atSymbol = -1;
        for (int i = from; i < to; i++) {
            if (symbols.hasAddress(functions.group(order[i]), functions.address(order[i]))) {
                if (!isSkippable(order[i])) {
                    return order[i];
                }
                atSymbol = atSymbol < 0 ? order[i] : atSymbol;
            }
        }
        return atSymbol < 0 ? order[from] : atSymbol;
    }

    /** Tells whether parameters are optimized out of a function of which the signature was changed. */
    private boolean isSkippable(int function) {
        long address = functions.address(function);
        return !options.has(Feature.TRUE_SIGNATURE)
                && functions.is(function, SavedFunctions.IS_OPTIMIZED)
                && (functions.is(function, SavedFunctions.IS_CHANGED)
                        || address != 0 && symbols.isChangedAt(functions.group(function), address));
    }

    /** Returns why a function is left out, by the last rule that says so; null if it is not. */
    private LeftOut reason(int first, int canonical) {
        if (symbols.isAmbiguous(functions.group(first))) {
            return LeftOut.AMBIGUOUS_ADDRESS;
        }
        if (isSkippable(canonical)) {
            return LeftOut.OPTIMIZED;
        }
        if (functions.is(first, SavedFunctions.IS_REORDERED)) {
            return LeftOut.REORDERED;
        }
        if (functions.is(first, SavedFunctions.IS_UNCERTAIN)) {
            return LeftOut.UNCERTAIN_LOCATION;
        }
        if (functions.is(first, SavedFunctions.IS_INCONSISTENT) && options.has(Feature.CONSISTENT_FUNC)) {
            return LeftOut.INCONSISTENT;
        }
        return functions.is(first, SavedFunctions.IS_UNEXPECTED) ? LeftOut.UNEXPECTED_REGISTER : null;
    }

    /** Appends prototype, function and tags; returns the id of the function. */
    private int write(Tail tail, int function, String name) {
        int vlen = functions.parameterCount(function);
        int prototype = tail.add(0, BtfWords.info(BtfWords.FUNC_PROTO, vlen, false), functions.result(function));
        for (int i = 0; i < vlen; i++) {
            tail.word(functions.parameterName(function, i));
            tail.word(functions.parameterType(function, i));
        }
        int id = tail.add(strings.add(name), BtfWords.info(BtfWords.FUNC, LINKAGE_STATIC, false), prototype);
        for (int i = 0; i < functions.annotationCount(function); i++) {
            tail.add(functions.annotationValue(function, i), BtfWords.info(BtfWords.DECL_TAG, 0, false), id);
            tail.word(functions.annotationComponent(function, i));
        }
        return id;
    }
}
