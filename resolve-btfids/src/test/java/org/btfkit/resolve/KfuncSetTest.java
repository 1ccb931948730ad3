package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.elf.ElfFile;
import org.btfkit.fixtures.raw.BtfIdsObject;
import org.btfkit.fixtures.raw.BtfIdsObject.Entry;
import org.btfkit.fixtures.raw.BtfIdsObject.IdSet;
import org.btfkit.fixtures.raw.BtfIdsObject.IdSet8;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawBtf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KfuncSetTest {
    @TempDir
    Path folder;

    private final RawBtf raw = RawBtf.littleEndian();
    private final int proto = raw.addFuncProto(0);
    private final int b = raw.addFunc("b", proto, 1);
    private final int a = raw.addFunc("a", proto, 1);
    private final Btf btf = Btf.parse(raw.toBytes(), null, "test");

    static List<ElfVariant> variants() {
        return ElfVariant.all();
    }

    private static BtfIdsObject object(ElfVariant variant, int setFlags) {
        return BtfIdsObject.of(variant)
                .with(
                        new IdSet("plain", List.of(Entry.func("a"))),
                        new IdSet8(
                                "kfuncs",
                                setFlags,
                                List.of(Entry.func("a", 3), Entry.func("gone", 4), Entry.func("b", 0x80000))));
    }

    private List<KfuncSet> read(byte[] object, Btf with) throws IOException {
        try (ElfFile elf = ElfFile.open(Files.write(folder.resolve("object.ko"), object))) {
            return KfuncSet.of(elf, with);
        }
    }

    private static int id(BtfIdsObject.Kind kind, String name) {
        return switch (name) {
            case "b" -> 2;
            case "a" -> 3;
            default -> 0;
        };
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldNameWhatIsNotResolvedYetBySymbols(ElfVariant variant) throws IOException {
        KfuncSet set = read(object(variant, 1).toBytes(), btf).get(0);
        assertEquals("kfuncs", set.name());
        assertTrue(set.isOfKfuncs());
        assertEquals(SetReport.State.UNRESOLVED, set.state());
        assertEquals(
                List.of(
                        new KfuncSet.Entry("a", a, 3),
                        new KfuncSet.Entry("gone", 0, 4),
                        new KfuncSet.Entry("b", b, 0x80000)),
                set.entries());
    }

    /** As the C tool leaves it: the symbols on the slots are of other functions. */
    @ParameterizedTest
    @MethodSource("variants")
    void shouldNameWhatIsResolvedByIds(ElfVariant variant) throws IOException {
        List<KfuncSet.Entry> expected = List.of(
                new KfuncSet.Entry("", 0, 4), new KfuncSet.Entry("b", b, 0x80000), new KfuncSet.Entry("a", a, 3));
        KfuncSet stale =
                read(object(variant, 1).staleBytes(KfuncSetTest::id), btf).get(0);
        assertEquals(SetReport.State.RESOLVED, stale.state());
        assertEquals(expected, stale.entries());
        assertEquals(
                expected,
                read(object(variant, 1).resolvedBytes(KfuncSetTest::id), btf)
                        .get(0)
                        .entries());
    }

    @Test
    void shouldNotSayWhoseFlagsTheyAreWhereIdsAreOfOtherBtf() throws IOException {
        RawBtf other = RawBtf.littleEndian();
        int otherProto = other.addFuncProto(0);
        other.addFunc("a", otherProto, 1);
        other.addFunc("c", otherProto, 1);
        KfuncSet set = read(
                        object(ElfVariant.all().get(0), 1).resolvedBytes(KfuncSetTest::id),
                        Btf.parse(other.toBytes(), null, "other"))
                .get(0);
        assertEquals(SetReport.State.UNKNOWN, set.state());
        assertFalse(set.isKnown());
        assertEquals(List.of(), set.entries());
    }

    @Test
    void shouldTakeAllSetsForKfuncsWhereNoneIsMarked() throws IOException {
        byte[] old = object(ElfVariant.all().get(0), 0).toBytes();
        assertFalse(read(old, btf).get(0).isOfKfuncs());
        try (ElfFile elf = ElfFile.open(Files.write(folder.resolve("object.ko"), old))) {
            assertEquals(1, KfuncSet.ofKfuncs(elf, btf).size());
        }
        BtfIdsObject mixed =
                object(ElfVariant.all().get(0), 1).with(new IdSet8("hooks", 0, List.of(Entry.func("a", 1))));
        try (ElfFile elf = ElfFile.open(Files.write(folder.resolve("object.ko"), mixed.toBytes()))) {
            assertEquals(
                    List.of("kfuncs"),
                    KfuncSet.ofKfuncs(elf, btf).stream().map(KfuncSet::name).toList());
        }
    }

    @Test
    void shouldNameFlagsAsTheKernelDoes() {
        assertEquals(List.of(), KfuncFlag.names(0));
        assertEquals(List.of("KF_ACQUIRE", "KF_RET_NULL", "KF_IMPLICIT_ARGS"), KfuncFlag.names(0x10005));
        assertEquals(List.of("KF_RELEASE", "0x80000"), KfuncFlag.names(0x80002));
    }
}
