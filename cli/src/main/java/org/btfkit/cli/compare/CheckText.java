package org.btfkit.cli.compare;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.btfkit.cli.support.Colors;
import org.btfkit.cli.support.Failure;
import org.btfkit.compare.BaseEvidence;
import org.btfkit.compare.LoadCheck;
import org.btfkit.resolve.KfuncFlag;
import org.btfkit.resolve.KfuncSet;

/**
 * Writes verdicts on modules for people: a few modules in full, many as numbers and what is not in order.
 *
 * <pre>
 * nf_conntrack.ko.xz on vmlinux-6.12.117: loads
 *   base      the one it was made on: 107,331 types and 1,434,722 bytes of strings
 *   kernel    would take its 1,234 types
 *   .BTF_ids  2 sets in order
 *   kfuncs    10
 * </pre>
 */
final class CheckText {
    /** More modules than these are summed up. */
    private static final int FEW = 3;

    /** How many modules with the same fault are named. */
    private static final int NAMED = 4;

    /** How many different reasons are given for the same verdict. */
    private static final int REASONS = 6;

    private final Colors colors;
    private final boolean isVerbose;

    /** Whether the kernels were looked for, so that one which does not fit is no news. */
    private final boolean isSearch;

    private final StringBuilder text = new StringBuilder();

    CheckText(Colors colors, boolean isVerbose, boolean isSearch) {
        this.colors = colors;
        this.isVerbose = isVerbose;
        this.isSearch = isSearch;
    }

    String text(List<CheckCommand.Result> results) {
        boolean inFull = isVerbose || results.size() <= FEW;
        for (CheckCommand.Result result : results) {
            if (inFull) {
                addModule(result);
            }
        }
        if (results.size() > 1) {
            addSums(results, inFull);
        }
        return text.toString();
    }

    private void addModule(CheckCommand.Result result) {
        boolean anyIsGood = result.verdicts().stream().anyMatch(ModuleVerdict::isGood);
        if (isSearch && !anyIsGood && !result.verdicts().isEmpty()) {
            line(colors.bad(result.module() + ": loads on no kernel of this machine"));
        }
        List<ModuleVerdict> verdicts = new ArrayList<>(result.verdicts());
        if (isSearch) {
            verdicts.sort(Comparator.comparing((ModuleVerdict verdict) -> !verdict.isGood()));
        }
        for (ModuleVerdict verdict : verdicts) {
            if (isSearch && anyIsGood && !verdict.isGood()) {
                line(result.module() + " on " + verdict.base() + ": " + colors.aside(word(verdict)));
            } else {
                addVerdict(result, verdict);
            }
        }
        if (!result.verdicts().isEmpty()) {
            line("");
        }
    }

    private void addVerdict(CheckCommand.Result result, ModuleVerdict verdict) {
        LoadCheck load = verdict.load();
        String word = word(verdict);
        line(result.module() + " on " + verdict.base() + ": "
                + (verdict.isGood() ? colors.good(word) : colors.bad(word)));
        if (!load.isGood()) {
            field("why", load.cause());
            field("do", advice(load));
            return;
        }
        field("base", base(load));
        if (load.doubt() != null) {
            field("but", load.doubt());
        }
        field("kernel", "would take its %,d %s".formatted(load.typeCount(), load.typeCount() == 1 ? "type" : "types"));
        if (!verdict.idSets().isEmpty()) {
            long inOrder = verdict.idSets().size();
            String right = verdict.areChecked()
                    ? inOrder + (inOrder == 1 ? " set" : " sets") + ", ids right"
                    : "cannot be checked";
            field(".BTF_ids", verdict.faults().isEmpty() ? right : "not in order");
            verdict.faults().forEach(fault -> line("            " + colors.bad(Failure.oneLine(fault))));
            verdict.notes().forEach(note -> line("            " + colors.notable(Failure.oneLine(note))));
        } else {
            verdict.faults().forEach(fault -> field(".BTF_ids", fault));
        }
        if (verdict.kfuncCount() > 0) {
            field("kfuncs", Integer.toString(verdict.kfuncCount()) + (isVerbose ? "" : ", see -v or btf kfuncs"));
            if (isVerbose) {
                verdict.kfuncSets().forEach(this::addKfuncs);
            }
        }
    }

    private void addKfuncs(KfuncSet set) {
        for (KfuncSet.Entry entry : set.entries()) {
            line("            " + colors.aside(set.name()) + "  " + Failure.oneLine(entry.name()) + "  "
                    + String.join(" | ", KfuncFlag.names(entry.flags())));
        }
    }

    private static String word(ModuleVerdict verdict) {
        return switch (verdict.load().verdict()) {
            case LOADS -> verdict.faults().isEmpty() ? "loads" : "loads, but its ids are wrong";
            case MISREAD -> "is taken by the kernel and read wrongly";
            case REFUSED -> "is refused by the kernel";
            case STANDALONE -> "is no module's BTF";
            case NO_BTF -> "has no BTF";
        };
    }

    private static String base(LoadCheck load) {
        if (load.isRelocated()) {
            return "brings a distilled one along (.BTF.base); all that this needs is here";
        }
        if (load.btf().base() == null) {
            return "none needed";
        }
        BaseEvidence evidence = load.evidence();
        String release = load.release() == null ? "" : "; both are of " + load.release();
        if (load.isExact()) {
            return "certainly the one it was made on: ids and strings go on where its own end" + release;
        }
        String found = count(evidence.names(), "name") + ", " + count(evidence.prototypes(), "prototype") + " and "
                + count(evidence.members(), "member") + " fit";
        String chance =
                evidence.exponent() > 0 ? ", by chance in 1 of 10^" + evidence.exponent() : ", which says little";
        return (load.isCertain() ? "certainly" : load.release() != null ? "likely" : "perhaps")
                + " the one it was made on: " + found + chance + release;
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private static String advice(LoadCheck load) {
        return switch (load.verdict()) {
            case NO_BTF ->
                "btf encode -B VMLINUX --in-place MODULE, if it has DWARF; else build it with"
                        + " CONFIG_DEBUG_INFO_BTF_MODULES and the kernel's vmlinux at hand";
            case STANDALONE ->
                "if it is one of a module, make it again with the vmlinux as its base: btf encode -B VMLINUX";
            default ->
                load.isRelocated()
                        ? "build it against this kernel: a type that it needs is another one here"
                        : "build it against this kernel; or, with the vmlinux that it was made on,"
                                + " resolve-btfids --embed --distill_base -b THAT MODULE: it then loads here as well";
        };
    }

    private void addSums(List<CheckCommand.Result> results, boolean inFull) {
        Map<String, List<ModuleVerdict>> byBase = new LinkedHashMap<>();
        Map<ModuleVerdict, Path> modules = new IdentityHashMap<>();
        int unread = 0;
        for (CheckCommand.Result result : results) {
            unread += result.failure() != null ? 1 : 0;
            for (ModuleVerdict verdict : result.verdicts()) {
                byBase.computeIfAbsent(verdict.base().toString(), base -> new ArrayList<>())
                        .add(verdict);
                modules.put(verdict, result.module());
            }
        }
        byBase.forEach((base, verdicts) -> {
            long good = verdicts.stream().filter(ModuleVerdict::isGood).count();
            long certain = verdicts.stream()
                    .filter(ModuleVerdict::isGood)
                    .filter(verdict -> verdict.load().isCertain())
                    .count();
            String of = "%,d of %,d modules load".formatted(good, verdicts.size());
            line(colors.title("on " + base + ": ")
                    + (good == verdicts.size() ? colors.good(of) : colors.bad(of))
                    + (good == 0 || certain == good ? "" : ", %,d of them with certainty".formatted(certain)));
            if (!inFull) {
                addGroups(verdicts, modules);
            }
        });
        if (unread > 0) {
            line(colors.bad("%,d files cannot be read".formatted(unread)));
        }
    }

    private void addGroups(List<ModuleVerdict> verdicts, Map<ModuleVerdict, Path> modules) {
        Map<String, Map<String, List<Path>>> groups = new LinkedHashMap<>();
        for (ModuleVerdict verdict : verdicts) {
            if (!verdict.isGood()
                    || !verdict.notes().isEmpty()
                    || verdict.load().doubt() != null) {
                groups.computeIfAbsent(groupOf(verdict), group -> new LinkedHashMap<>())
                        .computeIfAbsent(reason(verdict), reason -> new ArrayList<>())
                        .add(modules.get(verdict));
            }
        }
        groups.forEach((group, byReason) -> {
            int count = byReason.values().stream().mapToInt(List::size).sum();
            line("  %,d ".formatted(count) + group);
            List<Map.Entry<String, List<Path>>> reasons = byReason.entrySet().stream()
                    .sorted(Comparator.comparingInt((Map.Entry<String, List<Path>> entry) ->
                            -entry.getValue().size()))
                    .toList();
            int shown = reasons.size() <= REASONS + 1 ? reasons.size() : REASONS;
            for (Map.Entry<String, List<Path>> reason : reasons.subList(0, shown)) {
                line("      " + (reason.getKey().isEmpty() ? "" : reason.getKey() + ": ") + named(reason.getValue()));
            }
            if (shown < reasons.size()) {
                line(colors.aside("      and " + (reasons.size() - shown) + " other reasons, see -v"));
            }
        });
    }

    private String named(List<Path> modules) {
        int shown = modules.size() <= NAMED + 1 ? modules.size() : NAMED;
        String names = modules.subList(0, shown).stream()
                .map(module -> Failure.oneLine(module.getFileName().toString()))
                .collect(Collectors.joining(", "));
        return names + (shown < modules.size() ? colors.aside(" and %,d more".formatted(modules.size() - shown)) : "");
    }

    private String groupOf(ModuleVerdict verdict) {
        if (!verdict.isGood()) {
            boolean isRelocated =
                    verdict.load().isRelocated() && !verdict.load().isGood();
            return colors.bad(word(verdict) + (isRelocated ? ", with its distilled base" : ""));
        }
        return verdict.load().doubt() != null
                ? colors.notable("load, but this may not be its base")
                : colors.notable("load; symbols of its ids name each other's slots, see resolve-btfids --repair");
    }

    private static String reason(ModuleVerdict verdict) {
        String reason = verdict.load().cause() != null
                ? verdict.load().cause()
                : verdict.load().doubt() != null
                        ? verdict.load().doubt()
                        : verdict.faults().isEmpty() ? "" : verdict.faults().get(0);
        return Failure.oneLine(reason);
    }

    private void field(String name, String value) {
        line("  " + colors.aside("%-9s ".formatted(name)) + Failure.oneLine(value));
    }

    private void line(String content) {
        text.append(content).append('\n');
    }
}
