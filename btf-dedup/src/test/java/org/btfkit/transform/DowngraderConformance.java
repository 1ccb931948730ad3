package org.btfkit.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.format.KernelFeature;
import org.btfkit.btf.validate.KernelNeeds;
import org.btfkit.btf.validate.KernelValidator;
import org.btfkit.fixtures.kernel.OracleData;
import org.btfkit.fixtures.tool.ExternalTool;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bytes that libbpf hands to kernels of several releases, of BTF alone and of objects as Debian ships them. */
@Tag("conformance")
class DowngraderConformance {
    private static final Map<String, KernelFeature> WORDS = Map.of(
            "func", KernelFeature.FUNCTIONS,
            "global_func", KernelFeature.GLOBAL_FUNCTIONS,
            "datasec", KernelFeature.VARIABLES,
            "float", KernelFeature.FLOATS,
            "decl_tag", KernelFeature.DECL_TAGS,
            "type_tag", KernelFeature.TYPE_TAGS,
            "enum64", KernelFeature.ENUM64,
            "qmark", KernelFeature.SECTION_NAMES,
            "layout", KernelFeature.LAYOUT);

    @TempDir
    Path folder;

    private void unpack(String archive) {
        ExternalTool.named("tar", "tar").check("xJf", OracleData.file(archive), "-C", folder);
    }

    private List<Path> files(String name, String suffix) throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve(name))) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .sorted()
                    .toList();
        }
    }

    private static Btf downgrade(Btf btf, String how) {
        Downgrader downgrader = how.startsWith("for-")
                ? Downgrader.forRelease(how.substring(4).replace("newest", "99.0"))
                : Downgrader.without(Set.of(WORDS.get(how.substring(3))));
        Btf result = downgrader.downgrade(btf).btf();
        if (how.startsWith("for-") && !how.equals("for-4.18") && !how.equals("for-5.0") && !how.equals("for-newest")) {
            KernelNeeds.newestFeature(result)
                    .ifPresent(rest -> assertTrue(
                            !KernelFeature.unknownTo(how.substring(4)).contains(rest)
                                    || !Downgrader.FEATURES.contains(rest),
                            rest + " " + how));
        }
        return result;
    }

    @Test
    void shouldMakeWhatLibbpfMakesOfBtf() throws IOException {
        unpack("core/cases/sanitize.tar.xz");
        int compared = 0;
        for (Path file : files("sanitize", ".btf")) {
            String name = file.getFileName().toString().replaceFirst("\\.btf$", "");
            int dot = name.indexOf('.');
            if (dot > 0) {
                Btf btf = BtfSource.load(file.resolveSibling(name.substring(0, dot) + ".btf"));
                Btf result = downgrade(btf, name.substring(dot + 1));
                assertArrayEquals(Files.readAllBytes(file), BtfWriter.toBytes(result), name);
                compared++;
            }
        }
        assertTrue(compared >= 56, "compared: " + compared);
    }

    @Test
    void shouldMakeWhatLibbpfLoads() throws IOException {
        unpack("core/cases/loaded.tar.xz");
        unpack("core/cases/objects.tar.xz");
        unpack("core/cases/realobj.tar.xz");
        unpack("core/objects.tar.xz");
        Map<String, Path> objects = new TreeMap<>();
        for (Path object : files(".", ".o")) {
            String name = object.getFileName().toString().replaceFirst("(\\.el)?(\\.bpf)?\\.o$", "");
            objects.put(name, object);
        }
        int compared = 0;
        for (Path file : files("loaded", ".btf")) {
            String name = file.getFileName().toString().replaceFirst("\\.btf$", "");
            int at = name.indexOf(".for-");
            Path object = objects.get(name.substring(0, at));
            if (object == null) {
                continue; // not among those that are given
            }
            try (BtfSource source = BtfSource.open(object)) {
                Btf result = downgrade(source.asLoaded(source.btf(null)), name.substring(at + 1));
                assertArrayEquals(Files.readAllBytes(file), BtfWriter.toBytes(result), name);
                if (!name.endsWith("for-4.18")) {
                    KernelValidator.kernel(result);
                }
            }
            compared++;
        }
        assertTrue(compared >= 90, "compared: " + compared);
    }
}
