package org.btfkit.cli.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.btfkit.cli.support.Colors;
import org.btfkit.cli.support.Failure;
import org.btfkit.compare.BtfDiff;
import org.btfkit.compare.Change;
import org.btfkit.compare.Change.Composite;
import org.btfkit.compare.Change.Declaration;
import org.btfkit.compare.Change.Enumeration;
import org.btfkit.compare.Change.Lone;
import org.btfkit.compare.Change.ValueChange;
import org.btfkit.compare.Subject;

/** Writes a difference for people: the numbers first, then what is behind them, group by group. */
final class DiffText {
    /** How many entries of a group are shown, unless all are asked for. */
    static final int MOST = 20;

    /** What stands together, in the order of the text. */
    private enum Group {
        STRUCTS("structs, unions"),
        ENUMS("enums"),
        TYPEDEFS("typedefs"),
        NUMBERS("number types"),
        FUNCTIONS("functions"),
        VARIABLES("variables"),
        SECTIONS("sections");

        final String title;

        Group(String title) {
            this.title = title;
        }

        static Group of(Subject subject) {
            return switch (subject.kind()) {
                case STRUCT, UNION -> STRUCTS;
                case ENUM -> ENUMS;
                case TYPEDEF -> TYPEDEFS;
                case FUNC -> FUNCTIONS;
                case VAR -> VARIABLES;
                case DATASEC -> SECTIONS;
                default -> NUMBERS;
            };
        }
    }

    /** Of one group, what became of its members. */
    private static final class Entries {
        final List<Lone> removed = new ArrayList<>();
        final List<Lone> added = new ArrayList<>();
        final List<Change> changed = new ArrayList<>();
        final List<Composite> following = new ArrayList<>();
    }

    private final Colors colors;
    private final boolean all;
    private final boolean onlyLayout;
    private final DiffOrder order;
    private final StringBuilder text = new StringBuilder();

    /**
     * Prepares.
     *
     * @param order says what comes first where a group is cut
     */
    DiffText(Colors colors, boolean all, boolean onlyLayout, DiffOrder order) {
        this.colors = colors;
        this.all = all;
        this.onlyLayout = onlyLayout;
        this.order = order;
    }

    String text(BtfDiff diff, boolean onlySummary) {
        Map<Group, Entries> groups = new EnumMap<>(Group.class);
        for (Change change : diff.changes()) {
            Entries entries = groups.computeIfAbsent(Group.of(change.subject()), group -> new Entries());
            if (change instanceof Lone lone) {
                (lone.isAdded() ? entries.added : entries.removed).add(lone);
            } else if (change instanceof Composite composite && !composite.isDirect()) {
                entries.following.add(composite);
            } else {
                entries.changed.add(change);
            }
        }
        addSummary(diff, groups);
        if (!onlySummary) {
            groups.forEach(this::addGroup);
        }
        return text.toString();
    }

    private void addSummary(BtfDiff diff, Map<Group, Entries> groups) {
        line(colors.aside("old  ") + side(diff.before()));
        line(colors.aside("new  ") + side(diff.after()));
        line("");
        if (diff.isEmpty()) {
            line(onlyLayout ? "No difference that breaks what is compiled." : "No difference.");
            return;
        }
        line(colors.title("%-18s %8s %8s %8s %9s".formatted("", "removed", "added", "changed", "following")));
        groups.forEach((group, entries) -> line("%-18s %s %s %s %s"
                .formatted(
                        group.title,
                        colors.bad(number(entries.removed.size(), 8)),
                        colors.good(number(entries.added.size(), 8)),
                        colors.notable(number(entries.changed.size(), 8)),
                        number(entries.following.size(), 9))));
    }

    private static String number(int count, int width) {
        return ("%" + width + "s").formatted(count == 0 ? "-" : Integer.toString(count));
    }

    private static String side(BtfDiff.Side side) {
        String release = side.kernelRelease() == null ? "" : "  kernel " + side.kernelRelease();
        return side.source() + release + "  " + side.typeCount() + " types";
    }

    private void addGroup(Group group, Entries entries) {
        if (!entries.removed.isEmpty()) {
            addEntries(group, "removed", entries.removed, lone -> line(colors.bad("- " + clean(lone))));
        }
        if (!entries.added.isEmpty()) {
            addEntries(group, "added", entries.added, lone -> line(colors.good("+ " + clean(lone))));
        }
        if (!entries.changed.isEmpty()) {
            addEntries(group, "changed", entries.changed, this::addChange);
        }
        if (!entries.following.isEmpty()) {
            addTitle(group, "that follow from others", Integer.toString(entries.following.size()));
            addFollowing(entries.following);
        }
    }

    /** All entries by name, or the first of those that are used most. */
    private <T extends Change> void addEntries(Group group, String what, List<T> entries, Writer<T> writer) {
        boolean isSorted = shown(entries) < entries.size() && order.applies(entries);
        addTitle(group, what, entries.size() + (isSorted ? ", most used first" : ""));
        addList(isSorted ? order.mostUsedFirst(entries) : entries, writer);
    }

    private void addTitle(Group group, String what, String count) {
        line("");
        line(colors.title(capital(group.title) + " " + what + " (" + count + ")"));
    }

    private static String capital(String title) {
        return Character.toUpperCase(title.charAt(0)) + title.substring(1);
    }

    private interface Writer<T> {
        void write(T entry);
    }

    private <T> void addList(List<T> entries, Writer<T> writer) {
        int shown = shown(entries);
        entries.subList(0, shown).forEach(writer::write);
        if (shown < entries.size()) {
            line(colors.aside("  ... and " + (entries.size() - shown) + " more, see --all"));
        }
    }

    private int shown(List<?> entries) {
        return all || entries.size() <= MOST + 2 ? entries.size() : MOST;
    }

    private static String clean(Lone lone) {
        String size = lone.sizeBytes() < 0 || !isSized(lone) ? "" : ", " + bytes(lone.sizeBytes());
        return Failure.oneLine(lone.text() + size);
    }

    private static boolean isSized(Lone lone) {
        return switch (lone.subject().kind()) {
            case STRUCT, UNION, ENUM -> true;
            default -> false;
        };
    }

    private static String bytes(long count) {
        return count + (count == 1 ? " byte" : " bytes");
    }

    private void addChange(Change change) {
        if (change instanceof Composite composite) {
            addComposite(composite);
        } else if (change instanceof Enumeration enumeration) {
            addEnumeration(enumeration);
        } else if (change instanceof Declaration declaration) {
            addDeclaration(declaration);
        }
    }

    private void addComposite(Composite change) {
        String size = change.beforeSize() == change.afterSize()
                ? bytes(change.afterSize())
                : change.beforeSize() + " -> " + bytes(change.afterSize());
        line(colors.notable("~ " + title(change)) + "  " + size);
        new DiffMembers(colors, this::line).add(change.members());
        if (change.isRegrouped()) {
            line("    members are grouped or ordered otherwise");
        }
        addTags(change.tags());
    }

    private static String title(Change change) {
        return Failure.oneLine(change.subject().title());
    }

    private void addEnumeration(Enumeration change) {
        boolean isResized = change.beforeSize() != change.afterSize();
        String title = change.subject().name().isEmpty() ? "constants" : title(change);
        line(colors.notable("~ " + title)
                + (isResized ? "  " + change.beforeSize() + " -> " + bytes(change.afterSize()) : ""));
        List<ValueChange> values = new ArrayList<>(change.values());
        values.sort(Comparator.comparing(value -> value.before() == null)); // new ones last: they break nothing
        addList(values, value -> {
            String name = Failure.oneLine(value.name());
            if (value.before() == null) {
                line(colors.good("    + " + name + " = " + value.after()));
            } else if (value.after() == null) {
                line(colors.bad("    - " + name + " = " + value.before()));
            } else {
                line("    " + colors.notable("~") + " " + name + " = " + value.before() + " -> " + value.after());
            }
        });
    }

    private void addDeclaration(Declaration change) {
        if (change.before().equals(change.after())) {
            line(colors.notable("~ " + Failure.oneLine(change.after())));
        } else if (switch (change.subject().kind()) {
            case INT, FLOAT, ENUM -> true;
            default -> false;
        }) {
            line(colors.notable("~ " + title(change)) + "  " + change.before() + " -> " + change.after());
        } else {
            line(colors.bad("- " + Failure.oneLine(change.before())));
            line(colors.good("+ " + Failure.oneLine(change.after())));
        }
        addTags(change.tags());
    }

    private void addTags(Change.Tags tags) {
        for (String tag : tags.before()) {
            if (!tags.after().contains(tag)) {
                line(colors.bad("    - tag " + Failure.oneLine(tag)));
            }
        }
        for (String tag : tags.after()) {
            if (!tags.before().contains(tag)) {
                line(colors.good("    + tag " + Failure.oneLine(tag)));
            }
        }
    }

    /** Folds what follows from the same into one entry; the cause with most behind it first. */
    private void addFollowing(List<Composite> following) {
        Map<String, List<String>> byCause = new TreeMap<>();
        for (Composite change : following) {
            List<String> causes =
                    change.causes().stream().map(Subject::title).distinct().toList();
            String cause = causes.size() <= 2
                    ? String.join(" and ", causes)
                    : causes.get(0) + " and " + (causes.size() - 1) + " others";
            String size = change.beforeSize() == change.afterSize()
                    ? ""
                    : " (" + change.beforeSize() + " -> " + change.afterSize() + ")";
            byCause.computeIfAbsent(Failure.oneLine(cause), key -> new ArrayList<>())
                    .add(title(change) + size);
        }
        Map<String, List<String>> sorted = new LinkedHashMap<>();
        byCause.entrySet().stream()
                .sorted((one, other) ->
                        Integer.compare(other.getValue().size(), one.getValue().size()))
                .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
        addList(List.copyOf(sorted.entrySet()), entry -> {
            List<String> names = entry.getValue();
            line(colors.notable("~ because " + entry.getKey() + " changed") + ": " + names.size()
                    + (names.size() == 1 ? " type" : " types"));
            int shown = all || names.size() <= 5 ? names.size() : 4;
            line("    " + String.join(", ", names.subList(0, shown))
                    + (shown < names.size() ? colors.aside(", and " + (names.size() - shown) + " more") : ""));
        });
    }

    private void line(String content) {
        text.append(content).append('\n');
    }
}
