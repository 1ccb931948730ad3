package org.btfkit.btf.validate;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.btf.format.BtfKind;

/**
 * What the kernel asks of structs that have locks, lists, trees and tracked pointers in them, which programs allocate
 * and the kernel drops ({@code btf_parse_struct_metas}, {@code btf_parse_fields} and {@code btf_check_ownership_depth}
 * of kernel/bpf/btf.c).
 *
 * <p>Problem: the kernel has to find these fields in memory, so they have to be where it can find them; lists and trees
 * need a lock, and a tag that says what they hold; and dropping a struct drops what it owns, which must come to an end
 * soon.
 *
 * <p>Example: {@code struct owner { struct bpf_spin_lock lock; struct bpf_list_head elems; }} with the tag
 * {@code contains:elem:node} on its second member. There has to be a {@code struct elem} with a member {@code node} of
 * type {@code struct bpf_list_node}; the owner owns elements, and they may own further structs.
 *
 * <p>Structs are <em>special</em> if a member's type, without arrays or modifiers around it, is a tracked pointer or
 * the first struct of such a name in the BTF; a {@code bpf_res_spin_lock} alone makes none special. They need at least
 * one field of a special kind ({@link KernelFieldFinder}), and other structs are not looked at for themselves.
 *
 * <p>One pass finds special structs, one over them their fields, one what these own. Linear time.
 */
final class KernelSpecialFields {
    /** {@code BTF_MAX_OWNERSHIP_DEPTH}. */
    private static final int MAX_OWNERS = 8;

    private static final int SEVERAL = -1;

    private final FlatTypes types;
    private final KernelPointers pointers;

    /** Types that make a struct special which has them as members. */
    private final BitSet marks;

    /** The fields of special structs. */
    private final Map<Integer, List<KernelField>> fieldsOf = new TreeMap<>();

    /** The members of structs that are held, by name; several of one name are none. */
    private final Map<Integer, Map<String, Integer>> membersOf = new HashMap<>();

    /** How many owners stand one below the other from a special struct on, itself included. */
    private final Map<Integer, Integer> owners = new HashMap<>();

    private KernelSpecialFields(FlatTypes types) {
        this.types = types;
        pointers = new KernelPointers(types);
        marks = findMarks();
    }

    /** Checks all structs of a BTF without base. */
    static void check(Btf btf, FlatTypes types) {
        KernelSpecialFields special = new KernelSpecialFields(types);
        if (special.marks.isEmpty()) {
            return;
        }
        special.findFields(new KernelFieldFinder(types, special.pointers, new KernelContents(btf, types)));
        for (List<KernelField> fields : special.fieldsOf.values()) {
            special.checkTargets(fields);
        }
        for (int structId : special.fieldsOf.keySet()) {
            special.countOwners(structId, MAX_OWNERS);
        }
    }

    private BitSet findMarks() {
        BitSet found = new BitSet();
        int kinds = 0;
        for (int typeId = types.firstTypeId(); typeId < types.typeCount(); typeId++) {
            if (types.kind(typeId) == BtfKind.STRUCT) {
                KernelFieldKind kind = KernelFieldKind.ofType(types.name(typeId));
                if (kind != null && kind != KernelFieldKind.RES_SPIN_LOCK && (kinds & kind.bit()) == 0) {
                    kinds |= kind.bit();
                    found.set(typeId);
                }
            } else if (pointers.isTracked(typeId)) {
                found.set(typeId);
            }
        }
        return found;
    }

    private void findFields(KernelFieldFinder finder) {
        for (int typeId = types.firstTypeId(); typeId < types.typeCount(); typeId++) {
            int member = types.kind(typeId) == BtfKind.STRUCT ? firstMarked(typeId) : -1;
            if (member >= 0) {
                List<KernelField> fields = finder.fieldsOf(typeId);
                if (fields.isEmpty()) {
                    throw types.elementFault(
                            typeId,
                            member,
                            1,
                            "is " + types.describeTarget(types.memberType(typeId, member))
                                    + " of the wrong size or misaligned");
                }
                checkOverlaps(fields);
                checkTogether(typeId, fields);
                fieldsOf.put(typeId, fields);
            }
        }
    }

    private int firstMarked(int structId) {
        int vlen = types.vlen(structId);
        for (int i = 0; i < vlen; i++) {
            if (marks.get(types.memberType(structId, i))) {
                return i;
            }
        }
        return -1;
    }

    private void checkOverlaps(List<KernelField> fields) {
        for (int i = 1; i < fields.size(); i++) {
            KernelField before = fields.get(i - 1);
            KernelField field = fields.get(i);
            if (field.offset() < before.end()) {
                throw types.elementFault(
                        field.structId(),
                        field.member(),
                        2,
                        field.kind() + " at byte " + field.offset() + " overlaps a " + before.kind() + " at byte "
                                + before.offset());
            }
        }
    }

    /** Checks what of the fields need each other, or exclude each other. */
    private void checkTogether(int structId, List<KernelField> fields) {
        int kinds = 0;
        for (KernelField field : fields) {
            kinds |= field.kind().bit();
            if (field.kind().isRoot()) {
                checkNode(field);
            }
        }
        if (has(kinds, KernelFieldKind.SPIN_LOCK) && has(kinds, KernelFieldKind.RES_SPIN_LOCK)) {
            throw types.fault(structId, 1, "both a bpf_spin_lock and a bpf_res_spin_lock, expected one of them");
        }
        boolean hasLock = has(kinds, KernelFieldKind.SPIN_LOCK) || has(kinds, KernelFieldKind.RES_SPIN_LOCK);
        if (!hasLock && (has(kinds, KernelFieldKind.LIST_HEAD) || has(kinds, KernelFieldKind.RB_ROOT))) {
            throw types.fault(structId, 1, "a list or tree without a bpf_spin_lock or bpf_res_spin_lock beside it");
        }
        boolean isShared = has(kinds, KernelFieldKind.LIST_NODE) && has(kinds, KernelFieldKind.RB_NODE);
        if (isShared && !has(kinds, KernelFieldKind.REFCOUNT)) {
            throw types.fault(structId, 1, "nodes of both a list and a tree without a bpf_refcount beside them");
        }
    }

    private static boolean has(int kinds, KernelFieldKind kind) {
        return (kinds & kind.bit()) != 0;
    }

    /** Checks that what a root holds has one member of the name said, and that this is a node. */
    private void checkNode(KernelField root) {
        Integer member = membersOf(root.target()).get(root.node());
        if (member == null) {
            throw fault(root, "has no member '" + root.node() + "'");
        }
        if (member == SEVERAL) {
            throw fault(root, "has two members '" + root.node() + "'");
        }
        checkNode(root, member);
    }

    /** The members of a struct by name, listed once, since many roots may hold it. */
    private Map<String, Integer> membersOf(int structId) {
        Map<String, Integer> members = membersOf.get(structId);
        if (members == null) {
            members = new HashMap<>();
            int vlen = types.vlen(structId);
            for (int i = 0; i < vlen; i++) {
                String name = types.memberName(structId, i);
                members.put(name, members.containsKey(name) ? SEVERAL : i);
            }
            membersOf.put(structId, members);
        }
        return members;
    }

    private void checkNode(KernelField root, int member) {
        KernelFieldKind kind = root.kind().node();
        int typeId = types.memberType(root.target(), member);
        if (types.kind(typeId) != BtfKind.STRUCT || KernelFieldKind.ofType(types.name(typeId)) != kind) {
            throw fault(
                    root,
                    "has '" + root.node() + "' of " + types.describeTarget(typeId) + ", expected STRUCT '" + kind
                            + "'");
        }
        // The upper bits are a bitfield's, of which there are none here.
        int offsetBits = types.memberOffset(root.target(), member);
        if (offsetBits % (8 * kind.alignment()) != 0) {
            throw fault(root, "has a misaligned '" + root.node() + "'");
        }
    }

    private void checkTargets(List<KernelField> fields) {
        for (KernelField field : fields) {
            if (field.kind().isRoot() && !fieldsOf.containsKey(field.target())) {
                throw fault(
                        field,
                        "has no '" + field.node() + "' of the first STRUCT '"
                                + field.kind().node() + "'");
            }
        }
    }

    /** Counts how many owners stand one below the other from a struct on, if they are no more than expected. */
    private int countOwners(int structId, int expected) {
        Integer known = owners.get(structId);
        if (known != null) {
            return known;
        }
        int below = 0;
        for (KernelField field : fieldsOf.get(structId)) {
            if (field.kind().isOwner() && fieldsOf.containsKey(field.target())) {
                int count = expected > 1 ? countOwners(field.target(), expected - 1) : 1;
                if (count >= expected) {
                    throw fault(field, "makes a chain of more than " + MAX_OWNERS + " owners, or a circle");
                }
                below = Math.max(below, count);
            }
        }
        owners.put(structId, below + 1);
        return below + 1;
    }

    /** What is wrong with the struct that a root holds or a pointer points to. */
    private BtfFormatException fault(KernelField field, String what) {
        return types.elementFault(
                field.structId(),
                field.member(),
                1,
                field.kind() + " of " + types.describeTarget(field.target()) + ", which " + what);
    }
}
