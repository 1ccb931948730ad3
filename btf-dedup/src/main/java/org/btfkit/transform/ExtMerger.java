package org.btfkit.transform;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.build.BtfBuilder;
import org.btfkit.btf.ext.BtfExt;
import org.btfkit.elf.ElfSection;

/**
 * Makes one {@code .BTF.ext} of those of several BPF objects whose BTF was merged.
 *
 * <p>A record says where in an ELF section its instruction is. A linker puts sections of one name behind each other,
 * each at the next place that fits its alignment, and the records of the second object move with it:
 *
 * <pre>
 * a.o  kprobe/x  0x38 bytes   record at 0x10          kprobe/x  record at 0x10
 * b.o  kprobe/x  0x60 bytes   record at 0x08    -&gt;              record at 0x40
 * </pre>
 *
 * <p>So do {@code bpftool gen object} and {@code ld -r}, in the order in which they are given the objects. Linking
 * itself is not done here: sections, symbols and maps are not BTF.
 *
 * <p>Nothing is kept between calls; safe for use by several threads.
 */
public final class ExtMerger {
    private final Map<String, Place> places = new HashMap<>();
    private final BtfBuilder builder;
    private final Map<String, Long> sectionBytes = new TreeMap<>();
    private BtfExt all;

    private ExtMerger(Btf merged) {
        this.builder = BtfBuilder.copyOf(merged);
    }

    /**
     * An object.
     *
     * @param btf its BTF, as it was merged
     * @param ext what it says of its instructions; null if nothing
     * @param sections its sections, whose sizes tell where those of the next object begin; none of raw BTF
     */
    public record Part(Btf btf, BtfExt ext, List<ElfSection> sections) {}

    /** Where a section of some name ends, and how it is aligned. */
    private record Place(long startBytes, long endBytes, long alignment) {}

    /**
     * Merges what objects say of their instructions.
     *
     * @param merged what {@link Merger} made of the BTF of the same parts, in this order
     * @param parts the objects
     * @return the merged BTF with some more strings, and the records
     * @throws BtfException if a part uses ids or strings that do not exist, tells of a section that it does not have,
     *     or has records that cannot stand beside those of the others
     */
    public static MergedExt merge(Merged merged, List<Part> parts) {
        ExtMerger merger = new ExtMerger(merged.btf());
        for (int i = 0; i < parts.size(); i++) {
            merger.add(parts.get(i), merged.idOffsets().get(i));
        }
        if (merger.all == null) {
            return new MergedExt(merged.btf(), null, Map.of());
        }
        try {
            Btf btf = merger.builder.build().withPointerSize(merged.btf().pointerSize());
            merger.sectionBytes.replaceAll((name, none) -> merger.places.get(name).endBytes);
            return new MergedExt(btf, merger.all, merger.sectionBytes);
        } catch (IllegalArgumentException e) {
            throw new BtfException(e.getMessage(), e);
        }
    }

    private void add(Part part, int idOffset) {
        Map<String, Place> own = new HashMap<>();
        for (ElfSection section : part.sections) {
            if (section.type() == ElfSection.SHT_PROGBITS && !section.name().isEmpty()) {
                own.putIfAbsent(section.name(), next(section));
            }
        }
        places.putAll(own);
        if (part.ext == null) {
            return;
        }
        Btf btf = part.btf;
        int first = btf.firstTypeId();
        part.ext.validate(btf);
        Map<Integer, Place> byName = new HashMap<>();
        for (BtfExt.Group<?> group : groups(part.ext)) {
            String name = btf.string(group.sectionNameOff());
            Place place = own.get(name);
            if (place == null) {
                throw new BtfException(part.ext.source() + ": tells of instructions in section '" + name
                        + "', which the object does not have");
            }
            sectionBytes.put(name, place.endBytes);
            byName.put(builder.addString(btf, group.sectionNameOff()), place);
        }
        BtfExt mapped =
                part.ext.map(id -> id < first ? id : id + idOffset, stringOff -> builder.addString(btf, stringOff));
        all = all == null && byName.values().stream().allMatch(place -> place.startBytes == 0)
                ? mapped
                : joined(mapped, byName);
    }

    private BtfExt joined(BtfExt mapped, Map<Integer, Place> byName) {
        BtfExt before = all == null ? mapped.none() : all;
        return before.append(mapped, nameOff -> (int) byName.get(nameOff).startBytes);
    }

    private static List<BtfExt.Group<?>> groups(BtfExt ext) {
        List<BtfExt.Group<?>> groups = new ArrayList<>(ext.funcInfo());
        groups.addAll(ext.lineInfo());
        groups.addAll(ext.coreRelo());
        return groups;
    }

    /** Where a section goes, behind those of its name. */
    private Place next(ElfSection section) {
        Place before = places.getOrDefault(section.name(), new Place(0, 0, 1));
        long alignment = Math.max(before.alignment, Math.max(1, section.alignment()));
        long start = (before.endBytes + alignment - 1) / alignment * alignment;
        if (start > Integer.MAX_VALUE) {
            throw new BtfException("section '" + section.name() + "' of all objects: more than 2 GiB");
        }
        return new Place(start, start + section.size(), alignment);
    }
}
