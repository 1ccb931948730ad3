package org.btfkit.btf.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.query.StructGraph.Link;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.junit.jupiter.api.Test;

class StructGraphTest {
    private final RawBtf raw = RawBtf.littleEndian();
    private final int intId = raw.addInt("int", 4, RawBtf.SIGNED);
    private final int leaf = raw.addStruct("leaf", 4, Member.of("x", intId, 0));
    private final int middle = raw.addStruct("middle", 4, Member.of("leaf", leaf, 0));

    private StructGraph graph(int typeId, StructGraph.Options options) {
        return StructGraph.of(Btf.parse(raw.toBytes(), null, "test"), typeId, options);
    }

    private static List<String> names(StructGraph graph) {
        return graph.nodes().stream()
                .map(node -> node.name() + "@" + node.distance())
                .toList();
    }

    @Test
    void shouldFollowMembersAndPointers() {
        int anonymous = raw.addStruct("", 16, Member.of("ptr", raw.addPtr(middle), 32));
        int root = raw.addStruct(
                "root", 32, Member.of("n", intId, 0), Member.of("", anonymous, 64), Member.of("l", leaf, 192));
        StructGraph graph = graph(root, StructGraph.Options.DEFAULT);
        assertEquals(List.of("root@0", "middle@1", "leaf@1"), names(graph));
        assertEquals(
                List.of(new Link("ptr", 96, middle, "middle", true, 1), new Link("l", 192, leaf, "leaf", false, 2)),
                graph.nodes().get(0).links());
        assertFalse(graph.isCut());
    }

    @Test
    void shouldStopAtItsDepthAndNumber() {
        int root = raw.addStruct("root", 8, Member.of("m", middle, 0));
        StructGraph near = graph(root, StructGraph.Options.DEFAULT.withDepth(1));
        assertEquals(List.of("root@0", "middle@1"), names(near));
        assertEquals(-1, near.nodes().get(1).links().get(0).target());
        StructGraph cut = graph(root, StructGraph.Options.DEFAULT.withMaxNodes(2));
        assertEquals(List.of("root@0", "middle@1"), names(cut));
        assertTrue(cut.isCut());
    }

    @Test
    void shouldNotGoIntoWhatManyContain() {
        raw.addStruct("other", 4, Member.of("leaf", raw.addConst(leaf), 0));
        int root = raw.addStruct("root", 8, Member.of("l", leaf, 0));
        assertEquals(List.of("root@0"), names(graph(root, StructGraph.Options.DEFAULT.withCommonHolders(2))));
        assertEquals(List.of("root@0", "leaf@1"), names(graph(root, StructGraph.Options.DEFAULT.withCommonHolders(3))));
    }

    @Test
    void shouldNameTypesByTheirTypedefs() {
        int counter = raw.addStruct("", 4, Member.of("n", intId, 0));
        int root = raw.addStruct("root", 4, Member.of("c", raw.addTypedef("counter_t", counter), 0));
        assertEquals(List.of("root@0", "counter_t@1"), names(graph(root, StructGraph.Options.DEFAULT)));
        assertEquals(List.of("counter_t@0"), names(graph(counter + 1, StructGraph.Options.DEFAULT)));
    }

    @Test
    void shouldRefuseWhatIsNoStruct() {
        BtfException e = assertThrows(BtfException.class, () -> graph(intId, StructGraph.Options.DEFAULT));
        assertEquals("test: type [1] INT 'int': expected a struct, union, or typedef of one", e.getMessage());
    }
}
