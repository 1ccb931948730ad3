package org.btfkit.btf.query;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.btfkit.btf.Btf;
import org.btfkit.fixtures.gen.BtfArbitraries;
import org.btfkit.fixtures.gen.BtfFlavor;
import org.btfkit.fixtures.gen.BtfGraph;
import org.btfkit.fixtures.gen.BtfGraph.Form;
import org.btfkit.fixtures.raw.BtfKinds;
import org.btfkit.fixtures.raw.RawBtf;

/** Laws of references and closures, by the graphs that the BTF was made from. */
class ReferencesLaws {
    @Provide
    Arbitrary<BtfGraph> graphs() {
        return BtfArbitraries.splitGraphs(BtfFlavor.ANY);
    }

    /** What each type refers to, as the graph has it; void left out. */
    private static Map<Integer, Set<Integer>> refs(BtfGraph graph, Map<Integer, Integer> ids) {
        Map<Integer, Set<Integer>> refs = new HashMap<>();
        for (int i = 0; i < graph.nodes().size(); i++) {
            Set<Integer> to = new TreeSet<>();
            graph.nodes().get(i).refs().forEach(ref -> to.add(ids.get(ref)));
            refs.put(ids.get(i), to);
        }
        return refs;
    }

    private static Btf parse(RawBtf raw) {
        Btf base = raw.base() == null ? null : parse(raw.base());
        return Btf.parse(raw.toBytes(), base, "test");
    }

    @Property(tries = 300)
    void referencesAreTheInverseOfRefs(@ForAll("graphs") BtfGraph graph) {
        BtfGraph.Encoding encoding = graph.encodeSplit(Form.PLAIN);
        Btf btf = parse(encoding.btf());
        References references = References.of(btf);
        Map<Integer, Set<Integer>> refs = refs(graph, encoding.ids());
        for (int to = 1; to < btf.typeCount(); to++) {
            int target = to;
            int[] expected = refs.entrySet().stream()
                    .filter(e -> e.getValue().contains(target))
                    .mapToInt(Map.Entry::getKey)
                    .sorted()
                    .toArray();
            assertArrayEquals(expected, references.to(to));
            assertEquals(expected.length, references.count(to));
        }
    }

    @Property(tries = 300)
    void closureIsClosedAndMinimal(
            @ForAll("graphs") BtfGraph graph, @ForAll int seed, @ForAll Closure.Pointers pointers) {
        BtfGraph.Encoding encoding = graph.encodeSplit(Form.PLAIN);
        Btf btf = parse(encoding.btf());
        if (btf.typeCount() == 1) {
            return;
        }
        int root = 1 + Math.floorMod(seed, btf.typeCount() - 1);
        Map<Integer, Set<Integer>> refs = refs(graph, encoding.ids());
        Set<Integer> expected = new TreeSet<>();
        List<Integer> pending = new ArrayList<>(List.of(root));
        while (!pending.isEmpty()) {
            int id = pending.remove(pending.size() - 1);
            boolean stops = pointers == Closure.Pointers.STOP && encoding.btf().kindOf(id) == BtfKinds.PTR;
            if (expected.add(id) && !stops) {
                pending.addAll(refs.get(id));
            }
        }
        int[] closure = Closure.of(btf, pointers, root);
        assertArrayEquals(expected.stream().mapToInt(i -> i).toArray(), closure);
    }
}
