package org.btfkit.cli.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The code in the README, in the guides ({@code package-info}) and in the comments of classes compiles; that of the
 * README and the guides runs, on the sample, and prints what it says it prints.
 *
 * <p>Imports are left out there, as readers' tools find them; here all public packages are imported. Where a block says
 * {@code // prints TEXT} behind a statement, or below it, it prints these lines and no others.
 */
class DocCodeTest {
    private static final Path ROOT = Path.of("..");
    private static final List<String> MODULES = List.of("btf-core", "btf-dedup", "resolve-btfids");
    private static final Pattern EXPORTS = Pattern.compile("^    exports ([\\w.]+);", Pattern.MULTILINE);

    /** A guide for each module, at least. */
    private static final List<String> GUIDES = List.of(
            "btf-core/src/main/java/org/btfkit/package-info.java",
            "btf-dedup/src/main/java/org/btfkit/dedup/package-info.java",
            "btf-dedup/src/main/java/org/btfkit/transform/package-info.java",
            "btf-dedup/src/main/java/org/btfkit/compare/package-info.java",
            "btf-dedup/src/main/java/org/btfkit/encode/package-info.java",
            "resolve-btfids/src/main/java/org/btfkit/resolve/package-info.java");

    @TempDir
    static Path classes;

    private static List<DocCode> blocks;
    private static String faults;

    @BeforeAll
    static void compile() throws IOException {
        blocks = new ArrayList<>(DocCode.in(ROOT.resolve("README.md")));
        for (String module : MODULES) {
            blocks.addAll(DocCode.below(ROOT.resolve(module).resolve("src/main/java")));
        }
        List<Unit> units = new ArrayList<>();
        for (int i = 0; i < blocks.size(); i++) {
            units.add(new Unit(i, blocks.get(i)));
        }
        faults = faults(units);
    }

    /** Compiles all; returns what is wrong with them by place in the documentation, and nothing if all is right. */
    private static String faults(List<Unit> units) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        List<String> options = List.of(
                "-d",
                classes.toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-proc:none",
                "-Xlint:-options");
        try (Writer rest = new StringWriter()) {
            compiler.getTask(rest, null, found, options, null, units).call();
        }
        return found.getDiagnostics().stream()
                .filter(one -> one.getKind() == Diagnostic.Kind.ERROR)
                .map(one -> place(one) + ": " + one.getMessage(null))
                .collect(Collectors.joining("\n"));
    }

    private static String place(Diagnostic<? extends JavaFileObject> one) {
        return one.getSource() instanceof Unit unit
                ? unit.block.file() + ":" + (unit.block.line() + one.getLineNumber() - unit.head - 1)
                : String.valueOf(one.getSource());
    }

    @Test
    void shouldCompile() {
        assertEquals("", faults);
    }

    @Test
    void shouldSeeCodeThatDoesNotCompile() throws IOException {
        DocCode wrong = new DocCode(Path.of("some.md"), 40, List.of("int here = 1;", "vmlinux.noSuchMethod();"));
        String fault = faults(List.of(new Unit(999, wrong)));
        assertTrue(fault.startsWith("some.md:41: cannot find symbol"), fault);
    }

    @Test
    void shouldHaveAGuideForEachModule() {
        Set<String> without = new TreeSet<>(GUIDES);
        for (DocCode block : blocks) {
            if (block.runs() && !block.prints().isEmpty()) {
                without.remove(ROOT.relativize(block.file()).toString());
            }
        }
        assertEquals(Set.of(), without, "guides without code whose output they show");
    }

    @TestFactory
    Stream<DynamicTest> shouldDoWhatItSays() {
        return Stream.iterate(0, i -> i < blocks.size(), i -> i + 1)
                .filter(i -> blocks.get(i).runs())
                .map(i -> DynamicTest.dynamicTest(blocks.get(i).place(), () -> play(i)));
    }

    private static void play(int index) throws Exception {
        assertTrue(faults.isEmpty(), "not all code compiles, see shouldCompile");
        DocCode block = blocks.get(index);
        Path folder = Files.createDirectory(classes.resolve("folder" + index));
        List<String> printed;
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {classes.toUri().toURL()}, DocScene.class.getClassLoader())) {
            DocScene scene = (DocScene) loader.loadClass(Unit.PACKAGE + "." + Unit.name(index))
                    .getConstructor()
                    .newInstance();
            printed = scene.play(folder);
        }
        if (!block.prints().isEmpty()) {
            assertEquals(String.join("\n", block.prints()), String.join("\n", printed), block.place());
        }
    }

    /** A block as a class. */
    private static final class Unit extends SimpleJavaFileObject {
        static final String PACKAGE = "org.btfkit.cli.example.doc";

        private final DocCode block;
        private final String text;
        private final long head;

        Unit(int index, DocCode block) throws IOException {
            super(URI.create("string:///" + name(index) + ".java"), Kind.SOURCE);
            this.block = block;
            String before = "package " + PACKAGE + ";\n" + imports() + "public final class " + name(index) + " extends "
                    + DocScene.class.getName() + " {\n"
                    + (block.isMethod()
                            ? "@Override protected void run() {}\n"
                            : "@Override protected void run() throws Exception {\n");
            this.head = before.lines().count();
            String code = String.join("\n", block.code()).replace("System.out", "out");
            this.text = before + (block.isMethod() ? code : code.replace("Path.of(", "path(") + "\n}") + "\n}\n";
        }

        static String name(int index) {
            return "Block" + index;
        }

        private static String imports() throws IOException {
            Set<String> packages =
                    new TreeSet<>(Set.of("java.io", "java.nio", "java.nio.file", "java.util", "java.util.stream"));
            for (String module : MODULES) {
                Path descriptor = ROOT.resolve(module).resolve("src/main/java/module-info.java");
                EXPORTS.matcher(Files.readString(descriptor)).results().forEach(found -> packages.add(found.group(1)));
            }
            return packages.stream().map(name -> "import " + name + ".*;\n").collect(Collectors.joining());
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
