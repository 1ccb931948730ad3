package org.btfkit.btf.ext;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteOrder;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.btfkit.BtfException;
import org.btfkit.btf.ext.BtfExt.CoreRelo;
import org.btfkit.btf.ext.BtfExt.FuncInfo;
import org.btfkit.btf.ext.BtfExt.Group;
import org.btfkit.btf.ext.BtfExt.LineInfo;

/** Laws of reading and writing {@code .BTF.ext} data. */
class BtfExtLaws {
    @Provide
    Arbitrary<List<Group<FuncInfo>>> funcInfos() {
        return groups(ints().tuple2().map(t -> new FuncInfo(t.get1(), t.get2())));
    }

    @Provide
    Arbitrary<List<Group<LineInfo>>> lineInfos() {
        return groups(ints().tuple4().map(t -> new LineInfo(t.get1(), t.get2(), t.get3(), t.get4())));
    }

    @Provide
    Arbitrary<List<Group<CoreRelo>>> coreRelos() {
        return groups(ints().tuple4().map(t -> new CoreRelo(t.get1(), t.get2(), t.get3(), t.get4())));
    }

    private static Arbitrary<Integer> ints() {
        return Arbitraries.integers();
    }

    private static <T> Arbitrary<List<Group<T>>> groups(Arbitrary<T> records) {
        return Combinators.combine(ints(), records.list().ofMinSize(1).ofMaxSize(4))
                .as(Group::new)
                .list()
                .ofMaxSize(3);
    }

    @Property
    void writtenRecordsAreReadAgain(
            @ForAll("funcInfos") List<Group<FuncInfo>> func,
            @ForAll("lineInfos") List<Group<LineInfo>> line,
            @ForAll("coreRelos") List<Group<CoreRelo>> core,
            @ForAll boolean isBig) {
        if (func.isEmpty() && line.isEmpty() && core.isEmpty()) {
            return;
        }
        ByteOrder order = isBig ? BtfExtTest.BIG : BtfExtTest.LITTLE;
        byte[] data = BtfExt.of(order, func, line, core).toBytes();
        BtfExt ext = BtfExtTest.parse(data);
        assertEquals(func, ext.funcInfo());
        assertEquals(line, ext.lineInfo());
        assertEquals(core, ext.coreRelo());
        assertArrayEquals(data, ext.toBytes());
        assertArrayEquals(data, ext.map(id -> id, off -> off).toBytes());
        assertArrayEquals(
                data,
                BtfExtTest.parse(ext.toBytes(isBig ? BtfExtTest.LITTLE : BtfExtTest.BIG))
                        .toBytes(order));
    }

    @Property
    void damagedDataIsRefusedOrKept(
            @ForAll @IntRange(max = 107) int at, @ForAll byte value, @ForAll boolean isBig, @ForAll boolean isLong) {
        byte[] data = BtfExtTest.raw(
                isBig ? BtfExtTest.BIG : BtfExtTest.LITTLE,
                isLong ? 40 : 32,
                BtfExtTest.FUNC,
                BtfExtTest.LINE,
                BtfExtTest.CORE);
        data[at] = value;
        try {
            BtfExt ext = BtfExtTest.parse(data);
            byte[] written = ext.toBytes();
            BtfExt again = BtfExtTest.parse(written);
            assertEquals(ext.funcInfo(), again.funcInfo());
            assertEquals(ext.lineInfo(), again.lineInfo());
            assertEquals(ext.coreRelo(), again.coreRelo());
            assertArrayEquals(written, again.toBytes());
        } catch (BtfException e) {
            assertEquals(0, e.getMessage().indexOf("ext: "));
        }
    }
}
