package org.btfkit.btf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteOrder;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.btfkit.BtfException;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.fixtures.gen.BtfArbitraries;
import org.btfkit.fixtures.gen.BtfFlavor;
import org.btfkit.fixtures.gen.BtfGraph;
import org.btfkit.fixtures.gen.BtfGraph.Form;
import org.btfkit.fixtures.raw.RawBtf;

/** Laws of reading and writing. */
class BtfWriterLaws {
    @Provide
    Arbitrary<RawBtf> btfs() {
        return BtfArbitraries.btfs(BtfFlavor.ANY);
    }

    @Provide
    Arbitrary<RawBtf> splitBtfs() {
        return BtfArbitraries.splitBtfs(BtfFlavor.ANY);
    }

    @Provide
    Arbitrary<BtfGraph> splitGraphs() {
        return BtfArbitraries.splitGraphs(BtfFlavor.ANY);
    }

    @Provide
    Arbitrary<Form> forms() {
        return BtfArbitraries.forms();
    }

    private static ByteOrder other(ByteOrder order) {
        return order == ByteOrder.BIG_ENDIAN ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    }

    private static byte[] swapped(Btf btf) {
        return BtfWriter.toBytes(btf, btf.header().withOrder(other(btf.order())));
    }

    @Property
    void roundTrip(@ForAll("btfs") RawBtf raw) {
        assertArrayEquals(raw.toBytes(), BtfWriter.toBytes(Parsing.parse(raw)));
    }

    @Property
    void splitRoundTrip(@ForAll("splitBtfs") RawBtf raw) {
        assertArrayEquals(raw.toBytes(), BtfWriter.toBytes(Parsing.parse(raw)));
    }

    @Property
    void swapIsEncodingInTheOtherOrder(@ForAll("splitGraphs") BtfGraph graph, @ForAll("forms") Form form) {
        Form otherForm = new Form(other(form.order()), form.headerLength(), form.layout());
        RawBtf one = graph.encodeSplit(form).btf();
        RawBtf two = graph.encodeSplit(otherForm).btf();
        assertArrayEquals(two.toBytes(), swapped(Parsing.parse(one)));
    }

    @Property
    void swapTwiceIsIdentity(@ForAll("splitBtfs") RawBtf raw) {
        Btf btf = Parsing.parse(raw);
        Btf there = Btf.parse(swapped(btf), btf.base(), "swapped");
        assertEquals(other(btf.order()), there.order());
        assertArrayEquals(raw.toBytes(), swapped(there));
    }

    @Property
    void sameTypesAndStringsMakeSameBtf(@ForAll("splitBtfs") RawBtf raw) {
        Btf btf = Parsing.parse(raw);
        assertArrayEquals(
                raw.toBytes(),
                BtfWriter.toBytes(btf.with(
                        FlatAccess.of(btf).words(), FlatAccess.of(btf).strings().own())));
    }

    @Property
    void damagedDataIsRefusedOrRewritten(@ForAll("btfs") RawBtf raw, @ForAll long seed) {
        byte[] damaged = new BtfMutator(seed).mutate(raw.toBytes());
        byte[] written;
        Btf btf;
        try {
            btf = Btf.parse(damaged, null, "damaged");
            written = BtfWriter.toBytes(btf);
        } catch (BtfException e) {
            return;
        }
        Btf again = Btf.parse(written, null, "again");
        assertEquals(btf.header(), again.header());
        assertArrayEquals(FlatAccess.of(btf).words(), FlatAccess.of(again).words());
        assertArrayEquals(
                FlatAccess.of(btf).strings().own(),
                FlatAccess.of(again).strings().own());
        assertArrayEquals(btf.layout(), again.layout());
        assertArrayEquals(written, BtfWriter.toBytes(again));
    }
}
