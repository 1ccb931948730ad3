package org.btfkit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What kind of tests a class has is told by its name, in all modules: {@code XTest} has cases, {@code XLaws} what holds
 * for all inputs, {@code XConformance} what needs a C tool, a kernel, or much time. The latter has the tag that keeps
 * it out of the plain build, and so has {@code XBenchmark}, whose bodies run as tests on a kernel.
 *
 * <p>Told by the sources, as test classes of other modules are on no class path of this one.
 */
class TestKindsTest {
    private static final Pattern CASE = annotation("Test|ParameterizedTest|RepeatedTest|TestFactory");
    private static final Pattern PROPERTY = annotation("Property|Example");
    private static final Pattern TAGGED_METHOD = Pattern.compile("^    @(?:[\\w.]+\\.)?Tag\\(", Pattern.MULTILINE);

    private static Pattern annotation(String names) {
        return Pattern.compile("^ +@(?:[\\w.]+\\.)?(?:" + names + ")\\b", Pattern.MULTILINE);
    }

    /** What is wrong with the source of a class; none if it has no tests. */
    private static List<String> faults(String name, String source) {
        boolean hasCases = CASE.matcher(source).find();
        boolean hasProperties = PROPERTY.matcher(source).find();
        List<String> faults = new ArrayList<>();
        if (!hasCases && !hasProperties) {
            return faults;
        }
        boolean isTagged = name.endsWith("Conformance") || name.endsWith("Benchmark");
        if (!isTagged && !name.endsWith("Test") && !name.endsWith("Laws")) {
            faults.add("is called neither XTest, XLaws, XConformance nor XBenchmark");
        }
        if (name.endsWith("Test") && hasProperties) {
            faults.add("has properties, which belong into an XLaws");
        }
        if (TAGGED_METHOD.matcher(source).find()) {
            faults.add("has a tag on a method, expected one on the class");
        }
        // Each engine knows its own annotation only: with the other's the tests would run in every build.
        if (hasCases && isTagged != hasTag("org.junit.jupiter.api", source)) {
            faults.add(isTagged ? "lacks the tag of JUnit" : "has the tag of JUnit");
        }
        if (hasProperties && isTagged != hasTag("net.jqwik.api", source)) {
            faults.add(isTagged ? "lacks the tag of jqwik" : "has the tag of jqwik");
        }
        return faults;
    }

    private static boolean hasTag(String from, String source) {
        boolean isImported = source.contains("\nimport " + from + ".Tag;\n");
        return isImported && source.contains("\n@Tag(\"conformance\")\n")
                || source.contains("\n@" + from + ".Tag(\"conformance\")\n");
    }

    @Test
    void shouldTellTheKindOfTestsByTheNameOfTheirClass() throws IOException {
        List<String> wrong = new ArrayList<>();
        int classes = 0;
        try (Stream<Path> files = Files.walk(Path.of(".."))) {
            for (Path file : files.filter(TestKindsTest::isTestSource).toList()) {
                String name = file.getFileName().toString().replace(".java", "");
                faults(name, Files.readString(file)).forEach(fault -> wrong.add(name + " " + fault));
                classes++;
            }
        }
        assertEquals("", String.join("\n", wrong));
        assertTrue(classes > 150, classes + " sources of tests");
    }

    private static boolean isTestSource(Path file) {
        return file.toString().contains("/src/test/java/") && file.toString().endsWith(".java");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "OneTests       | @Test     | -     | is called neither XTest, XLaws, XConformance nor XBenchmark",
                "OneTest        | @Property | -     | has properties, which belong into an XLaws",
                "OneTest        | @Test     | junit | has the tag of JUnit",
                "OneLaws        | @Property | jqwik | has the tag of jqwik",
                "OneConformance | @Test     | -     | lacks the tag of JUnit",
                "OneConformance | @Property | junit | lacks the tag of jqwik",
                "OneBenchmark   | @Test     | jqwik | lacks the tag of JUnit",
            })
    void shouldSeeEachFault(String name, String annotation, String tag, String fault) {
        String from = tag.equals("jqwik") ? "net.jqwik.api" : "org.junit.jupiter.api";
        String head = tag.equals("-") ? "" : "import " + from + ".Tag;\n\n@Tag(\"conformance\")\n";
        String source =
                "package one;\n\n" + head + "class " + name + " {\n    " + annotation + "\n    void one() {}\n}\n";
        assertEquals(List.of(fault), faults(name, source));
    }

    @Test
    void shouldSeeTagsOnMethods() {
        String source = "package one;\n\nclass OneTest {\n    @Tag(\"conformance\")\n    @Test\n    void one() {}\n}\n";
        assertEquals(List.of("has a tag on a method, expected one on the class"), faults("OneTest", source));
    }
}
