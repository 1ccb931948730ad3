package org.btfkit.cli.compare;

import java.util.List;
import java.util.Locale;
import org.btfkit.cli.support.Colors;
import org.btfkit.cli.support.Failure;
import org.btfkit.compare.Explanation;
import org.btfkit.resolve.IdUse;

/** Says for people what was found out about a name. */
final class ExplainText {
    private static final int USERS_SHOWN = 3;

    private final Colors colors;
    private final Explained explained;
    private final StringBuilder text = new StringBuilder();

    ExplainText(Colors colors, Explained explained) {
        this.colors = colors;
        this.explained = explained;
    }

    /** {@return the whole text} */
    String text() {
        explained.kinds().forEach(this::addTypes);
        explained.idUses().forEach(this::addIdUse);
        if (!explained.reasons().isEmpty()) {
            line(colors.title("function " + clean(explained.name())) + colors.bad(" is not in the BTF"));
            explained.reasons().forEach(reason -> line("  " + clean(reason)));
        }
        return text.toString();
    }

    private void line(String content) {
        text.append(content).append('\n');
    }

    private void addTypes(Explained.OfKind found) {
        List<Explained.Type> types = found.types();
        String title = found.kind().name().toLowerCase(Locale.ROOT) + " " + clean(explained.name());
        line(colors.title(title) + (types.size() == 1 ? " has one id" : " has " + types.size() + " ids"));
        for (Explained.Type type : types.subList(0, Math.min(types.size(), Explained.MOST))) {
            String place = !type.isSplit() ? "" : type.isOwn() ? " of its own" : " of the base";
            String size = type.sizeBytes() < 0 ? "" : "  %,d bytes".formatted(type.sizeBytes());
            line("  " + colors.notable("[" + type.id() + "]") + place + size + users(type.users()));
        }
        if (types.size() > Explained.MOST) {
            line(colors.aside("  ... and " + (types.size() - Explained.MOST) + " more"));
        }
        found.differences().forEach(this::addDifference);
    }

    private static String users(List<String> names) {
        if (names == null) {
            return "";
        }
        if (names.isEmpty()) {
            return "  used by no named type";
        }
        int shown = Math.min(names.size(), USERS_SHOWN);
        return "  used by " + clean(String.join(", ", names.subList(0, shown)))
                + (shown < names.size() ? " and " + (names.size() - shown) + " more" : "");
    }

    private void addDifference(Explanation explanation) {
        String ids = "  [" + explanation.typeId() + "] and [" + explanation.otherId() + "]";
        if (explanation.isSame()) {
            line(ids + " say the same"
                    + (explanation.declared().isEmpty()
                            ? "; btf dedup makes them one"
                            : ", but for what is only declared:"));
            explanation.declared().forEach(declared -> line("    " + clean(explained.name() + declared)));
            return;
        }
        String path = explanation.path().isEmpty()
                ? ""
                : " first at " + colors.title(clean(explained.name() + explanation.path()));
        line(ids + " differ" + path + ":");
        line("    " + colors.bad("[" + explanation.typeId() + "] " + clean(explanation.here())));
        line("    " + colors.good("[" + explanation.otherId() + "] " + clean(explanation.there())));
    }

    private void addIdUse(IdUse use) {
        line(colors.title(".BTF_ids, " + use.place() + ": ") + use.kind() + " " + clean(explained.name())
                + (use.id() == 0 ? " has no id" : " has id " + use.id()));
        if (use.state() == IdUse.State.RESOLVED) {
            int first = use.expectedIds().get(0);
            line("  "
                    + (use.id() == first
                            ? colors.good("resolved")
                            : colors.notable("resolved, but [" + first + "] is the first of that name")));
        } else {
            line("  " + (use.holds().isEmpty() ? "" : "that is " + clean(use.holds()) + "; ")
                    + colors.bad(clean(use.reason()) + hint(use.state())));
        }
    }

    private static String hint(IdUse.State state) {
        return switch (state) {
            case NOT_RESOLVED -> "; resolve-btfids resolves it";
            case SYMBOL_LEFT_BEHIND -> "; resolve-btfids --repair moves them";
            case RESOLVED, NOT_IN_BTF, IDS_OF_ANOTHER_BTF -> "";
        };
    }

    private static String clean(String part) {
        return Failure.oneLine(part);
    }
}
