package org.btfkit.resolve;

import it.unimi.dsi.fastutil.ints.Int2IntMap;
import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32;
import org.btfkit.elf.ElfSymbols;

/**
 * Where symbols belong once a section that was written beside an object is copied into it.
 *
 * <p>The section and the symbols have to change together, but the section travels alone, as a blob that anybody may
 * copy. So the moves go into a file of their own beside the blob, which says by a checksum which blob it is about:
 *
 * <pre>
 * btfids-syms 1 96 8c736521        format, bytes in the blob, CRC-32 of the blob in hexadecimal
 * 41 16 8 __BTF_ID__func__a__12    symbol table index, old and new offset in .BTF_ids in bytes, name
 * 42 8 16 __BTF_ID__func__b__13
 * </pre>
 *
 * <p>Only symbols that move are listed, by index. Tools that add sections to an object (objcopy --add-section) may
 * renumber its symbols; then the old offset finds the symbol, as no slot is named by two.
 */
final class SymbolMoves {
    /** What the name of the file ends in, after that of the blob. */
    static final String SUFFIX = ".syms";

    private static final String FORMAT = "btfids-syms 1";

    private final String header;
    private final List<Move> moves;

    /** A symbol on its way. */
    private record Move(int index, int from, int to, String name) implements Comparable<Move> {
        /** By symbol table index. */
        @Override
        public int compareTo(Move other) {
            return Integer.compare(index, other.index);
        }
    }

    private SymbolMoves(String header, List<Move> moves) {
        this.header = header;
        this.moves = moves;
    }

    /** The moves that go with a section as it is to be. */
    static SymbolMoves of(IdsSection ids, SortedIds sorted) throws IOException {
        ElfSymbols symbols = ids.file().symbols();
        List<Move> moves = new ArrayList<>();
        for (Int2IntMap.Entry moved : sorted.movedSymbols().int2IntEntrySet()) {
            int index = moved.getIntKey();
            int from = (int) (symbols.value(index) - ids.section().address());
            moves.add(new Move(index, from, moved.getIntValue(), symbols.name(index)));
        }
        Collections.sort(moves);
        return new SymbolMoves(headerOf(sorted.bytes()), moves);
    }

    private static String headerOf(byte[] blob) {
        CRC32 crc = new CRC32();
        crc.update(blob);
        return FORMAT + " " + blob.length + " " + Long.toHexString(crc.getValue());
    }

    byte[] toBytes() {
        StringBuilder text = new StringBuilder(header).append('\n');
        for (Move move : moves) {
            text.append(move.index).append(' ').append(move.from).append(' ').append(move.to);
            text.append(' ').append(move.name).append('\n');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads moves.
     *
     * @return the moves, or null if the bytes are no such file
     */
    static SymbolMoves parse(byte[] bytes) {
        String[] lines = new String(bytes, StandardCharsets.UTF_8).split("\n", -1);
        if (!lines[0].startsWith(FORMAT + " ") || !lines[lines.length - 1].isEmpty()) {
            return null;
        }
        List<Move> moves = new ArrayList<>();
        for (int i = 1; i < lines.length - 1; i++) {
            String[] fields = lines[i].split(" ", 4);
            try {
                moves.add(new Move(
                        Integer.parseInt(fields[0]),
                        Integer.parseInt(fields[1]),
                        Integer.parseInt(fields[2]),
                        fields[3]));
            } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
                return null;
            }
        }
        return new SymbolMoves(lines[0], moves);
    }

    /** Tells whether the moves are about a blob. */
    boolean areFor(byte[] blob) {
        return header.equals(headerOf(blob));
    }

    /**
     * Finds the symbols in an object. An object whose symbols have been moved already is fine: it needs no moves.
     *
     * @return symbol table index to new offset; null if the symbols are neither where they were nor where they belong
     */
    Int2IntOpenHashMap in(IdsSection ids) {
        Int2IntOpenHashMap bySlot = new Int2IntOpenHashMap();
        for (IdSymbol symbol : ids.symbols()) {
            bySlot.put(symbol.offset(), symbol.index());
        }
        Int2IntOpenHashMap result = new Int2IntOpenHashMap();
        int inPlace = 0;
        for (Move move : moves) {
            int from = bySlot.getOrDefault(move.from, -1);
            int to = bySlot.getOrDefault(move.to, -1);
            if (to == move.index && isNamed(ids, to, move)) {
                inPlace++;
            } else if (isNamed(ids, from, move)) {
                result.put(from, move.to);
            } else if (isNamed(ids, to, move)) {
                inPlace++;
            } else {
                return null;
            }
        }
        boolean complete = result.size() == moves.size() || inPlace == moves.size();
        return complete ? result : null;
    }

    private static boolean isNamed(IdsSection ids, int index, Move move) {
        return index >= 0 && ids.symbolName(index).equals(move.name);
    }
}
