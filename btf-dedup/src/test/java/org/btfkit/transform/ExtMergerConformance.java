package org.btfkit.transform;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.ext.BtfExt;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.dedup.DedupResult;
import org.btfkit.dedup.Deduplicator;
import org.btfkit.fixtures.kernel.OracleData;
import org.btfkit.fixtures.tool.ExternalTool;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The records of pairs of objects, beside those of the object that bpftool linked of both. */
@Tag("conformance")
class ExtMergerConformance {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "k02_renamed_guarded+k09_flavours",
                "k05_enums+k12_typedef_roots",
                "k18_subprograms+k08_arrays",
            })
    void shouldMakeTheRecordsOfALinker(String pair) throws IOException {
        ExternalTool.named("tar", "tar").check("xJf", OracleData.file("core/cases/link.tar.xz"), "-C", folder);
        List<ExtMerger.Part> parts = new ArrayList<>();
        for (String name : pair.split("\\+")) {
            try (BtfSource source = BtfSource.open(folder.resolve("link/" + name + ".o"))) {
                parts.add(new ExtMerger.Part(source.btf(null), source.ext(), source.sections()));
            }
        }
        MergedExt merged = ExtMerger.merge(
                Merger.merge(parts.stream().map(ExtMerger.Part::btf).toList()), parts);
        DedupResult result = new Deduplicator().dedup(merged.btf(), merged.ext());
        try (BtfSource linked = BtfSource.open(folder.resolve("link/" + pair + ".o"))) {
            assertEquals(records(linked.btf(null), linked.ext()), records(result.btf(), result.ext()));
        }
    }

    /** All records with what their ids and strings mean, by section. */
    private static List<String> records(Btf btf, BtfExt ext) {
        List<String> all = new ArrayList<>();
        ext.funcInfo()
                .forEach(group -> group.records()
                        .forEach(record -> all.add("func " + btf.string(group.sectionNameOff()) + " "
                                + record.insnOffBytes() + " " + btf.name(record.typeId()))));
        ext.lineInfo()
                .forEach(group -> group.records()
                        .forEach(record -> all.add("line " + btf.string(group.sectionNameOff()) + " "
                                + record.insnOffBytes()
                                + " " + btf.string(record.fileNameOff()) + " " + btf.string(record.lineOff()) + " "
                                + record.lineCol())));
        ext.coreRelo()
                .forEach(group -> group.records()
                        .forEach(record -> all.add("core " + btf.string(group.sectionNameOff()) + " "
                                + record.insnOffBytes()
                                + " " + btf.type(record.typeId()).getClass().getSimpleName() + " "
                                + btf.name(record.typeId())
                                + " " + btf.string(record.accessStrOff()) + " " + record.kind())));
        return all;
    }
}
