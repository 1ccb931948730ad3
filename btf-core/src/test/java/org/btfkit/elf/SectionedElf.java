package org.btfkit.elf;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawElf;
import org.btfkit.fixtures.raw.RawElf.Shdr;

/**
 * An ELF file with sections of all sorts around one that will change, for laws about changing it.
 *
 * @param variant class, order and type
 * @param parts its sections; in a linked file those that are loaded come first
 * @param changing at which of them the section {@code .BTF} is, or -1 if the file has none
 * @param changingBytes the size of that section
 * @param headersFirst whether the section table is in front of the sections
 * @param oneStringTable whether symbols and sections have their names in one table
 * @param seed for the bytes
 */
record SectionedElf(
        ElfVariant variant,
        List<Part> parts,
        int changing,
        int changingBytes,
        boolean headersFirst,
        boolean oneStringTable,
        int seed) {
    private static final int SHT_GROUP = 17;

    /** What a section is. */
    enum Sort {
        PLAIN,
        LOADED,
        NOBITS,
        EMPTY,
        RELOCATED,
        GROUPED
    }

    /**
     * A section.
     *
     * @param slack how many times its alignment it is behind the one before without need
     */
    record Part(Sort sort, int bytes, int alignment, int slack) {}

    static Arbitrary<SectionedElf> arbitrary() {
        Arbitrary<Part> part = Combinators.combine(
                        Arbitraries.of(Sort.values()),
                        Arbitraries.integers().between(1, 70),
                        Arbitraries.of(1, 2, 4, 8, 16, 32, 64, 4096, 1 << 17),
                        Arbitraries.of(0, 0, 0, 0, 1, 3))
                .as(Part::new);
        return Combinators.combine(
                        Arbitraries.of(ElfVariant.all()),
                        part.list().ofMinSize(1).ofMaxSize(7),
                        Arbitraries.integers().between(-1, 6),
                        Arbitraries.integers().between(1, 70),
                        Arbitraries.of(false, false, true),
                        Arbitraries.of(false, false, true),
                        Arbitraries.integers())
                .as(SectionedElf::new)
                .withoutEdgeCases(); // there are so many that nothing else would be tried
    }

    boolean hasChanging() {
        return changing >= 0;
    }

    private boolean isLoaded(Part part) {
        return part.sort == Sort.LOADED && !variant.relocatable();
    }

    /** Whether the section table is in front of something that cannot move, so that it moves for good if it grows. */
    boolean isTableStuck() {
        return headersFirst && parts.stream().anyMatch(this::isLoaded);
    }

    byte[] toBytes() {
        Random random = new Random(seed);
        RawElf elf = RawElf.of(variant);
        List<Part> order = new ArrayList<>(parts);
        order.sort((a, b) -> Boolean.compare(isLoaded(b), isLoaded(a)));
        int loaded = (int) order.stream().filter(this::isLoaded).count();
        int place = hasChanging() ? Math.max(loaded, Math.min(changing, order.size())) : -1;
        List<RawElf.Section> groups = new ArrayList<>();
        RawElf.Section last = null;
        for (int i = 0; i <= order.size(); i++) {
            if (i == place) {
                last = elf.section(".BTF").data(bytes(random, changingBytes));
            }
            if (i < order.size()) {
                last = add(elf, i, order.get(i), groups, random);
            }
        }
        elf.symbol("absolute").shndx(RawElf.SHN_ABS).value(5);
        for (RawElf.Section group : groups) {
            group.header(Shdr.LINK, last.index() + 1); // the symbol table, as assembled
        }
        if (headersFirst) {
            elf.sectionHeadersFirst();
        }
        return (oneStringTable ? elf.oneStringTable() : elf).toBytes();
    }

    private RawElf.Section add(RawElf elf, int i, Part part, List<RawElf.Section> groups, Random random) {
        RawElf.Section section = elf.section(".s" + i).align(part.alignment);
        section.gapBefore(bytes(random, part.slack * Math.min(part.alignment, 64)));
        if (part.alignment > 64) {
            section.gapBefore(new byte[0]);
        }
        switch (part.sort) {
            case NOBITS -> {
                return section.nobits(1000);
            }
            case EMPTY -> {
                return section;
            }
            default -> section.data(bytes(random, part.bytes));
        }
        RawElf.Symbol symbol = elf.symbol("in" + i).in(section).value(i).size(1);
        switch (part.sort) {
            case LOADED -> {
                section.flags(RawElf.SHF_ALLOC);
                if (isLoaded(part)) {
                    section.addr(0x1000L * (i + 1)).load(4, 0x1000);
                }
            }
            case RELOCATED -> {
                return elf.rela(section, List.of(new RawElf.Reloc(0, symbol, 0, 7)));
            }
            case GROUPED -> {
                ByteBuffer words = ByteBuffer.allocate(8).order(variant.order());
                words.putInt(1).putInt(section.index());
                RawElf.Section group = elf.section(".group" + i).type(SHT_GROUP);
                groups.add(group.align(4).entsize(4).data(words.array()));
                return group;
            }
            default -> {}
        }
        return section;
    }

    private static byte[] bytes(Random random, int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
