package org.btfkit.btf.relo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.btfkit.btf.Btf;
import org.btfkit.fixtures.Reproducer;
import org.btfkit.fixtures.gen.BtfArbitraries;
import org.btfkit.fixtures.gen.BtfFlavor;
import org.btfkit.fixtures.gen.BtfGraph;
import org.btfkit.fixtures.gen.BtfGraph.Node;
import org.btfkit.fixtures.gen.CoreRecords;
import org.btfkit.fixtures.raw.BtfKinds;
import org.btfkit.fixtures.raw.RawBtf;

/** Laws of relocation over generated types and paths. */
class CoreRelocatorLaws {
    private static final int RECORDS = 12;

    /** Types of an object, those of a target that differ in some, and records. */
    record Case(BtfGraph local, BtfGraph target, List<CoreRecords.Record> records, BtfGraph.Form form, long seed) {
        byte[] object() {
            return CoreObjects.build(local, form, records);
        }

        Btf kernel(List<Integer> order) {
            return parse(target.encode(form, order, null).btf());
        }

        List<Integer> order() {
            List<Integer> order = new ArrayList<>();
            for (int i = 0; i < target.nodes().size(); i++) {
                order.add(i);
            }
            return order;
        }
    }

    @Provide
    Arbitrary<Case> cases() {
        return cases(BtfFlavor.C_LIKE);
    }

    @Provide
    Arbitrary<Case> anything() {
        return cases(BtfFlavor.ANY);
    }

    private static Arbitrary<Case> cases(BtfFlavor flavor) {
        Arbitrary<List<Integer>> changes =
                Arbitraries.integers().between(0, 1 << 16).list().ofMaxSize(4);
        return Combinators.combine(BtfArbitraries.graphs(flavor), changes, BtfArbitraries.forms(), Arbitraries.longs())
                .as((graph, list, form, seed) -> new Case(
                        graph, graph.varied(list), CoreRecords.draw(graph, new Random(seed), RECORDS), form, seed))
                .withoutEdgeCases();
    }

    private static Btf parse(RawBtf raw) {
        return Btf.parse(raw.toBytes(), null, "kernel");
    }

    private static CoreResults relocate(byte[] object, Btf kernel) {
        return CoreRelocator.of(CoreObjects.read(object)).on(CoreTarget.of(kernel, List.of()));
    }

    private static Reproducer reproducer(String law, Case example) {
        return Reproducer.of(law)
                .input("object.o", example.object())
                .input("kernel", example.target.encodeWhole(example.form).btf());
    }

    /** Law 2: where a type is its own only candidate, each value stays, and so does the instruction. */
    @Property(tries = 200)
    void nothingChangesOnTheOwnTypes(@ForAll("cases") Case example) {
        reproducer("nothingChangesOnTheOwnTypes", example).run(() -> {
            byte[] object = example.object();
            BpfObject read = CoreObjects.read(object);
            CoreRelocator relocator = CoreRelocator.of(read);
            CoreResults results = relocator.on(CoreTarget.of(read.btf(), List.of()));
            for (int i = 0; i < results.size(); i++) {
                boolean isAlone = results.candidates(i).length == 1;
                boolean isFloat = hasFloat(example.local)
                        && read.relocations().get(i).kind().isType();
                if (isAlone && !isFloat && !hasNamelessMembers(example.local)) {
                    assertEquals(CoreOutcome.RESOLVED, results.outcome(i), results.path(i) + " " + results.get(i));
                    assertEquals(
                            results.localValue(i),
                            results.value(i),
                            results.path(i).toString());
                }
            }
        });
    }

    /** Whether a name may stand twice in one struct, which C does not allow and generated types do. */
    private static boolean hasNamelessMembers(BtfGraph graph) {
        return graph.nodes().stream()
                .filter(node -> node.kind() == BtfKinds.STRUCT || node.kind() == BtfKinds.UNION)
                .anyMatch(node -> node.elements().stream()
                        .anyMatch(element -> element.name().isEmpty()));
    }

    private static boolean hasFloat(BtfGraph graph) {
        return graph.nodes().stream().anyMatch(node -> node.kind() == BtfKinds.FLOAT);
    }

    /** Law 4: the order of a target's types changes no value. */
    @Property(tries = 200)
    void orderOfTypesDoesNotCount(@ForAll("cases") Case example) {
        reproducer("orderOfTypesDoesNotCount", example).run(() -> {
            byte[] object = example.object();
            List<Integer> shuffled = example.order();
            Collections.shuffle(shuffled, new Random(example.seed));
            CoreResults one = relocate(object, example.kernel(example.order()));
            CoreResults other = relocate(object, example.kernel(shuffled));
            assertSame(one, other);
        });
    }

    /** Law 4: a type of another name changes nothing. */
    @Property(tries = 200)
    void typesOfOtherNamesDoNotCount(@ForAll("cases") Case example) {
        reproducer("typesOfOtherNamesDoNotCount", example).run(() -> {
            List<Node> nodes = new ArrayList<>(example.target.nodes());
            nodes.add(new Node(BtfKinds.STRUCT, "of_another_name", false, 8, BtfGraph.VOID, 0, List.of()));
            nodes.add(new Node(BtfKinds.ENUM, "another_one___a", false, 4, BtfGraph.VOID, 0, List.of()));
            List<Integer> places = new ArrayList<>(Collections.nCopies(nodes.size(), 0));
            byte[] object = example.object();
            CoreResults one = relocate(object, example.kernel(example.order()));
            CoreResults other = relocate(
                    object,
                    parse(new BtfGraph(nodes, places, 0)
                            .encodeWhole(example.form)
                            .btf()));
            assertSame(one, other);
        });
    }

    private static void assertSame(CoreResults one, CoreResults other) {
        for (int i = 0; i < one.size(); i++) {
            String name = one.path(i) + " " + one.get(i) + " / " + other.get(i);
            assertEquals(one.outcome(i).isFatal(), other.outcome(i).isFatal(), name);
            if (!one.outcome(i).isFatal()) {
                assertEquals(one.outcome(i), other.outcome(i), name);
                assertEquals(one.matchCount(i), other.matchCount(i), name);
                boolean isId = one.object().relocations().get(i).kind() == CoreKind.TYPE_ID_TARGET;
                if (!isId) {
                    assertEquals(one.value(i), other.value(i), name);
                }
            }
        }
    }

    /** Whatever the types are, each record has an outcome with words, and others keep theirs. */
    @Property(tries = 200)
    void everyRecordHasAnOutcome(@ForAll("anything") Case example) {
        reproducer("everyRecordHasAnOutcome", example).run(() -> {
            BpfObject object = CoreObjects.read(example.object());
            CoreTarget target = CoreTarget.of(example.kernel(example.order()), List.of());
            for (CoreLoader loader : CoreLoader.values()) {
                CoreResults results =
                        CoreRelocator.of(object).withLoader(loader).on(target);
                assertEquals(object.relocations().size(), results.size());
                for (CoreResult result : results) {
                    assertNotEquals("", result.toString());
                    boolean isResolved = result.outcome() == CoreOutcome.RESOLVED;
                    assertEquals(isResolved, result.reason() == null, result.toString());
                }
            }
        });
    }
}
