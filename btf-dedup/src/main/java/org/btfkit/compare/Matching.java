package org.btfkit.compare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;

/**
 * Finds for each type with a name which type of the other side it has become.
 *
 * <p>Most names have one type on each side. Where there are several, as of {@code struct dump_ctx} of two source files,
 * those that say the same belong together; of the rest those that have most in common, the best pair first. Pairs as
 * good as each other are taken in the order of what they say, never of their ids: so the outcome is the same for types
 * in any order, and with the sides swapped.
 */
final class Matching {
    private static final int NONE = -1;

    /** Above this, what is left of one name is paired in order; each pair costs a comparison. */
    private static final int MAX_PAIRS = 1 << 16;

    final Variants before;
    final Variants after;
    private final int[] partners;
    private final List<int[]> found = new ArrayList<>();

    /** Two variants, and how much they have in common. */
    private record Candidate(Shape before, Shape after, int score) {
        String lesser() {
            return before.text.compareTo(after.text) < 0 ? before.text : after.text;
        }

        String greater() {
            return before.text.compareTo(after.text) < 0 ? after.text : before.text;
        }
    }

    /** What a variant says, as text. */
    private record Shape(int variant, boolean isOwn, String text, Set<String> features) {}

    Matching(Variants before, Variants after) {
        this.before = before;
        this.after = after;
        this.partners = new int[before.count()];
        Arrays.fill(partners, NONE);
        Set<Integer> done = new HashSet<>();
        for (int variant = 0; variant < before.count(); variant++) {
            if (done.add(before.key(variant))) {
                match(before.key(variant));
            }
        }
        for (int variant = 0; variant < after.count(); variant++) {
            if (done.add(after.key(variant))) {
                match(after.key(variant));
            }
        }
    }

    /** All pairs that differ, and all without a partner: old and new variant, of which one may be negative. */
    List<int[]> differing() {
        return found;
    }

    /** What a variant of the old side has become, negative if it has gone. */
    int partner(int variant) {
        return partners[variant];
    }

    private void match(int key) {
        int[] old = before.named(key);
        int[] now = after.named(key);
        int leftOld = 0;
        int leftNow = 0;
        boolean[] taken = new boolean[now.length];
        for (int variant : old) {
            int same = indexOf(before.definition(variant), now);
            if (same >= 0) {
                partners[variant] = now[same];
                taken[same] = true;
            } else {
                old[leftOld++] = variant;
            }
        }
        for (int i = 0; i < now.length; i++) {
            if (!taken[i]) {
                now[leftNow++] = now[i];
            }
        }
        pair(Arrays.copyOf(old, leftOld), Arrays.copyOf(now, leftNow));
    }

    private int indexOf(int definition, int[] variants) {
        for (int i = 0; i < variants.length; i++) {
            if (after.definition(variants[i]) == definition) {
                return i;
            }
        }
        return NONE;
    }

    private void pair(int[] old, int[] now) {
        if (old.length <= 1 && now.length <= 1) {
            put(old.length == 0 ? NONE : old[0], now.length == 0 ? NONE : now[0]);
            return;
        }
        List<Shape> oldShapes = shapes(before, old);
        List<Shape> newShapes = shapes(after, now);
        if ((long) old.length * now.length <= MAX_PAIRS) {
            List<Candidate> candidates = new ArrayList<>();
            for (Shape one : oldShapes) {
                for (Shape other : newShapes) {
                    candidates.add(new Candidate(one, other, score(one, other)));
                }
            }
            candidates.sort(Comparator.comparingInt(Candidate::score)
                    .reversed()
                    .thenComparing(Candidate::lesser)
                    .thenComparing(Candidate::greater));
            for (Candidate candidate : candidates) {
                if (oldShapes.contains(candidate.before) && newShapes.contains(candidate.after)) {
                    oldShapes.remove(candidate.before);
                    newShapes.remove(candidate.after);
                    put(candidate.before.variant, candidate.after.variant);
                }
            }
        }
        int length = Math.max(oldShapes.size(), newShapes.size());
        for (int i = 0; i < length; i++) {
            put(
                    i < oldShapes.size() ? oldShapes.get(i).variant : NONE,
                    i < newShapes.size() ? newShapes.get(i).variant : NONE);
        }
    }

    private void put(int old, int now) {
        if (old >= 0 && now >= 0) {
            partners[old] = now;
        }
        if (old >= 0 || now >= 0) {
            found.add(new int[] {old, now});
        }
    }

    private static int score(Shape one, Shape other) {
        int score = one.isOwn == other.isOwn ? 1 : 0;
        for (String feature : one.features) {
            score += other.features.contains(feature) ? 2 : 0;
        }
        return score;
    }

    private static List<Shape> shapes(Variants side, int[] variants) {
        List<Shape> shapes = new ArrayList<>();
        for (int variant : variants) {
            int id = side.id(variant);
            List<String> body = side.text.body(id);
            // All that a definition says is in it, so that variants with the same text are the same.
            String text = side.btf.info(id) + " " + side.size(id) + " " + body + BtfDiffer.tags(side, id);
            shapes.add(new Shape(variant, side.isOwn(variant), text, features(side, id)));
        }
        shapes.sort(Comparator.comparing(Shape::text));
        return shapes;
    }

    /** What may be the same of two types that are not: names of members, their types, their places. */
    private static Set<String> features(Variants side, int id) {
        Set<String> features = new HashSet<>();
        BtfKind kind = side.btf.kind(id);
        if (KindSet.COMPOSITES.has(kind)) {
            for (Members.Member member : Members.of(side, id)) {
                features.add(member.path());
                features.add(member.path() + " " + member.reference());
                features.add(member.path() + " @" + member.offsetBits());
            }
        } else if (KindSet.ENUMS.has(kind)) {
            Enumerators.of(side.signatures.types(), id).forEach((name, value) -> {
                features.add(name);
                features.add(name + " " + value);
            });
        } else {
            features.addAll(side.text.body(id));
        }
        return features;
    }
}
