package org.btfkit.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.btfkit.btf.flat.TypeFaults;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.format.Limits;

/**
 * Compares structs and unions member by member, and tells a change from what follows of another one.
 *
 * <p>Where both sides declare the same members of the same types in the same order, and yet they stand elsewhere or
 * take other room, the cause lies in the types within: those that were changed themselves, however deep.
 */
final class CompositeChanges {
    private final Matching matching;
    private final Variants before;
    private final Variants after;

    /** By variant of the old side; a null value is being worked on, or is no change. */
    private final Map<Integer, Change.Composite> done = new HashMap<>();

    private int depth;

    CompositeChanges(Matching matching) {
        this.matching = matching;
        this.before = matching.before;
        this.after = matching.after;
    }

    /** What became of a struct or union with a name, null if nothing that can be seen. */
    Change.Composite change(int oldVariant, int newVariant) {
        if (done.containsKey(oldVariant)) {
            return done.get(oldVariant);
        }
        done.put(oldVariant, null);
        int oldId = before.id(oldVariant);
        if (++depth > Limits.MAX_NESTING) {
            throw TypeFaults.tooDeep(before.signatures.types().flat(), oldId);
        }
        Subject subject = BtfDiffer.subject(matching, oldVariant, newVariant);
        Change.Composite change = compare(subject, oldId, after.id(newVariant));
        depth--;
        done.put(oldVariant, change);
        return change;
    }

    /** Compares two structs or unions. */
    Change.Composite compare(Subject subject, int oldId, int newId) {
        List<Members.Member> old = Members.of(before, oldId);
        List<Members.Member> now = Members.of(after, newId);
        List<MemberChange> changes = changes(old, now);
        Change.Tags tags = BtfDiffer.tags(matching, subject.beforeId(), subject.afterId());
        Set<Subject> causes = new TreeSet<>();
        boolean isDirect = !tags.isSame() || !isSameSource(old, now);
        for (int i = 0; !isDirect && i < old.size(); i++) {
            causes.addAll(causes(old.get(i).typeId(), now.get(i).typeId()));
        }
        long oldSize = before.signatures.types().flat().sizeBytes(oldId);
        long newSize = after.signatures.types().flat().sizeBytes(newId);
        boolean isRegrouped = isDirect && isRegrouped(old, now, changes, tags, oldSize == newSize);
        return new Change.Composite(
                subject,
                oldSize,
                newSize,
                changes,
                isRegrouped,
                isDirect || causes.isEmpty(),
                List.copyOf(causes),
                tags);
    }

    /** Members that both have stand in another order, or there is no other difference to be seen. */
    private static boolean isRegrouped(
            List<Members.Member> old,
            List<Members.Member> now,
            List<MemberChange> changes,
            Change.Tags tags,
            boolean sameSize) {
        Map<String, Integer> places = new HashMap<>();
        now.forEach(member -> places.put(member.path(), places.size()));
        int last = -1;
        for (Members.Member member : old) {
            int place = places.getOrDefault(member.path(), last);
            if (place < last) {
                return true;
            }
            last = place;
        }
        return changes.isEmpty() && tags.isSame() && sameSize;
    }

    private boolean isSameSource(List<Members.Member> old, List<Members.Member> now) {
        if (old.size() != now.size()) {
            return false;
        }
        for (int i = 0; i < old.size(); i++) {
            Members.Member one = old.get(i);
            Members.Member other = now.get(i);
            if (!one.path().equals(other.path()) || one.bits() != other.bits() || !isSameType(one, other)) {
                return false;
            }
        }
        return true;
    }

    private boolean isSameType(Members.Member old, Members.Member now) {
        return old.reference() == 0 && now.reference() == 0
                ? before.text.type(old.typeId()).equals(after.text.type(now.typeId()))
                : old.reference() == now.reference();
    }

    private List<MemberChange> changes(List<Members.Member> old, List<Members.Member> now) {
        Map<String, Members.Member> removed = new LinkedHashMap<>();
        old.forEach(member -> removed.put(member.path(), member));
        List<Members.Member> added = new ArrayList<>();
        List<MemberChange> changes = new ArrayList<>();
        for (Members.Member member : now) {
            Members.Member was = removed.remove(member.path());
            if (was == null) {
                added.add(member);
                continue;
            }
            boolean isRetyped = !isSameType(was, member);
            boolean isMoved = was.offsetBits() != member.offsetBits() || was.bits() != member.bits();
            boolean isSaidAlready = was.isTwin() && member.isTwin();
            if (!isSaidAlready && (isRetyped || isMoved || size(before, was) != size(after, member))) {
                changes.add(change(was, member, isRetyped));
            }
        }
        // What becomes of the members of a group is said of them without its name, and of the group as a whole.
        removed.values().removeIf(Members.Member::isTwin);
        added.removeIf(Members.Member::isTwin);
        pairRenamed(removed, added, changes);
        removed.values().forEach(member -> changes.add(new MemberChange(Members.place(before, member), null, false)));
        added.forEach(member -> changes.add(new MemberChange(null, Members.place(after, member), false)));
        changes.sort(Comparator.comparingLong(CompositeChanges::offset).thenComparing(MemberChange::path));
        return List.copyOf(changes);
    }

    private static long size(Variants side, Members.Member member) {
        return side.sizes.sizeOrMinus1(member.typeId());
    }

    private static long offset(MemberChange change) {
        return (change.after() == null ? change.before() : change.after()).offsetBits();
    }

    private MemberChange change(Members.Member old, Members.Member now, boolean isRetyped) {
        Place was = Members.place(before, old);
        Place is = Members.place(after, now);
        if (isRetyped && was.type().equals(is.type())) {
            // Something without a name behind a pointer, say: only spelled out is the difference to be seen.
            was = whole(was, before.text.declareWhole(old.typeId(), ""));
            is = whole(is, after.text.declareWhole(now.typeId(), ""));
        }
        return new MemberChange(was, is, isRetyped);
    }

    private static Place whole(Place place, String type) {
        return new Place(place.path(), place.offsetBits(), place.bits(), place.sizeBytes(), type);
    }

    /** What stands where another member of the same type stood has been renamed, if there is only one of each. */
    private void pairRenamed(
            Map<String, Members.Member> removed, List<Members.Member> added, List<MemberChange> changes) {
        Map<Place, List<Members.Member>> byPlace = new HashMap<>();
        removed.values()
                .forEach(member -> byPlace.computeIfAbsent(key(before, member), key -> new ArrayList<>())
                        .add(member));
        Map<Place, List<Members.Member>> newByPlace = new HashMap<>();
        added.forEach(member -> newByPlace
                .computeIfAbsent(key(after, member), key -> new ArrayList<>())
                .add(member));
        newByPlace.forEach((key, members) -> {
            List<Members.Member> old = byPlace.getOrDefault(key, List.of());
            if (members.size() == 1 && old.size() == 1 && isSameType(old.get(0), members.get(0))) {
                removed.remove(old.get(0).path());
                added.remove(members.get(0));
                changes.add(change(old.get(0), members.get(0), false));
            }
        });
    }

    private static Place key(Variants side, Members.Member member) {
        Place place = Members.place(side, member);
        int array = place.path().lastIndexOf("[].");
        String within = array < 0 ? "" : place.path().substring(0, array);
        return new Place(within, place.offsetBits(), place.bits(), place.sizeBytes(), place.type());
    }

    /** The types within a member that were changed themselves, and with that its size or alignment. */
    private Set<Subject> causes(int oldTypeId, int newTypeId) {
        int oldId = oldTypeId;
        int newId = newTypeId;
        for (int steps = 0; steps < Limits.MAX_NESTING; steps++) {
            if (isSameRoom(oldId, newId)) {
                return Set.of();
            }
            int variant = before.of(oldId);
            if (variant >= 0) {
                boolean isPair = after.of(newId) >= 0 && matching.partner(variant) == after.of(newId);
                if (!isPair) {
                    return Set.of();
                }
                boolean isSame = before.definition(variant) == after.definition(after.of(newId));
                if (!isSame || before.btf.kind(oldId) != BtfKind.TYPEDEF) {
                    return causesOf(variant, oldId, isSame);
                }
            }
            if (before.btf.kind(oldId) != after.btf.kind(newId)) {
                return Set.of();
            }
            BtfKind kind = before.btf.kind(oldId);
            if (kind == BtfKind.ARRAY) {
                oldId = before.signatures.types().elementType(oldId);
                newId = after.signatures.types().elementType(newId);
            } else if (KindSet.TYPEDEFS_AND_MODIFIERS.has(kind)) {
                oldId = before.btf.sizeOrType(oldId);
                newId = after.btf.sizeOrType(newId);
            } else {
                return Set.of();
            }
        }
        return Set.of();
    }

    private boolean isSameRoom(int oldId, int newId) {
        return before.sizes.sizeOrMinus1(oldId) == after.sizes.sizeOrMinus1(newId)
                && before.sizes.alignOr0(oldId) == after.sizes.alignOr0(newId);
    }

    /** The alignment of a struct that says the same may have changed as well: by what is in it. */
    private Set<Subject> causesOf(int variant, int oldId, boolean isSame) {
        int partner = matching.partner(variant);
        if (KindSet.COMPOSITES.has(before.btf.kind(oldId))
                && KindSet.COMPOSITES.has(after.btf.kind(after.id(partner)))) {
            Change.Composite change = change(variant, partner);
            if (change != null && !change.isDirect()) {
                return Set.copyOf(Objects.requireNonNull(change.causes()));
            }
        }
        return isSame ? Set.of() : Set.of(BtfDiffer.subject(matching, variant, partner));
    }
}
