package org.btfkit.btf.dump;

import static org.btfkit.btf.dump.DumpChecks.parse;
import static org.btfkit.btf.dump.DumpChecks.textOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.btfkit.BtfException;
import org.btfkit.BtfUnsupportedException;
import org.btfkit.btf.Btf;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.btfkit.fixtures.raw.RawBtf.Param;
import org.junit.jupiter.api.Test;

/** Types that run in circles, that are nested without end, that multiply when written out. */
class CDumperLimitsTest {
    private static final long SMALL_STACK = 512 << 10;

    /** Dumps in a thread with a small stack; returns what was thrown, or null. */
    private static Throwable failure(RawBtf raw, boolean sorted) {
        Btf btf = parse(raw);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Runnable dump = () -> {
            try {
                new CDumper(btf, CDumpOptions.DEFAULT.withSorted(sorted)).dump(OutputStream.nullOutputStream());
            } catch (Throwable e) {
                thrown.set(e);
            }
        };
        Thread thread = new Thread(null, dump, "dump", SMALL_STACK);
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return thrown.get();
    }

    private static void assertFails(String message, RawBtf raw) {
        for (boolean sorted : new boolean[] {false, true}) {
            Throwable thrown = failure(raw, sorted);
            assertInstanceOf(BtfException.class, thrown);
            assertTrue(thrown.getMessage().contains(message), thrown.getMessage());
        }
    }

    @Test
    void shouldRejectStructThatContainsItself() {
        RawBtf raw = RawBtf.littleEndian();
        raw.addInt("int", 4, 0);
        raw.addStruct("ouroboros", 4, Member.of("tail", 2, 0));
        assertFails("generated: type [2] STRUCT 'ouroboros': contains itself", raw);
    }

    @Test
    void shouldRejectAnonymousStructThatPointsToItself() {
        RawBtf raw = RawBtf.littleEndian();
        raw.addStruct("", 8, Member.of("next", 2, 0));
        raw.addPtr(1);
        assertFails("type [1] STRUCT: contains itself", raw);
    }

    @Test
    void shouldRejectCircles() {
        RawBtf pointers = RawBtf.littleEndian();
        pointers.addPtr(2);
        pointers.addConst(1);
        assertFails("nested more than 256 types deep, or in a circle", pointers);
        RawBtf prototypes = RawBtf.littleEndian();
        prototypes.addFuncProto(1, new Param("f", 1));
        assertFails("in a circle", prototypes);
        RawBtf typedefs = RawBtf.littleEndian();
        typedefs.addTypedef("t", 1);
        assertFails("in a circle", typedefs);
    }

    @Test
    void shouldRejectEndlessChains() {
        RawBtf raw = RawBtf.littleEndian();
        int id = raw.addInt("int", 4, 0);
        for (int i = 0; i < 100_000; i++) {
            id = i % 2 == 0 ? raw.addConst(id) : raw.addArray(id, 1, 1);
        }
        raw.addTypedef("t", id);
        assertFails("nested more than 256 types deep", raw);
    }

    @Test
    void shouldRejectDeepNests() {
        RawBtf raw = RawBtf.littleEndian();
        int id = raw.addInt("int", 4, 0);
        for (int i = 0; i < 10_000; i++) {
            id = raw.addStruct("", 4, Member.of("", id, 0));
        }
        raw.addStruct("outermost", 4, Member.of("", id, 0));
        assertFails("nested more than 256 types deep", raw);
    }

    @Test
    void shouldWriteNestsThatAreNotTooDeep() {
        RawBtf raw = RawBtf.littleEndian();
        int id = raw.addInt("int", 4, 0);
        for (int i = 0; i < 250; i++) {
            id = i % 2 == 0 ? raw.addStruct("", 4, Member.of("", id, 0)) : raw.addUnion("", 4, Member.of("", id, 0));
        }
        raw.addStruct("outermost", 4, Member.of("", id, 0));
        assertNull(failure(raw, false));
        assertNull(failure(raw, true));
    }

    @Test
    void shouldWriteLongChainsOfNamedTypes() {
        RawBtf raw = RawBtf.littleEndian();
        int id = raw.addInt("int", 4, 0);
        for (int i = 0; i < 10_000; i++) {
            id = raw.addUnion("u" + i, 4, Member.of("m", id, 0));
        }
        raw.addStruct("last", 8, Member.of("a", id, 0), Member.of("b", id, 32));
        assertNull(failure(raw, false));
        String text = textOf(new CDumper(parse(raw), CDumpOptions.DEFAULT.withSorted(false))::dump);
        assertTrue(text.contains("struct last {\n\tunion u9999 a;\n\tunion u9999 b;\n};"), "layout of the last");
    }

    @Test
    void shouldRejectTextsOutOfProportion() {
        RawBtf structs = RawBtf.littleEndian();
        int id = structs.addInt("int", 4, 0);
        for (int i = 0; i < 60; i++) {
            id = structs.addUnion("", 4, Member.of("a", id, 0), Member.of("b", id, 0));
        }
        structs.addUnion("all", 4, Member.of("a", id, 0));
        assertFails("written out too often", structs);
        RawBtf prototypes = RawBtf.littleEndian();
        id = prototypes.addInt("int", 4, 0);
        for (int i = 0; i < 60; i++) {
            id = prototypes.addFuncProto(id, new Param("a", id), new Param("b", id));
        }
        prototypes.addTypedef("all", id);
        assertFails("written out too often", prototypes);
        RawBtf gap = RawBtf.littleEndian();
        gap.addInt("int", 4, 0);
        gap.addStruct("gap", -1);
        assertFails("type [2] STRUCT 'gap': written out too often", gap);
    }

    /** Each member by itself would take a walk over all of the struct that it is of. */
    @Test
    void shouldFindOnceThatStructHasNoAlignment() {
        RawBtf raw = RawBtf.littleEndian();
        int intId = raw.addInt("int", 4, 0);
        int fwdId = raw.addFwd("nowhere", false);
        Member[] members = new Member[100_000];
        Arrays.fill(members, Member.of("m", intId, 0));
        members[members.length - 1] = Member.of("n", fwdId, 0);
        int unaligned = raw.addStruct("unaligned", 4, members);
        Arrays.fill(members, Member.of("m", unaligned, 0));
        raw.addStruct("uses", 4, members);
        assertTimeout(Duration.ofSeconds(20), () -> assertNull(failure(raw, false)));
    }

    @Test
    void shouldSortManyFunctionsSoon() {
        RawBtf raw = RawBtf.littleEndian();
        int proto = raw.addFuncProto(0);
        int functions = 50_000;
        for (int i = functions; i > 0; i--) {
            raw.addDeclTag("bpf_kfunc", raw.addFunc("f" + (1_000_000 + i), proto, 1), -1, false);
        }
        String text = textOf(new CDumper(parse(raw))::dump);
        assertTrue(
                text.contains("NO_KFUNC_PROTOTYPES\nextern void f1000001(void) __weak __ksym;\nextern void f1000002("),
                text.substring(0, 2000));
        assertEquals(functions, text.split("__ksym;", -1).length - 1);
    }

    @Test
    void shouldRejectKindsNotKnownHere() {
        RawBtf raw = RawBtf.littleEndian();
        raw.layout(new byte[4 * 40]);
        raw.add(33, "future", 0, false, 0);
        for (boolean sorted : new boolean[] {false, true}) {
            Throwable thrown = failure(raw, sorted);
            assertInstanceOf(BtfUnsupportedException.class, thrown);
            assertEquals(
                    "generated: type [1] KIND_33 'future': of a kind that C has no words for", thrown.getMessage());
        }
    }
}
