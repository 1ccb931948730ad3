package org.btfkit.btf.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.HeaderField;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BaseFitTest {
    @TempDir
    Path folder;

    /** A base of {@code ints} INTs, each with a name of its own of six bytes. */
    private static RawBtf base(int ints) {
        RawBtf base = RawBtf.littleEndian();
        for (int i = 0; i < ints; i++) {
            base.addInt("int" + (10 + i), 4, 0);
        }
        return base;
    }

    private static RawBtf split(RawBtf base) {
        RawBtf split = RawBtf.splitOn(base);
        int proto = split.addFuncProto(1);
        split.addFunc("function", proto, 1);
        return split;
    }

    private Btf load(byte[] btf, Btf base) throws IOException {
        try (BtfSource source = BtfSource.open(Files.write(folder.resolve("module.btf"), btf))) {
            return BaseFit.load(source, base, "-b");
        }
    }

    private static Btf parsed(RawBtf base) {
        return Btf.parse(base.toBytes(), null, "vmlinux");
    }

    private String refusal(byte[] btf, Btf base) {
        return assertThrows(BtfBaseException.class, () -> load(btf, base)).getMessage();
    }

    @Test
    void shouldLoadSplitOnItsBase() throws IOException {
        RawBtf base = base(3);
        Btf btf = load(split(base).toBytes(), parsed(base));
        assertEquals(6, btf.typeCount());
        assertEquals("function", btf.name(5));
    }

    @Test
    void shouldLoadWholeBtfWithAnyBaseOrNone() throws IOException {
        RawBtf alone = base(2);
        assertEquals(3, load(alone.toBytes(), null).typeCount());
        Btf btf = load(alone.toBytes(), parsed(base(5)));
        assertEquals(3, btf.typeCount());
        assertNull(btf.base());
    }

    @Test
    void shouldSayWhichBaseIsMissing() {
        String message = refusal(split(base(3)).toBytes(), null);
        assertStarts(
                folder.resolve("module.btf")
                        + " is split BTF: give its base with -b, one with 4 types and 19 bytes of strings",
                message);
    }

    @Test
    void shouldSayWhichBaseIsWrong() {
        String message = refusal(split(base(3)).toBytes(), parsed(base(5)));
        assertStarts(
                folder.resolve("module.btf")
                        + " was not made on the base vmlinux (6 types and 31 bytes of strings): give the right one with"
                        + " -b, one with 4 types and 19 bytes of strings",
                message);
        assertStarts(
                folder.resolve("module.btf")
                        + " was not made on the base vmlinux (2 types and 7 bytes of strings): give the right one with"
                        + " -b, one with 4 types and 19 bytes of strings",
                refusal(split(base(3)).toBytes(), parsed(base(1))));
    }

    @Test
    void shouldSayWhatCannotBeToldOfTheBase() {
        RawBtf base = base(3);
        RawBtf noFunctions = RawBtf.splitOn(base);
        noFunctions.addStruct("own", 0);
        noFunctions.addTypedef("int10", 1);
        assertStarts(
                folder.resolve("module.btf") + " is split BTF: give its base with -b, one with an unknown number of"
                        + " types and 19 bytes of strings",
                refusal(noFunctions.toBytes(), null));
        RawBtf noStrings = RawBtf.splitOn(base);
        noStrings.addPtr(3);
        assertStarts(
                folder.resolve("module.btf")
                        + " is split BTF: give its base with -b, which cannot be told from the BTF",
                refusal(noStrings.toBytes(), null));
    }

    /** Behind it stand only files of this machine. */
    private static void assertStarts(String start, String message) {
        assertTrue(message.startsWith(start), message);
        String rest = message.substring(start.length());
        assertTrue(rest.isEmpty() || rest.startsWith("; does not fit: /") || rest.startsWith("; fits: /"), message);
    }

    @Test
    void shouldReportDamageRatherThanAMissingBase() {
        byte[] damaged = base(3).header(HeaderField.STR_LEN, 2).toBytes();
        assertInstanceOf(BtfFormatException.class, assertThrows(BtfException.class, () -> load(damaged, null)));
        RawBtf alone = base(3);
        alone.addFunc("function", alone.addFuncProto(1), 1);
        alone.addPtr(99);
        assertInstanceOf(BtfFormatException.class, assertThrows(BtfException.class, () -> load(alone.toBytes(), null)));
        RawBtf base = base(3);
        RawBtf broken = split(base);
        broken.addPtr(99);
        byte[] bytes = broken.toBytes();
        BtfFormatException e = assertThrows(BtfFormatException.class, () -> load(bytes, parsed(base)));
        assertEquals(6, e.typeId());
    }
}
