package org.btfkit.encode;

/**
 * The BTF of one unit as its encoder leaves it: ids count from 1, names are numbers of the unit's strings.
 *
 * @param types words of the types that entries refer to, by id
 * @param typeCount how many those are
 * @param rest words of tags and variables, which come after them
 * @param restCount how many those are
 * @param intId the first base type called "int", 0 if there is none
 * @param hasArrays whether there are arrays, which need an "int"
 * @param keys by number, from 1 on, the key of each string
 * @param typeKeys how many of the keys are those of types, 0 included
 * @param pool what negative keys are offsets of
 * @param functions the functions to remember
 * @param variables quadruples of section, type id, offset and size
 */
record UnitBtf(
        int[] types,
        int typeCount,
        int[] rest,
        int restCount,
        int intId,
        boolean hasArrays,
        int[] keys,
        int typeKeys,
        byte[] pool,
        SavedFunctions functions,
        int[] variables) {}
