package org.btfkit.resolve;

import it.unimi.dsi.fastutil.ints.IntOpenHashSet;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;

/**
 * Finds out by the words of a resolved section what each of them is, where no symbol says it.
 *
 * <p>Example: the words {@code 2, 1, 118, 16, 120, 2} are a set8 of two kfuncs if 118 and 120 are functions. They are
 * nothing else: 1 is an INT, so it is no id, and a set of 2 would end in 118, which is not before 1.
 *
 * <p>The section is taken for a row of sets, of zeros (unused slots, empty sets, padding) and of single ids. An id has
 * to be what a resolver would write for its name: the first type of that kind and name. The ids of a set are of one
 * kind and in order, those of a set8 functions, and those of kfuncs functions of the object itself, which carry the tag
 * {@code bpf_kfunc} if any function does. Only a set8 may have entries that were not resolved, but not all: what is 0
 * looks like anything. All rows that are possible are counted, from the end of the section to its start; the layout is
 * certain if there is just one. Cost: the number of words times the entries of the largest set, so sections beyond
 * {@link #MAX_WORDS} are not looked at.
 *
 * <p>That holds as long as the ids are of the BTF that they are looked up in. Other BTF of the same object has
 * functions at some of the same ids, by chance at all of a small set, so {@link #showsOrigin} asks for more.
 */
final class IdsLayout {
    /** A vmlinux has some two thousand. */
    static final int MAX_WORDS = 1 << 14;

    private static final int BTF_SET8_KFUNCS = 1;

    private final IdsSection ids;
    private final Btf origin;
    private final int count;
    private final byte[] ways;
    private final IntOpenHashSet tagged = new IntOpenHashSet();

    /** What a row may have at some place. */
    private enum Item {
        ZERO,
        ID,
        SET,
        SET8
    }

    private IdsLayout(IdsSection ids, Btf origin) {
        this.ids = ids;
        this.origin = origin;
        this.count = ids.sizeBytes() / Integer.BYTES;
        this.ways = new byte[count + 1];
        for (int tag : origin.findAll(BtfKind.DECL_TAG, "bpf_kfunc")) {
            tagged.add(origin.sizeOrType(tag));
        }
    }

    /**
     * Reads a section.
     *
     * @param origin the BTF that its ids are of
     * @return the sets by offset, without symbols; null if the section can be read in no way or in several
     */
    static List<IdSet> find(IdsSection ids, Btf origin) {
        IdsLayout layout = new IdsLayout(ids, origin);
        return layout.count <= MAX_WORDS && layout.isCertain() ? layout.sets() : null;
    }

    /**
     * Tells whether the ids are shown to be of a BTF: those in sets of kfuncs are those of all its own functions with
     * the tag {@code bpf_kfunc}, which is put on what these sets name. All ids of a section are written at once, so it
     * shows the same for the others.
     *
     * @param sets what {@link #find} has found with that BTF
     */
    static boolean showsOrigin(IdsSection ids, Btf origin, List<IdSet> sets) {
        IdsLayout layout = new IdsLayout(ids, origin);
        IntOpenHashSet kfuncs = new IntOpenHashSet();
        for (IdSet set : sets) {
            boolean isOfKfuncs = set.hasPairs && ids.word(set.offset + Integer.BYTES) == BTF_SET8_KFUNCS;
            for (int entry = 0; isOfKfuncs && entry < set.count; entry++) {
                kfuncs.add(ids.word(set.slot(entry)));
            }
        }
        return !kfuncs.isEmpty() && kfuncs.equals(layout.ownTagged());
    }

    /** The kind of name that an id stands for; null if no resolver would have written it. */
    static IdKind kindOf(Btf origin, int typeId) {
        if (typeId <= 0 || typeId >= origin.typeCount()) {
            return null;
        }
        for (IdKind kind : IdKind.values()) {
            if (origin.kind(typeId) == kind.btfKind) {
                return origin.find(kind.btfKind, origin.name(typeId)) == typeId ? kind : null;
            }
        }
        return null;
    }

    private IntOpenHashSet ownTagged() {
        IntOpenHashSet result = new IntOpenHashSet();
        for (int id : tagged.toIntArray()) {
            if (id >= origin.firstTypeId()) {
                result.add(id);
            }
        }
        return result;
    }

    private boolean isCertain() {
        ways[count] = 1;
        for (int at = count - 1; at >= 0; at--) {
            int sum = 0;
            for (Item item : Item.values()) {
                sum += isPossible(item, at) ? ways[at + wordsOf(item, at)] : 0;
            }
            ways[at] = (byte) Math.min(sum, 2);
        }
        return ways[0] == 1;
    }

    private List<IdSet> sets() {
        List<IdSet> result = new ArrayList<>();
        for (int at = 0; at < count; ) {
            Item found = null;
            for (Item item : Item.values()) {
                if (found == null && isPossible(item, at) && ways[at + wordsOf(item, at)] == 1) {
                    found = item;
                }
            }
            if (found != Item.ZERO && found != Item.ID) {
                IdSet set = new IdSet(found == Item.SET8, "", at * Integer.BYTES, word(at));
                set.makeRoom();
                result.add(set);
            }
            at += wordsOf(found, at);
        }
        return result;
    }

    private int word(int at) {
        return ids.word(at * Integer.BYTES);
    }

    private int wordsOf(Item item, int at) {
        return switch (item) {
            case ZERO, ID -> 1;
            case SET -> 1 + word(at);
            case SET8 -> 2 + 2 * word(at);
        };
    }

    private boolean isPossible(Item item, int at) {
        int word = word(at);
        return switch (item) {
            case ZERO -> word == 0;
            case ID -> isId(word);
            case SET -> word > 0 && word <= count - at - 1 && !isId(word) && isSet(at + 1, word);
            case SET8 -> word > 0 && word <= (count - at - 2) / 2 && isSet8(at, word);
        };
    }

    private boolean isId(int word) {
        return kindOf(origin, word) != null;
    }

    private boolean isSet(int first, int entries) {
        IdKind kind = kindOf(origin, word(first));
        int before = 0;
        for (int at = first; at < first + entries; at++) {
            int id = word(at);
            if (kind == null || id < before || kindOf(origin, id) != kind) {
                return false;
            }
            before = id;
        }
        return true;
    }

    private boolean isSet8(int at, int entries) {
        int flags = word(at + 1);
        if (flags != 0 && flags != BTF_SET8_KFUNCS || flags == 0 && isId(entries)) {
            return false;
        }
        int before = 0;
        for (int entry = 0; entry < entries; entry++) {
            int id = word(at + 2 + 2 * entry);
            if (id < before || id != 0 && !isFunction(id, flags == BTF_SET8_KFUNCS)) {
                return false;
            }
            before = id;
        }
        return before != 0;
    }

    private boolean isFunction(int id, boolean isKfunc) {
        return kindOf(origin, id) == IdKind.FUNC
                && (!isKfunc || id >= origin.firstTypeId() && (tagged.isEmpty() || tagged.contains(id)));
    }
}
