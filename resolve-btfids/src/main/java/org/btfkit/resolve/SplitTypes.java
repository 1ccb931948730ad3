package org.btfkit.resolve;

import java.util.HashSet;
import java.util.Set;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.DetachedSplit;
import org.btfkit.btf.format.BtfKind;

/** The types of split BTF that are not its base's, by position: 0 is the first own type, whatever its id. */
abstract class SplitTypes {
    /** Kinds and names of all types whose name is known. */
    private Set<String> names;

    abstract int count();

    abstract BtfKind kind(int position);

    /** Returns the name, empty if there is none, or null if it is not known. */
    abstract String name(int position);

    /** Own types of BTF on its base; all names are known. */
    static SplitTypes of(Btf btf) {
        return new SplitTypes() {
            @Override
            int count() {
                return btf.typeCount() - btf.firstTypeId();
            }

            @Override
            BtfKind kind(int position) {
                return btf.kind(btf.firstTypeId() + position);
            }

            @Override
            String name(int position) {
                return btf.name(btf.firstTypeId() + position);
            }
        };
    }

    /** Own types of BTF whose base is gone, and with it those names that are strings of the base. */
    static SplitTypes of(DetachedSplit split) {
        return new SplitTypes() {
            @Override
            int count() {
                return split.count();
            }

            @Override
            BtfKind kind(int position) {
                return split.kind(position);
            }

            @Override
            String name(int position) {
                return split.name(position);
            }
        };
    }

    /** Tells whether the type may be the one that a symbol names: false if its kind or name is another. */
    boolean mayBe(int position, IdSymbol symbol) {
        if (kind(position) != symbol.kind().btfKind) {
            return false;
        }
        String name = name(position);
        return name == null || name.equals(symbol.name());
    }

    /** Tells whether there is a type of the symbol's kind and name for sure. */
    boolean has(IdSymbol symbol) {
        if (names == null) {
            names = new HashSet<>();
            for (int position = 0; position < count(); position++) {
                for (IdKind kind : IdKind.values()) {
                    if (kind(position) == kind.btfKind && name(position) != null) {
                        names.add(key(kind, name(position)));
                    }
                }
            }
        }
        return names.contains(key(symbol.kind(), symbol.name()));
    }

    /** Tells whether there is such a type for sure, and none in a base. */
    boolean hasAlone(IdSymbol symbol, Btf base) {
        return base != null && has(symbol) && base.find(symbol.kind().btfKind, symbol.name()) == 0;
    }

    private static String key(IdKind kind, String name) {
        return kind.word + " " + name;
    }
}
