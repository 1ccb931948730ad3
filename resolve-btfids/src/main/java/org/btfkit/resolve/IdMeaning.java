package org.btfkit.resolve;

import org.btfkit.btf.Btf;

/** Tells what the ids in a section meant to whoever wrote them. */
interface IdMeaning {
    /** What is known of an id in relation to a symbol. */
    enum Match {
        /** The type has the symbol's kind and name. */
        YES,
        /** The type has another kind or name, or there is no such type. */
        NO,
        /** The type is not at hand. */
        UNKNOWN
    }

    /** Compares the type of an id, which is not 0, with a symbol. */
    Match match(int typeId, IdSymbol symbol);

    /**
     * Compares as {@link #match}, for who looks for the symbol of an id that stands on the slot of another one. Of
     * several types of a kind and name only the first counts then, as no tool takes another: where the ids are of
     * another BTF, they would look like a permutation of the set by chance.
     */
    default Match matchMoved(int typeId, IdSymbol symbol) {
        return match(typeId, symbol);
    }

    /** Tells whether there is a type of the symbol's kind and name for sure, so that its id was not 0. */
    boolean has(IdSymbol symbol);

    /** Describes the type of an id for a message. */
    String describe(int typeId);

    /**
     * Ids of a BTF that is known whole.
     *
     * @param ids the section that they are in
     * @param known which ids the symbols have in that BTF; null to look for them if it matters
     */
    static IdMeaning of(Btf btf, IdsSection ids, IdLookup known) {
        return new IdMeaning() {
            private IdLookup lookup = known;

            @Override
            public Match match(int typeId, IdSymbol symbol) {
                boolean same = typeId > 0
                        && typeId < btf.typeCount()
                        && btf.kind(typeId) == symbol.kind().btfKind
                        && btf.name(typeId).equals(symbol.name());
                return same ? Match.YES : Match.NO;
            }

            @Override
            public Match matchMoved(int typeId, IdSymbol symbol) {
                if (match(typeId, symbol) == Match.NO) {
                    return Match.NO;
                }
                if (lookup == null) {
                    lookup = IdLookup.of(ids, btf);
                }
                return lookup.id(symbol) == typeId ? Match.YES : Match.NO;
            }

            @Override
            public boolean has(IdSymbol symbol) {
                return btf.find(symbol.kind().btfKind, symbol.name()) != 0;
            }

            @Override
            public String describe(int typeId) {
                if (typeId < 0 || typeId >= btf.typeCount()) {
                    return "id " + Integer.toUnsignedString(typeId) + " (past the last id " + (btf.typeCount() - 1)
                            + ")";
                }
                return typeId == 0 ? "id 0" : btf.describe(typeId);
            }
        };
    }
}
