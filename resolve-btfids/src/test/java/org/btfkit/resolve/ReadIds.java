package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.btfkit.fixtures.raw.BtfIdsObject;
import org.btfkit.fixtures.raw.BtfIdsObject.Entry;
import org.btfkit.fixtures.raw.BtfIdsObject.IdList;
import org.btfkit.fixtures.raw.BtfIdsObject.IdSet8;
import org.btfkit.fixtures.raw.BtfIdsObject.Item;
import org.btfkit.fixtures.raw.BtfIdsObject.Kind;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawElfReader;

/** What is in the .BTF_ids of a file, read anew from symbols and words; only where sets lie is taken as known. */
final class ReadIds {
    private static final Pattern ID_SYMBOL = Pattern.compile("__BTF_ID__(struct|union|typedef|func)__(.+)__[0-9]+");
    private static final Pattern SET_SYMBOL = Pattern.compile("__BTF_ID__set8?__.*");

    /** The symbol on a slot. */
    record Name(int symbolIndex, Kind kind, String name) {
        boolean sameType(Name other) {
            return kind == other.kind && name.equals(other.name);
        }

        @Override
        public String toString() {
            return kind.label() + " " + name;
        }
    }

    /** A slot; {@code name} is null if no symbol is on it, {@code flags} is 0 outside of set8. */
    record Slot(int offset, int id, int flags, Name name) {
        /** The name and the flags, which belong together; slots without a symbol have their flags alone. */
        String pair() {
            return (name == null ? "-" : name) + " 0x" + Integer.toHexString(flags);
        }
    }

    /** A list or set; {@code head} is what stands in front of the slots. */
    record Run(Item item, int offset, List<Integer> head, List<Slot> slots) {
        boolean isSet() {
            return !(item instanceof IdList);
        }

        int count() {
            return head.get(0);
        }

        boolean allZero() {
            return slots.stream().allMatch(slot -> slot.id == 0);
        }

        /** The pairs, sorted. */
        List<String> pairs() {
            return slots.stream().map(Slot::pair).sorted().toList();
        }
    }

    private ReadIds() {}

    /** Reads the section of a file that was made from {@code object}; every symbol must be on a slot of its own. */
    static List<Run> of(BtfIdsObject object, byte[] file) {
        RawElfReader reader = new RawElfReader(file);
        RawElfReader.Section section = reader.section(".BTF_ids").orElseThrow();
        ByteBuffer words =
                ByteBuffer.wrap(reader.bytes(section)).order(object.variant().order());
        Map<Integer, Name> names = new HashMap<>();
        List<Integer> setOffsets = new ArrayList<>();
        for (RawElfReader.Symbol symbol : reader.symbols()) {
            if (symbol.shndx() == section.index() && symbol.rawShndx() < 0xff00) {
                int offset = Math.toIntExact(symbol.value() - section.addr());
                Matcher matcher = ID_SYMBOL.matcher(symbol.name());
                if (matcher.matches()) {
                    Kind kind = Kind.valueOf(matcher.group(1).toUpperCase(Locale.ROOT));
                    Name name = new Name(symbol.index(), kind, matcher.group(2));
                    assertNull(names.put(offset, name), () -> "two symbols at offset " + offset);
                } else if (SET_SYMBOL.matcher(symbol.name()).matches()) {
                    setOffsets.add(offset);
                }
            }
        }
        List<Run> runs = new ArrayList<>();
        int offset = 0;
        for (Item item : object.items()) {
            runs.add(read(item, offset, words, names));
            assertEquals(item instanceof IdList, !setOffsets.contains(offset) || item.sizeBytes() == 0);
            offset += item.sizeBytes();
        }
        assertEquals(words.capacity(), offset);
        assertEquals(Map.of(), names, "symbols that are on no slot");
        return runs;
    }

    private static Run read(Item item, int offset, ByteBuffer words, Map<Integer, Name> names) {
        List<Integer> head = new ArrayList<>();
        for (int at = offset; at < offset + item.headBytes(); at += 4) {
            head.add(words.getInt(at));
        }
        List<Slot> slots = new ArrayList<>();
        int at = offset + item.headBytes();
        for (Entry ignored : item.entries()) {
            int flags = item instanceof IdSet8 ? words.getInt(at + 4) : 0;
            slots.add(new Slot(at, words.getInt(at), flags, names.remove(at)));
            at += item.strideBytes();
        }
        return new Run(item, offset, head, slots);
    }

    /** Checks that every symbol's slot holds the first id of the symbol's name, or 0 if there is none. */
    static void assertTruth(List<Run> runs, RawBtf btf) {
        for (Run run : runs) {
            for (Slot slot : run.slots) {
                if (slot.name == null) {
                    assertEquals(0, slot.id, () -> "unused " + slot);
                } else if (slot.id == 0) {
                    assertEquals(0, btf.firstId(slot.name.kind.btfKind(), slot.name.name), slot::toString);
                } else {
                    assertEquals(slot.name.kind.btfKind(), btf.kindOf(slot.id), slot::toString);
                    assertEquals(slot.name.name, btf.nameOf(slot.id), slot::toString);
                    assertEquals(btf.firstId(slot.name.kind.btfKind(), slot.name.name), slot.id, slot::toString);
                }
            }
        }
    }

    /** Checks that every set holds its description's pairs of name and flags, in whatever order. */
    static void assertPairs(List<Run> runs) {
        for (Run run : runs) {
            List<String> described = new ArrayList<>();
            for (Entry entry : run.item.entries()) {
                Name name = entry.isNamed() ? new Name(0, entry.kind(), entry.name()) : null;
                int flags = run.item instanceof IdSet8 ? entry.flags() : 0;
                described.add(new Slot(0, 0, flags, name).pair());
            }
            described.sort(null);
            assertEquals(described, run.pairs(), () -> run.item.toString());
            assertNotNull(run.head);
        }
    }
}
