package org.btfkit.encode;

import org.btfkit.dedup.BaseIndex;
import org.btfkit.dwarf.DwarfSection;
import org.btfkit.dwarf.DwarfSections;

/**
 * Puts units together, one after another in the order of the section: ids go on where those of the unit before end, and
 * strings get their offsets. The words themselves are changed by whoever brings the unit, as that is most of the work.
 */
final class ObjectAssembly {
    private final EncodedStrings strings;
    private final ObjectTypes types;
    private final SavedFunctions functions = new SavedFunctions();
    private final DataSections variables;

    /** The id of the type that arrays have as index type; 0 until one is known. */
    private int indexType;

    private int units;

    ObjectAssembly(DwarfSections sections, BaseIndex base, VariableSections variableSections) {
        this.strings = new EncodedStrings(base, sections.bytes(DwarfSection.STR));
        this.types = new ObjectTypes(base == null ? 1 : base.base().typeCount());
        this.variables = new DataSections(variableSections);
    }

    EncodedStrings strings() {
        return strings;
    }

    ObjectTypes types() {
        return types;
    }

    SavedFunctions functions() {
        return functions;
    }

    DataSections variables() {
        return variables;
    }

    /** How many units there are. */
    int units() {
        return units;
    }

    /** What is to be done to the words of a unit that has got its ids. */
    final class Placement {
        private final UnitBtf unit;
        private final int chunk;
        private final int shift;
        private final int[] names;
        private final int itsIndexType;
        private final int[] addedInt;

        private Placement(UnitBtf unit, int chunk, int shift, int[] names, int[] addedInt) {
            this.unit = unit;
            this.chunk = chunk;
            this.shift = shift;
            this.names = names;
            this.itsIndexType = indexType;
            this.addedInt = addedInt;
        }

        /** Changes the words and hands them over; any number of placements may do so at the same time. */
        void run() {
            int late = addedInt.length == 0 ? 0 : 1;
            int firstLate = unit.typeCount() + 1;
            BtfWords.place(unit.types(), firstLate, shift, late, names, itsIndexType);
            BtfWords.place(unit.rest(), firstLate, shift, late, names, itsIndexType);
            int typeWords = unit.types().length;
            int restWords = unit.rest().length;
            if (addedInt.length + restWords == 0) {
                types.set(chunk, unit.types());
                return;
            }
            int[] words = java.util.Arrays.copyOf(unit.types(), typeWords + addedInt.length + restWords);
            System.arraycopy(addedInt, 0, words, typeWords, addedInt.length);
            System.arraycopy(unit.rest(), 0, words, typeWords + addedInt.length, restWords);
            types.set(chunk, words);
        }
    }

    /**
     * Gives ids and string offsets to the next unit.
     *
     * @return what remains to be done
     */
    Placement next(UnitBtf unit) {
        units++;
        int shift = types.nextId() - 1;
        int[] names = new int[unit.keys().length];
        for (int i = 1; i < unit.typeKeys(); i++) {
            names[i] = strings.add(unit.keys()[i], unit.pool());
        }
        int[] addedInt = {};
        if (indexType == 0 && unit.intId() != 0) {
            indexType = shift + unit.intId();
        } else if (indexType == 0 && unit.hasArrays()) {
            indexType = shift + unit.typeCount() + 1;
            addedInt =
                    new int[] {strings.add("int"), BtfWords.info(BtfWords.INT, 0, false), 4, BtfWords.INT_SIGNED | 32};
        }
        for (int i = unit.typeKeys(); i < names.length; i++) {
            names[i] = strings.add(unit.keys()[i], unit.pool());
        }
        int late = addedInt.length == 0 ? 0 : 1;
        functions.addAll(unit.functions(), shift, names);
        int[] placed = unit.variables();
        for (int i = 0; i < placed.length; i += 4) {
            variables.add(placed[i], placed[i + 1] + shift + late, placed[i + 2], placed[i + 3]);
        }
        int chunk = types.reserve(
                unit.typeCount() + unit.restCount() + late,
                (long) unit.types().length + unit.rest().length + addedInt.length);
        return new Placement(unit, chunk, shift, names, addedInt);
    }
}
