package org.btfkit.btf.layout;

import java.util.StringJoiner;
import org.btfkit.btf.layout.StructLayout.Member;

/** Writes the comments between members; a blank line sets each run of them off. */
final class MemberRemarks {
    private final Text text;
    private final int indent;

    /** Whether a comment was written since the last member. */
    private boolean inParagraph;

    MemberRemarks(Text text, int indent) {
        this.text = text;
        this.indent = indent;
    }

    void addHoleBefore(StructLayout layout) {
        addLine(layout.holeBits(), "bit");
        addLine(layout.holeBytes(), "byte");
    }

    private void addLine(long hole, String unit) {
        if (hole > 0) {
            beginParagraph();
            text.tabs(indent).add(holeText(hole, unit)).add("\n");
        }
    }

    /** Says so where a member begins within the one before, or before it. */
    void addOverlap(Member previous, Member member, long previousSize) {
        long step = member.offsetBytes() - previous.offsetBytes();
        String which = null;
        if (step < 0 || step == 0 && !previous.isBitfield() && member.isBitfield()) {
            which = "previous";
        } else if (step > 0 && step < previousSize) {
            which = "next";
        }
        if (which != null) {
            beginParagraph();
            text.tabs(indent).add("/* Bitfield combined with ").add(which).add(" fields */\n");
        }
    }

    /** Tells of unused space within and behind a member, right behind its line, which is not ended yet. */
    void addAfter(Member member, InnerSpace inner) {
        if (!inner.isNone()) {
            addBehind(LayoutPrinter.REMARK + " last struct has " + innerText(inner) + " */");
        }
        if (member.holeBits() > 0) {
            addBehind(holeText(member.holeBits(), "bit"));
        }
        if (member.holeBytes() > 0) {
            addBehind(holeText(member.holeBytes(), "byte"));
        }
    }

    private void addBehind(String comment) {
        beginParagraph();
        text.add("\n").tabs(indent).add(comment);
    }

    private void beginParagraph() {
        if (!inParagraph) {
            inParagraph = true;
            text.add("\n");
        }
    }

    void endParagraph() {
        if (inParagraph) {
            inParagraph = false;
            text.add("\n");
        }
    }

    private static String innerText(InnerSpace inner) {
        StringJoiner parts = new StringJoiner(", ");
        if (inner.endsInFlexibleArray()) {
            parts.add("a flexible array");
        }
        if (inner.embedsFlexibleArray()) {
            parts.add("embedded flexible array(s)");
        }
        addCount(parts, inner.paddingBytes(), "byte", " of padding");
        addCount(parts, inner.paddingBits(), "bit", " of padding");
        addCount(parts, inner.holes(), "hole", "");
        addCount(parts, inner.bitHoles(), "bit hole", "");
        return parts.toString();
    }

    private static void addCount(StringJoiner parts, long count, String what, String rest) {
        if (count > 0) {
            parts.add(count + " " + what + plural(count) + rest);
        }
    }

    private static String holeText(long hole, String unit) {
        return LayoutPrinter.REMARK + " " + hole + " " + unit + plural(hole) + " hole, try to pack */";
    }

    private static String plural(long count) {
        return count == 1 ? "" : "s";
    }
}
