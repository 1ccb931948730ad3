package org.btfkit.resolve;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.elf.ElfFile;
import org.btfkit.elf.ElfFormatException;
import org.btfkit.elf.ElfSection;
import org.btfkit.elf.ElfSymbols;

/**
 * The .BTF_ids section of an object with the symbols that say what is in it.
 *
 * <p>Collecting checks that symbols and section fit together: every slot within the section and named once, no set
 * overlapping another or cut off.
 */
final class IdsSection {
    static final String NAME = ".BTF_ids";

    private static final String PREFIX = "__BTF_ID__";
    private static final byte[] PREFIX_BYTES = PREFIX.getBytes(StandardCharsets.US_ASCII);

    private final ElfFile file;
    private final ElfSection section;
    private final ElfSymbols table;
    private final ByteBuffer words;
    private final List<IdSymbol> symbols = new ArrayList<>();
    private final List<IdSet> sets = new ArrayList<>();
    private final List<IdSymbol> listed = new ArrayList<>();
    private boolean isNamedById;

    private IdsSection(ElfFile file, ElfSection section, ElfSymbols table) throws IOException {
        this.file = file;
        this.section = section;
        this.table = table;
        if (!section.hasBytes() || (section.flags() & ElfSection.SHF_COMPRESSED) != 0) {
            throw fault("has no plain bytes in the file, expected PROGBITS", 0);
        }
        this.words = ByteBuffer.wrap(file.bytes(section)).order(file.order());
    }

    /**
     * Collects the section of an object.
     *
     * <p>It may hold ids although there is no symbol, or no symbol table, to name them: see {@link UnnamedIds}.
     *
     * @return the section, or null if the object has none: there is nothing to do
     * @throws ElfFormatException if the symbols do not fit the section
     */
    static IdsSection collect(ElfFile file) throws IOException {
        ElfSection section = file.section(NAME);
        ElfSymbols table = section == null ? null : file.symbols();
        if (section == null || table == null && section.size() == 0) {
            return null;
        }
        IdsSection result = new IdsSection(file, section, table);
        if (table != null) {
            result.readSymbols();
        }
        result.placeSymbols();
        return result;
    }

    private void readSymbols() {
        for (int i = 1; i < table.count(); i++) {
            if (table.sectionIndex(i) == section.index() && table.nameStartsWith(i, PREFIX_BYTES)) {
                String name = table.name(i);
                String rest = name.substring(PREFIX.length());
                long offset = table.value(i) - section.address();
                if (rest.startsWith("set8__")) {
                    addSet(true, rest.substring(6), name, offset, table.size(i));
                } else if (rest.startsWith("set__")) {
                    addSet(false, rest.substring(5), name, offset, table.size(i));
                } else {
                    addId(i, name, rest, offset);
                }
            }
        }
    }

    private void addSet(boolean hasPairs, String setName, String symbolName, long offset, long size) {
        checkWithin(symbolName, offset);
        int unit = hasPairs ? 8 : 4;
        if (size < unit || size % unit != 0) {
            throw fault(
                    "symbol " + symbolName + " has st_size " + size + ", expected a multiple of " + unit
                            + " that is not 0",
                    offset);
        }
        if (size > words.capacity() - offset) {
            throw fault(
                    "symbol " + symbolName + ": st_size " + size + " past the end of the section (" + words.capacity()
                            + " bytes)",
                    offset);
        }
        sets.add(new IdSet(hasPairs, setName, (int) offset, (int) (size / unit) - 1));
    }

    private void addId(int index, String symbolName, String rest, long offset) {
        checkWithin(symbolName, offset);
        for (IdKind kind : IdKind.values()) {
            if (rest.startsWith(kind.word) && rest.startsWith("__", kind.word.length())) {
                String name = cutUniqueNumber(rest.substring(kind.word.length() + 2));
                if (name == null) {
                    throw fault("symbol " + symbolName + ", expected " + PREFIX + kind.word + "__NAME__DIGITS", offset);
                }
                symbols.add(new IdSymbol(index, kind, name, (int) offset));
                return;
            }
        }
        throw fault(
                "symbol " + symbolName + " is of an unknown kind, expected struct, union, typedef, func, set or set8",
                offset);
    }

    /**
     * Returns what stands before the last "__" if digits follow it, else null. Behind these a compiler may have put a
     * suffix that keeps local symbols of several units apart, such as {@code .llvm.4711} or {@code .1}.
     */
    private static String cutUniqueNumber(String name) {
        int cut = name.lastIndexOf("__");
        if (cut <= 0) {
            return null;
        }
        int end = cut + 2;
        while (end < name.length() && name.charAt(end) >= '0' && name.charAt(end) <= '9') {
            end++;
        }
        boolean hasSuffix = end + 1 < name.length() && name.charAt(end) == '.';
        return end > cut + 2 && (end == name.length() || hasSuffix) ? name.substring(0, cut) : null;
    }

    private void checkWithin(String symbolName, long offset) {
        if (offset < 0 || offset > words.capacity() - 4) {
            throw fault("symbol " + symbolName + " is out of the section (" + words.capacity() + " bytes)", offset);
        }
        if (offset % 4 != 0) {
            throw fault(
                    "symbol " + symbolName + " is not on a slot, expected an offset that is a multiple of 4", offset);
        }
    }

    /** Puts each id symbol into the set that its slot is in, or into the list of those outside sets. */
    private void placeSymbols() {
        Collections.sort(sets);
        for (int i = 1; i < sets.size(); i++) {
            if (sets.get(i).offset < sets.get(i - 1).end()) {
                throw fault(sets.get(i - 1) + " and " + sets.get(i) + " overlap", sets.get(i).offset);
            }
        }
        IdSymbol[] bySlot = new IdSymbol[words.capacity() / 4];
        for (IdSymbol symbol : symbols) {
            int slot = symbol.offset() / 4;
            if (bySlot[slot] != null) {
                throw fault(
                        "one slot is named by two symbols, for " + bySlot[slot] + " and " + symbol, symbol.offset());
            }
            bySlot[slot] = symbol;
        }
        for (IdSet set : sets) {
            set.makeRoom();
            for (int entry = 0; entry < set.count; entry++) {
                int slot = set.slot(entry) / 4;
                set.symbols[entry] = bySlot[slot];
                bySlot[slot] = null;
            }
            for (int slot = set.offset / 4; slot < set.end() / 4; slot++) {
                if (bySlot[slot] != null) {
                    throw fault(
                            "symbol for " + bySlot[slot] + " names a word of " + set + " that holds no id",
                            bySlot[slot].offset());
                }
            }
        }
        for (IdSymbol symbol : bySlot) {
            if (symbol != null) {
                listed.add(symbol);
            }
        }
    }

    private ElfFormatException fault(String what, long offset) {
        return new ElfFormatException(file.toString(), NAME + ": " + what, section.offset() + offset);
    }

    ElfFile file() {
        return file;
    }

    ElfSection section() {
        return section;
    }

    /** The whole name of a symbol. */
    String symbolName(int index) {
        return table.name(index);
    }

    /** All id symbols, in symbol table order. */
    List<IdSymbol> symbols() {
        return symbols;
    }

    /** All sets, by offset. */
    List<IdSet> sets() {
        return sets;
    }

    /** The id symbols outside of sets, by offset. */
    List<IdSymbol> listed() {
        return listed;
    }

    boolean isEmpty() {
        return symbols.isEmpty() && sets.isEmpty();
    }

    /** False if the names are not those of symbols, see {@link #namedBy}: then there is none to move. */
    boolean hasSymbols() {
        return !isNamedById;
    }

    int sizeBytes() {
        return words.capacity();
    }

    /**
     * How many words are not 0 and neither named by a symbol nor part of a set that is. In a set that symbols tell of,
     * ids may be on each other's slots, so an id has no name only if there are more ids than symbols.
     */
    int unnamedCount() {
        return unnamed().cardinality();
    }

    /** Offset in the section of the first word that {@link #unnamedCount} counts, negative if there is none. */
    int firstUnnamed() {
        return unnamed().nextSetBit(0) * Integer.BYTES;
    }

    private BitSet unnamed() {
        BitSet result = new BitSet(words.capacity() / Integer.BYTES);
        for (int offset = 0; offset + Integer.BYTES <= words.capacity(); offset += Integer.BYTES) {
            result.set(offset / Integer.BYTES, word(offset) != 0);
        }
        for (IdSymbol symbol : symbols) {
            result.clear(symbol.offset() / Integer.BYTES);
        }
        for (IdSet set : sets) {
            result.clear(set.offset / Integer.BYTES);
            clearIfNamed(result, set);
            for (int entry = 0; set.hasPairs && entry <= set.count; entry++) {
                result.clear((set.offset + entry * set.stride()) / Integer.BYTES + 1);
            }
        }
        return result;
    }

    private void clearIfNamed(BitSet unnamed, IdSet set) {
        int named = 0;
        int used = 0;
        for (int entry = 0; entry < set.count; entry++) {
            named += set.symbols[entry] == null ? 0 : 1;
            used += word(set.slot(entry)) == 0 ? 0 : 1;
        }
        for (int entry = 0; used <= named && entry < set.count; entry++) {
            unnamed.clear(set.slot(entry) / Integer.BYTES);
        }
    }

    /** Tells whether the sets that symbols tell of are among others. */
    boolean agreesWith(List<IdSet> others) {
        for (IdSet set : sets) {
            boolean found = set.count == 0;
            for (IdSet other : others) {
                found |= other.offset == set.offset && other.count == set.count && other.hasPairs == set.hasPairs;
            }
            if (!found) {
                return false;
            }
        }
        return true;
    }

    /**
     * Names ids by what they are, where symbols do not.
     *
     * @param origin the BTF that the ids are of
     * @param layout the sets; each word outside of them is 0 or an id
     */
    IdsSection namedBy(Btf origin, List<IdSet> layout) throws IOException {
        IdsSection result = new IdsSection(file, section, table);
        result.isNamedById = true;
        result.sets.addAll(layout);
        BitSet isId = new BitSet();
        isId.set(0, words.capacity() / Integer.BYTES);
        for (IdSet set : layout) {
            isId.clear(set.offset / Integer.BYTES, set.end() / Integer.BYTES);
            for (int entry = 0; entry < set.count; entry++) {
                isId.set(set.slot(entry) / Integer.BYTES);
            }
        }
        for (int slot = isId.nextSetBit(0); slot >= 0; slot = isId.nextSetBit(slot + 1)) {
            int id = word(slot * Integer.BYTES);
            if (id != 0) {
                IdKind kind = IdsLayout.kindOf(origin, id);
                result.symbols.add(new IdSymbol(slot + 1, kind, origin.name(id), slot * Integer.BYTES));
            }
        }
        result.placeSymbols();
        return result;
    }

    /** Reads the word at an offset in the section. */
    int word(int offset) {
        return words.getInt(offset);
    }

    /** The flags of an entry; 0 in a set without pairs. */
    int flags(IdSet set, int entry) {
        return set.hasPairs ? word(set.slot(entry) + 4) : 0;
    }

    /** Tells whether the section was never resolved: no slot holds an id. */
    boolean isFresh() {
        for (IdSymbol symbol : symbols) {
            if (word(symbol.offset()) != 0) {
                return false;
            }
        }
        for (IdSet set : sets) {
            if (!isFresh(set)) {
                return false;
            }
        }
        return true;
    }

    /** Tells whether no entry of a set holds an id. */
    boolean isFresh(IdSet set) {
        for (int entry = 0; entry < set.count; entry++) {
            if (word(set.slot(entry)) != 0) {
                return false;
            }
        }
        return true;
    }

    /** A copy of the section to write into. */
    ByteBuffer copy() {
        return ByteBuffer.wrap(Arrays.copyOf(words.array(), words.capacity())).order(words.order());
    }
}
