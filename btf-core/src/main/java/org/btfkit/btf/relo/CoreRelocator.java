package org.btfkit.btf.relo;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.btf.query.TypeSizes;

/**
 * Relocates an object on targets. Immutable and safe for use by several threads; what the object alone says is worked
 * out once.
 */
public final class CoreRelocator {
    private final BpfObject object;
    private final List<LocalSpec> specs;
    private final CoreLoader loader;
    private final CoreScope scope;

    private CoreRelocator(BpfObject object, List<LocalSpec> specs, CoreLoader loader, CoreScope scope) {
        this.object = object;
        this.specs = specs;
        this.loader = loader;
        this.scope = scope;
    }

    /**
     * Prepares an object for relocation by {@link CoreLoader#LIBBPF}, with the programs that are loaded by default.
     *
     * @param object the object
     * @return what relocates it
     */
    public static CoreRelocator of(BpfObject object) {
        CoreTypes types = new CoreTypes(object.btf(), pointerSize(object));
        boolean isBig = object.order() == ByteOrder.BIG_ENDIAN;
        List<LocalSpec> specs = new ArrayList<>();
        for (CoreRelocation relocation : object.relocations()) {
            specs.add(new LocalSpec(relocation, types, isBig));
        }
        return new CoreRelocator(object, List.copyOf(specs), CoreLoader.LIBBPF, CoreScope.LOADED);
    }

    private static int pointerSize(BpfObject object) {
        int guess = TypeSizes.guessPointerSize(object.btf());
        return guess != 0 ? guess : Long.BYTES;
    }

    /**
     * Sets whose rules are followed.
     *
     * @param newLoader the loader
     * @return a relocator that differs in this only
     */
    public CoreRelocator withLoader(CoreLoader newLoader) {
        return new CoreRelocator(object, specs, newLoader, scope);
    }

    /**
     * Sets which records have a say in what others match.
     *
     * @param newScope the scope
     * @return a relocator that differs in this only
     */
    public CoreRelocator withScope(CoreScope newScope) {
        return new CoreRelocator(object, specs, loader, newScope);
    }

    /** {@return the object} */
    public BpfObject object() {
        return object;
    }

    /**
     * Names what a record is of, as a person writes it in C.
     *
     * @param index index of the relocation
     * @return root and path; the parts that a broken record does not tell are empty
     */
    public CorePath path(int index) {
        return specs.get(index).path(object.btf());
    }

    /**
     * Returns the value of a record by the object's own types.
     *
     * @param index index of the relocation
     * @return the value, as the 64 bits that libbpf computes; 0 if the record breaks a rule
     */
    public long localValue(int index) {
        return specs.get(index).value.value;
    }

    /**
     * Returns why a record is refused on every target.
     *
     * @param index index of the relocation
     * @return the rule that it breaks; null if it breaks none
     */
    public String fault(int index) {
        return specs.get(index).fault;
    }

    /**
     * Relocates the object. Takes time in proportion to its records and the members of the types that they lead
     * through; nothing of it depends on the size of the target, once that is indexed.
     *
     * @param target the target
     * @return for each record of the object what becomes of it, by index
     * @throws BtfException if the target has the other byte order
     */
    public CoreResults on(CoreTarget target) {
        if (!object.order().equals(target.order())) {
            throw new BtfException(object.source() + ": " + name(object.order()) + ", but " + target + " is "
                    + name(target.order()) + ": compile for the target's byte order");
        }
        CoreRun run = new CoreRun(object, specs, target, scope);
        return new CoreResults(object, specs, target, loader == CoreLoader.CILIUM ? run.byVotes() : run.inOrder());
    }

    private static String name(ByteOrder order) {
        return order == ByteOrder.BIG_ENDIAN ? "big-endian" : "little-endian";
    }
}
