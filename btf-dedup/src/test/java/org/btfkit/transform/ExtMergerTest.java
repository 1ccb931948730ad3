package org.btfkit.transform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfType;
import org.btfkit.btf.build.BtfBuilder;
import org.btfkit.btf.ext.BtfExt;
import org.btfkit.btf.ext.BtfExt.CoreRelo;
import org.btfkit.btf.ext.BtfExt.FuncInfo;
import org.btfkit.btf.ext.BtfExt.Group;
import org.btfkit.elf.ElfSection;
import org.junit.jupiter.api.Test;

class ExtMergerTest {
    private static ElfSection section(String name, long size, long alignment) {
        return new ElfSection(1, name, ElfSection.SHT_PROGBITS, 6, 0, 64, size, 0, 0, alignment, 0);
    }

    /** An object with a function at 0 of each section, and a relocation of its struct in each. */
    private static ExtMerger.Part object(String struct, List<ElfSection> sections, String... told) {
        BtfBuilder builder = BtfBuilder.create();
        int proto = builder.addFuncProto(0);
        int func = builder.addFunc("prog_" + struct, proto, BtfType.Linkage.GLOBAL);
        int structId = builder.addStruct(struct, 4);
        List<Group<FuncInfo>> functions = new ArrayList<>();
        List<Group<CoreRelo>> relocations = new ArrayList<>();
        for (String name : told) {
            int nameOff = builder.addString(name);
            functions.add(new Group<>(nameOff, List.of(new FuncInfo(0, func))));
            int access = builder.addString("0:1");
            relocations.add(new Group<>(nameOff, List.of(new CoreRelo(8, structId, access, 0))));
        }
        BtfExt ext = BtfExt.of(ByteOrder.LITTLE_ENDIAN, functions, List.of(), relocations);
        return new ExtMerger.Part(builder.build(struct + ".o"), ext, sections);
    }

    private static MergedExt merge(ExtMerger.Part... parts) {
        List<ExtMerger.Part> all = List.of(parts);
        return ExtMerger.merge(
                Merger.merge(all.stream().map(ExtMerger.Part::btf).toList()), all);
    }

    @Test
    void shouldMoveRecordsWithTheirSections() {
        MergedExt all = merge(
                object("a", List.of(section("tp/x", 20, 4), section("tp/y", 8, 8)), "tp/x"),
                object("b", List.of(section("tp/y", 16, 8), section("tp/x", 8, 8)), "tp/y", "tp/x"));
        Btf btf = all.btf();
        assertEquals(
                "tp/x 8 a 0:1, tp/x 32 b 0:1, tp/y 16 b 0:1",
                String.join(
                        ", ",
                        all.ext().coreRelo().stream()
                                .flatMap(group -> group.records().stream()
                                        .map(record -> btf.string(group.sectionNameOff()) + " " + record.insnOffBytes()
                                                + " " + btf.name(record.typeId()) + " "
                                                + btf.string(record.accessStrOff())))
                                .toList()));
        assertEquals(
                List.of("prog_a", "prog_b", "prog_b"),
                all.ext().funcInfo().stream()
                        .flatMap(group -> group.records().stream())
                        .map(record -> btf.name(record.typeId()))
                        .toList());
        assertEquals(Map.of("tp/x", 32L, "tp/y", 24L), all.sectionBytes());
    }

    /** What is in no object with records moves those behind it all the same. */
    @Test
    void shouldCountSectionsOfObjectsWithoutRecords() {
        ExtMerger.Part silent = new ExtMerger.Part(BtfBuilder.create().build(), null, List.of(section("tp/x", 24, 8)));
        MergedExt all = merge(silent, object("b", List.of(section("tp/x", 8, 8)), "tp/x"));
        assertEquals(24 + 8, all.ext().coreRelo().get(0).records().get(0).insnOffBytes());
        assertNull(merge(silent, silent).ext());
    }

    @Test
    void shouldRefuseRecordsOfASectionThatIsNotThere() {
        ExtMerger.Part lost = object("a", List.of(section("tp/x", 8, 8)), "tp/lost");
        assertEquals(
                "new .BTF.ext: tells of instructions in section 'tp/lost', which the object does not have",
                assertThrows(BtfException.class, () -> merge(lost, lost)).getMessage());
    }
}
