package org.btfkit.compare;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.query.TypeSizes;

/**
 * The types of a BTF that have a name, those of one name and kind beside each other, copies that say the same once.
 *
 * <p>A variant is known by a number from 0; its types are the first of several copies. A forward declaration is no
 * variant where the type is defined as well: it says nothing then.
 */
final class Variants {
    private static final int NONE = -1;

    final Btf btf;
    final Signatures signatures;
    final TypeSizes sizes;
    final TypeText text;

    private final Terms terms;
    private int[] ids = new int[1 << 10];
    private int[] next = new int[1 << 10];
    private boolean[] own = new boolean[1 << 10];
    private int count;

    /** By variant: the tags on it and its copies, of those that have any. */
    private final Map<Integer, int[]> tags = new HashMap<>();

    /** By variant that has tags: what it says together with them. */
    private final Map<Integer, Integer> tagged = new HashMap<>();

    /** By id: the variant that a type is one of, {@link #NONE} if it has no name. */
    private final int[] variants;

    /** By the number of a reference: the first variant of that name, and 1 more. */
    private int[] first;

    Variants(Btf btf, Terms terms) {
        this.btf = btf;
        this.terms = terms;
        this.signatures = new Signatures(btf, terms);
        this.sizes = new TypeSizes(btf);
        this.text = new TypeText(signatures.types());
        this.variants = new int[btf.typeCount()];
        collect();
    }

    private void collect() {
        Arrays.fill(variants, NONE);
        int[] pair = new int[3];
        // The numbers of all pairs of name and definition, each made before it is looked for.
        int[] keys = new int[btf.typeCount()];
        for (int id = 1; id < btf.typeCount(); id++) {
            if (signatures.isNamed(id)) {
                pair[0] = -1;
                pair[1] = signatures.reference(id);
                pair[2] = signatures.definition(id);
                keys[id] = terms.intern(pair, pair.length);
            }
        }
        first = new int[terms.count()];
        int[] byPair = new int[terms.count()];
        for (int id = 1; id < btf.typeCount(); id++) {
            if (keys[id] != 0) {
                if (byPair[keys[id]] == 0) {
                    byPair[keys[id]] = add(id) + 1;
                }
                int variant = byPair[keys[id]] - 1;
                variants[id] = variant;
                own[variant] |= id >= btf.firstTypeId();
                int[] found = signatures.tags(id);
                if (found.length > 0) {
                    tags.merge(variant, found, Variants::joined);
                }
            }
        }
        tags.forEach(
                (variant, found) -> tagged.put(variant, signatures.tagged(signatures.definition(ids[variant]), found)));
    }

    private static int[] joined(int[] some, int[] more) {
        int[] all = Arrays.copyOf(some, some.length + more.length);
        System.arraycopy(more, 0, all, some.length, more.length);
        return all;
    }

    private int add(int id) {
        if (count == ids.length) {
            ids = Arrays.copyOf(ids, count * 2);
            next = Arrays.copyOf(next, count * 2);
            own = Arrays.copyOf(own, count * 2);
        }
        int reference = signatures.reference(id);
        ids[count] = id;
        next[count] = first[reference] - 1;
        first[reference] = count + 1;
        return count++;
    }

    int count() {
        return count;
    }

    /** The type of a variant, the first of its copies. */
    int id(int variant) {
        return ids[variant];
    }

    /** Whether one of its copies is not the base's. */
    boolean isOwn(int variant) {
        return own[variant];
    }

    /** The variant that a type is one of, negative if it has no name. */
    int of(int typeId) {
        return variants[typeId];
    }

    /** What a variant is called, as a number. */
    int key(int variant) {
        return signatures.reference(ids[variant]);
    }

    /** What a variant says, with its tags, as a number. */
    int definition(int variant) {
        Integer whole = tagged.isEmpty() ? null : tagged.get(variant);
        return whole == null ? signatures.definition(ids[variant]) : whole;
    }

    /** The ids of the tags on a variant; those of all its copies. */
    int[] tags(int variant) {
        return tags.getOrDefault(variant, new int[0]);
    }

    /** Whether a type is only said to be there: a FWD, or an enumeration without values. */
    boolean isDeclaration(int typeId) {
        BtfKind kind = btf.kind(typeId);
        return kind == BtfKind.FWD || KindSet.ENUMS.has(kind) && btf.vlen(typeId) == 0;
    }

    /** Size in bytes, or a number that stands in its place, such as the linkage of a variable; -1 if it has none. */
    long size(int typeId) {
        BtfKind kind = btf.kind(typeId);
        if (kind == BtfKind.VAR) {
            return signatures.types().flat().varLinkage(typeId);
        }
        return kind.hasSize() && !isDeclaration(typeId)
                ? signatures.types().flat().sizeBytes(typeId)
                : -1;
    }

    /** The variants of a name, in id order. */
    int[] named(int key) {
        int[] found = new int[2];
        int length = 0;
        boolean isDefined = false;
        int start = key < first.length ? first[key] - 1 : NONE;
        for (int variant = start; variant >= 0; variant = next[variant]) {
            isDefined |= !isDeclaration(ids[variant]);
        }
        for (int variant = start; variant >= 0; variant = next[variant]) {
            if (isDefined && isDeclaration(ids[variant])) {
                continue;
            }
            if (length == found.length) {
                found = Arrays.copyOf(found, length * 2);
            }
            found[length++] = variant;
        }
        int[] result = new int[length];
        for (int i = 0; i < length; i++) {
            result[i] = found[length - 1 - i];
        }
        return result;
    }
}
