package org.btfkit.resolve.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.btfkit.fixtures.RawElfReader;

/** What .BTF_ids of an object holds, read with nothing of the product. */
final class IdsView {
    private static final Pattern ID = Pattern.compile("__BTF_ID__(struct|union|typedef|func)__(.+)__\\d+");
    private static final Pattern SET = Pattern.compile("__BTF_ID__(set8?)__(.+)");

    /** A symbol that says what its slot must hold; {@code offset} is its slot's, in bytes from the section's start. */
    record Id(int symbolIndex, String kind, String name, int offset) {
        String key() {
            return kind + " " + name;
        }
    }

    /** A set; {@code offset} is where its count stands, {@code count} is what the size of its symbol says. */
    record IdSet(String name, boolean hasPairs, int offset, int count) {
        int slot(int entry) {
            return offset + (hasPairs ? 8 : 4) * (1 + entry);
        }

        int end() {
            return slot(count);
        }
    }

    private final ByteBuffer section;
    private final List<Id> ids = new ArrayList<>();
    private final List<IdSet> sets = new ArrayList<>();
    private final Map<Integer, Long> symbolValues = new TreeMap<>();

    private IdsView(byte[] file) {
        RawElfReader elf = new RawElfReader(file);
        RawElfReader.Section found = elf.section(".BTF_ids").orElseThrow();
        section = ByteBuffer.wrap(elf.bytes(found)).order(elf.variant().order());
        for (RawElfReader.Symbol symbol : elf.symbols()) {
            Matcher id = ID.matcher(symbol.name());
            Matcher set = SET.matcher(symbol.name());
            int offset = (int) (symbol.value() - found.addr());
            if (symbol.shndx() != found.index()) {
                continue;
            }
            if (set.matches()) {
                boolean hasPairs = set.group(1).equals("set8");
                int count = (int) symbol.size() / (hasPairs ? 8 : 4) - 1;
                sets.add(new IdSet(set.group(2), hasPairs, offset, count));
                symbolValues.put(symbol.index(), symbol.value());
            } else if (id.matches()) {
                ids.add(new Id(symbol.index(), id.group(1), id.group(2), offset));
                symbolValues.put(symbol.index(), symbol.value());
            }
        }
        sets.sort(Comparator.comparingInt(IdSet::offset));
    }

    static IdsView of(Path file) {
        try {
            return new IdsView(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The section. */
    byte[] bytes() {
        return section.array().clone();
    }

    ByteOrder order() {
        return section.order();
    }

    int word(int offset) {
        return section.getInt(offset);
    }

    /** All symbols of slots, in symbol table order. */
    List<Id> ids() {
        return ids;
    }

    /** All sets, by offset. */
    List<IdSet> sets() {
        return sets;
    }

    /** The set of a name that is the only one. */
    IdSet set(String name) {
        List<IdSet> found = sets.stream().filter(set -> set.name().equals(name)).toList();
        if (found.size() != 1) {
            throw new AssertionError(found.size() + " sets are called " + name);
        }
        return found.get(0);
    }

    /** The values of all symbols of slots and sets, by symbol table index. */
    Map<Integer, Long> symbolValues() {
        return symbolValues;
    }

    /** The symbols within a set, in symbol table order. */
    List<Id> idsOf(IdSet set) {
        return ids.stream()
                .filter(id -> id.offset() >= set.offset() && id.offset() < set.end())
                .toList();
    }

    /** The symbols of slots that are in no set. */
    List<Id> listed() {
        return ids.stream()
                .filter(id -> sets.stream().noneMatch(set -> id.offset() >= set.offset() && id.offset() < set.end()))
                .toList();
    }

    /** What a set8 pairs with each other, as its symbols have it: "func vfs_read 0x10", sorted. */
    List<String> pairs(IdSet set) {
        return idsOf(set).stream()
                .map(id -> id.key() + " 0x" + Integer.toHexString(word(id.offset() + 4)))
                .sorted()
                .toList();
    }

    /** What each set8 pairs with each other, by offset. */
    Map<Integer, List<String>> pairs() {
        Map<Integer, List<String>> result = new TreeMap<>();
        sets.stream().filter(IdSet::hasPairs).forEach(set -> result.put(set.offset(), pairs(set)));
        return result;
    }

    /** The flags word beside each id of a set8, whatever the symbols say: id to flags. */
    Map<Integer, Integer> flagsById(IdSet set) {
        Map<Integer, Integer> flags = new TreeMap<>();
        for (int entry = 0; entry < set.count(); entry++) {
            flags.put(word(set.slot(entry)), word(set.slot(entry) + 4));
        }
        return flags;
    }
}
