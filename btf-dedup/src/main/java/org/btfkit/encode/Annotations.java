package org.btfkit.encode;

import org.btfkit.btf.flat.IntList;
import org.btfkit.dwarf.DieCursor;
import org.btfkit.dwarf.DwAt;
import org.btfkit.dwarf.DwTag;

/**
 * What the source says of a declaration or of the type that a pointer points to: {@code btf_decl_tag} and
 * {@code btf_type_tag}.
 *
 * <p>clang makes each a child of what it annotates (DW_TAG_LLVM_annotation), in the order of the source. gcc makes a
 * chain of entries elsewhere (DW_TAG_GNU_annotation), to which what it annotates refers (DW_AT_GNU_annotation), in the
 * order of BTF.
 *
 * <p>Annotations of declarations are collected on a stack of pairs, the index of a member or parameter and the key of
 * the value, as those of a struct become types only when it is complete.
 */
final class Annotations {
    /** The index that stands for the declaration itself. */
    static final int SELF = -1;

    /** Annotations of one entry that are looked at; damaged input can have a circle of them. */
    private static final int MAX_CHAIN = 256;

    private static final String DECL_TAG = "btf_decl_tag";
    private static final String TYPE_TAG = "btf_type_tag";

    private final UnitScope scope;
    private final DieCursor cursor;
    private final DieCursor aside;
    private final boolean hasDeclTags;
    private final boolean hasTypeTags;
    private final IntList typeTags = new IntList();

    /** Pairs of component index and key. */
    final IntList pending = new IntList();

    Annotations(UnitScope scope) {
        this.scope = scope;
        this.cursor = scope.cursor;
        this.aside = scope.aside;
        this.hasDeclTags = scope.has(Feature.DECL_TAG);
        this.hasTypeTags = scope.has(Feature.TYPE_TAG);
    }

    static boolean isAnnotation(int tag) {
        return tag == DwTag.LLVM_ANNOTATION || tag == DwTag.GNU_ANNOTATION;
    }

    /** Collects an annotation of a declaration that a cursor is on. */
    void add(DieCursor annotation, int component) {
        if (hasDeclTags && scope.strings.equals(scope.strings.key(annotation, DwAt.NAME), DECL_TAG)) {
            pending.add(component);
            pending.add(scope.strings.key(annotation, DwAt.CONST_VALUE));
        }
    }

    /** Collects clang's annotations of an entry. */
    void addChildren(int entry, int component) {
        if (!hasDeclTags) {
            return;
        }
        aside.seek(entry);
        if (aside.hasChildren()) {
            for (aside.seek(aside.end()); !aside.isNull(); aside.seek(aside.afterTree())) {
                if (isAnnotation(aside.tag())) {
                    add(aside, component);
                }
            }
        }
    }

    /** Collects gcc's annotations of an entry. */
    void addChain(int entry, int component) {
        if (!hasDeclTags) {
            return;
        }
        aside.seek(entry);
        for (int steps = 0; nextOfChain() && steps < MAX_CHAIN; steps++) {
            add(aside, component);
        }
    }

    /** Goes to the annotation that the entry looked at refers to; returns false if there is none. */
    private boolean nextOfChain() {
        int next = aside.reference(DwAt.GNU_ANNOTATION);
        if (next <= 0) {
            return false;
        }
        aside.seek(next);
        return !aside.isNull() && aside.tag() == DwTag.GNU_ANNOTATION;
    }

    /** Appends the pointer that the cursor is on, with the tags of what it points to before it. */
    void pointer() {
        int entry = cursor.entry();
        int pointee = scope.typeOf(cursor);
        if (hasTypeTags && (cursor.hasChildren() || cursor.has(DwAt.GNU_ANNOTATION))) {
            pointee = tagged(entry, pointee);
        }
        scope.becomes(entry, scope.types.reference(BtfWords.PTR, 0, pointee));
    }

    /** Appends type tags; returns a reference to the outermost one, or to the pointee if there are none. */
    private int tagged(int entry, int pointee) {
        typeTags.size = 0;
        boolean isReversed = collectChildren(entry);
        if (!isReversed) {
            collectChain(entry);
        }
        int count = typeTags.size;
        int first = scope.types.count() + 1;
        for (int i = 0; i < count; i++) {
            int inner;
            if (isReversed) {
                inner = i == 0 ? pointee : -(first + i - 1);
            } else {
                inner = i == count - 1 ? pointee : -(first + i + 1);
            }
            int name = scope.strings.use(typeTags.items[i]);
            scope.types.reference(BtfWords.TYPE_TAG, name, inner);
        }
        if (count == 0) {
            return pointee;
        }
        return isReversed ? -(first + count - 1) : -first;
    }

    /** clang's, of which the last one is next to the pointer. */
    private boolean collectChildren(int entry) {
        aside.seek(entry);
        if (!aside.hasChildren()) {
            return false;
        }
        for (aside.seek(aside.end()); !aside.isNull(); aside.seek(aside.afterTree())) {
            if (isAnnotation(aside.tag())) {
                collect();
            }
        }
        return typeTags.size > 0;
    }

    /** gcc's, of which the first one is next to the pointer; up to the first that is another annotation. */
    private void collectChain(int entry) {
        aside.seek(entry);
        for (int steps = 0; nextOfChain() && collect() && steps < MAX_CHAIN; steps++) {
            // next
        }
    }

    private boolean collect() {
        boolean isTypeTag = scope.strings.equals(scope.strings.key(aside, DwAt.NAME), TYPE_TAG);
        if (isTypeTag) {
            typeTags.add(scope.strings.key(aside, DwAt.CONST_VALUE));
        }
        return isTypeTag;
    }
}
