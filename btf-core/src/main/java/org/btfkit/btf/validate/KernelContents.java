package org.btfkit.btf.validate;

import java.util.HashMap;
import java.util.Map;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.format.BtfKind;

/**
 * What lists and trees hold, by tags on the members that they are ({@code btf_find_graph_root} of kernel/bpf/btf.c).
 *
 * <p>Example: {@code contains:elem:node} on a {@code struct bpf_list_head}: it holds {@code struct elem}, which has a
 * member {@code node} of type {@code struct bpf_list_node}.
 */
final class KernelContents {
    private static final String PREFIX = "contains:";
    private static final int SEVERAL = -1;

    private final Btf btf;
    private final FlatTypes types;

    /** The tag on a member, its struct's type id in the upper and its index in the lower half of the key. */
    private final Map<Long, Integer> tags = new HashMap<>();

    /** The first struct without a name, 0 if there is none; no name at all is a name to the kernel. */
    private final int anonymousStruct;

    KernelContents(Btf btf, FlatTypes types) {
        this.btf = btf;
        this.types = types;
        int firstAnonymous = 0;
        for (int typeId = types.firstTypeId(); typeId < types.typeCount(); typeId++) {
            if (types.kind(typeId) == BtfKind.DECL_TAG && types.name(typeId).startsWith(PREFIX)) {
                long key = key(types.sizeOrType(typeId), types.tagComponent(typeId));
                tags.put(key, tags.containsKey(key) ? SEVERAL : typeId);
            } else if (firstAnonymous == 0 && types.kind(typeId) == BtfKind.STRUCT && types.nameOff(typeId) == 0) {
                firstAnonymous = typeId;
            }
        }
        anonymousStruct = firstAnonymous;
    }

    /** The root that a member is. */
    KernelField rootOf(KernelFieldKind kind, long offset, int structId, int member) {
        int tag = tags.getOrDefault(key(structId, member), 0);
        if (tag == 0 || tag == SEVERAL) {
            throw types.elementFault(
                    structId,
                    member,
                    1,
                    kind + " with " + (tag == 0 ? "no" : "more than one") + " tag '" + PREFIX
                            + "<struct>:<member>', expected one");
        }
        String value = types.name(tag).substring(PREFIX.length());
        int colon = value.indexOf(':');
        if (colon < 0 || colon == value.length() - 1) {
            throw types.fault(tag, 0, "expected '" + PREFIX + "<struct>:<member>'");
        }
        String name = value.substring(0, colon);
        int target = name.isEmpty() ? anonymousStruct : btf.find(BtfKind.STRUCT, name);
        if (target == 0) {
            throw types.fault(tag, 0, "there is no STRUCT '" + name + "'");
        }
        return new KernelField(kind, offset, structId, member, target, value.substring(colon + 1));
    }

    private static long key(int structId, int member) {
        return (long) structId << 32 | member & 0xffffffffL;
    }
}
