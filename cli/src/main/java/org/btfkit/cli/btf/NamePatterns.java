package org.btfkit.cli.btf;

import java.util.ArrayList;
import java.util.List;
import org.btfkit.btf.query.Glob;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.Option;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.Syntax;

/** Which names are wanted: {@code --only} and {@code --ignore}, each as often as one likes. */
final class NamePatterns {
    private static final String ONLY = "--only";
    private static final String IGNORE = "--ignore";

    private final List<Glob> only;
    private final List<Glob> ignore;

    private NamePatterns(List<Glob> only, List<Glob> ignore) {
        this.only = only;
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
        return new NamePatterns(patterns(arguments, ONLY), patterns(arguments, IGNORE));
    }

    private static List<Glob> patterns(Arguments arguments, String option) {
        List<Glob> patterns = new ArrayList<>();
        List<String> given = arguments.value(option, List.of());
        given.forEach(pattern -> patterns.add(new Glob(pattern)));
        return patterns;
    }

    /** Whether there are any patterns for names that are wanted. */
    boolean isSelective() {
        return !only.isEmpty();
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
