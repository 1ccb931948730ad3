package org.btfkit.laws;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.btfkit.cli.support.Arguments;
import org.btfkit.fixtures.gen.BtfIdsTrait;
import org.btfkit.fixtures.laws.CallStyle;
import org.btfkit.fixtures.laws.Law;

/**
 * What the command line asks for.
 *
 * @param tool the program to try
 * @param style how it is called; null to find out
 * @param runs how many objects to generate
 * @param from the number of the first
 * @param modules real ones, or folders with kept failures
 * @param base the vmlinux of the modules; null if they have none
 * @param keep where failures are kept
 * @param junit where to write the report as XML; null for nowhere
 */
record LawsRequest(
        Path tool,
        CallStyle style,
        long seed,
        int runs,
        int from,
        Set<Law> laws,
        Set<BtfIdsTrait> without,
        int kills,
        boolean stopsAtFirst,
        List<Path> modules,
        Path base,
        Path keep,
        Path junit) {
    private static final int RUNS = 300;
    private static final int KILLS = 30;

    static LawsRequest of(Arguments given) {
        List<Path> modules = new ArrayList<>();
        for (String operand : given.operands()) {
            modules.add(Path.of(operand));
        }
        Set<CallStyle> styles = named(given, "--style", CallStyle.class, CallStyle::label);
        if (styles.size() > 1) {
            throw given.misuse("--style " + given.value("--style", "") + ": expected one");
        }
        Set<Law> laws = named(given, "--law", Law.class, Law::label);
        Path keep = given.value("--keep", Path.of("btfids-laws-failures"));
        return new LawsRequest(
                tool(given),
                styles.isEmpty() ? null : styles.iterator().next(),
                seed(given),
                number(given, "--runs", modules.isEmpty() ? RUNS : 0, 0),
                number(given, "--from", 1, 1),
                laws.isEmpty() ? EnumSet.allOf(Law.class) : laws,
                named(given, "--without", BtfIdsTrait.class, BtfIdsTrait::label),
                number(given, "--kills", KILLS, 0),
                given.has("--first"),
                List.copyOf(modules),
                given.value("-b", null),
                keep,
                given.value("--junit", null));
    }

    private static Path tool(Arguments given) {
        String name = given.value("--tool", null);
        if (name == null) {
            throw given.misuse("no --tool given: the resolve_btfids to try");
        }
        Path tool = Path.of(name).toAbsolutePath();
        if (!Files.isRegularFile(tool) || !Files.isExecutable(tool)) {
            throw given.misuse("--tool " + name + ": no program");
        }
        return tool;
    }

    private static long seed(Arguments given) {
        String text = given.value("--seed", null);
        if (text == null) {
            return ThreadLocalRandom.current().nextInt(1_000_000);
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw given.misuse("--seed " + text + ": expected a number");
        }
    }

    private static int number(Arguments given, String option, int otherwise, int least) {
        int number = given.value(option, otherwise);
        if (number < least) {
            throw given.misuse(option + " " + number + ": expected a number from " + least + " on");
        }
        return number;
    }

    private static <T extends Enum<T>> Set<T> named(
            Arguments given, String option, Class<T> type, Function<T, String> label) {
        Set<T> found = EnumSet.noneOf(type);
        String text = given.value(option, "");
        List<String> labels = new ArrayList<>();
        for (T one : type.getEnumConstants()) {
            labels.add(label.apply(one));
        }
        for (String word : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            int at = labels.indexOf(word);
            if (at < 0) {
                throw given.misuse(option + " " + word + ": expected " + String.join(", ", labels));
            }
            found.add(type.getEnumConstants()[at]);
        }
        return found;
    }
}
