package org.btfkit.cli.compare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfType;
import org.btfkit.btf.query.Glob;
import org.btfkit.cli.input.TypeArgument;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.Nearest;
import org.btfkit.cli.support.Option;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.Syntax;

/** Which names are wanted: {@code --only} and {@code --ignore}, each as often as one likes. */
final class NamePatterns {
    private static final String ONLY = "--only";
    private static final String IGNORE = "--ignore";

    private final List<String> onlyTexts;
    private final List<Glob> only;
    private final List<Glob> ignore;

    private NamePatterns(List<String> only, List<Glob> ignore) {
        this.onlyTexts = only;
        this.only = only.stream().map(Glob::new).toList();
        this.ignore = ignore;
    }

    static void addTo(Syntax syntax, String what) {
        syntax.add(option(ONLY, "Only " + what + " whose name matches; * ? [a-z] as in a shell."));
        syntax.add(option(IGNORE, "Not those whose name matches."));
    }

    private static Option option(String name, String description) {
        return Options.texts("PATTERN", description, name);
    }

    static NamePatterns of(Arguments arguments) {
        List<String> only = arguments.value(ONLY, List.of());
        List<String> ignore = arguments.value(IGNORE, List.of());
        return new NamePatterns(only, ignore.stream().map(Glob::new).toList());
    }

    /**
     * Tells of patterns for wanted names that no name matches, so that nothing found is not taken for nothing there.
     *
     * @param btfs where names are
     * @return a line for each, with names that are spelled nearly alike
     */
    List<String> adviceOnNames(Btf... btfs) {
        List<String> advice = new ArrayList<>();
        for (int i = 0; i < only.size(); i++) {
            Glob pattern = only.get(i);
            if (Arrays.stream(btfs).noneMatch(btf -> isThere(btf, pattern))) {
                Set<String> near = new TreeSet<>();
                for (Btf btf : btfs) {
                    near.addAll(TypeArgument.near(btf, onlyTexts.get(i)));
                }
                advice.add(ONLY + " " + onlyTexts.get(i) + ": nothing has such a name" + Nearest.words(near));
            }
        }
        return advice;
    }

    private static boolean isThere(Btf btf, Glob pattern) {
        for (int typeId = 1; typeId < btf.typeCount(); typeId++) {
            if (btf.nameOff(typeId) != 0 ? pattern.matches(btf.name(typeId)) : hasEnumerator(btf, typeId, pattern)) {
                return true;
            }
        }
        return false;
    }

    /** Enumerators stand for an enum that has no name. */
    private static boolean hasEnumerator(Btf btf, int typeId, Glob pattern) {
        List<BtfType.Enumerator> values = switch (btf.kind(typeId)) {
            case ENUM -> ((BtfType.Enum) btf.type(typeId)).values();
            case ENUM64 -> ((BtfType.Enum64) btf.type(typeId)).values();
            default -> List.of();
        };
        return values.stream().anyMatch(value -> pattern.matches(value.name()));
    }

    boolean wants(String name) {
        return (only.isEmpty() || anyMatches(only, name)) && !anyMatches(ignore, name);
    }

    private static boolean anyMatches(List<Glob> patterns, String name) {
        for (Glob pattern : patterns) {
            if (pattern.matches(name)) {
                return true;
            }
        }
        return false;
    }
}
