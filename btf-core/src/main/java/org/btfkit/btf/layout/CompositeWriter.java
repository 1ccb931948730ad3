package org.btfkit.btf.layout;

import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.TypeFaults;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.layout.StructLayout.Member;
import org.btfkit.btf.query.TypeSizes;

/** Writes structs and unions with their members, and what is to be said between members. */
final class CompositeWriter {
    private static final String PACKED = " __attribute__((__packed__))";

    private final LayoutRules rules;
    private final Btf btf;
    private final Text text;
    private final Declarations declarations;
    private final boolean expand;

    /** The number of the cache line that was reached. */
    private long cacheLine;

    private int nesting;

    CompositeWriter(LayoutRules rules, Text text, boolean expand) {
        this.rules = rules;
        this.btf = rules.sizes().btf();
        this.text = text;
        this.expand = expand;
        this.declarations = new Declarations(rules, text, this, expand);
    }

    private String head(String keyword, int typeId) {
        String name = btf.name(typeId);
        return keyword + (name.isEmpty() ? "" : " " + name) + " {\n";
    }

    private void enter(int typeId) {
        if (++nesting > TypeSizes.MAX_NESTING) {
            throw TypeFaults.tooDeep(FlatAccess.of(btf), typeId);
        }
    }

    void addUnion(int typeId, Scope scope) {
        enter(typeId);
        text.add(head("union", typeId));
        rules.lookInto(typeId);
        long firstCacheLine = cacheLine;
        for (Member member : rules.layout(typeId).members()) {
            Scope inside = scope.indented().unionMember();
            text.tabs(inside.indent());
            addMember(member, inside, true);
            text.add("\n");
            // Every member begins where the first one does.
            cacheLine = firstCacheLine;
        }
        text.tabs(scope.indent()).add("}");
        text.add(scope.suffix().isEmpty() ? "" : " " + scope.suffix());
        nesting--;
    }

    void addStruct(int typeId, Scope scope) {
        enter(typeId);
        text.add(head("struct", typeId));
        rules.lookInto(typeId);
        StructLayout layout = rules.layout(typeId);
        StructSummary summary = new StructSummary(layout, rules.cacheLineBytes());
        addMembers(layout, scope.indented(), summary);
        if (scope.hasSummary()) {
            summary.addTo(text, scope);
        }
        text.tabs(scope.indent()).add("}");
        boolean packed = rules.isPacked(typeId);
        text.add(packed ? PACKED : "");
        text.add(scope.suffix().isEmpty() ? "" : " " + scope.suffix());
        if (!packed) {
            addAligned(layout.forcedAlignment());
        }
        nesting--;
    }

    private void addAligned(int alignment) {
        if (alignment != 0) {
            text.add(" __attribute__((__aligned__(").add(alignment).add(")))");
        }
    }

    private void addMembers(StructLayout layout, Scope scope, StructSummary summary) {
        MemberRemarks remarks = new MemberRemarks(text, scope.indent());
        remarks.addHoleBefore(layout);
        Member previous = null;
        long previousSize = 0;
        int index = 0;
        for (Member member : layout.members()) {
            if (previous != null && previousSize != 0) {
                if (previous.holeBits() != 0 && member.isBitfield()) {
                    addUnnamedBitfield(previous, member, scope);
                }
                remarks.addOverlap(previous, member, previousSize);
            }
            remarks.endParagraph();
            index++;
            text.tabs(scope.indent());
            addMember(
                    member,
                    scope.member(previous == null, index == layout.members().size()),
                    false);
            InnerSpace inner = InnerSpace.of(rules, member.typeId());
            remarks.addAfter(member, inner);
            text.add("\n");
            summary.count(member, previous, inner);
            previousSize = extent(member, previous, previousSize);
            previous = member;
        }
    }

    /** How many bytes from its offset on members have taken that begin where the last one did. */
    private static long extent(Member member, Member previous, long previousSize) {
        boolean startsAnew = previous == null || previousSize == 0 || previous.offsetBytes() != member.offsetBytes();
        boolean startsBitfields = previous != null && !previous.isBitfield() && member.isBitfield();
        return startsAnew || startsBitfields ? member.sizeBytes() : previousSize;
    }

    /** Unused bits between bitfields can only come from an unnamed bitfield; one of no bits if a unit is left off. */
    private void addUnnamedBitfield(Member previous, Member member, Scope scope) {
        int bits = previous.holeBits();
        if (previous.offsetBytes() != member.offsetBytes()) {
            text.add("\n").tabs(scope.indent()).add("/* Force alignment to the next boundary: */\n");
            bits = 0;
        }
        text.tabs(scope.indent());
        declarations.add(member.typeId(), "", scope);
        text.add(":").add(bits).add(";\n");
    }

    private void addMember(Member member, Scope around, boolean ofUnion) {
        long offset = member.offsetBytes();
        Scope scope = around;
        if (!scope.isRelative()) {
            offset += scope.baseBytes();
            scope = ofUnion ? scope : scope.at(offset);
        }
        addCacheLine(offset, scope.indent());
        int typeId = member.typeId();
        BtfKind kind = btf.kind(typeId);
        boolean isTagged =
                rules.isStruct(typeId) || rules.isUnion(typeId) || kind == BtfKind.ENUM || kind == BtfKind.ENUM64;
        boolean isAnonymous = isTagged && btf.name(typeId).isEmpty();
        int from = text.length();
        if (isTagged) {
            // The name goes behind the attributes of the struct.
            declarations.add(typeId, "", scope);
            text.add((isAnonymous || expand) && !member.name().isEmpty() ? " " : "")
                    .add(member.name());
        } else {
            declarations.add(typeId, member.name(), scope);
        }
        if (member.isBitfield()) {
            text.add(":").add(member.bitfieldSize());
        }
        int beforeAttribute = text.length();
        addAligned(member.forcedAlignment());
        int attribute = text.length() - beforeAttribute;
        text.add(";");
        int columns = scope.typeWidth() + scope.nameWidth();
        if (isAnonymous) {
            // What stands before the name is on other lines, or is taken as narrow as the brace.
            int taken =
                    attribute + (member.name().isEmpty() ? -1 : member.name().length()) + 3;
            if (rules.isStruct(typeId) && rules.isPacked(typeId)) {
                taken += PACKED.length();
            }
            text.spaces(Math.max(1, Math.abs(columns - taken)));
        } else {
            text.spaces(Math.max(1, columns - (text.length() - from)));
        }
        addPlace(member, offset);
    }

    private void addPlace(Member member, long offset) {
        text.add("/* ").addRight(offset, 5);
        if (member.isBitfield()) {
            text.add(":").addRight(member.offsetInUnit(), 2);
            text.add(" ").addRight(member.sizeBytes(), 2);
        } else {
            text.add(" ").addRight(member.sizeBytes(), 5);
        }
        text.add(" */");
    }

    /** Says so where a member begins in another cache line than the one before. */
    private void addCacheLine(long offset, int indent) {
        long line = offset / rules.cacheLineBytes();
        if (line <= cacheLine) {
            return;
        }
        cacheLine = line;
        long into = offset % rules.cacheLineBytes();
        text.add("/* --- cacheline ")
                .add(line)
                .add(" boundary (")
                .add(offset - into)
                .add(" bytes)");
        if (into != 0) {
            text.add(" was ").add(into).add(into == 1 ? " byte ago" : " bytes ago");
        }
        text.add(" --- */\n").tabs(indent);
    }
}
