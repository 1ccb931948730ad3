package org.btfkit.transform;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.dedup.DedupResult;
import org.btfkit.fixtures.raw.BtfImages;
import org.btfkit.fixtures.raw.RawBtfReader;

/** Hands what the transformations make to {@link BtfImages}, and knows where the law of images has to be put aside. */
public final class ImageChecker {
    private ImageChecker() {}

    /** Fails if a type and its image differ. */
    public static void check(Btf input, DedupResult result) {
        check(input, result.btf(), result.idMap());
    }

    /** Fails if a type and its image differ; those that the map has no id for are left out. */
    public static void check(Btf input, Btf output, int[] idMap) {
        BtfImages.check(read(input), read(output), idMap);
    }

    /** Fails if a type and its image differ, but for what a distilled base leaves out. */
    public static void check(Btf input, Distilled result) {
        BtfImages.checkDistilled(read(input), read(result.split()), result.idMap());
    }

    private static RawBtfReader read(Btf btf) {
        return new RawBtfReader(BtfWriter.toBytes(btf), btf.base() == null ? null : read(btf.base()));
    }

    /**
     * Whether different structs or unions share the name of a forward declaration. A type that refers to one of them
     * may then be equal to one that refers to the declaration, which is resolved to another of them, and in the end
     * they may be merged: the price of resolving declarations by name, in libbpf as well.
     */
    public static boolean hasAmbiguousForward(Btf input, Btf output) {
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
    public static boolean hasAmbiguousEnum(Btf input) {
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
    public static List<String> shapes(Btf btf) {
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
