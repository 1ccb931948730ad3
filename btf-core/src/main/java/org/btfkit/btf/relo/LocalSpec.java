package org.btfkit.btf.relo;

import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;

/**
 * A record by the object's own types, worked out once for all targets: where its path leads, and the value there. A
 * record that breaks a rule has {@link #fault} instead, and is refused on every target.
 *
 * <p>The rules are those of libbpf's {@code bpf_core_parse_spec}: modifiers and typedefs are skipped at each step; in a
 * struct or union a number is a member's index, in an array an element's, which is below the count unless the array is
 * flexible (0 elements, last member of its struct). Type kinds have the path {@code 0}, enumerator kinds the index of
 * an enumerator.
 */
final class LocalSpec {
    final CoreRelocation relocation;
    final CoreSpec spec = new CoreSpec();
    final CoreValue value = new CoreValue();

    /** What is wrong with the record, or null. */
    final String fault;

    LocalSpec(CoreRelocation relocation, CoreTypes types, boolean isBig) {
        this.relocation = relocation;
        String found = parse(types);
        if (found == null) {
            int code = value.compute(relocation.kind(), types, spec, isBig);
            found = code == 0 ? null : CoreExplainer.fault(CoreFault.of(code), "in the object");
        }
        this.fault = found;
    }

    private String parse(CoreTypes types) {
        int root = relocation.localTypeId();
        CoreKind kind = relocation.kind();
        if (relocation.sectionName().isEmpty()) {
            return "the record's section has no name";
        }
        if (relocation.insnOffsetBytes() % BpfInsn.BYTES != 0) {
            return "instruction at byte " + Integer.toUnsignedString(relocation.insnOffsetBytes())
                    + ", expected a multiple of " + BpfInsn.BYTES;
        }
        if (kind == null) {
            return "relocation kind " + Integer.toUnsignedString(relocation.kindNumber()) + ", expected 0 to "
                    + CoreKind.TYPE_MATCHES.number();
        }
        if (root < 0 || root >= types.flat().typeCount()) {
            return "type id " + Integer.toUnsignedString(root) + " of no type (there are "
                    + types.flat().typeCount() + ")";
        }
        spec.begin(root);
        int[] path = CoreAccess.parse(relocation.access());
        if (path == null) {
            return CoreAccess.fault(relocation.access());
        }
        String wrong = kind.isType() ? typePath() : kind.isEnumerator() ? enumerator(types, path) : field(types, path);
        if (wrong == null
                && kind != CoreKind.TYPE_ID_LOCAL
                && types.isNameless(types.flat().nameOff(root))) {
            return types.flat().describeTarget(root) + " has no name, by which a target could be searched";
        }
        return wrong;
    }

    /** Names root and path. */
    CorePath path(Btf btf) {
        int root = relocation.localTypeId();
        if (root < 0 || root >= btf.typeCount()) {
            return new CorePath("", "");
        }
        CoreTypes types = new CoreTypes(btf, Long.BYTES);
        String path = fault != null || relocation.kind() == null
                ? ""
                : CoreNames.path(types, relocation.kind(), spec, spec.length);
        return new CorePath(CoreNames.type(types.flat(), root), path);
    }

    private String typePath() {
        return relocation.access().equals("0")
                ? null
                : "access string '" + relocation.access() + "' of a whole type, expected '0'";
    }

    private String enumerator(CoreTypes types, int[] path) {
        int enumId = types.skip(relocation.localTypeId());
        if (enumId < 0) {
            return chain(types);
        }
        if (!types.flat().is(enumId, KindSet.ENUMS)
                || path.length > 1
                || path[0] >= types.flat().vlen(enumId)) {
            return "access string '" + relocation.access() + "' of "
                    + types.flat().describeTarget(enumId) + ", expected the index of an enumerator";
        }
        spec.raw[spec.rawLength++] = path[0];
        spec.add(enumId, path[0], types.flat().enumeratorNameOff(enumId, path[0]));
        return null;
    }

    private String field(CoreTypes types, int[] path) {
        int id = types.skip(relocation.localTypeId());
        if (id < 0) {
            return chain(types);
        }
        long size = types.size(id);
        if (size < 0) {
            return types.flat().describeTarget(id) + " has no size, so no [" + path[0] + "]";
        }
        spec.raw[spec.rawLength++] = path[0];
        spec.add(id, path[0], 0);
        String wrong = move(path[0] * size * 8);
        for (int i = 1; i < path.length && wrong == null; i++) {
            id = types.skip(id);
            if (id < 0) {
                return chain(types);
            }
            spec.raw[spec.rawLength++] = path[i];
            if (types.flat().is(id, KindSet.COMPOSITES)) {
                if (path[i] >= types.flat().vlen(id)) {
                    return step(i) + "member " + path[i] + " of " + types.flat().describe(id) + ", which has "
                            + types.flat().vlen(id);
                }
                wrong = move(types.flat().memberOffsetBits(id, path[i]));
                int nameOff = types.flat().memberNameOff(id, path[i]);
                if (!types.isNameless(nameOff)) {
                    spec.add(id, path[i], nameOff);
                }
                id = types.flat().memberType(id, path[i]);
            } else if (types.is(id, BtfKind.ARRAY)) {
                wrong = element(types, id, i, path[i]);
                id = wrong == null ? spec.types[spec.length - 1] : 0;
            } else {
                return step(i) + types.flat().describeTarget(id) + ", expected a struct, union or array";
            }
        }
        return wrong;
    }

    private String element(CoreTypes types, int arrayId, int step, int index) {
        int last = spec.length - 1;
        boolean isOpen = !spec.endsInElement() && types.isFlexible(arrayId, spec.types[last], spec.indexes[last]);
        if (!isOpen && index >= types.flat().elementCount(arrayId)) {
            return step(step) + "element " + index + " of " + types.flat().describe(arrayId) + ", which has "
                    + types.flat().elementCount(arrayId);
        }
        int elementId = types.skip(types.flat().elementType(arrayId));
        if (elementId < 0) {
            return chain(types);
        }
        spec.add(elementId, index, 0);
        long size = types.size(elementId);
        return size < 0 ? types.flat().describeTarget(elementId) + " has no size" : move(index * size * 8);
    }

    private String step(int index) {
        return "access string '" + relocation.access() + "' leads at number " + index + " to ";
    }

    private String chain(CoreTypes types) {
        return types.flat().describe(relocation.localTypeId()) + ": "
                + CoreExplainer.fault(CoreFault.CHAIN, "in the object");
    }

    private String move(long by) {
        spec.bits += by;
        return by < 0 || spec.bits > CoreTypes.MAX_BITS ? CoreExplainer.fault(CoreFault.BIG, "in the object") : null;
    }
}
