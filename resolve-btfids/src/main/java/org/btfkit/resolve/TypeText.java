package org.btfkit.resolve;

import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;

/** Words for types in messages. */
final class TypeText {
    private TypeText() {}

    /** For example {@code FUNC 'vfs_read'}. */
    static String of(Btf btf, int typeId) {
        String name = btf.name(typeId);
        return BtfKind.nameOf(Btf.kindOf(btf.info(typeId))) + (name.isEmpty() ? "" : " '" + name + "'");
    }
}
