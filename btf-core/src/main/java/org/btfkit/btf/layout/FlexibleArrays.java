package org.btfkit.btf.layout;

import java.util.HashMap;
import java.util.Map;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.flat.TypeFaults;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.query.TypeQueries;
import org.btfkit.btf.query.TypeSizes;

/**
 * Finds the structs that reach beyond their size: those that end in a flexible array, and those with such a struct
 * within them.
 *
 * <pre>
 * struct tail  { int n; char data[]; };        /* ends in one *&#47;
 * struct wrap  { struct tail t; };             /* embeds one *&#47;
 * struct outer { struct wrap w; int after; };  /* embeds one: after may be where data is *&#47;
 * </pre>
 *
 * <p>As pahole has it, a flexible array is a last member whose declared type is an array of no elements, whatever they
 * are: BTF has {@code char data[]} and {@code char data[0]} alike. One behind a typedef or a modifier is none. Unions
 * are not looked into, and a struct's own last member does not count as embedded.
 */
final class FlexibleArrays {
    private final Btf btf;
    private final FlatTypes types;

    /** Whether a struct embeds one, by type id; false also while that is being found out, which ends circles. */
    private final Map<Integer, Boolean> embeds = new HashMap<>();

    FlexibleArrays(Btf btf) {
        this.btf = btf;
        this.types = FlatAccess.of(btf);
    }

    /** Whether the last member of a struct is a flexible array; of a declaration it is not. */
    boolean endsInOne(int structId) {
        int members = btf.kind(structId) == BtfKind.STRUCT ? btf.vlen(structId) : 0;
        if (members == 0) {
            return false;
        }
        int lastType = types.memberType(structId, members - 1);
        return btf.kind(lastType) == BtfKind.ARRAY && types.elementCount(lastType) == 0;
    }

    /** Whether a member of a struct is a struct that ends in a flexible array or embeds one itself. */
    boolean embedsOne(int structId) {
        return embedsOne(structId, 0);
    }

    private boolean embedsOne(int structId, int nesting) {
        Boolean known = embeds.putIfAbsent(structId, false);
        if (known != null) {
            return known;
        }
        if (nesting > TypeSizes.MAX_NESTING) {
            throw TypeFaults.tooDeep(types, structId);
        }
        boolean found = false;
        for (int i = 0; !found && btf.kind(structId) == BtfKind.STRUCT && i < btf.vlen(structId); i++) {
            int memberId = TypeQueries.resolve(btf, types.memberType(structId, i));
            found = btf.kind(memberId) == BtfKind.STRUCT && (endsInOne(memberId) || embedsOne(memberId, nesting + 1));
        }
        embeds.put(structId, found);
        return found;
    }
}
