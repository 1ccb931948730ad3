package org.btfkit.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.junit.jupiter.api.Test;

/** The kernel's {@code struct_group(headers, ...)}: a union of one struct without a name and of the same as headers. */
class StructGroupTest {
    /** How the members {@code a} and {@code b} are declared. */
    private enum Form {
        PLAIN,
        STRUCT,
        GROUP,
        GROUP_OF_COPIES
    }

    private static Btf buffer(Form form, boolean hasFront, String second) {
        RawBtf raw = RawBtf.littleEndian();
        int u32 = raw.addInt("u32", 4, 0);
        int front = hasFront ? 32 : 0;
        Member a = Member.of("a", u32, 0);
        Member b = Member.of(second, u32, 32);
        int struct = raw.addStruct("", 8, a, b);
        int other = form == Form.GROUP_OF_COPIES ? raw.addStruct("", 8, a, b) : struct;
        int union = raw.addUnion("", 8, Member.of("", other, 0), Member.of("headers", struct, 0));
        List<Member> members = new ArrayList<>();
        if (hasFront) {
            members.add(Member.of("front", u32, 0));
        }
        switch (form) {
            case PLAIN -> members.addAll(List.of(Member.of("a", u32, front), Member.of(second, u32, front + 32)));
            case STRUCT -> members.add(Member.of("headers", struct, front));
            case GROUP, GROUP_OF_COPIES -> members.add(Member.of("", union, front));
        }
        raw.addStruct("buffer", 12, members.toArray(new Member[0]));
        return Btf.parse(raw.toBytes(), null, "test");
    }

    private static List<String> changes(Btf old, Btf now) {
        BtfDiff diff = BtfDiff.of(old, now);
        assertFalse(diff.isEmpty());
        Change.Composite change = (Change.Composite) diff.changes().get(0);
        return change.members().stream()
                .map(member -> (member.isAdded() ? "+" : member.isRemoved() ? "-" : member.isMoved() ? ">" : "~")
                        + member.path())
                .toList();
    }

    @Test
    void shouldTellOfMembersOnce() {
        for (Form form : List.of(Form.GROUP, Form.GROUP_OF_COPIES)) {
            assertEquals(
                    List.of("+front", ">a", ">headers", ">b"),
                    changes(buffer(form, false, "b"), buffer(form, true, "b")));
            assertEquals(List.of("~c"), changes(buffer(form, true, "b"), buffer(form, true, "c")));
        }
    }

    @Test
    void shouldTellOfAGroupThatComesOrGoes() {
        assertEquals(List.of("+headers"), changes(buffer(Form.PLAIN, true, "b"), buffer(Form.GROUP, true, "b")));
        assertEquals(List.of("-headers"), changes(buffer(Form.GROUP, true, "b"), buffer(Form.PLAIN, true, "b")));
    }

    /** {@code headers.a} is there before and after: nothing that uses it has to change. */
    @Test
    void shouldNotRenameWhatIsNowInAGroup() {
        assertEquals(List.of("+a", "+b"), changes(buffer(Form.STRUCT, true, "b"), buffer(Form.GROUP, true, "b")));
        assertEquals(List.of("-a", "-b"), changes(buffer(Form.GROUP, true, "b"), buffer(Form.STRUCT, true, "b")));
    }
}
