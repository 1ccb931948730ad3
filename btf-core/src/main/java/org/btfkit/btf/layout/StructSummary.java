package org.btfkit.btf.layout;

import org.btfkit.btf.layout.StructLayout.Member;

/** Adds up the members of a struct, and writes the comment at its end. */
final class StructSummary {
    private final StructLayout layout;
    private final int cacheLineBytes;
    private long memberBytes;
    private long bitfieldBits;
    private final InnerSums inner = new InnerSums();
    private int forcedAlignments;
    private int forcedHoles;
    private long sumForcedHoles;
    private int indent;

    StructSummary(StructLayout layout, int cacheLineBytes) {
        this.layout = layout;
        this.cacheLineBytes = cacheLineBytes;
    }

    void count(Member member, Member previous, InnerSpace innerSpace) {
        if (member.isBitfield()) {
            bitfieldBits += member.bitfieldSize();
        } else {
            memberBytes += member.sizeBytes();
        }
        inner.count(innerSpace);
        if (member.forcedAlignment() != 0) {
            forcedAlignments++;
            long hole = previous == null ? layout.holeBytes() : previous.holeBytes();
            if (hole != 0) {
                forcedHoles++;
                sumForcedHoles += hole;
            }
        }
    }

    void addTo(Text text, Scope scope) {
        indent = scope.indent() + 1;
        long lines = (layout.sizeBytes() + cacheLineBytes - 1) / cacheLineBytes;
        text.add("\n");
        addLine(
                text,
                "size: " + layout.sizeBytes() + ", cachelines: " + lines + ", members: "
                        + layout.members().size());
        addSums(text);
        if (layout.paddingBytes() > 0) {
            addLine(text, "padding: " + layout.paddingBytes());
        }
        addIfAny(text, "member types with ", inner.holesText());
        addIfAny(text, "paddings: ", inner.paddingsText());
        if (layout.paddingBits() > 0) {
            addLine(text, "bit_padding: " + layout.paddingBits() + " bits");
        }
        if (forcedAlignments > 0) {
            String holes = ", forced holes: " + forcedHoles + ", sum forced holes: " + sumForcedHoles;
            addLine(text, "forced alignments: " + forcedAlignments + (forcedHoles > 0 ? holes : ""));
        }
        addIfAny(text, "flexible array members: ", inner.flexibleArraysText());
        long rest = (scope.baseBytes() + layout.sizeBytes()) % cacheLineBytes;
        if (rest != 0) {
            addLine(text, "last cacheline: " + rest + " bytes");
        }
    }

    private void addSums(Text text) {
        long holeBytes = layout.holeBytes()
                + layout.members().stream().mapToLong(Member::holeBytes).sum();
        long holeBits = layout.holeBits()
                + layout.members().stream().mapToLong(Member::holeBits).sum();
        if (holeBytes == 0 && holeBits == 0) {
            return;
        }
        if (memberBytes > 0) {
            String holes = ", holes: " + layout.holes() + ", sum holes: " + holeBytes;
            addLine(text, "sum members: " + memberBytes + (holeBytes > 0 ? holes : ""));
        }
        if (bitfieldBits > 0) {
            String holes = ", bit holes: " + layout.bitHoles() + ", sum bit holes: " + holeBits + " bits";
            String bytes = " (" + bitfieldBits / 8 + " bytes)";
            addLine(text, "sum bitfield members: " + bitfieldBits + " bits" + (holeBits > 0 ? holes : bytes));
        }
    }

    private void addIfAny(Text text, String title, String sums) {
        if (!sums.isEmpty()) {
            addLine(text, title + sums);
        }
    }

    private void addLine(Text text, String comment) {
        text.tabs(indent).add("/* ").add(comment).add(" */\n");
    }
}
