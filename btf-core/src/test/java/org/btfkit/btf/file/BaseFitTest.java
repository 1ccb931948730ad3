package org.btfkit.btf.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
            return BaseFit.on(base, "-b").load(source);
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

    /** Another kernel, for example, whose names would be split BTF's own on this base. */
    @Test
    void shouldSayThatWholeBtfNeedsNoBase() {
        assertEquals(
                folder.resolve("module.btf")
                        + " seems to be whole BTF, as it refers to nothing of a base: read it without vmlinux",
                refusal(base(5).toBytes(), parsed(base(2))));
    }

    @Test
    void shouldSayWhichBaseIsMissing() {
        String message = refusal(split(base(3)).toBytes(), null);
        assertEquals(
                folder.resolve("module.btf")
                        + " is split BTF: give its base with -b, one with 3 types and 19 bytes of strings",
                message);
    }

    @Test
    void shouldSayWhichBaseIsWrong() {
        String message = refusal(split(base(3)).toBytes(), parsed(base(5)));
        assertEquals(
                folder.resolve("module.btf")
                        + " was not made on the base vmlinux (5 types and 31 bytes of strings): give the right one with"
                        + " -b, one with 3 types and 19 bytes of strings",
                message);
        assertEquals(
                folder.resolve("module.btf")
                        + " was not made on the base vmlinux (1 type and 7 bytes of strings): give the right one with"
                        + " -b, one with 3 types and 19 bytes of strings",
                refusal(split(base(3)).toBytes(), parsed(base(1))));
    }

    @Test
    void shouldSayWhatCannotBeToldOfTheBase() {
        RawBtf base = base(3);
        RawBtf noFunctions = RawBtf.splitOn(base);
        noFunctions.addStruct("own", 0);
        noFunctions.addTypedef("int10", 1);
        assertEquals(
                folder.resolve("module.btf") + " is split BTF: give its base with -b, one with an unknown number of"
                        + " types and 19 bytes of strings",
                refusal(noFunctions.toBytes(), null));
        RawBtf noStrings = RawBtf.splitOn(base);
        noStrings.addPtr(3);
        assertEquals(
                folder.resolve("module.btf")
                        + " is split BTF: give its base with -b, which cannot be told from the BTF",
                refusal(noStrings.toBytes(), null));
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

    // ---- hints

    private Path write(String name, RawBtf btf) throws IOException {
        return Files.write(folder.resolve(name), btf.toBytes());
    }

    private String hint(RawBtf split, Path given, Path... candidates) throws IOException {
        Btf base = given == null ? null : BtfSource.load(given);
        byte[] bytes = split.toBytes();
        BtfBaseException e = assertThrows(BtfBaseException.class, () -> load(bytes, base));
        return e.hint(List.of(candidates));
    }

    /** No function tells how many types the base has. */
    private static RawBtf splitWithoutFunctions() {
        RawBtf split = RawBtf.splitOn(base(3));
        split.addTypedef("own_one", 1);
        split.addTypedef("own_two", 1);
        return split;
    }

    @Test
    void shouldNotOfferBaseWithAnotherNumberOfStringBytes() throws IOException {
        Path right = write("right", base(3));
        // Names of the split BTF are names of this one, all of them whole.
        Path longer = write("longer", base(9));
        assertEquals("; fits: " + right, hint(splitWithoutFunctions(), null, longer, right));
        assertEquals("; does not fit: " + longer, hint(splitWithoutFunctions(), null, longer));
    }

    @Test
    void shouldNeverOfferTheBaseThatWasRefused() throws IOException {
        Path right = write("right", base(3));
        Path refused = write("refused", base(5));
        Path sameFile = Files.createSymbolicLink(folder.resolve("link"), refused);
        assertEquals("; fits: " + right, hint(split(base(3)), refused, refused, sameFile, right));
        assertEquals("", hint(split(base(3)), refused, refused, sameFile));
    }

    @Test
    void shouldSayThatABaseMayFitWhereTheBtfDoesNotTell() throws IOException {
        RawBtf split = RawBtf.splitOn(base(3));
        split.addPtr(3);
        Path right = write("right", base(3));
        Path other = write("other", base(4));
        Path tooSmall = write("small", base(1));
        assertEquals("; may fit: " + right + ", " + other, hint(split, null, right, tooSmall, other));
    }

    @Test
    void shouldNotOfferBaseThatShowsASign() throws IOException {
        RawBtf made = base(2);
        made.addTypedef("int", 1);
        RawBtf split = RawBtf.splitOn(made);
        split.addPtr(3);
        RawBtf other = base(2);
        other.addDeclTag("int", 1, -1, false);
        Path otherFile = write("other", other);
        assertEquals("; does not fit: " + otherFile, hint(split, null, otherFile));
    }

    @Test
    void shouldNotBreakOnCandidatesThatAreNoBtf() throws IOException {
        Path text = Files.writeString(folder.resolve("text"), "no BTF");
        Path gone = folder.resolve("gone");
        assertEquals("; does not fit: " + text + ", " + gone, hint(split(base(3)), null, text, gone));
        assertEquals("", hint(split(base(3)), null));
    }
}
