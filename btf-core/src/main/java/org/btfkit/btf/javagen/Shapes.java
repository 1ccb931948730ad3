package org.btfkit.btf.javagen;

import java.util.Arrays;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.flat.TypeFaults;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.format.Limits;
import org.btfkit.btf.format.Words;
import org.btfkit.btf.query.TypeQueries;
import org.btfkit.btf.query.TypeSizes;

/** Finds out what types are to Java. Not safe for use by several threads. */
final class Shapes {
    private static final long[] NONE = {};

    private final Btf btf;
    private final FlatTypes types;
    private final TypeSizes sizes;

    Shapes(Btf btf) {
        this.btf = btf;
        this.types = FlatAccess.of(btf);
        this.sizes = new TypeSizes(btf);
    }

    FlatTypes types() {
        return types;
    }

    /** C's alignment of a type, which is also seen not to contain itself. */
    int align(int typeId) {
        return sizes.alignOf(typeId);
    }

    /** The type behind typedefs and modifiers. */
    int resolve(int typeId) {
        return TypeQueries.resolve(btf, typeId);
    }

    /** The type behind typedefs, modifiers and arrays. */
    int element(int typeId) {
        int at = resolve(typeId);
        for (int depth = 0; types.kind(at) == BtfKind.ARRAY; depth++) {
            if (depth > Limits.MAX_RESOLVE_DEPTH) {
                throw TypeFaults.tooLong(types, typeId);
            }
            at = resolve(types.elementType(at));
        }
        return at;
    }

    /**
     * Finds out what a type is.
     *
     * @throws BtfException if it has no size
     */
    Shape of(int typeId) {
        int at = resolve(typeId);
        if (types.kind(at) != BtfKind.ARRAY) {
            return plain(at);
        }
        long[] dimensions = NONE;
        sizes.sizeOf(at); // bounded, and no longer than 4 GiB
        while (types.kind(at) == BtfKind.ARRAY) {
            dimensions = Arrays.copyOf(dimensions, dimensions.length + 1);
            dimensions[dimensions.length - 1] = types.elementCount(at);
            at = resolve(types.elementType(at));
        }
        Shape element = plain(at);
        return new Shape(element.sort(), at, element.sizeBytes(), element.isUnsigned(), element.isChar(), dimensions);
    }

    private Shape plain(int typeId) {
        long size = sizes.sizeOf(typeId);
        boolean isValue = size == 1 || size == 2 || size == 4 || size == 8;
        BtfKind kind = types.kind(typeId);
        return switch (kind) {
            case INT -> {
                int encoding = Words.intEncoding(types.intData(typeId));
                boolean isBool = (encoding & Words.INT_BOOL) != 0;
                boolean isUnsigned = (encoding & Words.INT_SIGNED) == 0;
                boolean isChar = size == 1
                        && ((encoding & Words.INT_CHAR) != 0
                                || types.name(typeId).equals("char"));
                Shape.Sort sort = !isValue ? Shape.Sort.BYTES : isBool ? Shape.Sort.BOOL : Shape.Sort.NUMBER;
                yield new Shape(sort, typeId, size, isUnsigned && !isBool, isChar, NONE);
            }
            case PTR -> new Shape(Shape.Sort.NUMBER, typeId, size, true, false, NONE);
            case ENUM, ENUM64 -> {
                Shape.Sort sort = isValue ? Shape.Sort.ENUM : Shape.Sort.BYTES;
                yield new Shape(sort, typeId, size, !types.kflag(typeId), false, NONE);
            }
            case FLOAT -> {
                boolean isReal = size == Float.BYTES || size == Double.BYTES;
                yield new Shape(isReal ? Shape.Sort.REAL : Shape.Sort.BYTES, typeId, size, false, false, NONE);
            }
            default -> {
                boolean isGroup = KindSet.COMPOSITES.has(kind);
                yield new Shape(isGroup ? Shape.Sort.GROUP : Shape.Sort.BYTES, typeId, size, false, false, NONE);
            }
        };
    }
}
