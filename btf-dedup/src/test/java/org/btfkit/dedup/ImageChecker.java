package org.btfkit.dedup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfKind;

/**
 * Checks that each type of a BTF and its image in another one say the same, by walking both graphs side by side.
 *
 * <p>Names are compared as text, references by walking on. Two types met together once are not walked again. A forward
 * declaration may have become the struct, union or enum that it declares; what that consists of, the input does not say
 * at this place.
 */
final class ImageChecker {
    private final Btf input;
    private final Btf output;
    private final boolean isDistilled;
    private final Set<Long> met = new HashSet<>();
    private final Deque<Long> open = new ArrayDeque<>();

    private ImageChecker(Btf input, Btf output, boolean isDistilled) {
        this.input = input;
        this.output = output;
        this.isDistilled = isDistilled;
    }

    /** Fails if a type and its image differ. */
    static void check(Btf input, DedupResult result) {
        check(input, result.btf(), result.idMap());
    }

    /** Fails if a type and its image differ; those that the map has no id for are left out. */
    static void check(Btf input, Btf output, int[] idMap) {
        new ImageChecker(input, output, false).checkAll(idMap);
    }

    /**
     * Fails if a type and its image differ. Of named structs, unions and enumerations in the input's base the image has
     * to have name and size, and nothing else; types that are not carried must not be referred to.
     */
    static void check(Btf input, Distilled result) {
        new ImageChecker(input, result.split(), true).checkAll(result.idMap());
    }

    private void checkAll(int[] idMap) {
        assertEquals(input.typeCount(), idMap.length);
        for (int id = 0; id < input.typeCount(); id++) {
            assertTrue(id < input.firstTypeId() || idMap[id] >= output.firstTypeId() || !isDistilled);
            if (idMap[id] >= 0) {
                meet(id, idMap[id]);
            }
        }
        walk();
    }

    /**
     * Whether different structs or unions share the name of a forward declaration. A type that refers to one of them
     * may then be equal to one that refers to the declaration, which is resolved to another of them, and in the end
     * they may be merged: the price of resolving declarations by name, in libbpf as well.
     */
    static boolean hasAmbiguousForward(Btf input, Btf output) {
        Set<String> declared = new HashSet<>();
        for (int id = 1; id < input.typeCount(); id++) {
            if (input.kind(id) == BtfKind.FWD) {
                declared.add(input.name(id));
            }
        }
        return countShapes(input, declared) > countNames(input, declared)
                || countComposites(output, declared) > countNames(output, declared);
    }

    /**
     * Whether an enumeration without enumerators shares its name with different others. Which of them it stands for
     * then depends on what has been merged before.
     */
    static boolean hasAmbiguousEnum(Btf input) {
        Map<String, Set<String>> shapes = new HashMap<>();
        Set<String> declared = new HashSet<>();
        for (int id = 1; id < input.typeCount(); id++) {
            boolean isEmpty = input.vlen(id) == 0;
            if (input.kind(id) == BtfKind.ENUM || input.kind(id) == BtfKind.ENUM64) {
                StringBuilder shape = new StringBuilder();
                for (int at = 1; at < input.wordCount(id); at++) {
                    shape.append(input.word(id, at)).append(' ');
                }
                shapes.computeIfAbsent(input.name(id) + isEmpty, name -> new HashSet<>())
                        .add(shape.toString());
                if (isEmpty) {
                    declared.add(input.name(id));
                }
            }
        }
        return declared.stream()
                .anyMatch(name -> shapes.get(name + true).size() > 1
                        || shapes.getOrDefault(name + false, Set.of()).size() > 1);
    }

    private static long countNames(Btf btf, Set<String> declared) {
        return composites(btf, declared).mapToObj(btf::name).distinct().count();
    }

    private static long countComposites(Btf btf, Set<String> declared) {
        return composites(btf, declared).count();
    }

    private static long countShapes(Btf btf, Set<String> declared) {
        return composites(btf, declared)
                .mapToObj(id -> shape(btf, id))
                .distinct()
                .count();
    }

    private static IntStream composites(Btf btf, Set<String> declared) {
        return IntStream.range(1, btf.typeCount())
                .filter(id -> btf.kind(id) == BtfKind.STRUCT || btf.kind(id) == BtfKind.UNION)
                .filter(id -> declared.contains(btf.name(id)));
    }

    /** Returns what each type says without its references, sorted: the same for the same types in any order. */
    static List<String> shapes(Btf btf) {
        return IntStream.range(btf.firstTypeId(), btf.typeCount())
                .mapToObj(id -> {
                    List<Object> shape = new ArrayList<>(List.of(btf.kind(id), btf.vlen(id), btf.kflag(id)));
                    names(btf, id).forEach(at -> shape.add(btf.string(btf.word(id, at))));
                    references(btf, id).forEach(at -> {
                        int referred = btf.word(id, at);
                        shape.add(btf.kind(referred) + " " + btf.name(referred));
                    });
                    return shape.toString();
                })
                .sorted()
                .toList();
    }

    private static String shape(Btf btf, int id) {
        StringBuilder shape = new StringBuilder(btf.name(id));
        shape.append('|').append(btf.info(id)).append('|').append(btf.sizeOrType(id));
        for (int at : names(btf, id)) {
            shape.append('|').append(btf.string(btf.word(id, at)));
            shape.append('|').append(at == 0 ? 0 : btf.word(id, at + 2));
        }
        return shape.toString();
    }

    private void meet(int in, int out) {
        long pair = (long) in << 32 | out;
        if (met.add(pair)) {
            open.push(pair);
        }
    }

    private void walk() {
        while (!open.isEmpty()) {
            long pair = open.pop();
            compare((int) (pair >>> 32), (int) pair);
        }
    }

    private void compare(int in, int out) {
        String where = "type [" + in + "] and its image [" + out + "]";
        assertEquals(input.name(in), output.name(out), where);
        BtfKind kind = input.kind(in);
        BtfKind imageKind = output.kind(out);
        if (isDistilled && in < input.firstTypeId() && isShortened(kind) && input.nameOff(in) != 0) {
            assertTrue(out < output.firstTypeId(), where);
            assertEquals(kind == BtfKind.ENUM64 ? BtfKind.ENUM : kind, imageKind, where);
            assertEquals(imageKind.number() << 24, output.info(out), where);
            assertEquals(input.sizeOrType(in), output.sizeOrType(out), where);
            return;
        }
        if (isForwardEnum(kind, in) && (imageKind == BtfKind.ENUM || imageKind == BtfKind.ENUM64)) {
            return;
        }
        if (kind == BtfKind.FWD && imageKind != BtfKind.FWD) {
            assertEquals(input.kflag(in) ? BtfKind.UNION : BtfKind.STRUCT, imageKind, where);
            return;
        }
        // A declaration within the base is resolved for split types only; the base itself keeps it.
        if (imageKind == BtfKind.FWD && kind != BtfKind.FWD) {
            assertTrue(output.base() != null && out < output.firstTypeId(), where);
            assertEquals(output.kflag(out) ? BtfKind.UNION : BtfKind.STRUCT, kind, where);
            return;
        }
        assertEquals(input.info(in), output.info(out), where);
        int words = input.wordCount(in);
        assertEquals(words, output.wordCount(out), where);
        Set<Integer> apart = new HashSet<>();
        Iterator<Integer> theirs = references(output, out).iterator();
        for (int at : references(input, in)) {
            meet(input.word(in, at), output.word(out, theirs.next()));
            apart.add(at);
        }
        for (int at : names(input, in)) {
            assertEquals(input.string(input.word(in, at)), output.string(output.word(out, at)), where);
            apart.add(at);
        }
        for (int at = 0; at < words; at++) {
            if (!apart.contains(at)) {
                assertEquals(input.word(in, at), output.word(out, at), where + ", word " + at);
            }
        }
    }

    private static boolean isShortened(BtfKind kind) {
        return switch (kind) {
            case STRUCT, UNION, ENUM, ENUM64 -> true;
            default -> false;
        };
    }

    private boolean isForwardEnum(BtfKind kind, int id) {
        return (kind == BtfKind.ENUM || kind == BtfKind.ENUM64) && input.vlen(id) == 0;
    }

    private static Iterable<Integer> references(Btf btf, int id) {
        BtfKind kind = btf.kind(id);
        Deque<Integer> found = new ArrayDeque<>();
        if (kind.refersToType()) {
            found.add(2);
        }
        for (int i = 0; i < kind.fixedTypeIds(); i++) {
            found.add(3 + i);
        }
        elements(btf, id, kind.elementTypeWord(), found::add);
        return found;
    }

    private static Iterable<Integer> names(Btf btf, int id) {
        Deque<Integer> found = new ArrayDeque<>();
        if (id != 0) {
            found.add(0);
        }
        elements(btf, id, btf.kind(id).elementNameWord(), found::add);
        return found;
    }

    private static void elements(Btf btf, int id, int word, IntConsumer consumer) {
        BtfKind kind = btf.kind(id);
        if (word >= 0) {
            int at = 3 + kind.fixedWords() + word;
            for (int i = 0; i < btf.vlen(id); i++, at += kind.elementWords()) {
                consumer.accept(at);
            }
        }
    }
}
