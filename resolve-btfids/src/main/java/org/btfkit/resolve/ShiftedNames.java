package org.btfkit.resolve;

import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;

/**
 * Ids of split BTF whose base is gone, taken to have had a certain number of types.
 *
 * <p>The base of today stands in for it in one respect: a name that it has not, but the own types have, is taken to
 * have been an own one before as well.
 */
final class ShiftedNames implements IdMeaning {
    private final SplitTypes own;
    private final Btf baseNow;
    private final int firstTypeId;

    /**
     * Supposes a base.
     *
     * @param baseNow the base of today, or null
     * @param firstTypeId how many types the base had, void included; {@link Integer#MAX_VALUE} if all ids are its own
     */
    ShiftedNames(SplitTypes own, Btf baseNow, int firstTypeId) {
        this.own = own;
        this.baseNow = baseNow;
        this.firstTypeId = firstTypeId;
    }

    @Override
    public Match match(int typeId, IdSymbol symbol) {
        int position = typeId - firstTypeId;
        if (typeId < 0 || position >= own.count()) {
            return Match.NO;
        }
        if (position < 0) {
            return own.hasAlone(symbol, baseNow) ? Match.NO : Match.UNKNOWN;
        }
        if (!own.mayBe(position, symbol)) {
            return Match.NO;
        }
        return own.name(position) == null ? Match.UNKNOWN : Match.YES;
    }

    @Override
    public boolean has(IdSymbol symbol) {
        return own.has(symbol);
    }

    @Override
    public String describe(int typeId) {
        int position = typeId - firstTypeId;
        BtfKind kind = position >= 0 && position < own.count() ? own.kind(position) : null;
        return "id " + typeId + (kind == null ? "" : " (" + kind + " '" + own.name(position) + "')");
    }
}
