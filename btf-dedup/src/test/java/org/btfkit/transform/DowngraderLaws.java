package org.btfkit.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfType;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.format.BtfFormatException;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KernelFeature;
import org.btfkit.btf.query.TypeQueries;
import org.btfkit.btf.query.TypeSizes;
import org.btfkit.btf.validate.KernelNeeds;
import org.btfkit.btf.validate.KernelValidator;
import org.btfkit.fixtures.gen.BtfArbitraries;
import org.btfkit.fixtures.gen.BtfFlavor;
import org.btfkit.fixtures.raw.RawBtf;

/** Laws of making BTF for older kernels. */
class DowngraderLaws {
    @Provide
    Arbitrary<RawBtf> anything() {
        return BtfArbitraries.btfs(BtfFlavor.ANY);
    }

    @Provide
    Arbitrary<RawBtf> units() {
        return BtfArbitraries.variedUnitBtfs();
    }

    @Provide
    Arbitrary<Set<KernelFeature>> features() {
        return Arbitraries.of(Downgrader.FEATURES).set();
    }

    @Provide
    Arbitrary<String> releases() {
        return Arbitraries.of("4.18", "5.0", "5.2", "5.6", "5.13", "5.16", "5.17", "6.0", "6.9", "6.15", "7.1");
    }

    @Property
    void downgradeIsIdempotent(@ForAll("anything") RawBtf raw, @ForAll("features") Set<KernelFeature> lacking) {
        Downgrader downgrader = Downgrader.without(lacking);
        Btf once = downgrader.downgrade(RawBtfs.parse(raw)).btf();
        Downgraded twice = downgrader.downgrade(once);
        assertArrayEquals(BtfWriter.toBytes(once), BtfWriter.toBytes(twice.btf()));
        assertTrue(twice.changes().isEmpty(), twice.changes().toString());
    }

    /** Whatever is lacking, the result has none of it. */
    @Property
    void downgradeLeavesNothingOfWhatIsLacking(
            @ForAll("anything") RawBtf raw, @ForAll("features") Set<KernelFeature> lacking) {
        Btf old = Downgrader.without(lacking).downgrade(RawBtfs.parse(raw)).btf();
        for (int typeId = 1; typeId < old.typeCount(); typeId++) {
            int id = typeId;
            KernelFeature.ofKind(old.kind(typeId))
                    .ifPresent(feature -> assertTrue(!lacking.contains(feature), () -> old.describe(id)));
        }
    }

    @Property
    void downgradeKeepsSizesAndOffsetsOfStructs(
            @ForAll("units") RawBtf raw, @ForAll("features") Set<KernelFeature> lacking) {
        Btf btf = RawBtfs.parse(raw);
        Btf old = Downgrader.without(lacking).downgrade(btf).btf();
        TypeSizes before = new TypeSizes(btf);
        TypeSizes after = new TypeSizes(old);
        for (int typeId = 1; typeId < btf.typeCount(); typeId++) {
            BtfKind kind = btf.kind(typeId);
            if (kind == BtfKind.STRUCT || kind == BtfKind.UNION) {
                for (int word = 1; word < btf.wordCount(typeId); word++) {
                    assertEquals(btf.word(typeId, word), old.word(typeId, word), btf.describe(typeId));
                }
            } else if (kind == BtfKind.FLOAT || kind == BtfKind.ENUM || kind == BtfKind.ENUM64) {
                assertEquals(before.sizeOf(typeId), after.sizeOf(typeId), btf.describe(typeId));
            }
        }
    }

    /** The validator takes what it took before, and the release is one that knows all that libbpf can replace. */
    @Property
    void downgradedBtfIsValidForItsRelease(@ForAll("units") RawBtf raw, @ForAll("releases") String release) {
        Btf btf = RawBtfs.parse(raw);
        try {
            KernelValidator.kernel(btf);
        } catch (BtfException e) {
            return;
        }
        Btf old = Downgrader.forRelease(release)
                .andWithout(EnumSet.of(KernelFeature.LAYOUT))
                .withParameterNames()
                .downgrade(btf)
                .btf();
        try {
            KernelValidator.kernel(old);
        } catch (BtfFormatException e) {
            // The one thing that libbpf's replacements are refused for: a union has no bitfields.
            assertTrue(e.getMessage().contains("bits, neither of an INT nor of an ENUM"), e.getMessage());
            assertTrue(hasBitfieldOfEnum64(btf, e.typeId()), e.getMessage());
        }
        KernelNeeds.newestFeature(old)
                .ifPresent(rest -> assertTrue(
                        !Downgrader.FEATURES.contains(rest)
                                || rest == KernelFeature.ATTRIBUTES
                                || !KernelFeature.unknownTo(release).contains(rest),
                        rest + " for " + release));
    }

    private static boolean hasBitfieldOfEnum64(Btf btf, int compositeId) {
        BtfType.Composite composite = (BtfType.Composite) btf.type(compositeId);
        return composite.members().stream()
                .anyMatch(member -> member.bitfieldSize() > 0
                        && btf.kind(TypeQueries.resolve(btf, member.memberId())) == BtfKind.ENUM64);
    }
}
