package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.btfkit.fixtures.raw.BtfIdsObject;
import org.btfkit.fixtures.raw.BtfIdsObject.Entry;
import org.btfkit.fixtures.raw.BtfIdsObject.IdList;
import org.btfkit.fixtures.raw.BtfIdsObject.IdLookup;
import org.btfkit.fixtures.raw.BtfIdsObject.IdSet8;
import org.btfkit.fixtures.raw.BtfIdsObject.Kind;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawElf;
import org.btfkit.resolve.ResolveException.Reason;
import org.btfkit.resolve.SetReport.State;
import org.btfkit.resolve.Workbench.Result;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Types are FUNC_PROTO 1, FUNC acquire 2, FUNC release 3, STRUCT s 4. */
class OrderProofTest {
    private static final IdSet8 SET8 =
            new IdSet8("k", 0, List.of(Entry.func("release", 1), Entry.func("acquire", 2), Entry.func("gone", 4)));

    private final Workbench bench = new Workbench();

    @AfterEach
    void close() {
        bench.close();
    }

    private static BtfIdsObject object(BtfIdsObject.Item... items) {
        return BtfIdsObject.of(ElfVariant.MODULE).with(items);
    }

    private static RawBtf btf() {
        RawBtf btf = RawBtf.littleEndian();
        int proto = btf.addFuncProto(0);
        btf.addFunc("acquire", proto, 1);
        btf.addFunc("release", proto, 1);
        btf.addStruct("s", 0);
        return btf;
    }

    private static byte[] withWords(BtfIdsObject object, int... words) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * words.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(words);
        RawElf elf = object.toElf();
        elf.find(".BTF_ids").data(bytes.array());
        return elf.toBytes();
    }

    private void assertRefused(String why, byte[] object) throws IOException {
        String expected = bench.path("object.ko") + ": .BTF_ids: cannot show whose ids it holds: " + why;
        assertEquals(
                expected, bench.resolve(object, bench.given(btf())).refusal().getMessage());
        assertEquals(
                Reason.UNKNOWN_ORDER,
                bench.repair(object, bench.given(btf())).refusal().reason());
        assertEquals(
                expected, bench.repair(object, bench.given(btf())).refusal().getMessage());
        Result check = bench.check(object, bench.given(btf()));
        assertEquals(List.of(expected), check.log().warnings);
        assertTrue(check.report().hasAny(State.UNKNOWN));
    }

    @Test
    void shouldSayWhatIsInTheWrongSlot() throws IOException {
        BtfIdsObject object = object(SET8);
        String set = "set8 'k': the slot of func 'release' at offset 0x8 holds ";
        String no = ", and the ids are no permutation of the set's names";
        assertRefused(set + "type [4] STRUCT 's'" + no, withWords(object, 3, 0, 4, 1, 2, 2, 3, 4));
        assertRefused(set + "type [1] FUNC_PROTO" + no, withWords(object, 3, 0, 1, 1, 2, 2, 3, 4));
        assertRefused(set + "id 5 (past the last id 4)" + no, withWords(object, 3, 0, 5, 1, 2, 2, 3, 4));
        assertRefused(set + "id 4294967295 (past the last id 4)" + no, withWords(object, 3, 0, -1, 1, 2, 2, 3, 4));
        assertRefused(set + "type [2] FUNC 'acquire'" + no, withWords(object, 3, 0, 2, 1, 2, 2, 3, 4));
    }

    @Test
    void shouldNotTakeNamesTheBtfHasForUnresolved() throws IOException {
        assertRefused(
                "set8 'k': the slot of func 'release' at offset 0x8 holds type [2] FUNC 'acquire', and the ids are no"
                        + " permutation of the set's names",
                withWords(object(SET8), 3, 0, 2, 1, 0, 2, 0, 4));
    }

    @Test
    void shouldSayWhatIsWrongInLists() throws IOException {
        BtfIdsObject object = object(new IdList("l", List.of(Entry.of(Kind.STRUCT, "s"))), SET8);
        assertRefused(
                "the slot of struct 's' at offset 0x0 holds type [2] FUNC 'acquire'",
                withWords(object, 2, 3, 0, 0, 4, 2, 2, 3, 1));
    }

    @Test
    void shouldSayThatUnresolvedEntriesCannotBeToldApart() throws IOException {
        BtfIdsObject object = object(
                new IdSet8("k", 0, List.of(Entry.func("acquire", 1), Entry.func("gone", 2), Entry.func("lost", 3))));
        byte[] stale = object.staleBytes(IdLookup.in(btf()));
        assertRefused(
                "set8 'k': the symbols do not name their own slots, and which of 2 entries that were not resolved has"
                        + " which flags cannot be told",
                stale);
    }

    @Test
    void shouldTellOfRepairs() throws IOException {
        BtfIdsObject object = object(SET8);
        Result one = bench.resolve(object.staleBytes(IdLookup.in(btf())), bench.given(btf()));
        assertEquals(
                List.of("set8 'k' was sorted by a tool that left the symbols behind; 2 symbols to move"),
                one.log().notes);
        assertTrue(one.log().details.contains("stale: set8 'k'"));
        assertEquals(State.STALE, one.report().sets().get(0).state());

        BtfIdsObject two = object(SET8, new BtfIdsObject.IdSet("t", SET8.entries()));
        Result both = bench.repair(two.staleBytes(IdLookup.in(btf())), bench.given(btf()));
        assertEquals(
                List.of("2 sets, set8 'k' first, were sorted by a tool that left the symbols behind; 4 symbols to"
                        + " move"),
                both.log().notes);
        assertEquals(4, both.report().movedSymbols());
    }

    /** Both BTFs explain the ids, but one needs no other tool to have been there: what a second run finds. */
    @Test
    void shouldBelieveTheBtfThatNeedsNoRepair() throws IOException {
        RawBtf swapped = RawBtf.littleEndian();
        int proto = swapped.addFuncProto(0);
        swapped.addFunc("release", proto, 1);
        swapped.addFunc("acquire", proto, 1);
        BtfIdsObject object = object(SET8);
        byte[] now = object.resolvedBytes(IdLookup.in(swapped));
        ResolveOptions options = bench.withOld(bench.given(swapped), btf());
        assertFalse(bench.resolve(now, options).touched());
        byte[] before = object.resolvedBytes(IdLookup.in(btf()));
        assertEquals(List.of(), bench.resolve(before, options).log().notes);
    }

    @Test
    void shouldNotClaimToKnowSetsThatNothingShows() throws IOException {
        BtfIdsObject object = object(new BtfIdsObject.IdSet("t", List.of(Entry.func("release"), Entry.func("x"))));
        byte[] resolved = object.resolvedBytes((kind, name) -> name.equals("x") ? 90 : 80);
        Result check = bench.check(resolved, bench.given(btf()));
        assertEquals(State.UNKNOWN, check.report().sets().get(0).state());
        assertEquals(1, check.log().warnings.size());
        assertTrue(bench.repair(resolved, bench.given(btf())).isRefused());
        Result result = bench.resolve(resolved, bench.given(btf()));
        assertEquals(State.UNKNOWN, result.report().sets().get(0).state());
        assertTrue(result.touched());
    }
}
