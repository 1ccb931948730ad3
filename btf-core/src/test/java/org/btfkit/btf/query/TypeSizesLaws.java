package org.btfkit.btf.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfType;
import org.btfkit.fixtures.gen.BtfArbitraries;
import org.btfkit.fixtures.gen.BtfFlavor;
import org.btfkit.fixtures.raw.RawBtf;

/** Sizes are those that a plain recursion over the records gives. */
class TypeSizesLaws {
    private static Btf parse(RawBtf raw) {
        Btf base = raw.base() == null ? null : parse(raw.base());
        return Btf.parse(raw.toBytes(), base, "test");
    }

    @Provide
    Arbitrary<RawBtf> btfs() {
        return BtfArbitraries.btfs(BtfFlavor.ANY);
    }

    @Property(tries = 300)
    void agreesWithIndependentComputation(@ForAll("btfs") RawBtf generated) {
        Btf btf = parse(generated);
        TypeSizes sizes = new TypeSizes(btf, 8);
        for (int typeId = 0; typeId < btf.typeCount(); typeId++) {
            int id = typeId;
            long expected = expectedSize(btf, typeId, 0);
            if (expected < 0) {
                assertThrows(BtfException.class, () -> sizes.sizeOf(id));
            } else {
                assertEquals(expected, sizes.sizeOf(typeId), () -> btf.describe(id));
            }
        }
    }

    /** The size by the records, recursively; -1 if there is none. */
    private static long expectedSize(Btf btf, int typeId, int depth) {
        if (depth == 32) {
            return -1;
        }
        BtfType type = btf.type(typeId);
        if (type instanceof BtfType.Array array) {
            long element = expectedSize(btf, array.elementId(), depth + 1);
            long size = element * Integer.toUnsignedLong(array.count());
            return element < 0 || size > 0xffffffffL ? -1 : size;
        }
        if (type instanceof BtfType.Ptr) {
            return 8;
        }
        return switch (btf.kind(typeId)) {
            case INT, STRUCT, UNION, ENUM, ENUM64, FLOAT, DATASEC -> Integer.toUnsignedLong(btf.word(typeId, 2));
            case VOID, FWD, FUNC, FUNC_PROTO -> -1;
            default -> expectedSize(btf, btf.word(typeId, 2), depth + 1);
        };
    }
}
