package org.btfkit.btf.dump;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.JoinedTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.query.TypeSizes;

/**
 * Says how C declares a single type, function or variable, in the words of {@link CDumper}:
 *
 * <pre>{@code
 * CDeclarationPrinter printer = new CDeclarationPrinter(vmlinux);
 * printer.text(vmlinux.find(BtfKind.FUNC, "vfs_read"));
 *         // ssize_t vfs_read(struct file *file, char *buf, size_t count, loff_t *pos)
 * }</pre>
 *
 * <p>Immutable, and safe for use by several threads.
 */
public final class CDeclarationPrinter {
    private final Btf btf;
    private final JoinedTypes types;

    /**
     * Makes a printer. Split BTF is joined with its base once, which copies some megabytes for a kernel's.
     *
     * @param btf the BTF; its base's types can be printed as well
     */
    public CDeclarationPrinter(Btf btf) {
        this.btf = btf;
        this.types = JoinedTypes.of(FlatAccess.of(btf));
    }

    /**
     * Returns a declaration. That of a FUNC is its prototype and that of a VAR has its name; of other types it is what
     * stands in a cast: {@code struct file *}, {@code int (*)(void)}. A struct, union or enum without a name is written
     * out, in several lines. Needs time and memory for a number per type of the BTF.
     *
     * @param typeId a type id; 0 is void
     * @return the declaration, without a semicolon
     * @throws IllegalArgumentException if there is no such type
     * @throws BtfException if the type refers to one of an unknown kind, or is nested more than 256 deep
     */
    public String text(int typeId) {
        if (typeId < 0 || typeId >= types.typeCount()) {
            throw new IllegalArgumentException("type id " + typeId + ", expected 0 to " + (types.typeCount() - 1));
        }
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        DumpOutput out = new DumpOutput(text);
        DumpLimits limits = new DumpLimits(types);
        CNames names = new CNames(types, out, new DeclaredElsewhere(btf, types, null), new byte[0]);
        CDeclarators declarators = new CBodies(types, out, limits, names, new TypeSizes(btf)).declarators();
        BtfKind kind = types.kind(typeId);
        if (kind == BtfKind.FUNC || kind == BtfKind.VAR) {
            declarators.declare(types.sizeOrType(typeId), types.nameOff(typeId), 0);
        } else {
            declarators.declare(typeId, CDeclarators.NO_NAME, 0);
        }
        out.flush();
        return text.toString(StandardCharsets.UTF_8);
    }
}
