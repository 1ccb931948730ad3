package org.btfkit.cli.resolve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.btfkit.BtfException;
import org.btfkit.resolve.ResolveException;
import org.btfkit.resolve.ResolveException.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ResolveHintTest {
    private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--?[a-zA-Z][\\w-]*");

    /** Options of other tools. */
    private static final Set<String> FOREIGN = Set.of("-J");

    /** What the text says all about. */
    private static final Set<Reason> WITHOUT =
            EnumSet.of(Reason.WRONG_DECLARATION, Reason.DEPENDENCY, Reason.WRONG_BLOB, Reason.WARNINGS);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "NO_BTF                     | --from-dwarf        | --btf",
                "SEVERAL_BTFS               | btf dedup           | pahole -J",
                "UNCERTAIN_BASE             | made from           | --btf",
                "UNKNOWN_ORDER              | --old_btf           | --trust_symbols",
                "UNCERTAIN_ORDER            | --detached          | --repair",
                "UNNAMED_IDS_WITHOUT_BTF    | --old_btf           | link it again",
                "UNNAMED_IDS_OF_UNKNOWN_BTF | the object itself   | --old_btf",
                "UNNAMED_IDS                | before symbols were | link it again",
                "SIGNATURE                  | --strip_signature   | sign it again",
                "NOT_IN_PLACE               | name a file         | -o",
                "WRONG_MOVES                | --detached          | remove this file",
                "UNMOVED_SYMBOLS            | --repair            | once the BTF is in",
            })
    void shouldNameTheWaysOut(Reason reason, String one, String other) {
        String line = ResolveHint.describe(new ResolveException(reason, "a.ko: found this"), "a.ko");
        assertTrue(line.startsWith("a.ko: found this; "), line);
        assertEquals(1, line.lines().count());
        String hint = ResolveHint.of(reason);
        assertTrue(hint.contains(one) && hint.contains(other), hint);
    }

    @ParameterizedTest
    @EnumSource
    void shouldHaveAHintUnlessTheTextSaysAll(Reason reason) {
        assertEquals(WITHOUT.contains(reason), ResolveHint.of(reason).isEmpty());
    }

    @ParameterizedTest
    @EnumSource
    void shouldNameOptionsThatThereAre(Reason reason) {
        Set<String> known = ResolveSyntax.create("resolve-btfids", false).options().stream()
                .flatMap(option -> option.names().stream())
                .collect(Collectors.toSet());
        List<String> named = OPTION.matcher(ResolveHint.of(reason))
                .results()
                .map(MatchResult::group)
                .toList();
        for (String option : named) {
            assertTrue(known.contains(option) || FOREIGN.contains(option), reason + " names " + option);
        }
    }

    @Test
    void shouldAddNothingToOtherFailures() {
        assertEquals("a.ko: damaged", ResolveHint.describe(new BtfException("a.ko: damaged"), "a.ko"));
    }
}
