package org.btfkit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.btfkit.btf.Btf;
import org.btfkit.dedup.Deduplicator;
import org.btfkit.resolve.BtfIdsResolver;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The order of the product's packages, read off its class files: who may use whom, and that nobody is used by what it
 * uses.
 *
 * <p>Checkstyle's ImportControl says the same of a single source file while it is written; this test sees all of them
 * at once, and names without an import as well.
 */
class FloorsTest {
    /** More classes than these in one loop cannot be read one after the other. */
    private static final int MOST_CLASSES_IN_A_LOOP = 5;

    /**
     * From the ground up. A package may use those on floors below its own, and the packages named behind it, which are
     * its own floor's.
     */
    private static final String[][] FLOORS = {
        {"org.btfkit"},
        {"org.btfkit.internal.io"},
        {"org.btfkit.elf", "org.btfkit.bpf", "org.btfkit.btf.format"},
        {"org.btfkit.dwarf", "org.btfkit.btf.flat"},
        {"org.btfkit.btf"},
        {"org.btfkit.btf.query", "org.btfkit.btf.build", "org.btfkit.btf.ext"},
        {"org.btfkit.btf.file", "org.btfkit.btf.validate", "org.btfkit.btf.layout", "org.btfkit.btf.dump"},
        {"org.btfkit.btf.relo"},
        {"org.btfkit.btf.load"},
        {"org.btfkit.btf.javagen"},
        {"org.btfkit.dedup", "org.btfkit.transform"},
        {"org.btfkit.compare", "org.btfkit.encode"},
        {"org.btfkit.resolve.code"},
        {"org.btfkit.resolve"},
        {"org.btfkit.cli.support"},
        {"org.btfkit.cli.html", "org.btfkit.cli.laws", "org.btfkit.cli.input"},
        {"org.btfkit.cli.core", "org.btfkit.cli.make", "org.btfkit.cli.compare", "org.btfkit.cli.resolve"},
        {"org.btfkit.cli.look"},
        {"org.btfkit.cli"},
        {"org.btfkit.cli.manual"},
    };

    /** A use of one class by another, as {@code jdeps} prints it. */
    private static final Pattern USE = Pattern.compile("^ +(org\\.btfkit\\.\\S+) +-> (org\\.btfkit\\.\\S+)");

    /** For each class of the product the others that it uses; a nested class counts as the one around it. */
    private static final Map<String, Set<String>> USES = new TreeMap<>();

    @BeforeAll
    static void readClassFiles(@TempDir Path folder) throws IOException, URISyntaxException {
        for (Class<?> one : List.of(Btf.class, Deduplicator.class, BtfIdsResolver.class, BtfTool.class)) {
            copyClasses(
                    Path.of(one.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI()),
                    folder);
        }
        String[] arguments = {"-verbose:class", "-filter:none", "--multi-release", "base", folder.toString()};
        StringWriter text = new StringWriter();
        ToolProvider jdeps = ToolProvider.findFirst("jdeps").orElseThrow();
        assertEquals(0, jdeps.run(new PrintWriter(text), new PrintWriter(text), arguments));
        for (String line : text.toString().lines().toList()) {
            Matcher use = USE.matcher(line);
            if (use.find() && !outer(use.group(1)).equals(outer(use.group(2)))) {
                USES.computeIfAbsent(outer(use.group(1)), key -> new TreeSet<>())
                        .add(outer(use.group(2)));
            }
        }
        assertTrue(USES.size() > 100, () -> "jdeps found only " + USES.size() + " classes:\n" + text);
    }

    /** Copies what is in a folder or a jar, without module descriptors: jdeps would want all that they require. */
    private static void copyClasses(Path from, Path to) throws IOException {
        if (Files.isDirectory(from)) {
            copyTree(from, to);
        } else {
            try (FileSystem jar = FileSystems.newFileSystem(from)) {
                copyTree(jar.getPath("/"), to);
            }
        }
    }

    private static void copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(FloorsTest::isClass).toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
    }

    private static boolean isClass(Path file) {
        return file.toString().endsWith(".class") && !file.endsWith("module-info.class");
    }

    @Test
    void shouldUseOnlyFloorsBelow() {
        List<String> upwards = new ArrayList<>();
        USES.forEach((user, used) -> used.forEach(one -> {
            if (!packageOf(user).equals(packageOf(one)) && floor(packageOf(user)) <= floor(packageOf(one))) {
                upwards.add(user + " -> " + one);
            }
        }));
        assertEquals("", String.join("\n", upwards));
    }

    @Test
    void shouldHaveNoLoopBetweenPackages() {
        Map<String, Set<String>> packages = new TreeMap<>();
        USES.forEach((user, used) -> packages.computeIfAbsent(packageOf(user), key -> new TreeSet<>())
                .addAll(used.stream().map(FloorsTest::packageOf).toList()));
        packages.forEach((user, used) -> used.remove(user));
        assertEquals(List.of(), new Loops(packages).find());
    }

    @Test
    void shouldHaveNoLargeLoopOfClasses() {
        List<Set<String>> large = new Loops(USES)
                .find().stream()
                        .filter(loop -> loop.size() > MOST_CLASSES_IN_A_LOOP)
                        .toList();
        assertEquals(List.of(), large);
    }

    @Test
    void shouldUseNoSimpleNameTwice() {
        Map<String, List<String>> byName =
                allClasses().stream().collect(Collectors.groupingBy(name -> name.substring(name.lastIndexOf('.') + 1)));
        byName.values().removeIf(classes -> classes.size() == 1);
        assertEquals(Map.of(), byName);
    }

    private static Collection<String> allClasses() {
        Set<String> all = new TreeSet<>(USES.keySet());
        USES.values().forEach(all::addAll);
        all.removeIf(name -> name.endsWith("-info"));
        return all;
    }

    private static int floor(String name) {
        for (int floor = 0; floor < FLOORS.length; floor++) {
            if (List.of(FLOORS[floor]).contains(name)) {
                return floor;
            }
        }
        throw new AssertionError("package " + name + " stands on no floor: give it one in " + FloorsTest.class);
    }

    private static String outer(String className) {
        int dollar = className.indexOf('$');
        return dollar < 0 ? className : className.substring(0, dollar);
    }

    private static String packageOf(String className) {
        return className.substring(0, className.lastIndexOf('.'));
    }

    /** Finds the loops of a graph: its strongly connected components of more than one node, by Tarjan's algorithm. */
    private static final class Loops {
        private final Map<String, Set<String>> graph;
        private final Map<String, Integer> order = new TreeMap<>();
        private final Map<String, Integer> lowest = new TreeMap<>();
        private final List<String> open = new ArrayList<>();
        private final List<Set<String>> found = new ArrayList<>();

        Loops(Map<String, Set<String>> graph) {
            this.graph = graph;
        }

        List<Set<String>> find() {
            graph.keySet().stream().filter(node -> !order.containsKey(node)).forEach(this::visit);
            return found;
        }

        private void visit(String node) {
            order.put(node, order.size());
            lowest.put(node, order.get(node));
            open.add(node);
            for (String next : graph.getOrDefault(node, Set.of())) {
                if (!order.containsKey(next)) {
                    visit(next);
                    lowest.merge(node, lowest.get(next), Math::min);
                } else if (open.contains(next)) {
                    lowest.merge(node, order.get(next), Math::min);
                }
            }
            if (lowest.get(node).equals(order.get(node))) {
                List<String> loop = open.subList(open.indexOf(node), open.size());
                if (loop.size() > 1) {
                    found.add(new TreeSet<>(loop));
                }
                loop.clear();
            }
        }
    }
}
