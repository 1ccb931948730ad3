package org.btfkit.btf.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.fixtures.kernel.KernelPackages;
import org.btfkit.fixtures.kernel.OracleData;
import org.btfkit.fixtures.tool.ExternalTool;
import org.btfkit.fixtures.tool.Pahole;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every named struct and union of real kernels, against a recent pahole. */
@Tag("conformance")
class LayoutPrinterConformance {
    private static ExternalTool pahole;

    @BeforeAll
    static void requirePahole() {
        pahole = Pahole.requireRecent();
    }

    @Test
    void shouldMatchOnEveryStructOfOracleKernel() throws IOException {
        assertSame(OracleData.file("vmlinux-6.12.117-cloud.btf"), LayoutOptions.DEFAULT);
    }

    @Test
    void shouldMatchOnEveryStructOfCloudKernel() throws IOException {
        assertSame(KernelPackages.ofUser().cloud().vmlinux(), LayoutOptions.DEFAULT);
    }

    @Test
    void shouldMatchOnEveryStructOfOtherFlavour() throws IOException {
        assertSame(KernelPackages.ofUser().otherFlavour().vmlinux(), LayoutOptions.DEFAULT);
    }

    @Test
    void shouldMatchExpandedStructsOfCloudKernel() throws IOException {
        assertSame(KernelPackages.ofUser().cloud().vmlinux(), LayoutOptions.DEFAULT.withExpand(true));
    }

    private static void assertSame(Path vmlinux, LayoutOptions options) throws IOException {
        List<Object> arguments = new ArrayList<>(List.of("-F", "btf"));
        if (options.expand()) {
            arguments.add("-E");
        }
        List<Object> forAll = new ArrayList<>(arguments);
        forAll.add(vmlinux);
        List<String> expected = blocks(pahole.check(forAll.toArray()).out());
        Map<String, Set<String>> actual = print(BtfSource.load(vmlinux), options);
        List<String> different = new ArrayList<>();
        for (String block : expected) {
            Set<String> candidates = actual.getOrDefault(head(block), Set.of());
            if (!hasSame(candidates, block)) {
                // A struct that was used before may be known as packed: ask for this one alone.
                List<Object> forOne = new ArrayList<>(arguments);
                forOne.addAll(List.of("-C", head(block).split(" ")[1], vmlinux));
                // With some of them it ends in an empty line.
                String alone = pahole.check(forOne.toArray()).out().stripTrailing() + "\n";
                if (!hasSame(candidates, alone)) {
                    different.add(alone);
                }
            }
        }
        assertTrue(expected.size() > 8000, "structs compared: " + expected.size());
        assertEquals(List.of(), different);
    }

    private static boolean hasSame(Set<String> candidates, String block) {
        return candidates.contains(block)
                || candidates.stream()
                        .anyMatch(candidate -> withoutNamesOfConst(candidate).equals(block));
    }

    /** pahole loses the name of what is const where its struct, union or enum is written in place. */
    private static String withoutNamesOfConst(String block) {
        StringBuilder text = new StringBuilder();
        Deque<Boolean> isConst = new ArrayDeque<>();
        for (String line : block.split("(?<=\n)")) {
            String shown = line;
            if (line.endsWith("{\n")) {
                isConst.push(line.contains("const "));
            } else if (line.strip().startsWith("}") && isConst.pop()) {
                shown = line.replaceFirst("\\} \\w+", "}");
            }
            text.append(shown);
        }
        return text.toString();
    }

    private static Map<String, Set<String>> print(Btf btf, LayoutOptions options) {
        LayoutPrinter printer = new LayoutPrinter(btf, options);
        Map<String, Set<String>> blocks = new HashMap<>();
        for (int typeId = 1; typeId < btf.typeCount(); typeId++) {
            BtfKind kind = btf.kind(typeId);
            if ((kind == BtfKind.STRUCT || kind == BtfKind.UNION)
                    && !btf.name(typeId).isEmpty()) {
                String block = printer.print(typeId);
                blocks.computeIfAbsent(head(block), head -> new HashSet<>()).add(block);
            }
        }
        return blocks;
    }

    private static String head(String block) {
        return block.substring(0, block.indexOf(" {\n"));
    }

    /** Cuts the output for a whole file into what is about one struct each. */
    private static List<String> blocks(String output) {
        List<String> blocks = new ArrayList<>();
        int from = 0;
        while (from < output.length()) {
            int end = output.indexOf("\n}", from);
            int to = output.indexOf('\n', end + 1) + 1;
            blocks.add(output.substring(from, to));
            from = to;
        }
        return blocks;
    }
}
