package org.btfkit.compare;

import java.util.List;

/**
 * Something with a name that was added or removed, or is not what it was.
 *
 * <p>Immutable.
 */
public sealed interface Change {
    /**
     * Returns what it is about.
     *
     * @return kind, name and ids
     */
    Subject subject();

    /**
     * Tells whom it may hurt.
     *
     * @return the highest that applies
     */
    Impact impact();

    /**
     * Turns it around.
     *
     * @return the same, seen from the other side
     */
    Change mirrored();

    /**
     * Tags on a declaration, and on its members or parameters.
     *
     * @param before those that were there
     * @param after those that are
     */
    record Tags(List<String> before, List<String> after) {
        /** None on either side. */
        public static final Tags NONE = new Tags(List.of(), List.of());

        /** {@return whether they are the same} */
        public boolean isSame() {
            return before.equals(after);
        }

        private Tags mirrored() {
            return new Tags(after, before);
        }
    }

    /**
     * It is on one side only.
     *
     * @param subject what; one of its ids is 0
     * @param text its declaration in C; of a struct, union or enumeration its name
     * @param sizeBytes its size, -1 if it has none
     */
    record Lone(Subject subject, String text, long sizeBytes) implements Change {
        /** {@return whether it is new, not gone} */
        public boolean isAdded() {
            return subject.beforeId() == 0;
        }

        @Override
        public Impact impact() {
            return isAdded() ? Impact.TYPES : Impact.LAYOUT;
        }

        @Override
        public Lone mirrored() {
            return new Lone(subject.mirrored(), text, sizeBytes);
        }
    }

    /**
     * A struct or union, or a typedef of one without a name.
     *
     * @param subject what
     * @param beforeSize size in bytes
     * @param afterSize size in bytes
     * @param members the members that changed, by their new offset, or their old one if they are gone
     * @param isRegrouped whether members are elsewhere among others, or within other structs or unions without a name
     * @param isDirect whether it was changed itself; else only types changed that it contains
     * @param causes the types within it whose change moved or resized something; none if it was changed itself
     * @param tags tags on it
     */
    record Composite(
            Subject subject,
            long beforeSize,
            long afterSize,
            List<MemberChange> members,
            boolean isRegrouped,
            boolean isDirect,
            List<Subject> causes,
            Tags tags)
            implements Change {

        @Override
        public Impact impact() {
            Impact impact = beforeSize != afterSize ? Impact.LAYOUT : Impact.NAMES;
            for (MemberChange member : members) {
                boolean breaks = member.isRemoved() || member.isMoved() || member.isResized() || member.isRenamed();
                impact = breaks || impact == Impact.LAYOUT ? Impact.LAYOUT : Impact.TYPES;
            }
            return impact;
        }

        @Override
        public Composite mirrored() {
            return new Composite(
                    subject.mirrored(),
                    afterSize,
                    beforeSize,
                    members.stream().map(MemberChange::mirrored).toList(),
                    isRegrouped,
                    isDirect,
                    causes.stream().map(Subject::mirrored).toList(),
                    tags.mirrored());
        }
    }

    /**
     * An enumeration, a typedef of one without a name, or the constants of all that are only that.
     *
     * @param subject what; the name is empty for constants
     * @param beforeSize size in bytes, -1 for constants
     * @param afterSize size in bytes, -1 for constants
     * @param values the values that changed, by name
     */
    record Enumeration(Subject subject, long beforeSize, long afterSize, List<ValueChange> values) implements Change {
        @Override
        public Impact impact() {
            boolean breaks = beforeSize != afterSize;
            for (ValueChange value : values) {
                breaks |= value.before() != null;
            }
            return breaks ? Impact.LAYOUT : Impact.TYPES;
        }

        @Override
        public Enumeration mirrored() {
            return new Enumeration(
                    subject.mirrored(),
                    afterSize,
                    beforeSize,
                    values.stream()
                            .map(value -> new ValueChange(value.name(), value.after(), value.before()))
                            .toList());
        }
    }

    /**
     * A named value.
     *
     * @param name its name
     * @param before what it was, as C writes it; null if it was added
     * @param after what it is; null if it was removed
     */
    record ValueChange(String name, String before, String after) {}

    /**
     * A function, typedef, variable or number type, or a struct that is defined on one side and declared on the other.
     *
     * @param subject what
     * @param before how it was declared, in C
     * @param after how it is declared
     * @param impact whom it may hurt
     * @param tags tags on it
     */
    record Declaration(Subject subject, String before, String after, Impact impact, Tags tags) implements Change {
        @Override
        public Declaration mirrored() {
            return new Declaration(subject.mirrored(), after, before, impact, tags.mirrored());
        }
    }
}
