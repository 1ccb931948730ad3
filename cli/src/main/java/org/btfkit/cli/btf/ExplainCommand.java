package org.btfkit.cli.btf;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.query.TypeQueries;
import org.btfkit.btf.query.TypeUses;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.Colors;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Failure;
import org.btfkit.cli.support.Syntax;
import org.btfkit.compare.Explanation;
import org.btfkit.dedup.BaseIndex;
import org.btfkit.elf.ElfFile;
import org.btfkit.encode.EncodeOptions;
import org.btfkit.encode.Encoder;
import org.btfkit.resolve.IdUse;

/** {@code btf explain}: says why a name has several ids, no id, or is not in the BTF. */
final class ExplainCommand implements Subcommand {
    private static final int USERS_SHOWN = 3;
    private static final int IDS_SHOWN = 10;

    private final PrintStream err;

    /**
     * Creates the command.
     *
     * @param err where warnings go
     */
    ExplainCommand(PrintStream err) {
        this.err = err;
    }

    @Override
    public Syntax syntax() {
        Syntax syntax = new Syntax()
                .synopsis("btf explain [OPTION]... NAME FILE")
                .description(
                        "Says why a name has several ids, and where they differ first; why its id in .BTF_ids is not"
                                + " resolved; why a function is not in the BTF.")
                .footer(
                        "",
                        BtfInput.FILES,
                        "Why a function was left out can be told if FILE has DWARF: it is encoded again to see, which"
                                + " takes as long as btf encode.",
                        "",
                        "Examples:",
                        "  btf explain net vmlinux",
                        "  btf explain -B vmlinux bpf_ct_release nf_conntrack.ko",
                        "  btf explain vfs_read vmlinux.debug");
        BtfInput.addBase(syntax);
        syntax.add(Colors.option());
        syntax.operands("FILE");
        return syntax;
    }

    @Override
    public int run(Arguments arguments, OutputStream out) throws IOException {
        String[] given = BtfInput.arguments(arguments, 2, 2, "a name and a file");
        String name = given[0].substring(given[0].lastIndexOf(' ') + 1);
        Path file = Path.of(given[1]);
        BtfInput input = new BtfInput(arguments, err);
        Btf base = input.baseOf(given[1]);
        Answer answer = new Answer(Colors.of(arguments), name);
        if (isOnlyDwarf(file)) {
            try (ElfFile elf = ElfFile.open(file)) {
                answer.line(
                        colorsAside(arguments, file + ": has no BTF; this is of what btf encode makes of its DWARF"));
                Encoder encoder = new Encoder(EncodeOptions.DEFAULT);
                Btf btf = base == null ? encoder.encode(elf) : encoder.encode(elf, BaseIndex.of(base));
                answer.add(btf, btf, elf, base);
            }
        } else {
            input.look(file, base, (btf, source) -> {
                Btf distilled = source.distilledBase();
                answer.add(btf, distilled == null ? btf : source.btf(distilled), source.elf(), base);
                return null;
            });
        }
        out.write(answer.text.toString().getBytes(StandardCharsets.UTF_8));
        return ExitCode.OK;
    }

    private static String colorsAside(Arguments arguments, String text) {
        return Colors.of(arguments).aside(Failure.oneLine(text));
    }

    private static boolean isOnlyDwarf(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return false; // a pipe can be read once
        }
        try (BtfSource source = BtfSource.open(file)) {
            return !source.hasBtf() && source.elf() != null && MissingFunction.hasDwarf(source.elf());
        }
    }

    /** What is said of a name. */
    private static final class Answer {
        private final Colors colors;
        private final String name;
        private final StringBuilder text = new StringBuilder();

        Answer(Colors colors, String name) {
            this.colors = colors;
            this.name = name;
        }

        private void line(String content) {
            text.append(content).append('\n');
        }

        /**
         * Adds all that is known.
         *
         * @param btf the types
         * @param stored the same as they are in the file, which may be on a distilled base: the ids there are of these
         * @param elf null if the file is none
         */
        void add(Btf btf, Btf stored, ElfFile elf, Btf base) throws IOException {
            int[] found = TypeQueries.findAll(btf, name);
            Map<BtfKind, List<Integer>> byKind = new TreeMap<>();
            for (int id : found) {
                byKind.computeIfAbsent(btf.kind(id), kind -> new ArrayList<>()).add(id);
            }
            TypeUses uses = found.length > 1 ? TypeUses.of(btf) : null;
            byKind.forEach((kind, ids) -> addTypes(btf, uses, kind, ids));
            boolean hasFunction = byKind.containsKey(BtfKind.FUNC);
            List<IdUse> idUses = elf == null ? List.of() : IdUse.of(elf, stored, name);
            idUses.forEach(this::addIdUse);
            List<String> reasons = List.of();
            boolean mayBeFunction = found.length == 0
                    || idUses.stream().anyMatch(use -> use.kind().equals("func"));
            if (!hasFunction && elf != null && mayBeFunction) {
                reasons = new MissingFunction(elf, name).reasons(base);
                if (!reasons.isEmpty()) {
                    line(colors.title("function " + clean(name)) + colors.bad(" is not in the BTF"));
                    reasons.forEach(reason -> line("  " + Failure.oneLine(reason)));
                }
            }
            if (found.length == 0 && idUses.isEmpty() && reasons.isEmpty()) {
                TypeArgument.find(btf, name); // says what is near
            }
        }

        private void addTypes(Btf btf, TypeUses uses, BtfKind kind, List<Integer> ids) {
            String title = kind.name().toLowerCase(java.util.Locale.ROOT) + " " + clean(name);
            line(colors.title(title) + (ids.size() == 1 ? " has one id" : " has " + ids.size() + " ids"));
            for (int id : ids.subList(0, Math.min(ids.size(), IDS_SHOWN))) {
                String place = btf.base() != null ? id < btf.firstTypeId() ? " of the base" : " of its own" : "";
                line("  " + colors.notable("[" + id + "]") + place + size(btf, kind, id)
                        + (uses == null ? "" : users(btf, uses, id)));
            }
            if (ids.size() > IDS_SHOWN) {
                line(colors.aside("  ... and " + (ids.size() - IDS_SHOWN) + " more"));
            }
            for (int i = 1; i < Math.min(ids.size(), IDS_SHOWN); i++) {
                addDifference(Explanation.of(btf, ids.get(0), ids.get(i)));
            }
        }

        private static String size(Btf btf, BtfKind kind, int id) {
            return switch (kind) {
                case STRUCT, UNION, ENUM, ENUM64, INT, FLOAT -> "  %,d bytes".formatted(btf.sizeOrType(id));
                default -> "";
            };
        }

        private static String users(Btf btf, TypeUses uses, int id) {
            List<String> names = uses.to(id).stream()
                    .map(use -> btf.name(use.userId()) + (use.path().isEmpty() ? "" : "." + use.path()))
                    .distinct()
                    .toList();
            if (names.isEmpty()) {
                return "  used by no named type";
            }
            int shown = Math.min(names.size(), USERS_SHOWN);
            return "  used by " + Failure.oneLine(String.join(", ", names.subList(0, shown)))
                    + (shown < names.size() ? " and " + (names.size() - shown) + " more" : "");
        }

        private void addDifference(Explanation explanation) {
            String ids = "  [" + explanation.typeId() + "] and [" + explanation.otherId() + "]";
            if (explanation.isSame()) {
                line(ids + " say the same"
                        + (explanation.declared().isEmpty()
                                ? "; btf dedup makes them one"
                                : ", but for what is only declared:"));
            } else {
                String path = explanation.path().isEmpty()
                        ? ""
                        : " first at " + colors.title(clean(name + explanation.path()));
                line(ids + " differ" + path + ":");
                line("    " + colors.bad("[" + explanation.typeId() + "] " + clean(explanation.here())));
                line("    " + colors.good("[" + explanation.otherId() + "] " + clean(explanation.there())));
            }
            if (explanation.isSame()) {
                explanation.declared().forEach(declared -> line("    " + clean(name + declared)));
            }
        }

        private void addIdUse(IdUse use) {
            line(colors.title(".BTF_ids, " + use.place() + ": ") + use.kind() + " " + clean(name)
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

        private static String clean(String text) {
            return Failure.oneLine(text);
        }
    }
}
