package org.btfkit.btf.query;

import java.util.Set;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.flat.TypeFaults;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Limits;
import org.btfkit.btf.format.Words;

/**
 * Sizes and alignments of types, by the rules of libbpf's {@code btf__resolve_size} and {@code btf__align_of}.
 *
 * <p>Where libbpf recurses without a limit, structs may be nested up to {@value #MAX_NESTING} deep here. Alignments are
 * computed once per type. Not safe for use by several threads.
 */
public final class TypeSizes {
    /** How deep structs, unions and arrays may be nested. */
    public static final int MAX_NESTING = Limits.MAX_NESTING;

    private static final long MAX_SIZE = Words.unsigned(-1);

    /** All ways to write long and unsigned long; compilers differ. */
    private static final Set<String> LONG_NAMES = Set.of(
            "long",
            "long int",
            "int long",
            "unsigned long",
            "long unsigned",
            "unsigned long int",
            "unsigned int long",
            "long unsigned int",
            "long int unsigned",
            "int unsigned long",
            "int long unsigned");

    private static final int IN_PROGRESS = -1;
    private static final int NONE = -2;

    private static final String NO_ALIGNMENT = "has no alignment";
    private static final String UNKNOWN = "of a kind not known here";

    private final Btf btf;
    private final FlatTypes types;
    private final int pointerSize;

    /** Alignment of each type, 0 as long as it is not known, negative if it has none; made when first asked for. */
    private int[] alignments;

    /** Whether the last failure came from where the walk began, not from the types alone. */
    private boolean isTooDeep;

    /** The type that the last question without an answer failed at, and why. */
    private int faultId;

    private String fault;

    /**
     * Uses the pointer size of {@link #guessPointerSize}, 8 if there is none.
     *
     * @param btf the BTF
     */
    public TypeSizes(Btf btf) {
        this(btf, guessOr8(btf));
    }

    /**
     * Uses a given pointer size.
     *
     * @param btf the BTF
     * @param pointerSize the size of a pointer in bytes, 4 or 8
     */
    public TypeSizes(Btf btf, int pointerSize) {
        if (pointerSize != 4 && pointerSize != 8) {
            throw new IllegalArgumentException("pointer size " + pointerSize + ", expected 4 or 8");
        }
        this.btf = btf;
        this.types = FlatAccess.of(btf);
        this.pointerSize = pointerSize;
    }

    private static int guessOr8(Btf btf) {
        int guess = guessPointerSize(btf);
        return guess != 0 ? guess : 8;
    }

    /**
     * Guesses the size of a pointer, as libbpf's {@code btf__pointer_size} does: it is the {@link Btf#pointerSize} of
     * the BTF or of its base, if known, or else the size of {@link #firstLong}. Looks at the types up to that one.
     *
     * @param btf the BTF, split or not
     * @return 4 or 8 bytes, or 0 if there is no such INT
     */
    public static int guessPointerSize(Btf btf) {
        for (Btf at = btf; at != null; at = at.base()) {
            if (at.pointerSize() != 0) {
                return at.pointerSize();
            }
        }
        int typeId = firstLong(btf);
        return typeId == 0 ? 0 : btf.sizeOrType(typeId);
    }

    /**
     * Finds the type that tells readers of a bare BTF the size of pointers.
     *
     * @param btf the BTF, split or not
     * @return the id of the first INT of 4 or 8 bytes that is named long or unsigned long, or 0 if there is none
     */
    public static int firstLong(Btf btf) {
        for (int typeId = 1; typeId < btf.typeCount(); typeId++) {
            if (btf.kind(typeId) == BtfKind.INT) {
                int size = btf.sizeOrType(typeId);
                if ((size == 4 || size == 8) && LONG_NAMES.contains(btf.name(typeId))) {
                    return typeId;
                }
            }
        }
        return 0;
    }

    /**
     * Returns the BTF.
     *
     * @return the BTF whose types are measured
     */
    public Btf btf() {
        return btf;
    }

    /**
     * Returns the size of pointers.
     *
     * @return 4 or 8 bytes
     */
    public int pointerSize() {
        return pointerSize;
    }

    /**
     * Computes the size of a type, behind typedefs and modifiers; of a VAR or DECL_TAG that of its type.
     *
     * @param typeId type id
     * @return its size in bytes, 0 to 4,294,967,295
     * @throws BtfException if the type has no size (void, a forward declaration, a function), if the size is larger, or
     *     if more than {@link TypeQueries#MAX_DEPTH} typedefs, modifiers and arrays are in a row
     */
    public long sizeOf(int typeId) {
        long size = sizeOrMinus1(typeId);
        if (size < 0) {
            throw TypeFaults.at(types, faultId, fault);
        }
        return size;
    }

    /**
     * Computes the size of a type as {@link #sizeOf} does, for those who go on without one.
     *
     * @param typeId type id
     * @return its size in bytes, or -1 where {@code sizeOf} fails
     */
    public long sizeOrMinus1(int typeId) {
        long elements = 1;
        int at = typeId;
        for (int depth = 0; depth < TypeQueries.MAX_DEPTH; depth++) {
            BtfKind kind = types.kind(at);
            if (kind == null) {
                return noSize(at, UNKNOWN);
            }
            switch (kind) {
                case INT, STRUCT, UNION, ENUM, ENUM64, DATASEC, FLOAT -> {
                    return product(typeId, elements, types.sizeBytes(at));
                }
                case PTR -> {
                    return product(typeId, elements, pointerSize);
                }
                case TYPEDEF, VOLATILE, CONST, RESTRICT, VAR, DECL_TAG, TYPE_TAG -> at = types.sizeOrType(at);
                case ARRAY -> {
                    elements = product(typeId, elements, types.elementCount(at));
                    if (elements < 0) {
                        return -1;
                    }
                    at = types.elementType(at);
                }
                case VOID, FWD, FUNC, FUNC_PROTO -> {
                    return noSize(typeId, "has no size, as " + types.describeTarget(at) + " has none");
                }
            }
        }
        return noSize(typeId, TypeFaults.tooLong());
    }

    private long product(int typeId, long elements, long size) {
        if (elements != 0 && size > MAX_SIZE / elements) {
            return noSize(typeId, "larger than 4 GiB");
        }
        return elements * size;
    }

    /**
     * Computes the alignment of a type. A struct or union is packed, and has alignment 1, if a member that is no
     * bitfield is not at a multiple of its own alignment, or if the size is no multiple of the largest alignment.
     *
     * @param typeId type id
     * @return its alignment in bytes, at least 1 and at most the pointer size
     * @throws BtfException if the type has none (void, a forward declaration, a function, a variable), or if it is
     *     nested more than {@link #MAX_NESTING} deep, as a struct that contains itself
     */
    public int alignOf(int typeId) {
        int align = alignOr0(typeId);
        if (align == 0) {
            throw TypeFaults.at(types, faultId, fault);
        }
        return align;
    }

    /**
     * Computes the alignment of a type as {@link #alignOf} does, for those who go on without one.
     *
     * @param typeId type id
     * @return its alignment in bytes, or 0 where {@code alignOf} fails
     */
    public int alignOr0(int typeId) {
        if (alignments == null) {
            alignments = new int[btf.typeCount()];
        }
        isTooDeep = false;
        return align(typeId, 0);
    }

    private int align(int typeId, int nesting) {
        BtfKind kind = types.kind(typeId);
        if (kind == null) {
            return none(typeId, UNKNOWN);
        }
        if (alignments[typeId] > 0) {
            return alignments[typeId];
        }
        if (alignments[typeId] == IN_PROGRESS) {
            return none(typeId, "contains itself");
        }
        if (alignments[typeId] == NONE) {
            return none(typeId, NO_ALIGNMENT);
        }
        if (nesting > MAX_NESTING) {
            isTooDeep = true;
            return none(typeId, TypeFaults.tooDeep());
        }
        alignments[typeId] = IN_PROGRESS;
        int align = switch (kind) {
            case INT, ENUM, ENUM64, FLOAT -> {
                int size = (int) Math.min(pointerSize, types.sizeBytes(typeId));
                yield size != 0 ? size : none(typeId, NO_ALIGNMENT);
            }
            case PTR -> pointerSize;
            case TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG -> align(types.sizeOrType(typeId), nesting + 1);
            case ARRAY -> align(types.elementType(typeId), nesting + 1);
            case STRUCT, UNION -> compositeAlign(typeId, nesting);
            case VOID, FWD, FUNC, FUNC_PROTO, VAR, DATASEC, DECL_TAG -> none(typeId, NO_ALIGNMENT);
        };
        // What failed is remembered, or a struct that fails would be walked again by each that contains it. What is too
        // deep here may not be from elsewhere.
        alignments[typeId] = align > 0 ? align : isTooDeep ? 0 : NONE;
        return align;
    }

    private int compositeAlign(int typeId, int nesting) {
        int vlen = types.vlen(typeId);
        int largest = 1;
        for (int i = 0; i < vlen; i++) {
            int align = align(types.memberType(typeId, i), nesting + 1);
            if (align == 0) {
                return 0;
            }
            largest = Math.max(largest, align);
            if (types.bitfieldSize(typeId, i) == 0 && types.memberOffsetBits(typeId, i) % (8L * align) != 0) {
                return 1;
            }
        }
        return types.sizeBytes(typeId) % largest != 0 ? 1 : largest;
    }

    /** Remembers why there is no answer; returns 0. */
    private int none(int typeId, String why) {
        faultId = typeId;
        fault = why;
        return 0;
    }

    private long noSize(int typeId, String why) {
        none(typeId, why);
        return -1;
    }
}
