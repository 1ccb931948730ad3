package org.btfkit.cli.manual;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.btfkit.cli.make.PaholeCommand;
import org.btfkit.cli.support.Option;
import org.btfkit.fixtures.tool.ExternalTool;
import org.btfkit.fixtures.tool.ToolResult;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The manual pages: whether all of a command is on its page, and whether those who read pages can. */
class ManualPageTest {
    @TempDir
    static Path share;

    @BeforeAll
    static void write() throws IOException {
        Manual.write(share, "0.0", "2025-01-01");
    }

    static List<Command> commands() {
        return Command.all();
    }

    private static Path file(Command command) {
        return share.resolve("man/man1").resolve(command.page() + ".1");
    }

    /** A page as a terminal shows it, without bold and such. */
    private static String shown(Command command) {
        ExternalTool groff = ExternalTool.named("groff", "groff-base");
        assumeTrue(groff.isAvailable(), "no groff");
        ToolResult result = groff.check("-ww", "-man", "-Tascii", "-P-c", "-rLL=100n", file(command));
        assertEquals("", result.err(), "what groff warns of");
        return result.out().replaceAll(".\b", "");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shouldShowEachOptionWithItsValueAndWhatItDoes(Command command) {
        String page = shown(command).replaceAll("\\s+", " ");
        for (Option option : command.syntax().options()) {
            String names = option.names().stream()
                    .map(name -> !option.takesValue()
                            ? name
                            : name
                                    + (name.startsWith("--") ? "=" : " ")
                                    + option.label()
                                    + (option.kind() == Option.Kind.MANY ? " ..." : ""))
                    .collect(Collectors.joining(", "));
            String words = option.description().replaceAll("\\s+", " ");
            assertTrue(page.contains(" " + names + " " + words), () -> names + " " + words + "\nis not in\n" + page);
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shouldHaveWhatReadersLookForInItsOrder(Command command) {
        List<String> headings = shown(command)
                .lines()
                .filter(line -> line.matches("[A-Z][A-Z ]+"))
                .toList();
        List<String> all = new ArrayList<>(
                List.of("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "ENVIRONMENT", "FILES"));
        if (!command.isBtf() && !command.name().equals("pahole")) {
            all.add("EXAMPLES");
        }
        all.add("SEE ALSO");
        List<String> found = new ArrayList<>(headings);
        found.retainAll(all);
        assertEquals(all, found, headings::toString);
    }

    /** Tables and shapes of JSON are lines that stay as they are, each in one section. */
    @ParameterizedTest
    @MethodSource("commands")
    void shouldKeepIndentedLinesOfTheHelp(Command command) {
        List<String> page = shown(command).lines().map(String::strip).toList();
        boolean inJson = false;
        for (String line : command.syntax().footer()) {
            inJson = line.startsWith("Shape of the JSON") || inJson && line.startsWith("  ");
            if (inJson) {
                assertTrue(page.contains("JSON"), "no section JSON");
            } else if (line.startsWith("  ")) {
                assertTrue(page.contains(line.strip()), line);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shouldPleaseMandoc(Command command) {
        ExternalTool mandoc = ExternalTool.named("mandoc", "mandoc");
        assumeTrue(mandoc.isAvailable(), "no mandoc");
        // It looks for other pages where they are installed, which these are not.
        List<String> found = mandoc.run("-T", "lint", "-W", "style", file(command)).outLines().stream()
                .filter(line -> !line.contains("referenced manual not found"))
                .toList();
        assertEquals(List.of(), found);
    }

    /** An exit status that is said in passing has to be in the section where people look for it. */
    @ParameterizedTest
    @MethodSource("commands")
    void shouldSayUnusualExitStatusInItsSection(Command command) throws IOException {
        String description = String.join(" ", command.syntax().description());
        if (Pattern.compile("(?i)\\bexit \\d").matcher(description).find()) {
            assertTrue(PageText.of(command.page()).has("EXIT STATUS"), description);
        }
    }

    @Test
    void shouldHaveNoTextWithoutAPage() throws IOException {
        Set<String> pages = Command.all().stream().map(Command::page).collect(Collectors.toCollection(TreeSet::new));
        pages.add("common");
        try (Stream<Path> texts = Files.list(Path.of("src/main/resources/org/btfkit/cli/manual"))) {
            List<String> stray = texts.map(text -> text.getFileName().toString().replaceFirst("\\.md$", ""))
                    .filter(name -> !pages.contains(name))
                    .toList();
            assertEquals(List.of(), stray);
        }
    }

    /** It reads its options itself: those that it describes are those that it takes. */
    @Test
    void shouldDescribeTheOptionsThatPaholeTakes() throws IOException {
        Set<String> described = PaholeCommand.syntax().options().stream()
                .flatMap(option -> option.names().stream())
                .collect(Collectors.toCollection(TreeSet::new));
        String source = Files.readString(Path.of("src/main/java/org/btfkit/cli/make/PaholeCommand.java"));
        Set<String> taken = new TreeSet<>();
        Matcher names = Pattern.compile("case (\"-[^:>]*\") ->").matcher(source);
        while (names.find()) {
            taken.addAll(List.of(names.group(1).replace("\"", "").split(",\\s*")));
        }
        taken.add("-j"); // with a number behind it
        assertEquals(taken, described);
        for (String option : described) {
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
            new PaholeCommand(new PrintStream(new ByteArrayOutputStream()), stream).run(option, "none");
            String said = err.toString(StandardCharsets.UTF_8);
            assertTrue(!said.contains("is not one that a kernel's build gives"), said);
        }
    }

    @Test
    void shouldShowLinesAsTheyAre() throws IOException {
        Roff roff = new Roff("page", "2025-01-01", "source");
        roff.section("SECTION");
        roff.literal(List.of(".request", "'quoted' \\n `code` ~^", "", "--option"));
        roff.paragraph(".so and `code` in btf-dump(1).");
        String text = roff.toString();
        assertTrue(text.endsWith("""
                        .SH SECTION
                        .in +4n
                        .nf
                        \\&.request
                        \\(aqquoted\\(aq \\en \\(gacode\\(ga \\(ti\\(ha
                        \\&
                        \\-\\-option
                        .fi
                        .in
                        .PP
                        \\&.so and \\fBcode\\fR in \\fBbtf\\-dump\\fR(1).
                        """), text);
    }

    @Test
    void shouldTakeATextApart() {
        PageText text = PageText.parse("""
                ## ONE

                A paragraph
                of two lines.

                    code

                      more code

                term
                : What it means.
                """);
        Roff roff = new Roff("page", "2025-01-01", "source");
        roff.section("ONE");
        text.write("ONE", roff);
        assertTrue(roff.toString().endsWith("""
                                .SH ONE
                                A paragraph of two lines.
                                .PP
                                .in +4n
                                .nf
                                code
                                \\&
                                  more code
                                .fi
                                .in
                                .TP
                                term
                                What it means.
                                """), roff::toString);
        assertEquals(List.of("ONE"), text.headings());
    }
}
