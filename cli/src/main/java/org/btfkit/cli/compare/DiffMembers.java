package org.btfkit.cli.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.btfkit.cli.support.Colors;
import org.btfkit.cli.support.Failure;
import org.btfkit.compare.MemberChange;
import org.btfkit.compare.Place;

/**
 * Writes what became of the members of a struct, a line each; those that have only been moved together, by the same
 * distance, are one line.
 *
 * <pre>
 *     + 48         wake_entry.u_flags: unsigned int, 4 bytes
 *     ~ 128 -> 136 se: struct sched_entity, 448 -> 512 bytes
 *       from +8    17 members from prio to policy
 * </pre>
 */
final class DiffMembers {
    /** Fewer members than these are shown one by one. */
    private static final int FOLDED = 3;

    private final Colors colors;
    private final Consumer<String> out;
    private final List<MemberChange> moved = new ArrayList<>();

    DiffMembers(Colors colors, Consumer<String> out) {
        this.colors = colors;
        this.out = out;
    }

    void add(List<MemberChange> members) {
        for (MemberChange member : members) {
            if (!moved.isEmpty() && !member.isAdded() && !member.isRemoved() && !continues(member)) {
                flush();
            }
            if (member.isOnlyMoved() && !member.isRenamed()) {
                moved.add(member);
            } else {
                flush();
                write(member);
            }
        }
        flush();
    }

    private boolean continues(MemberChange member) {
        return member.isOnlyMoved() && distance(member) == distance(moved.get(0));
    }

    private static long distance(MemberChange member) {
        return member.after().offsetBits() - member.before().offsetBits();
    }

    private void flush() {
        if (moved.size() < FOLDED) {
            moved.forEach(this::write);
        } else {
            String first = moved.get(0).path();
            String last = moved.get(moved.size() - 1).path();
            long distance = distance(moved.get(0));
            String by = (distance < 0 ? "-" : "+") + offset(Math.abs(distance));
            out.accept("    " + colors.notable(">") + " " + column(by)
                    + Failure.oneLine(moved.size() + " members, " + first + " to " + last));
        }
        moved.clear();
    }

    private void write(MemberChange member) {
        if (member.isAdded()) {
            out.accept(colors.good("    + " + column(offset(member.after().offsetBits())) + whole(member.after())));
            return;
        }
        if (member.isRemoved()) {
            out.accept(colors.bad("    - " + column(offset(member.before().offsetBits())) + whole(member.before())));
            return;
        }
        String place = (member.isMoved() ? offset(member.before().offsetBits()) + " -> " : "")
                + offset(member.after().offsetBits());
        String name = (member.isRenamed() ? member.before().path() + " -> " : "")
                + member.after().path();
        String type = (member.isRetyped() ? member.before().type() + " -> " : "")
                + member.after().type();
        String sign = member.isOnlyMoved() && !member.isRenamed() ? ">" : "~";
        String size = member.isResized() ? ", " + sizes(member.before(), member.after()) : "";
        String what = sign.equals(">") ? name : name + ": " + type + size;
        out.accept("    " + colors.notable(sign) + " " + column(place) + Failure.oneLine(what));
    }

    private static String whole(Place place) {
        String size = size(place);
        return Failure.oneLine(place.path() + ": " + place.type() + (size.isEmpty() ? "" : ", " + size));
    }

    private static String sizes(Place before, Place after) {
        boolean areBytes = before.bits() == 0 && after.bits() == 0 && before.sizeBytes() >= 0 && after.sizeBytes() >= 0;
        return (areBytes ? Long.toString(before.sizeBytes()) : size(before)) + " -> " + size(after);
    }

    private static String size(Place place) {
        if (place.bits() != 0) {
            return place.bits() + (place.bits() == 1 ? " bit" : " bits");
        }
        return place.sizeBytes() < 0 ? "no size" : place.sizeBytes() + (place.sizeBytes() == 1 ? " byte" : " bytes");
    }

    private static String offset(long bits) {
        return bits % 8 == 0 ? Long.toString(bits / 8) : bits / 8 + ":" + bits % 8;
    }

    private static String column(String place) {
        return "%-14s ".formatted(place);
    }
}
