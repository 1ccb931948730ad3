package org.btfkit.btf.layout;

import java.util.StringJoiner;

/** Adds up what the members' structs bring along, and words it for the summary. */
final class InnerSums {
    /** How many members' structs have something, and how much all of it is. */
    private static final class Sum {
        int members;
        long total;

        void add(long amount) {
            if (amount > 0) {
                members++;
                total += amount;
            }
        }
    }

    private final Sum holes = new Sum();
    private final Sum bitHoles = new Sum();
    private final Sum paddings = new Sum();
    private final Sum bitPaddings = new Sum();
    private int endingInFlexibleArray;
    private int embeddingFlexibleArray;

    void count(InnerSpace inner) {
        holes.add(inner.holes());
        bitHoles.add(inner.bitHoles());
        paddings.add(inner.paddingBytes());
        bitPaddings.add(inner.paddingBits());
        endingInFlexibleArray += inner.endsInFlexibleArray() ? 1 : 0;
        embeddingFlexibleArray += inner.embedsFlexibleArray() ? 1 : 0;
    }

    /** Tells of holes and of bits of padding, but not of bytes of padding; empty if there are none. */
    String holesText() {
        StringJoiner text = new StringJoiner(", ");
        addTo(text, "holes", holes, "");
        addTo(text, "bit holes", bitHoles, "");
        addTo(text, "bit paddings", bitPaddings, bitPaddings.total > 1 ? " bits" : " bit");
        return text.toString();
    }

    private static void addTo(StringJoiner text, String what, Sum sum, String unit) {
        if (sum.members > 0) {
            text.add(what + ": " + sum.members + ", total: " + sum.total + unit);
        }
    }

    /** Tells of bytes of padding; empty if there are none. */
    String paddingsText() {
        return paddings.members == 0 ? "" : paddings.members + ", sum paddings: " + paddings.total;
    }

    /** Tells how many members end in a flexible array and how many have one within; empty if none does. */
    String flexibleArraysText() {
        StringJoiner text = new StringJoiner(", ");
        if (endingInFlexibleArray > 0) {
            text.add("end: " + endingInFlexibleArray);
        }
        if (embeddingFlexibleArray > 0) {
            text.add("middle: " + embeddingFlexibleArray);
        }
        return text.toString();
    }
}
