package org.btfkit.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.TreeMap;
import org.btfkit.btf.Btf;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.junit.jupiter.api.Test;

class BtfDiffTest {
    /**
     * Two structs within each other, neither of whose declarations changes, around one of 8 bytes whose member becomes
     * a struct of two u32: what is new of all three is their alignment.
     */
    @Test
    void shouldNameTheCauseOfAnAlignmentThroughStructsThatSayTheSame() {
        Btf before = nested("u64");
        Btf after = nested("pair");
        Map<String, String> found = new TreeMap<>();
        BtfDiff.of(before, after)
                .changes()
                .forEach(change -> found.put(change.subject().name(), ModelKernel.describe(change)));
        assertEquals(Map.of("inner", "changed [~value]", "outer", "follows from [inner]"), found);
    }

    /**
     * {@code struct outer { u32 head; struct middle { struct wrap { struct inner { TYPE value; }; }; }; u32 tail; }}.
     */
    private static Btf nested(String type) {
        boolean isPair = type.equals("pair");
        RawBtf raw = RawBtf.littleEndian();
        int u32 = raw.addInt("u32", 4, 0);
        int u64 = raw.addInt("u64", 8, 0);
        int pair = raw.addStruct("pair", 8, Member.of("low", u32, 0), Member.of("high", u32, 32));
        int inner = raw.addStruct("inner", 8, Member.of("value", isPair ? pair : u64, 0));
        int wrap = raw.addStruct("wrap", 8, Member.of("inner", inner, 0));
        int middle = raw.addStruct("middle", 8, Member.of("wrap", wrap, 0));
        int at = isPair ? 4 : 8;
        raw.addStruct(
                "outer",
                isPair ? 16 : 24,
                Member.of("head", u32, 0),
                Member.of("middle", middle, at * 8),
                Member.of("tail", u32, (at + 8) * 8));
        return Btf.parse(raw.toBytes(), null, type);
    }
}
