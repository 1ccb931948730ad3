package org.btfkit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * What a public repository asks of the POMs, and what users import. That what they inherit comes out right is checked
 * by the profile {@code release}, of the model that Maven makes of them.
 */
class PomsTest {
    private static final Path ROOT = Path.of("..");
    private static final String BOM = ".mvn/bom";

    /** Each module, as a folder; the parent is the first. */
    static List<String> modules() throws Exception {
        List<String> found = new ArrayList<>(List.of("."));
        for (Element module : children(child(pom("."), "modules"), "module")) {
            found.add(module.getTextContent());
        }
        return found;
    }

    static List<String> published() throws Exception {
        List<String> found = new ArrayList<>();
        for (String module : modules()) {
            if (!"true".equals(text(pom(module), "properties", "maven.deploy.skip"))) {
                found.add(module);
            }
        }
        return found;
    }

    @Test
    void shouldPublishWhatIsALibrary() throws Exception {
        assertEquals(List.of(".", "btf-core", "btf-dedup", "resolve-btfids", BOM), published());
    }

    @ParameterizedTest
    @MethodSource("modules")
    void shouldSayWhatAModuleIs(String module) throws Exception {
        Element pom = pom(module);
        assertEquals(text(pom, "artifactId"), module.equals(".") ? "btfkit-parent" : text(pom, "name"));
        assertTrue(text(pom, "description").endsWith("."), "a sentence");
        if (!module.equals(".")) {
            assertNotEquals(text(pom("."), "description"), text(pom, "description"), "a description of its own");
        }
    }

    /** A POM that is published may need nothing that only this project's folders have. */
    @ParameterizedTest
    @MethodSource("modules")
    void shouldHaveTheParent(String module) throws Exception {
        Element root = pom(".");
        if (!module.equals(".")) {
            Element parent = child(pom(module), "parent");
            for (String name : List.of("groupId", "artifactId", "version")) {
                assertEquals(text(root, name), text(parent, name));
            }
        }
    }

    @Test
    void shouldSayWhoseItIs() throws Exception {
        Element root = pom(".");
        String home = text(root, "url");
        assertTrue(home.startsWith("https://"), home);
        assertEquals("Apache-2.0", text(root, "licenses", "license", "name"));
        assertEquals("https://www.apache.org/licenses/LICENSE-2.0.txt", text(root, "licenses", "license", "url"));
        assertNotEquals("", text(root, "developers", "developer", "name"));
        assertEquals(home, text(root, "scm", "url"));
        assertEquals("scm:git:" + home + ".git", text(root, "scm", "connection"));
        assertTrue(text(root, "scm", "developerConnection").startsWith("scm:git:ssh://"));
        assertEquals(home + "/issues", text(root, "issueManagement", "url"));
    }

    /** Maven would make {@code .../btfkit/btf-core} of the address for a module, which leads nowhere. */
    @Test
    void shouldHandItsAddressesDownAsTheyAre() throws Exception {
        Element root = pom(".");
        Element scm = child(root, "scm");
        assertEquals("false", root.getAttribute("child.project.url.inherit.append.path"));
        for (String name : List.of("connection", "developerConnection", "url")) {
            assertEquals("false", scm.getAttribute("child.scm." + name + ".inherit.append.path"), name);
        }
    }

    @Test
    void shouldListAllPublishedModulesInTheBom() throws Exception {
        Set<String> expected = new TreeSet<>();
        for (String module : published()) {
            if (!module.equals(".") && !module.equals(BOM)) {
                expected.add(text(pom(module), "artifactId"));
            }
        }
        Set<String> managed = new TreeSet<>();
        Element dependencies = child(child(pom(BOM), "dependencyManagement"), "dependencies");
        for (Element dependency : children(dependencies, "dependency")) {
            managed.add(text(dependency, "artifactId"));
            assertEquals("${project.version}", text(dependency, "version"));
        }
        assertEquals(expected, managed);
    }

    /** No repository takes a POM that needs another one. */
    @ParameterizedTest
    @MethodSource("modules")
    void shouldNameNoRepository(String module) throws Exception {
        for (String name : List.of("repositories", "pluginRepositories", "distributionManagement")) {
            assertEquals(0, pom(module).getElementsByTagName(name).getLength(), name);
        }
    }

    private static Element pom(String module) throws Exception {
        Document document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(ROOT.resolve(module).resolve("pom.xml").toFile());
        return document.getDocumentElement();
    }

    /** The text at a path of elements; empty if there is none. */
    private static String text(Element from, String... path) {
        Element here = from;
        for (String name : path) {
            List<Element> found = children(here, name);
            if (found.isEmpty()) {
                return "";
            }
            here = found.get(0);
        }
        return here.getTextContent().strip();
    }

    private static Element child(Element from, String name) {
        List<Element> found = children(from, name);
        assertEquals(1, found.size(), "elements <" + name + "> in <" + from.getTagName() + ">");
        return found.get(0);
    }

    private static List<Element> children(Element from, String name) {
        List<Element> found = new ArrayList<>();
        for (Node node = from.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && element.getTagName().equals(name)) {
                found.add(element);
            }
        }
        return found;
    }
}
