package org.btfkit.btf.query;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.fixtures.kernel.OracleData;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.junit.jupiter.api.Test;

/** References and closures, against the graph that the BTF was made from. */
class ReferencesTest {
    private static Btf parse(RawBtf raw) {
        Btf base = raw.base() == null ? null : parse(raw.base());
        return Btf.parse(raw.toBytes(), base, "test");
    }

    @Test
    void shouldTellReferrersOfVoid() {
        RawBtf raw = RawBtf.littleEndian();
        int ptr = raw.addPtr(0);
        int proto = raw.addFuncProto(0, new RawBtf.Param("a", 0), new RawBtf.Param("b", ptr));
        References references = References.of(parse(raw));
        assertArrayEquals(new int[] {ptr, proto}, references.to(0));
        assertArrayEquals(new int[] {proto}, references.to(ptr));
        assertThrows(IllegalArgumentException.class, () -> references.to(3));
        assertThrows(IllegalArgumentException.class, () -> references.count(-1));
    }

    @Test
    void shouldStopAtPointersIfAsked() {
        RawBtf raw = RawBtf.littleEndian();
        int intId = raw.addInt("int", 4, RawBtf.SIGNED);
        int node = raw.nextId();
        raw.addStruct("node", 16, Member.of("next", node + 1, 0), Member.of("v", intId, 64));
        int ptr = raw.addPtr(node);
        int var = raw.addVar("head", ptr, 1);
        raw.addFloat("unused", 8);
        Btf btf = parse(raw);
        assertArrayEquals(new int[] {intId, node, ptr, var}, Closure.of(btf, Closure.Pointers.FOLLOW, var));
        assertArrayEquals(new int[] {ptr, var}, Closure.of(btf, Closure.Pointers.STOP, var));
        assertArrayEquals(new int[] {intId, node, ptr}, Closure.of(btf, Closure.Pointers.STOP, node, node, 0));
        assertArrayEquals(new int[] {}, Closure.of(btf, Closure.Pointers.FOLLOW));
        assertThrows(IllegalArgumentException.class, () -> Closure.of(btf, Closure.Pointers.FOLLOW, 99));
    }

    @Test
    void shouldWalkDeepChains() {
        RawBtf raw = RawBtf.littleEndian();
        int last = 0;
        for (int i = 0; i < 200_000; i++) {
            last = raw.addPtr(last);
        }
        assertEquals(200_000, Closure.of(parse(raw), Closure.Pointers.FOLLOW, last).length);
    }

    @Test
    void shouldHoldForKernel() throws IOException {
        Btf btf = BtfSource.load(OracleData.file("vmlinux-6.12.117-cloud.btf"));
        References references = References.of(btf);
        int[] closure = Closure.of(btf, Closure.Pointers.FOLLOW, btf.find(BtfKind.STRUCT, "task_struct"));
        assertTrue(closure.length > 1000 && closure.length < btf.typeCount(), "types: " + closure.length);
        BitSet inside = new BitSet();
        for (int id : closure) {
            inside.set(id);
        }
        long pairs = 0;
        for (int id = 1; id < btf.typeCount(); id++) {
            Set<Integer> targets = new HashSet<>();
            for (int to : FlatAccess.of(btf).references(id)) {
                targets.add(to);
                assertTrue(!inside.get(id) || to == 0 || inside.get(to), "closed");
            }
            pairs += targets.size();
        }
        long referrers = 0;
        for (int id = 0; id < btf.typeCount(); id++) {
            referrers += references.count(id);
        }
        assertEquals(pairs, referrers);
    }
}
