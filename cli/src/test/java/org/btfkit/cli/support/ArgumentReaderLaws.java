package org.btfkit.cli.support;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;
import org.btfkit.cli.Subcommands;
import org.btfkit.cli.laws.LawsSyntax;
import org.btfkit.cli.resolve.ResolveSyntax;

/** What is read without picocli is what picocli reads, for all options of all commands. */
class ArgumentReaderLaws {
    private static final List<Syntax> ALL = all();

    private static List<Syntax> all() {
        List<Syntax> all = new ArrayList<>();
        for (String name : Subcommands.NAMES) {
            all.add(Subcommands.create(name, System.err)
                    .syntax()
                    .name("btf " + name)
                    .add(Options.help()));
        }
        all.add(ResolveSyntax.create("resolve-btfids", false));
        all.add(ResolveSyntax.create("resolve_btfids", true));
        all.add(LawsSyntax.create());
        return all;
    }

    @Property(tries = 3000)
    void readsAsPicocliOrNotAtAll(@ForAll("anyLine") Tuple2<Syntax, List<String>> line) {
        Arguments plain = ArgumentReader.readPlain(line.get1(), line.get2());
        if (plain != null) {
            assertEquals(
                    PicocliReader.read(line.get1(), line.get2()).toString(), plain.toString(), () -> line.toString());
        }
    }

    @Property(tries = 1000)
    void readsWithoutPicocliWhatIsRight(@ForAll("rightLine") Tuple2<Syntax, List<String>> line) {
        Arguments plain = ArgumentReader.readPlain(line.get1(), line.get2());
        assertNotNull(plain, () -> "left to picocli: " + line.get2());
        assertEquals(PicocliReader.read(line.get1(), line.get2()).toString(), plain.toString());
    }

    /** Anything that has to do with the options of a command, right or wrong. */
    @Provide
    Arbitrary<Tuple2<Syntax, List<String>>> anyLine() {
        return Arbitraries.of(ALL).flatMap(syntax -> {
            Arbitrary<String> name = Arbitraries.of(syntax.options().stream()
                    .flatMap(option -> option.names().stream())
                    .toList());
            Arbitrary<String> value = Arbitraries.of(
                    "",
                    "-",
                    "--",
                    "x",
                    "7",
                    "-1",
                    "+1",
                    "0",
                    "012",
                    "2147483648",
                    "a=b",
                    "=",
                    "'q'",
                    "\"q\"",
                    "a b",
                    "json",
                    "-x",
                    "--x",
                    "dump",
                    "--he",
                    "é",
                    "x\\y");
            Arbitrary<String> word = Arbitraries.oneOf(
                    name,
                    value,
                    Combinators.combine(name, value).as((option, text) -> option + "=" + text),
                    Combinators.combine(name, value).as((option, text) -> option + text),
                    name.map(option -> option.substring(0, option.length() - 1)));
            return word.list().ofMaxSize(7).map(words -> Tuple.of(syntax, words));
        });
    }

    /** Options that go together, each once, in all ways that are usual, among operands. */
    @Provide
    Arbitrary<Tuple2<Syntax, List<String>>> rightLine() {
        return Arbitraries.of(ALL).flatMap(syntax -> {
            List<Option> options = new ArrayList<>(syntax.options());
            options.removeIf(option -> option.kind() == Option.Kind.HELP);
            syntax.choices().forEach(choice -> options.removeAll(choice.subList(1, choice.size())));
            Arbitrary<List<String>> operand = Arbitraries.of("-", "x.ko", "/a b/c", "struct x", "*", "7", "é")
                    .map(List::of);
            Arbitrary<List<List<String>>> given = Arbitraries.shuffle(options)
                    .flatMap(shuffled -> Arbitraries.integers()
                            .between(0, shuffled.size())
                            .flatMap(count -> Combinators.combine(shuffled.subList(0, count).stream()
                                            .map(ArgumentReaderLaws::words)
                                            .toList())
                                    .as(words -> words)));
            return Combinators.combine(given, operand.list().ofMaxSize(4)).flatAs((words, operands) -> {
                List<List<String>> all = new ArrayList<>(words);
                all.addAll(operands);
                return Arbitraries.shuffle(all)
                        .map(shuffled -> Tuple.of(
                                syntax, shuffled.stream().flatMap(List::stream).toList()));
            });
        });
    }

    private static Arbitrary<List<String>> words(Option option) {
        return Arbitraries.of(option.names()).flatMap(name -> {
            if (!option.takesValue()) {
                return Arbitraries.just(List.of(name));
            }
            String value = option.kind() == Option.Kind.NUMBER ? "12" : "some value";
            List<List<String>> ways = new ArrayList<>(List.of(List.of(name, value), List.of(name + "=" + value)));
            if (name.length() == 2) {
                ways.add(List.of(name + value));
            }
            return Arbitraries.of(ways);
        });
    }

    @Example
    void shouldReadEachKind() {
        Syntax syntax = new Syntax()
                .name("test")
                .add(Options.flag("", "-v", "--verbose"))
                .add(Options.text("T", "", "-t"))
                .add(Options.texts("T", "", "--root"))
                .add(Options.jobs(""))
                .add(Options.file("F", "", "--file"))
                .operands("X");
        Arguments read = ArgumentReader.readPlain(
                syntax, List.of("a", "--verbose", "--root", "1", "-j8", "-t=u", "b", "--root=2", "--file", "f", "-"));
        assertEquals(true, read.has("-v"));
        assertEquals("u", read.value("-t", "other"));
        assertEquals(List.of("1", "2"), read.value("--root", List.of()));
        assertEquals(8, read.value("--jobs", 1));
        assertEquals(Path.of("f"), read.value("--file", null));
        assertEquals(List.of("a", "b", "-"), List.of(read.operands()));
        Arguments none = ArgumentReader.readPlain(syntax, List.of());
        assertEquals(false, none.has("-v"));
        assertEquals("other", none.value("-t", "other"));
        assertThrows(IllegalArgumentException.class, () -> none.has("--slip"));
    }

    @Example
    void shouldTakeAFlagAgainWithoutPicocli() {
        Syntax syntax = ResolveSyntax.create("resolve-btfids", false);
        Arguments once = ArgumentReader.readPlain(syntax, List.of("-v", "x"));
        Arguments again = ArgumentReader.readPlain(syntax, List.of("-v", "--verbose", "x"));
        assertNotNull(again);
        assertEquals(once.toString(), again.toString());
    }

    @Example
    void shouldLeaveMistakesAndHelpToPicocli() {
        Syntax syntax = ResolveSyntax.create("resolve-btfids", false);
        String[][] lines = {
            {"--help"},
            {"-h"},
            {"@list"},
            {"-b", "@list", "x"},
            {"--", "x"},
            {"--check", "--embed", "x"},
            {"-vv", "x"},
            {"--embed", "--embed", "x"},
            {"-vj2", "x"},
            {"-j", "two", "x"},
            {"-j", "99999999999", "x"},
            {"-b"},
            {"-b", "-v"},
            {"--btf_base="},
            {"--check=true", "x"},
            {"--nothing", "x"},
            {"-b", "\0", "x"},
        };
        for (String[] line : lines) {
            assertNull(ArgumentReader.readPlain(syntax, List.of(line)), () -> String.join(" ", line));
        }
    }

    @Example
    void shouldSayWhatIsWrongInPicoclisWords() {
        Syntax syntax = ResolveSyntax.create("resolve-btfids", false);
        MisuseException failure =
                assertThrows(MisuseException.class, () -> ArgumentReader.read(syntax, List.of("-j", "two", "x")));
        assertEquals(
                "resolve-btfids: Invalid value for option '--jobs': 'two' is not an int (see resolve-btfids --help)",
                failure.line());
    }

    @Example
    void shouldTakeEachNameOnce() {
        for (Syntax syntax : ALL) {
            List<String> names = syntax.options().stream()
                    .flatMap(option -> option.names().stream())
                    .toList();
            assertEquals(names.stream().distinct().toList(), names, syntax.name());
        }
    }
}
