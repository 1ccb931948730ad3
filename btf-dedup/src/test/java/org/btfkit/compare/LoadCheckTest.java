package org.btfkit.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.compare.LoadCheck.Verdict;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadCheckTest {
    @TempDir
    Path folder;

    /** A vmlinux with as many numbers as are asked for, and a struct of some size. */
    private static RawBtf vmlinux(int numbers, int structBytes) {
        RawBtf raw = RawBtf.littleEndian();
        int u8 = raw.addInt("u8", 1, 0);
        raw.addStruct("inner", structBytes, Member.of("first", u8, 0));
        raw.addFuncProto(u8);
        for (int i = 0; i < numbers; i++) {
            raw.addInt("number" + i, 4, 0);
        }
        return raw;
    }

    /** A module with a struct that contains {@code inner} in 16 bytes of room, and a function. */
    private static RawBtf module(RawBtf base) {
        RawBtf raw = RawBtf.splitOn(base);
        raw.addStruct("outer", 24, Member.of("first", 2, 0), Member.of("number0", 1, 128));
        raw.addFunc("module_function", 3, 0);
        return raw;
    }

    private LoadCheck check(RawBtf module, RawBtf base) throws IOException {
        return check(module.toBytes(), base);
    }

    private LoadCheck check(byte[] module, RawBtf base) throws IOException {
        Path file = Files.write(folder.resolve("module.btf"), module);
        try (BtfSource source = BtfSource.open(file)) {
            return LoadCheck.of(source, Btf.parse(base.toBytes(), null, "vmlinux"));
        }
    }

    @Test
    void shouldLoadOnTheBaseThatItWasMadeOn() throws IOException {
        RawBtf base = vmlinux(4, 16);
        LoadCheck check = check(module(base), base);
        assertEquals(Verdict.LOADS, check.verdict(), check.cause());
        assertTrue(check.isGood());
        assertTrue(check.isExact());
        assertTrue(check.isCertain());
        assertEquals(2, check.typeCount());
        assertEquals(new BaseEvidence(2, 1, 1, check.evidence().exponent(), null), check.evidence());
        assertNull(check.cause());
    }

    @Test
    void shouldSayThatAnotherBaseIsNeeded() throws IOException {
        LoadCheck check = check(module(vmlinux(4, 16)), vmlinux(9, 16));
        assertFalse(check.isGood());
        assertTrue(check.cause().startsWith("it was made on another base: "), check.cause());
        assertFalse(check.isCertain());
    }

    @Test
    void shouldSeeByStructureThatABaseFitsByChanceOnly() throws IOException {
        // As many types and string bytes, all names right: but the struct has grown out of its place.
        LoadCheck check = check(module(vmlinux(4, 16)), vmlinux(4, 17));
        assertEquals(Verdict.MISREAD, check.verdict());
        assertEquals(
                "it was made on another base: type [8] STRUCT 'outer': member 'first' has 16 bytes of room,"
                        + " and type [2] STRUCT 'inner' of the base would take 17",
                check.cause());
    }

    @Test
    void shouldRefuseBtfThatStandsAlone() throws IOException {
        LoadCheck check = check(vmlinux(1, 16), vmlinux(4, 16));
        assertEquals(Verdict.STANDALONE, check.verdict());
        assertEquals("a module's BTF goes on where its vmlinux' ends; this has no base", check.cause());
    }

    @Test
    void shouldRefuseAnotherVmlinux() throws IOException {
        // All its names and ids are its own; read as split it would have a base of no types.
        LoadCheck check = check(vmlinux(40, 16), vmlinux(4, 17));
        assertEquals(Verdict.STANDALONE, check.verdict(), check.cause());
    }

    @Test
    void shouldNotTakeATextForAModule() {
        byte[] text = "root:x:0:0:root:/root:/bin/bash".getBytes(StandardCharsets.US_ASCII);
        BtfException failure = assertThrows(BtfException.class, () -> check(text, vmlinux(1, 16)));
        assertTrue(failure.getMessage().contains("not BTF: it is a text"), failure.getMessage());
    }

    @Test
    void shouldSayWhatTheKernelsCheckSays() throws IOException {
        RawBtf base = vmlinux(4, 16);
        RawBtf module = RawBtf.splitOn(base);
        module.addFunc("no-identifier", 3, 0);
        LoadCheck check = check(module, base);
        assertEquals(Verdict.REFUSED, check.verdict());
        assertTrue(check.cause().contains("type [8] FUNC 'no-identifier'"), check.cause());
    }

    @Test
    void shouldRefuseWhatFollowsTheBtf() throws IOException {
        RawBtf base = vmlinux(4, 16);
        LoadCheck check = check(module(base).trailer(new byte[] {1, 2, 3}), base);
        assertEquals(Verdict.REFUSED, check.verdict());
    }

    @Test
    void shouldNotBeSureOfAModuleWithoutNamesOfTheBase() throws IOException {
        RawBtf base = vmlinux(4, 16);
        RawBtf module = RawBtf.splitOn(base);
        module.addPtr(1);
        LoadCheck check = check(module, base);
        assertEquals(Verdict.LOADS, check.verdict(), check.cause());
        assertFalse(check.isCertain());
        assertEquals(0, check.evidence().exponent());
    }
}
