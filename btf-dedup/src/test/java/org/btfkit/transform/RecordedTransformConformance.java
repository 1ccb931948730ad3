package org.btfkit.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.fixtures.kernel.OracleData;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Distilling, relocating and sorting give what libbpf and resolve_btfids give, byte for byte. */
@Tag("conformance")
class RecordedTransformConformance {
    private static final Pattern DISTILL = Pattern.compile(
            "\\{\"op\": \"distill_base\", \"base\": \"(.*?)\", \"in\": \"(.*?)\", \"new_base\": \"(.*?)\", "
                    + "\"new_split\": \"(.*?)\", \"rc\": 0}");
    private static final Pattern RELOCATE =
            Pattern.compile("\\{\"op\": \"relocate\", \"base\": \"(.*?)\", \"in\": \"(.*?)\", \"onto\": \"(.*?)\", "
                    + "\"out\": (?:\"(.*?)\"|null), \"rc\": (-?\\d+)}");

    private static void assertSame(Path expected, Btf actual) throws IOException {
        assertArrayEquals(Files.readAllBytes(expected), BtfWriter.toBytes(actual), expected.toString());
    }

    @Test
    void shouldDistillAsLibbpf() throws IOException {
        int steps = 0;
        for (Path folder : OracleData.list("cases/split", "")) {
            Matcher step = DISTILL.matcher(Files.readString(folder.resolve("case.json")));
            while (step.find()) {
                Btf base = BtfSource.load(folder.resolve(step.group(1)));
                Btf split = BtfSource.load(folder.resolve(step.group(2)), base);
                Distilled distilled = Distiller.distill(split);
                assertSame(folder.resolve(step.group(3)), distilled.base());
                assertSame(folder.resolve(step.group(4)), distilled.split());
                ImageChecker.check(split, distilled);
                steps++;
            }
        }
        assertEquals(2, steps);
    }

    @Test
    void shouldRelocateAsLibbpf() throws IOException {
        int steps = 0;
        for (Path folder : OracleData.list("cases/split", "")) {
            Matcher step = RELOCATE.matcher(Files.readString(folder.resolve("case.json")));
            while (step.find()) {
                Btf base = BtfSource.load(folder.resolve(step.group(1)));
                Btf split = BtfSource.load(folder.resolve(step.group(2)), base);
                Btf onto = BtfSource.load(folder.resolve(step.group(3)));
                if (step.group(5).equals("0")) {
                    assertSame(
                            folder.resolve(step.group(4)),
                            Relocator.relocate(split, onto).btf());
                } else {
                    assertThrows(BtfException.class, () -> Relocator.relocate(split, onto));
                }
                steps++;
            }
        }
        assertEquals(2, steps);
    }

    @Test
    void shouldLeaveWhatResolveBtfidsSortedAsItIs() throws IOException {
        Btf vmlinux = BtfSource.load(OracleData.file("vmlinux-6.12.117-cloud.btf"));
        Btf split = BtfSource.load(OracleData.file("resolve/km2/plain/km2.ko.BTF"), vmlinux);
        Sorted sorted = NameSorter.sort(split);
        assertArrayEquals(IntStream.range(0, split.typeCount()).toArray(), sorted.idMap());
        assertSame(OracleData.file("resolve/km2/plain/km2.ko.BTF"), sorted.btf());
        assertTrue(split.typeCount() > split.firstTypeId() + 50);
    }

    /** The tool distills before it sorts. The order of strings tells that afterwards, nothing else does. */
    @Test
    void shouldDistillAndSortAsResolveBtfids() throws IOException {
        Btf vmlinux = BtfSource.load(OracleData.file("vmlinux-6.12.117-cloud.btf"));
        Btf split = BtfSource.load(OracleData.file("resolve/km2/plain/km2.ko.BTF"), vmlinux);
        Distilled distilled = Distiller.distill(split);
        Path expectedBase = OracleData.file("resolve/km2/distill/km2.ko.BTF.base");
        assertSame(expectedBase, distilled.base());
        Btf actual = NameSorter.sort(distilled.split()).btf();
        Btf expected = BtfSource.load(OracleData.file("resolve/km2/distill/km2.ko.BTF"), BtfSource.load(expectedBase));
        ImageChecker.check(
                expected, actual, IntStream.range(0, expected.typeCount()).toArray());
        assertEquals(expected.typeCount(), actual.typeCount());
        assertEquals(expected.stringEnd(), actual.stringEnd());
    }
}
