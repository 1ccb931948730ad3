package org.btfkit.encode;

import java.util.Arrays;
import org.btfkit.btf.flat.IntList;

/**
 * Functions that are remembered until all units have been read, as only then it is known which of those of one name is
 * encoded. Of a unit, ids and strings are the unit's; {@link #addAll} makes those of the whole of them.
 */
final class SavedFunctions {
    /** A parameter is in an unexpected register. */
    static final int IS_UNEXPECTED = 1;

    /** Its prototypes differ. */
    static final int IS_INCONSISTENT = 1 << 1;

    /** A parameter is where DWARF cannot say. */
    static final int IS_UNCERTAIN = 1 << 2;

    /** Its parameters are in another order. */
    static final int IS_REORDERED = 1 << 3;

    /** A parameter is optimized out. */
    static final int IS_OPTIMIZED = 1 << 4;

    /** clang says that it changed the signature. */
    static final int IS_CHANGED = 1 << 5;

    private int count;
    private int[] group = new int[64];
    private long[] address = new long[64];
    private int[] flags = new int[64];
    private int[] result = new int[64];

    /** By function where its parameters begin; those of the next one are the end. */
    private int[] firstParameter = new int[65];

    private int[] firstAnnotation = new int[65];

    /** Pairs of name and type. */
    private final IntList parameters = new IntList();

    /** Pairs of component and value. */
    private final IntList annotations = new IntList();

    void clear() {
        count = 0;
        parameters.size = 0;
        annotations.size = 0;
    }

    void begin(int itsGroup, long itsAddress, int itsFlags, int itsResult) {
        if (count == group.length) {
            grow(count * 2);
        }
        group[count] = itsGroup;
        address[count] = itsAddress;
        flags[count] = itsFlags;
        result[count] = itsResult;
    }

    void parameter(int name, int type) {
        parameters.add(name);
        parameters.add(type);
    }

    void annotation(int component, int value) {
        annotations.add(component);
        annotations.add(value);
    }

    void end() {
        count++;
        firstParameter[count] = parameters.size;
        firstAnnotation[count] = annotations.size;
    }

    private void grow(int length) {
        group = Arrays.copyOf(group, length);
        address = Arrays.copyOf(address, length);
        flags = Arrays.copyOf(flags, length);
        result = Arrays.copyOf(result, length);
        firstParameter = Arrays.copyOf(firstParameter, length + 1);
        firstAnnotation = Arrays.copyOf(firstAnnotation, length + 1);
    }

    /**
     * Adds the functions of a unit.
     *
     * @param unit the functions
     * @param firstId what to add to the type ids
     * @param names the offset of each string by its number
     */
    void addAll(SavedFunctions unit, int firstId, int[] names) {
        for (int i = 0; i < unit.count; i++) {
            begin(unit.group[i], unit.address[i], unit.flags[i], placed(unit.result[i], firstId));
            for (int at = unit.firstParameter[i]; at < unit.firstParameter[i + 1]; at += 2) {
                int[] items = unit.parameters.items;
                parameter(names[items[at]], placed(items[at + 1], firstId));
            }
            for (int at = unit.firstAnnotation[i]; at < unit.firstAnnotation[i + 1]; at += 2) {
                int[] items = unit.annotations.items;
                annotation(items[at], names[items[at + 1]]);
            }
            end();
        }
    }

    private static int placed(int id, int firstId) {
        return id == 0 ? 0 : id + firstId;
    }

    /** Returns a copy that does not have more room than it needs. */
    SavedFunctions copy() {
        SavedFunctions copy = new SavedFunctions();
        copy.count = count;
        copy.group = Arrays.copyOf(group, count);
        copy.address = Arrays.copyOf(address, count);
        copy.flags = Arrays.copyOf(flags, count);
        copy.result = Arrays.copyOf(result, count);
        copy.firstParameter = Arrays.copyOf(firstParameter, count + 1);
        copy.firstAnnotation = Arrays.copyOf(firstAnnotation, count + 1);
        copy.parameters.items = parameters.toArray();
        copy.parameters.size = parameters.size;
        copy.annotations.items = annotations.toArray();
        copy.annotations.size = annotations.size;
        return copy;
    }

    int count() {
        return count;
    }

    int group(int function) {
        return group[function];
    }

    long address(int function) {
        return address[function];
    }

    boolean is(int function, int flag) {
        return (flags[function] & flag) != 0;
    }

    int flags(int function) {
        return flags[function];
    }

    void setFlags(int function, int newFlags) {
        flags[function] |= newFlags;
    }

    int result(int function) {
        return result[function];
    }

    void setResult(int function, int type) {
        result[function] = type;
    }

    int parameterCount(int function) {
        return (firstParameter[function + 1] - firstParameter[function]) / 2;
    }

    int parameterName(int function, int index) {
        return parameters.items[firstParameter[function] + 2 * index];
    }

    int parameterType(int function, int index) {
        return parameters.items[firstParameter[function] + 2 * index + 1];
    }

    void setParameterType(int function, int index, int type) {
        parameters.items[firstParameter[function] + 2 * index + 1] = type;
    }

    int annotationCount(int function) {
        return (firstAnnotation[function + 1] - firstAnnotation[function]) / 2;
    }

    int annotationComponent(int function, int index) {
        return annotations.items[firstAnnotation[function] + 2 * index];
    }

    int annotationValue(int function, int index) {
        return annotations.items[firstAnnotation[function] + 2 * index + 1];
    }
}
