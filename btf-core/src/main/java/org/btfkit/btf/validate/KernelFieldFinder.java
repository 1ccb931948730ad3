package org.btfkit.btf.validate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Limits;
import org.btfkit.btf.format.Words;

/**
 * Finds the fields of special kinds in a struct ({@code btf_find_struct_field} of kernel/bpf/btf.c).
 *
 * <p>Fields are looked for in members, in the structs these are, and in arrays of either, but neither in unions nor
 * behind modifiers. What only looks like one, being misaligned or of another size, is none. There are 11 in a struct at
 * most; in arrays there may be pointers and roots only; and locks of a kind are there once, lookalikes included.
 *
 * <p>Example: {@code struct a { struct bpf_spin_lock lock; struct { struct bpf_list_head head; } lists[2]; }}. Its
 * fields are the lock and twice the head, if a tag says what that holds.
 *
 * <p>Every struct is looked through once, however many others it is in.
 */
final class KernelFieldFinder {
    private static final String WORKED_WITH = "fields that the kernel works with";

    /** {@code BTF_FIELDS_MAX}. */
    private static final int MAX_FIELDS = 11;

    /** {@code MAX_RESOLVE_DEPTH}: as many levels neither structs in structs nor arrays of arrays may have. */
    private static final int MAX_DEPTH = Limits.MAX_RESOLVE_DEPTH;

    private static final int LOCKS = KernelFieldKind.SPIN_LOCK.bit() | KernelFieldKind.RES_SPIN_LOCK.bit();

    /** What can be in an array. */
    private static final int REPEATABLE = KernelFieldKind.LIST_HEAD.bit()
            | KernelFieldKind.RB_ROOT.bit()
            | KernelFieldKind.KPTR.bit()
            | KernelFieldKind.UNTRUSTED_KPTR.bit()
            | KernelFieldKind.PERCPU_KPTR.bit();

    /** What a struct has: its fields, the kinds of locks and their lookalikes, and levels of structs below it. */
    private static final class Content {
        final List<KernelField> fields = new ArrayList<>();
        int locks;
        int levels;
    }

    /** A member of a struct, and where it begins in it, bytes. */
    private record Member(int structId, int index, long offset) {}

    private final FlatTypes types;
    private final KernelPointers pointers;
    private final KernelContents contents;
    private final Map<Integer, Content> known = new HashMap<>();

    KernelFieldFinder(FlatTypes types, KernelPointers pointers, KernelContents contents) {
        this.types = types;
        this.pointers = pointers;
        this.contents = contents;
    }

    /** The fields of a struct, in the order of its members. */
    List<KernelField> fieldsOf(int structId) {
        return contentOf(structId, 0).fields;
    }

    private Content contentOf(int structId, int level) {
        Content content = known.get(structId);
        if (content == null) {
            content = new Content();
            int vlen = types.vlen(structId);
            for (int i = 0; i < vlen; i++) {
                addMember(content, structId, i, level);
            }
            known.put(structId, content);
        }
        return content;
    }

    private void addMember(Content content, int structId, int index, int level) {
        Member member = new Member(structId, index, byteOffset(structId, index));
        int typeId = types.memberType(structId, index);
        int count = 1;
        for (int dimensions = 1; types.kind(typeId) == BtfKind.ARRAY; dimensions++) {
            if (dimensions == MAX_DEPTH) {
                throw fault(member, "array of " + MAX_DEPTH + " dimensions or more");
            }
            // Beyond 2^32 only if elements have no size; the kernel loses upper bits then as well.
            count *= (int) types.elementCount(typeId);
            typeId = types.elementType(typeId);
        }
        if (count == 0) {
            return;
        }
        KernelFieldKind kind = KernelFieldKind.ofType(types.name(typeId));
        if (kind == null && types.kind(typeId) == BtfKind.STRUCT) {
            addStruct(content, member, typeId, count, level + 1);
            return;
        }
        if (kind != null) {
            addLocks(content, member, kind.bit() & LOCKS);
        }
        KernelField field = fieldOf(kind, typeId, member);
        if (field != null) {
            addFields(content, member, List.of(field), count, field.kind().sizeBytes());
        }
    }

    private long byteOffset(int structId, int index) {
        int offsetBits = Words.offsetBits(types.memberOffset(structId, index), types.kflag(structId));
        if ((offsetBits & 7) != 0) {
            throw types.elementFault(
                    structId,
                    index,
                    2,
                    "offset " + Integer.toUnsignedString(offsetBits) + " beside " + WORKED_WITH
                            + ", expected a multiple of 8");
        }
        return Integer.toUnsignedLong(offsetBits) >>> 3;
    }

    /** The field that a member is, or that its elements are; null if it only looks like one. */
    private KernelField fieldOf(KernelFieldKind kind, int typeId, Member member) {
        if (kind == null) {
            boolean isAligned = member.offset % KernelFieldKind.KPTR.alignment() == 0;
            return isAligned ? pointers.fieldOf(typeId, member.offset, member.structId, member.index) : null;
        }
        boolean isField = member.offset % kind.alignment() == 0
                && types.kind(typeId) == BtfKind.STRUCT
                && types.sizeOrType(typeId) == kind.sizeBytes();
        if (!isField) {
            return null;
        }
        return kind.isRoot()
                ? contents.rootOf(kind, member.offset, member.structId, member.index)
                : new KernelField(kind, member.offset, member.structId, member.index);
    }

    private void addStruct(Content content, Member member, int typeId, int count, int level) {
        Content inner = level < MAX_DEPTH ? contentOf(typeId, level) : null;
        if (inner == null || level + inner.levels >= MAX_DEPTH) {
            throw fault(member, "is nested in or nests " + MAX_DEPTH + " structs or more");
        }
        content.levels = Math.max(content.levels, inner.levels + 1);
        addLocks(content, member, inner.locks);
        List<KernelField> fields = new ArrayList<>();
        for (KernelField field : inner.fields) {
            fields.add(field.shifted(member.offset));
        }
        addFields(content, member, fields, count, types.sizeOrType(typeId));
    }

    private void addLocks(Content content, Member member, int locks) {
        int again = content.locks & locks;
        if (again != 0) {
            KernelFieldKind kind = KernelFieldKind.values()[Integer.numberOfTrailingZeros(again)];
            throw fault(member, "another " + kind + ", expected one at most");
        }
        content.locks |= locks;
    }

    /** Adds the fields of one element as many times as there are elements. */
    private void addFields(Content content, Member member, List<KernelField> fields, int count, int elementSize) {
        if (fields.isEmpty()) {
            return;
        }
        if (count != 1) {
            for (KernelField field : fields) {
                if ((field.kind().bit() & REPEATABLE) == 0) {
                    throw fault(member, "array with a " + field.kind() + " in it");
                }
            }
        }
        long elements = Words.unsigned(count);
        long total = content.fields.size() + fields.size() * elements;
        if (total > MAX_FIELDS) {
            throw fault(member, total + " " + WORKED_WITH + ", expected " + MAX_FIELDS + " at most");
        }
        for (int i = 0; i < elements; i++) {
            for (KernelField field : fields) {
                content.fields.add(field.shifted((long) i * elementSize));
            }
        }
    }

    private BtfFormatException fault(Member member, String what) {
        return types.elementFault(member.structId, member.index, 1, what);
    }
}
