package org.btfkit.btf.relo;

import java.nio.ByteOrder;

/** Asks candidates, one after the other, whether they match a record of an object, and what its value is there. */
final class CoreMatcher {
    private final CoreTarget target;
    private final CoreTypes local;
    private final CoreTypes[] types;
    private final FieldMatch[] fields;
    private final TypeMatch[] wholes;
    private final CoreValue value = new CoreValue();
    private final boolean isBig;

    CoreMatcher(BpfObject object, CoreTarget target) {
        this.target = target;
        this.local = new CoreTypes(object.btf(), Long.BYTES);
        this.types = new CoreTypes[target.owners()];
        this.fields = new FieldMatch[target.owners()];
        this.wholes = new TypeMatch[target.owners()];
        this.isBig = object.order() == ByteOrder.BIG_ENDIAN;
    }

    /** Whether a candidate matches: 1, 0, or a fault's code. What it was asked last is known until the next one. */
    int match(LocalSpec spec, int serial) {
        int owner = ownerOf(serial);
        int typeId = target.typeIdOf(serial);
        CoreKind kind = spec.relocation.kind();
        if (kind.isField()) {
            return fields[owner].field(spec.spec, typeId);
        }
        if (kind.isEnumerator()) {
            return fields[owner].enumerator(spec.spec, typeId);
        }
        fields[owner].spec.begin(typeId);
        int root = spec.relocation.localTypeId();
        return kind == CoreKind.TYPE_MATCHES
                ? wholes[owner].matches(root, typeId)
                : wholes[owner].compatible(root, typeId);
    }

    /** Computes {@link #value} of the candidate that has just matched: 0, or a fault's code. */
    int evaluate(LocalSpec spec, int serial) {
        int owner = ownerOf(serial);
        return value.compute(spec.relocation.kind(), types[owner], fields[owner].spec, isBig);
    }

    private int ownerOf(int serial) {
        int owner = target.ownerOf(serial);
        if (types[owner] == null) {
            types[owner] = new CoreTypes(target.btf(owner), target.pointerSize());
            fields[owner] = new FieldMatch(local, types[owner]);
            wholes[owner] = new TypeMatch(local, types[owner]);
        }
        return owner;
    }

    CoreValue value() {
        return value;
    }

    CoreSpec spec(int serial) {
        return fields[ownerOf(serial)].spec;
    }

    FieldMatch field(int serial) {
        return fields[ownerOf(serial)];
    }

    TypeMatch whole(int serial) {
        return wholes[ownerOf(serial)];
    }

    CoreTypes types(int serial) {
        return types[ownerOf(serial)];
    }

    CoreTypes local() {
        return local;
    }
}
