package org.btfkit.btf.relo;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.query.TypeSizes;

/**
 * What objects are relocated on: a kernel and its modules, indexed once. Immutable and safe for use by several threads.
 *
 * <p>Types of all of it are numbered through by a <em>serial</em>, so that one number names a type: those of vmlinux by
 * their ids, then each module's own.
 */
public final class CoreTarget {
    private final Btf vmlinux;
    private final List<Btf> modules;
    private final FlatTypes[] types;
    private final EssenceIndex[] indexes;
    private final int[] firstSerials;
    private final int pointerSize;

    private CoreTarget(Btf vmlinux, List<Btf> modules) {
        this.vmlinux = vmlinux;
        this.modules = List.copyOf(modules);
        List<Btf> all = new ArrayList<>();
        all.add(vmlinux);
        all.addAll(this.modules);
        this.types = new FlatTypes[all.size()];
        this.indexes = new EssenceIndex[all.size()];
        this.firstSerials = new int[all.size() + 1];
        for (int i = 0; i < types.length; i++) {
            types[i] = FlatAccess.of(all.get(i));
            indexes[i] = new EssenceIndex(types[i]);
            firstSerials[i + 1] = Math.addExact(
                    i == 0 ? 0 : firstSerials[i], types[i].typeCount() - (i == 0 ? 0 : types[i].firstTypeId()));
        }
        int guess = TypeSizes.guessPointerSize(vmlinux);
        this.pointerSize = guess != 0 ? guess : Long.BYTES;
    }

    /**
     * Makes a target. The index of a BTF is made when it is first needed, in one pass over its types.
     *
     * @param vmlinux BTF of the kernel
     * @param modules BTF of its modules, each split on {@code vmlinux}, in the order in which they are searched
     * @return the target
     * @throws IllegalArgumentException if a module is not split on that very object
     */
    public static CoreTarget of(Btf vmlinux, List<Btf> modules) {
        for (Btf module : modules) {
            if (module.base() != vmlinux) {
                throw new IllegalArgumentException(module.source() + " is not split on " + vmlinux.source());
            }
        }
        return new CoreTarget(vmlinux, modules);
    }

    /** {@return BTF of the kernel} */
    public Btf vmlinux() {
        return vmlinux;
    }

    /** {@return BTF of its modules} */
    public List<Btf> modules() {
        return modules;
    }

    /** {@return byte order of the kernel} */
    public ByteOrder order() {
        return vmlinux.order();
    }

    /** {@return bytes of a pointer there, 4 or 8; 8 if the BTF does not tell} */
    public int pointerSize() {
        return pointerSize;
    }

    /**
     * Returns whose type a serial is.
     *
     * @param serial the serial
     * @return 0 for vmlinux, or one more than the index of the module
     */
    public int ownerOf(int serial) {
        int owner = 0;
        while (serial >= firstSerials[owner + 1]) {
            owner++;
        }
        return owner;
    }

    /**
     * Returns the type id of a serial, in the BTF of its owner.
     *
     * @param serial the serial
     * @return the id
     */
    public int typeIdOf(int serial) {
        int owner = ownerOf(serial);
        return owner == 0 ? serial : serial - firstSerials[owner] + types[owner].firstTypeId();
    }

    /**
     * Returns the BTF that a serial's type id is of.
     *
     * @param serial the serial
     * @return the kernel's, or a module's
     */
    public Btf btfOf(int serial) {
        int owner = ownerOf(serial);
        return owner == 0 ? vmlinux : modules.get(owner - 1);
    }

    /**
     * Returns the serial of a type.
     *
     * @param owner 0 for vmlinux, or one more than the index of a module
     * @param typeId an id in that BTF, of vmlinux's types as well
     * @return its serial
     */
    public int serialOf(int owner, int typeId) {
        return owner == 0 || typeId < types[owner].firstTypeId()
                ? typeId
                : firstSerials[owner] + typeId - types[owner].firstTypeId();
    }

    int owners() {
        return types.length;
    }

    FlatTypes types(int owner) {
        return types[owner];
    }

    EssenceIndex index(int owner) {
        return indexes[owner];
    }

    Btf btf(int owner) {
        return owner == 0 ? vmlinux : modules.get(owner - 1);
    }

    @Override
    public String toString() {
        return vmlinux.source();
    }
}
