package org.btfkit.btf.query;

import java.util.Arrays;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.TypeFaults;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.format.Limits;

/**
 * Questions about single types: by name, by kind, and what is behind typedefs and modifiers.
 *
 * <p>{@link TypeSizes} knows sizes, {@link MemberPath} members, {@link References} and {@link Closure} how types hang
 * together.
 *
 * <p>Keeps nothing between calls; safe for use by several threads.
 */
public final class TypeQueries {
    /**
     * How many typedefs, modifiers and arrays may stand before a type, as in libbpf and in the kernel
     * ({@code MAX_RESOLVE_DEPTH}).
     */
    public static final int MAX_DEPTH = Limits.MAX_RESOLVE_DEPTH;

    private TypeQueries() {}

    /**
     * Finds all types of a name, of whatever kind.
     *
     * @param btf where to look; its base is searched first
     * @param name the name, not empty
     * @return their type ids, ascending
     */
    public static int[] findAll(Btf btf, String name) {
        return btf.findAll(name);
    }

    /**
     * Finds all types of a kind. Looks at every type.
     *
     * @param btf where to look, its base included
     * @param kind the kind to look for
     * @return their type ids, ascending
     */
    public static int[] ofKind(Btf btf, BtfKind kind) {
        int[] found = new int[64];
        int count = 0;
        for (int typeId = 0; typeId < btf.typeCount(); typeId++) {
            if (btf.kind(typeId) == kind) {
                if (count == found.length) {
                    found = Arrays.copyOf(found, 2 * count);
                }
                found[count++] = typeId;
            }
        }
        return Arrays.copyOf(found, count);
    }

    /**
     * Tells whether a kind only qualifies another type: const, volatile, restrict or a type tag.
     *
     * @param kind the kind, or null for one that is not known
     * @return true if the type behind it is the same but for the qualifier
     */
    public static boolean isModifier(BtfKind kind) {
        return KindSet.MODIFIERS.has(kind);
    }

    /**
     * Skips modifiers.
     *
     * @param btf the BTF
     * @param typeId type id
     * @return the id of the first type behind that is no modifier; 0 for void
     * @throws BtfException if there are more than {@link #MAX_DEPTH} of them, as where they refer to each other
     */
    public static int skipModifiers(Btf btf, int typeId) {
        return skip(btf, typeId, KindSet.MODIFIERS);
    }

    /**
     * Skips modifiers and typedefs, as libbpf's {@code skip_mods_and_typedefs} does.
     *
     * @param btf the BTF
     * @param typeId type id
     * @return the id of the first type behind that is neither; 0 for void
     * @throws BtfException if there are more than {@link #MAX_DEPTH} of them, as where they refer to each other
     */
    public static int resolve(Btf btf, int typeId) {
        return skip(btf, typeId, KindSet.TYPEDEFS_AND_MODIFIERS);
    }

    private static int skip(Btf btf, int typeId, KindSet skipped) {
        int at = typeId;
        for (int depth = 0; depth <= MAX_DEPTH; depth++) {
            if (!skipped.hasInfo(btf.info(at))) {
                return at;
            }
            at = btf.sizeOrType(at);
        }
        throw TypeFaults.tooLong(FlatAccess.of(btf), typeId);
    }
}
