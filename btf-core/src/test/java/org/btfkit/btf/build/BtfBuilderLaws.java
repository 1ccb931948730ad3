package org.btfkit.btf.build;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfType.Linkage;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.Parsing;
import org.btfkit.fixtures.gen.BtfArbitraries;
import org.btfkit.fixtures.gen.BtfFlavor;
import org.btfkit.fixtures.gen.BtfGraph;
import org.btfkit.fixtures.gen.BtfGraph.Element;
import org.btfkit.fixtures.gen.BtfGraph.Encoding;
import org.btfkit.fixtures.gen.BtfGraph.Form;
import org.btfkit.fixtures.gen.BtfGraph.Node;
import org.btfkit.fixtures.raw.BtfKinds;
import org.btfkit.fixtures.raw.RawBtf;

/** Laws of building, appending and copying; what to expect is assembled by the fixtures. */
class BtfBuilderLaws {
    @Provide
    Arbitrary<BtfGraph> cLike() {
        return BtfArbitraries.graphs(BtfFlavor.C_LIKE);
    }

    @Provide
    Arbitrary<BtfGraph> graphs() {
        return BtfArbitraries.graphs(BtfFlavor.ANY);
    }

    @Provide
    Arbitrary<BtfGraph> splitGraphs() {
        return BtfArbitraries.splitGraphs(BtfFlavor.ANY);
    }

    @Provide
    Arbitrary<RawBtf> splitBtfs() {
        return BtfArbitraries.splitBtfs(BtfFlavor.ANY);
    }

    @Provide
    Arbitrary<Form> forms() {
        return BtfArbitraries.forms();
    }

    @Property
    void typeByTypeIsTheWhole(@ForAll("cLike") BtfGraph graph, @ForAll("forms") Form form) {
        List<Integer> order = graph.splitOrder();
        List<Node> nodes = new ArrayList<>();
        for (int index : order) {
            nodes.add(withKflagOfMembers(graph.nodes().get(index).mapRefs(order::indexOf)));
        }
        List<Integer> places = IntStream.range(0, nodes.size()).boxed().toList();
        RawBtf expected = new BtfGraph(nodes, places, 0)
                .encodeWhole(new Form(form.order(), 32, form.layout()))
                .btf();
        BtfBuilder builder = BtfBuilder.create(form.order());
        if (form.layout()) {
            builder.withLayout();
        }
        nodes.forEach(node -> add(builder, node.mapRefs(index -> index + 1)));
        assertArrayEquals(expected.toBytes(), BtfWriter.toBytes(builder.build()));
    }

    /** The builder sets kflag of a struct for the first bitfield, as compilers do. */
    private static Node withKflagOfMembers(Node n) {
        boolean isComposite = n.kind() == BtfKinds.STRUCT || n.kind() == BtfKinds.UNION;
        boolean kflag = isComposite ? n.elements().stream().anyMatch(e -> e.bits() > 0) : n.kflag();
        return new Node(n.kind(), n.name(), kflag, n.size(), n.target(), n.extra(), n.elements());
    }

    private static void add(BtfBuilder b, Node n) {
        int target = Math.max(n.target(), 0);
        switch (n.kind()) {
            case BtfKinds.INT ->
                b.addInt(n.name(), n.size(), n.extra() >>> 24, n.extra() >>> 16 & 0xff, n.extra() & 0xff);
            case BtfKinds.PTR -> b.addPtr(target);
            case BtfKinds.ARRAY -> b.addArray(target, id(n.elements().get(0)), n.extra());
            case BtfKinds.STRUCT -> addMembers(b, n, b.addStruct(n.name(), n.size()));
            case BtfKinds.UNION -> addMembers(b, n, b.addUnion(n.name(), n.size()));
            case BtfKinds.ENUM -> addValues(b, n, b.addEnum(n.name(), n.size(), n.kflag()));
            case BtfKinds.ENUM64 -> addValues(b, n, b.addEnum64(n.name(), n.size(), n.kflag()));
            case BtfKinds.FWD -> b.addFwd(n.name(), n.kflag());
            case BtfKinds.TYPEDEF -> b.addTypedef(n.name(), target);
            case BtfKinds.VOLATILE -> b.addVolatile(target);
            case BtfKinds.CONST -> b.addConst(target);
            case BtfKinds.RESTRICT -> b.addRestrict(target);
            case BtfKinds.FUNC -> b.addFunc(n.name(), target, Linkage.values()[n.extra()]);
            case BtfKinds.FUNC_PROTO -> {
                b.addFuncProto(target);
                n.elements().forEach(e -> b.addParam(e.name(), id(e)));
            }
            case BtfKinds.VAR -> b.addVar(n.name(), target, Linkage.values()[n.extra()]);
            case BtfKinds.DATASEC -> {
                b.addDatasec(n.name(), n.size());
                n.elements().forEach(e -> b.addVariable(id(e), (int) e.value(), e.bits()));
            }
            case BtfKinds.FLOAT -> b.addFloat(n.name(), n.size());
            case BtfKinds.DECL_TAG -> b.addDeclTag(n.name(), target, n.extra(), n.kflag());
            case BtfKinds.TYPE_TAG -> b.addTypeTag(n.name(), target, n.kflag());
            default -> throw new AssertionError(n);
        }
    }

    private static void addMembers(BtfBuilder b, Node n, int structId) {
        assertEquals(b.typeCount() - 1, structId);
        for (Element e : n.elements()) {
            if (e.bits() > 0) {
                b.addBitfield(e.name(), id(e), (int) e.value(), e.bits());
            } else {
                b.addMember(e.name(), id(e), (int) e.value());
            }
        }
    }

    private static void addValues(BtfBuilder b, Node n, int enumId) {
        assertEquals(b.typeCount() - 1, enumId);
        n.elements().forEach(e -> b.addEnumerator(e.name(), e.value()));
    }

    private static int id(Element element) {
        return Math.max(element.type(), 0);
    }

    @Property
    void appendToEmptyIsIdentity(@ForAll("graphs") BtfGraph graph, @ForAll("forms") Form form) {
        RawBtf raw = graph.encodeWhole(new Form(form.order(), 32, false)).btf();
        BtfBuilder builder = BtfBuilder.create(form.order());
        builder.append(Parsing.parse(raw));
        assertArrayEquals(raw.toBytes(), BtfWriter.toBytes(builder.build()));
    }

    @Property
    void appendSplitToItsBaseIsIdentity(@ForAll("splitGraphs") BtfGraph graph) {
        RawBtf raw = graph.encodeSplit(Form.PLAIN).btf();
        Btf base = Parsing.parse(raw.base());
        BtfBuilder builder = BtfBuilder.splitOn(base);
        builder.append(Parsing.parse(raw, base));
        assertArrayEquals(raw.toBytes(), BtfWriter.toBytes(builder.build()));
    }

    @Property
    void appendTwiceIsConcatenation(@ForAll("graphs") BtfGraph one, @ForAll("graphs") BtfGraph two) {
        Encoding first = one.encodeWhole(Form.PLAIN);
        Encoding second = two.encodeWhole(Form.PLAIN);
        int shift = one.nodes().size();
        List<Node> nodes = new ArrayList<>(one.nodes());
        two.nodes().forEach(node -> nodes.add(node.mapRefs(ref -> ref + shift)));
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < shift; i++) {
            places.add(first.ids().get(i));
        }
        for (int i = 0; i < two.nodes().size(); i++) {
            places.add(shift + second.ids().get(i));
        }
        RawBtf expected = new BtfGraph(nodes, places, 0).encodeWhole(Form.PLAIN).btf();

        BtfBuilder builder = BtfBuilder.create();
        builder.append(Parsing.parse(first.btf()));
        int[] idMap = builder.append(Parsing.parse(second.btf()));
        assertArrayEquals(expected.toBytes(), BtfWriter.toBytes(builder.build()));
        for (int id = 1; id < idMap.length; id++) {
            assertEquals(shift + id, idMap[id]);
        }
    }

    @Property
    void copyIsIdentity(@ForAll("splitBtfs") RawBtf raw) {
        Btf btf = Parsing.parse(raw);
        BtfBuilder builder = BtfBuilder.copyOf(btf);
        assertArrayEquals(raw.toBytes(), BtfWriter.toBytes(builder.build()));
        raw.addTypedef("added_later", 1);
        builder.addTypedef("added_later", 1);
        assertArrayEquals(raw.toBytes(), BtfWriter.toBytes(builder.build()));
    }

    @Property
    void appendOneTypeTakesExactlyWhatItNeeds(
            @ForAll("splitGraphs") BtfGraph graph, @ForAll @IntRange(max = 100) int choice) {
        Encoding whole = graph.encodeSplit(Form.PLAIN);
        if (graph.nodes().isEmpty()) {
            return;
        }
        Btf base = Parsing.parse(whole.btf().base());
        Btf split = Parsing.parse(whole.btf(), base);
        int root = choice % graph.nodes().size();
        Set<Integer> needed = closure(graph, root);
        List<Integer> baseNodes =
                graph.baseOrder().stream().filter(needed::contains).toList();
        List<Integer> splitNodes =
                graph.splitOrder().stream().filter(needed::contains).toList();

        // Onto nothing: the needed types of base and split one after the other.
        List<Integer> all = new ArrayList<>(baseNodes);
        all.addAll(splitNodes);
        Encoding alone = graph.encode(Form.PLAIN, all, null);
        BtfBuilder builder = BtfBuilder.create();
        int[] idMap = builder.appendTypes(split, whole.ids().get(root));
        assertArrayEquals(alone.btf().toBytes(), BtfWriter.toBytes(builder.build()));
        whole.ids().forEach((node, id) -> assertEquals(alone.ids().getOrDefault(node, 0), idMap[id]));

        // Onto the same base: only what the base does not have.
        Encoding onBase = graph.encode(Form.PLAIN, splitNodes, graph.encodeBase(Form.PLAIN));
        BtfBuilder splitBuilder = BtfBuilder.splitOn(base);
        splitBuilder.appendTypes(split, whole.ids().get(root));
        assertArrayEquals(onBase.btf().toBytes(), BtfWriter.toBytes(splitBuilder.build()));
    }

    private static Set<Integer> closure(BtfGraph graph, int root) {
        Set<Integer> found = new HashSet<>(Set.of(root));
        Deque<Integer> open = new ArrayDeque<>(found);
        while (!open.isEmpty()) {
            for (int ref : graph.nodes().get(open.pop()).refs()) {
                if (found.add(ref)) {
                    open.push(ref);
                }
            }
        }
        return found;
    }
}
