package org.btfkit.resolve;

import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfKind;
import org.btfkit.btf.DetachedSplit;

/** Tells what the ids in a section meant to whoever wrote them. */
interface TypeNames {
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

    /** Describes the type of an id for a message. */
    String describe(int typeId);

    /** Ids of a BTF that is known whole. */
    static TypeNames of(Btf btf) {
        return new TypeNames() {
            @Override
            public Match match(int typeId, IdSymbol symbol) {
                boolean same = typeId > 0
                        && typeId < btf.typeCount()
                        && btf.kind(typeId) == symbol.kind().btfKind
                        && btf.name(typeId).equals(symbol.name());
                return same ? Match.YES : Match.NO;
            }

            @Override
            public String describe(int typeId) {
                if (typeId < 0 || typeId >= btf.typeCount()) {
                    return "id " + Integer.toUnsignedString(typeId) + " (past the last id " + (btf.typeCount() - 1)
                            + ")";
                }
                return "id " + typeId + " (" + TypeText.of(btf, typeId) + ")";
            }
        };
    }

    /** Ids of split BTF whose base is gone, taken to have had {@code firstTypeId} types. */
    static TypeNames shifted(DetachedSplit split, int firstTypeId) {
        return new TypeNames() {
            @Override
            public Match match(int typeId, IdSymbol symbol) {
                if (typeId < 0 || typeId - firstTypeId >= split.count()) {
                    return Match.NO;
                }
                if (typeId < firstTypeId) {
                    return Match.UNKNOWN;
                }
                int position = typeId - firstTypeId;
                if (split.kind(position) != symbol.kind().btfKind) {
                    return Match.NO;
                }
                String name = split.name(position);
                if (name == null) {
                    return Match.UNKNOWN;
                }
                return name.equals(symbol.name()) ? Match.YES : Match.NO;
            }

            @Override
            public String describe(int typeId) {
                int position = typeId - firstTypeId;
                BtfKind kind = position >= 0 && position < split.count() ? split.kind(position) : null;
                return "id " + typeId + (kind == null ? "" : " (" + kind + " '" + split.name(position) + "')");
            }
        };
    }
}
