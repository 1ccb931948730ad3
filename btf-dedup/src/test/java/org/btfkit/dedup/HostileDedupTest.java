package org.btfkit.dedup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Supplier;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.fixtures.raw.BtfKinds;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.btfkit.fixtures.raw.RawBtf.Param;
import org.btfkit.transform.RawBtfs;
import org.junit.jupiter.api.Test;

/** Input that no compiler makes ends with a result or an error, in bounded time and stack. */
class HostileDedupTest {
    private static final int DEEP = 200_000;

    private static DedupResult dedup(RawBtf raw) {
        Btf input = RawBtfs.parse(raw);
        Supplier<DedupResult> work = () -> new Deduplicator().dedup(input);
        return assertTimeoutPreemptively(Duration.ofSeconds(60), work::get);
    }

    private static void assertFault(RawBtf raw, String message) {
        BtfException fault = assertThrows(BtfException.class, () -> dedup(raw));
        assertTrue(fault.getMessage().contains(message), fault.getMessage());
    }

    /** A struct that holds the head of a chain of pointers; the last one points to an int. */
    private static void addChain(RawBtf btf, int length) {
        int first = btf.nextId();
        btf.addInt("int", 4, RawBtf.SIGNED);
        for (int i = 0; i < length; i++) {
            btf.addPtr(first + i);
        }
        btf.addStruct("head", 8, Member.of("chain", first + length, 0));
    }

    @Test
    void shouldFollowDeepChains() {
        RawBtf btf = RawBtf.littleEndian();
        addChain(btf, DEEP);
        addChain(btf, DEEP);
        assertEquals(1 + 1 + DEEP + 1, dedup(btf).btf().typeCount());
    }

    @Test
    void shouldFollowChainsAgainstTheOrderOfIds() {
        RawBtf btf = RawBtf.littleEndian();
        for (int i = 0; i < DEEP; i++) {
            btf.addPtr(btf.nextId() + 1);
        }
        btf.addInt("int", 4, RawBtf.SIGNED);
        assertEquals(1 + DEEP + 1, dedup(btf).btf().typeCount());
    }

    @Test
    void shouldFollowDeepNestsOfStructs() {
        RawBtf btf = RawBtf.littleEndian();
        for (int unit = 0; unit < 2; unit++) {
            for (int i = 0; i < DEEP; i++) {
                btf.addStruct("s" + i, 8, Member.of("next", btf.nextId() + 1, 0));
            }
            btf.addInt("int", 4, RawBtf.SIGNED);
        }
        assertEquals(1 + DEEP + 1, dedup(btf).btf().typeCount());
    }

    @Test
    void shouldCompareHugeFanOut() {
        RawBtf btf = RawBtf.littleEndian();
        for (int unit = 0; unit < 2; unit++) {
            int intId = btf.addInt("int", 4, RawBtf.SIGNED);
            Param[] params = new Param[DEEP];
            Member[] members = new Member[DEEP];
            for (int i = 0; i < DEEP; i++) {
                params[i] = new Param("", btf.nextId());
                members[i] = Member.of("m", btf.nextId(), 0);
                btf.addArray(intId, intId, i);
            }
            btf.addFuncProto(intId, params);
            btf.addStruct("huge", 4, members);
        }
        assertEquals(1 + 1 + DEEP + 2, dedup(btf).btf().typeCount());
    }

    @Test
    void shouldRejectCirclesOfModifiers() {
        RawBtf btf = RawBtf.littleEndian();
        btf.addConst(2);
        btf.addVolatile(3);
        btf.addPtr(1);
        assertFault(btf, "which refers back to it");
    }

    @Test
    void shouldRejectArrayOfItself() {
        RawBtf btf = RawBtf.littleEndian();
        btf.addArray(1, 1, 4);
        assertFault(btf, "type [1] ARRAY: refers to type [1] ARRAY, which refers back to it");
    }

    @Test
    void shouldKeepTypedefOfItself() {
        RawBtf btf = RawBtf.littleEndian();
        btf.addTypedef("t", 1);
        btf.addTypedef("t", 2);
        assertEquals(2, dedup(btf).btf().typeCount());
    }

    /** The members of one struct lead into circles of different lengths, which are alike wherever one looks. */
    @Test
    void shouldEndWhereChainsRunInCircles() {
        RawBtf btf = RawBtf.littleEndian();
        addCircle(btf, 1009);
        addCircle(btf, 1013);
        btf.addStruct("s", 8, Member.of("a", 1, 0), Member.of("b", 1, 0));
        btf.addStruct("s", 8, Member.of("a", 1, 0), Member.of("b", 1010, 0));
        dedup(btf);
    }

    private static void addCircle(RawBtf btf, int length) {
        int first = btf.nextId();
        for (int i = 0; i < length; i++) {
            btf.addTypedef("t", first + (i + 1) % length);
        }
    }

    @Test
    void shouldRejectStructOfVariables() {
        RawBtf btf = RawBtf.littleEndian();
        int intId = btf.addInt("int", 4, RawBtf.SIGNED);
        for (int i = 0; i < 2; i++) {
            int variable = btf.addVar("v", intId, 0);
            btf.addStruct("s", 4, Member.of("v", variable, 0));
        }
        assertFault(btf, "type [4] VAR 'v': referred to by a struct");
    }

    @Test
    void shouldRejectUnknownKinds() {
        RawBtf btf = RawBtf.littleEndian();
        btf.layout(new byte[4 * 22]);
        btf.add(21, "new", 0, false, 0);
        assertFault(btf, "type [1] KIND_21 'new': of unknown kind, expected kinds up to 19");
        BtfException e = assertThrows(
                BtfException.class,
                () -> new Deduplicator(DedupOptions.DEFAULT.withStringsKept(true)).dedup(RawBtfs.parse(btf)));
        assertTrue(e.getMessage().contains("KIND_21"), e.getMessage());
    }

    @Test
    void shouldRejectStringsThatUnfoldWithoutEnd() {
        RawBtf btf = RawBtf.littleEndian();
        byte[] letters = "x".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII);
        int from = btf.stringBytes(letters);
        btf.stringBytes(new byte[1]);
        for (int i = 0; i < 4000; i++) {
            btf.addWords(from + i, RawBtf.info(BtfKinds.FLOAT, 0, false), 4);
        }
        assertFault(btf, "tails of others");
    }
}
