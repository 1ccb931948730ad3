package org.btfkit.elf;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.btfkit.fixtures.raw.RawElf;
import org.btfkit.fixtures.raw.RawElfReader;

/**
 * What an ELF file says, however it is laid out and numbered, as lines to compare: sections with what they refer to by
 * name, their bytes, and symbols. Read by the fixtures' reader.
 */
final class ElfView {
    private static final int SHT_GROUP = 17;

    /** Types whose bytes have section numbers; they are shown in other ways. */
    private static final Set<Integer> NUMBERED = Set.of(RawElf.SHT_SYMTAB, RawElf.SHT_SYMTAB_SHNDX, SHT_GROUP);

    private ElfView() {}

    /** All lines but those of the named sections, and of the section names. */
    static List<String> without(byte[] elf, String... names) {
        RawElfReader reader = new RawElfReader(elf);
        Set<String> left = Set.of(names);
        List<RawElfReader.Section> sections = reader.sections();
        List<String> lines = new ArrayList<>();
        for (RawElfReader.Section section : sections) {
            if (section.index() > 0 && !left.contains(section.name())) {
                lines.add(line(reader, sections, section));
            }
        }
        for (RawElfReader.Symbol symbol : reader.symbols()) {
            String section = symbol.rawShndx() == RawElf.SHN_XINDEX || symbol.rawShndx() < RawElf.SHN_LORESERVE
                    ? target(sections, symbol.shndx())
                    : Integer.toHexString(symbol.rawShndx());
            lines.add("symbol %s %x %d %d %d %d in %s"
                    .formatted(
                            symbol.name(),
                            symbol.value(),
                            symbol.size(),
                            symbol.binding(),
                            symbol.type(),
                            symbol.other(),
                            section));
        }
        return lines;
    }

    private static String line(RawElfReader reader, List<RawElfReader.Section> sections, RawElfReader.Section section) {
        boolean isRelocation = section.type() == RawElf.SHT_REL || section.type() == RawElf.SHT_RELA;
        String content = "";
        if (section.type() == SHT_GROUP) {
            int[] words = reader.words(section.name());
            for (int i = 1; i < words.length; i++) {
                content += target(sections, words[i]) + ' ';
            }
        } else if (!NUMBERED.contains(section.type()) && !isNames(section)) {
            content = HexFormat.of().formatHex(reader.bytes(section));
        }
        return "%s type %d flags %x addr %x size %s align %d, %d entsize %d link %s info %s: %s"
                .formatted(
                        section.name(),
                        section.type(),
                        section.flags(),
                        section.addr(),
                        isNames(section) ? "any" : section.size(),
                        section.addrAlign(),
                        section.type() == RawElf.SHT_NOBITS || section.addrAlign() == 0
                                ? 0
                                : section.offset() % Math.min(1 << 16, section.addrAlign()),
                        section.entsize(),
                        target(sections, section.link()),
                        isRelocation ? target(sections, section.info()) : section.info(),
                        content);
    }

    private static boolean isNames(RawElfReader.Section section) {
        return section.type() == RawElf.SHT_STRTAB;
    }

    private static String target(List<RawElfReader.Section> sections, int index) {
        return index == 0 ? "none" : sections.get(index).name();
    }
}
