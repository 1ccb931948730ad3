package org.btfkit.resolve;

import org.btfkit.btf.format.BtfKind;

/** What an id symbol can name. */
enum IdKind {
    STRUCT("struct", BtfKind.STRUCT),
    UNION("union", BtfKind.UNION),
    TYPEDEF("typedef", BtfKind.TYPEDEF),
    FUNC("func", BtfKind.FUNC);

    /** As it stands in the symbol's name. */
    final String word;

    /** The kind of the BTF types to search. */
    final BtfKind btfKind;

    IdKind(String word, BtfKind btfKind) {
        this.word = word;
        this.btfKind = btfKind;
    }
}
