package org.btfkit.encode;

import java.util.List;
import org.btfkit.btf.flat.IntList;
import org.btfkit.dwarf.DebugInfo;
import org.btfkit.dwarf.DieCursor;
import org.btfkit.dwarf.DwAt;
import org.btfkit.dwarf.UnitHeader;

/**
 * Encodes one unit after another; one encoder for each thread.
 *
 * <p>Steps: walk over the entries, which appends types; replace references to entries by ids; tags of types; functions,
 * joined with what they are instances of and judged; variables.
 */
final class UnitEncoder {
    private final UnitScope scope;
    private final UnitWalk walk;
    private final UnitVariables variables;
    private final UnitRest rest = new UnitRest();
    private final SavedFunctions saved = new SavedFunctions();

    /** The unit's language, and whether it is clang's; of several units as one, those of the first. */
    private long language;

    private boolean isOfClang;

    UnitEncoder(
            DebugInfo dwarf,
            EncodeOptions options,
            EncodeListener listener,
            FunctionTable symbols,
            VariableSections sections) {
        this.scope = new UnitScope(dwarf, options, listener);
        this.variables = new UnitVariables(scope, sections);
        CallingConvention convention =
                new CallingConvention(dwarf.sections().file().machine());
        this.walk = new UnitWalk(scope, symbols, convention, variables);
    }

    /**
     * Encodes a unit.
     *
     * @return its BTF, or null if it is left out
     */
    UnitBtf encode(UnitHeader unit) {
        return encode(List.of(unit));
    }

    /**
     * Encodes units as one.
     *
     * @return their BTF, or null if all are left out
     */
    UnitBtf encode(List<UnitHeader> units) {
        UnitHeader first = units.get(0);
        try {
            scope.begin(first, units.get(units.size() - 1));
            boolean hasBegun = false;
            for (UnitHeader unit : units) {
                scope.enter(unit);
                if (!isWanted(unit)) {
                    continue;
                }
                if (!hasBegun) {
                    walk.begin(language, isOfClang);
                    hasBegun = true;
                }
                walk.walk();
            }
            return hasBegun ? finish() : null;
        } catch (IndexOutOfBoundsException e) {
            throw scope.cursor.fault("entry that is cut off or refers past the end of a section");
        }
    }

    /** Reads the unit's first entry; returns false if it is of a language that is left out. */
    private boolean isWanted(UnitHeader unit) {
        DieCursor cursor = scope.cursor;
        if (unit.headerLength() >= unit.length()) {
            return false;
        }
        cursor.seek(cursor.root());
        if (cursor.isNull()) {
            return false;
        }
        UnitKind.require(cursor, unit);
        language = cursor.number(DwAt.LANGUAGE);
        if (scope.options.excludedLanguages().contains((int) language)) {
            return false;
        }
        String producer = cursor.text(DwAt.PRODUCER);
        isOfClang = producer != null && producer.contains("clang");
        return true;
    }

    private UnitBtf finish() {
        scope.types.resolve(scope);
        int typeKeys = scope.strings.count();
        rest.begin(scope.types.count());
        IntList tags = walk.tags();
        for (int i = 0; i < tags.size; i += 3) {
            rest.tag(scope.strings.use(tags.items[i + 2]), tags.items[i], tags.items[i + 1]);
        }
        saved.clear();
        walk.functions().link();
        walk.functions().remember(saved);
        variables.encode(rest);
        return new UnitBtf(
                scope.types.toArray(),
                scope.types.count(),
                rest.toArray(),
                rest.count() - scope.types.count(),
                walk.leaves().intId(),
                walk.leaves().hasArrays(),
                scope.strings.keys(),
                typeKeys,
                scope.strings.pool(),
                saved.copy(),
                variables.placed().toArray());
    }
}
