package org.btfkit.btf.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.query.TypeQueries;
import org.btfkit.btf.query.TypeSizes;
import org.btfkit.fixtures.kernel.OracleData;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.junit.jupiter.api.Test;

class StructLayoutTest {
    private final RawBtf raw = RawBtf.littleEndian();
    private final int intId = raw.addInt("int", 4, RawBtf.SIGNED);
    private final int charId = raw.addInt("char", 1, RawBtf.CHAR);

    private StructLayout layout(int typeId) {
        return StructLayout.of(new TypeSizes(Btf.parse(raw.toBytes(), null, "test")), typeId, 64);
    }

    @Test
    void shouldFindHolesBetweenMembers() {
        StructLayout layout = layout(raw.addStruct(
                "s", 16, Member.of("a", charId, 8), Member.of("b", intId, 32), Member.of("c", charId, 64)));
        assertEquals(1, layout.holeBytes());
        assertEquals(2, layout.members().get(0).holeBytes());
        assertEquals(0, layout.members().get(1).holeBytes());
        assertEquals(7, layout.paddingBytes());
        assertEquals(2, layout.holes());
        assertEquals(4, layout.naturalAlignment());
        assertEquals(0, layout.bitHoles());
    }

    @Test
    void shouldKeepBitsOfAUnitApartFromBytes() {
        StructLayout layout = layout(raw.addStruct(
                "s",
                8,
                Member.bitfield("a", charId, 0, 3),
                Member.bitfield("b", intId, 10, 20),
                Member.bitfield("c", charId, 32, 2)));
        assertEquals(7, layout.members().get(0).holeBits());
        assertEquals(0, layout.members().get(1).offsetBytes());
        assertEquals(10, layout.members().get(1).offsetInUnit());
        assertEquals(4, layout.members().get(1).sizeBytes());
        assertEquals(2, layout.members().get(1).holeBits());
        assertEquals(6, layout.paddingBits());
        assertEquals(3, layout.paddingBytes());
        assertEquals(2, layout.bitHoles());
    }

    @Test
    void shouldTakeOldBitfieldsForWhatTheyAre() {
        int threeBits = raw.addInt("int", 4, 0, 2, 3);
        StructLayout layout = layout(raw.addStruct("s", 8, Member.of("a", threeBits, 0), Member.of("b", intId, 32)));
        assertEquals(2, layout.members().get(0).offsetBits());
        assertEquals(3, layout.members().get(0).bitfieldSize());
        assertEquals(4, layout.members().get(0).sizeBytes());
    }

    @Test
    void shouldNotLookForHolesInUnions() {
        StructLayout layout = layout(raw.addUnion("u", 8, Member.of("a", charId, 0), Member.of("b", intId, 0)));
        assertTrue(layout.isUnion());
        assertEquals(0, layout.holes());
        assertEquals(0, layout.paddingBytes());
    }

    @Test
    void shouldNotTakeOverlapsForHoles() {
        StructLayout layout = layout(raw.addStruct("s", 2, Member.of("a", intId, 0), Member.of("b", intId, 0)));
        assertEquals(0, layout.holes());
        assertEquals(0, layout.paddingBytes());
    }

    @Test
    void shouldRejectWhatIsNoStruct() {
        assertThrows(IllegalArgumentException.class, () -> layout(intId));
        assertThrows(IllegalArgumentException.class, () -> layout(0));
    }

    /** Everything is either a member, a hole or padding. */
    @Test
    void shouldAccountForEveryBitOfKernelStructs() throws IOException {
        Btf btf = BtfSource.load(OracleData.file("vmlinux-6.12.117-cloud.btf"));
        LayoutRules rules = new LayoutRules(new TypeSizes(btf), 64);
        for (int typeId : TypeQueries.ofKind(btf, BtfKind.STRUCT)) {
            StructLayout layout = rules.layout(typeId);
            long bits = 8 * (layout.holeBytes() + layout.paddingBytes()) + layout.holeBits() + layout.paddingBits();
            for (StructLayout.Member member : layout.members()) {
                bits += 8 * member.holeBytes() + member.holeBits();
                bits += member.isBitfield() ? member.bitfieldSize() : 8 * member.sizeBytes();
            }
            assertEquals(8 * layout.sizeBytes(), bits, () -> btf.name(typeId));
        }
    }
}
