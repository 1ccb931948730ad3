package org.btfkit.encode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.btfkit.BtfException;
import org.btfkit.btf.format.Words;
import org.btfkit.elf.ElfFile;
import org.btfkit.elf.ElfSection;
import org.btfkit.elf.ElfSymbols;

/**
 * Tags the functions of the kernel that BPF programs may call: those in sets of {@code .BTF_ids} that are marked for it
 * (kernel, {@code include/linux/btf_ids.h} and {@code include/linux/btf.h}).
 */
final class Kfuncs {
    private static final String SECTION = ".BTF_ids";
    private static final byte[] SET = "__BTF_ID__set8__".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FUNCTION = "__BTF_ID__func__".getBytes(StandardCharsets.US_ASCII);
    private static final int BTF_SET8_KFUNCS = 1;
    private static final int KF_FASTCALL = 1 << 12;
    private static final int KF_ARENA_RET = 1 << 13;
    private static final int KF_ARENA_ARG1 = 1 << 14;
    private static final int KF_ARENA_ARG2 = 1 << 15;
    private static final int WHOLE = -1;

    private final FunctionTable symbols;
    private final boolean hasTags;
    private final boolean hasArena;

    Kfuncs(FunctionTable symbols, EncodeOptions options) {
        this.symbols = symbols;
        this.hasTags = options.has(Feature.DECL_TAG_KFUNCS) && options.has(Feature.DECL_TAG);
        this.hasArena = options.has(Feature.DECL_TAG_KFUNCS) && options.has(Feature.ATTRIBUTES);
    }

    /**
     * Marks the functions in a symbol table that sets of an object name.
     *
     * @param table the functions of that object
     */
    static void find(ElfFile file, FunctionTable table) {
        try {
            ElfSection section = null;
            for (ElfSection candidate : file.sections()) {
                section = candidate.name().equals(SECTION) && candidate.hasBytes() ? candidate : section;
            }
            if (section != null) {
                new Search(file, section, table).run();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A search through the symbols of the section. */
    private static final class Search {
        private final ElfFile file;
        private final ElfSection section;
        private final ElfSymbols symbols;
        private final FunctionTable table;
        private final ByteBuffer ids;

        /** Pairs of first address and the one behind the last, of the sets. */
        private long[] ranges = new long[16];

        private int rangeCount;

        Search(ElfFile file, ElfSection section, FunctionTable table) throws IOException {
            this.file = file;
            this.section = section;
            this.symbols = file.symbols();
            this.table = table;
            this.ids = ByteBuffer.wrap(file.bytes(section)).order(file.order());
        }

        void run() {
            for (int i = 0; i < symbols.count(); i++) {
                if (symbols.sectionIndex(i) == section.index() && symbols.nameStartsWith(i, SET)) {
                    addSet(i);
                }
            }
            for (int i = 0; i < symbols.count() && rangeCount > 0; i++) {
                if (symbols.sectionIndex(i) == section.index() && symbols.nameStartsWith(i, FUNCTION)) {
                    addFunction(i);
                }
            }
        }

        private void addSet(int symbol) {
            long offset = symbols.value(symbol) - section.address();
            if (offset < 0 || offset > ids.capacity() - 8) {
                throw new BtfException(file + ": symbol " + symbol + " '" + symbols.name(symbol) + "' is outside of "
                        + SECTION + " (" + ids.capacity() + " bytes)");
            }
            if ((ids.getInt((int) offset + 4) & BTF_SET8_KFUNCS) != 0) {
                if (rangeCount == ranges.length) {
                    ranges = java.util.Arrays.copyOf(ranges, rangeCount * 2);
                }
                ranges[rangeCount++] = symbols.value(symbol);
                ranges[rangeCount++] = symbols.value(symbol) + symbols.size(symbol);
            }
        }

        private void addFunction(int symbol) {
            String name = symbols.name(symbol).substring(FUNCTION.length);
            int end = name.lastIndexOf('_');
            if (end < 1 || name.charAt(end - 1) != '_' || !isInSet(symbols.value(symbol))) {
                return;
            }
            long offset = symbols.value(symbol) - section.address();
            if (offset < 0 || offset > ids.capacity() - 8) {
                throw new BtfException(file + ": symbol " + symbol + " '" + symbols.name(symbol) + "' is outside of "
                        + SECTION + " (" + ids.capacity() + " bytes)");
            }
            byte[] bytes = name.substring(0, end - 1).getBytes(StandardCharsets.UTF_8);
            int group = table.find(bytes, 0, bytes.length);
            if (group >= 0) {
                table.setKfunc(group, ids.getInt((int) offset + 4));
            }
        }

        private boolean isInSet(long address) {
            for (int i = 0; i < rangeCount; i += 2) {
                if (Long.compareUnsigned(ranges[i], address) <= 0 && Long.compareUnsigned(address, ranges[i + 1]) < 0) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Appends the tags of a function, after its own. */
    void tag(Tail tail, int group, int functionId, EncodedStrings strings) {
        if (hasTags) {
            tag(tail, strings.add("bpf_kfunc"), functionId);
            if ((symbols.kfuncFlags(group) & KF_FASTCALL) != 0) {
                tag(tail, strings.add("bpf_fastcall"), functionId);
            }
        }
    }

    private static void tag(Tail tail, int value, int functionId) {
        tail.add(value, BtfWords.info(BtfWords.DECL_TAG, 0, false), functionId);
        tail.word(WHOLE);
    }

    /** Lets result and arguments that are in the BPF arena point to a type that says so. */
    void tagArena(Tail tail, ObjectTypes types, SavedFunctions functions, int function, EncodedStrings strings) {
        if (!hasArena) {
            return;
        }
        int flags = symbols.kfuncFlags(functions.group(function));
        if ((flags & KF_ARENA_RET) != 0) {
            functions.setResult(function, arena(tail, types, functions, function, functions.result(function), strings));
        }
        for (int i = 0; i < 2; i++) {
            if ((flags & (i == 0 ? KF_ARENA_ARG1 : KF_ARENA_ARG2)) != 0) {
                int type = i < functions.parameterCount(function) ? functions.parameterType(function, i) : 0;
                functions.setParameterType(function, i, arena(tail, types, functions, function, type, strings));
            }
        }
    }

    private int arena(
            Tail tail, ObjectTypes types, SavedFunctions functions, int function, int pointer, EncodedStrings strings) {
        if (pointer == 0 || Words.kind(types.word(pointer, Words.INFO)) != BtfWords.PTR) {
            throw new BtfException("kfunc '" + symbols.name(functions.group(function))
                    + "' is said to have a result or argument in the arena that is no pointer");
        }
        int name = strings.add("address_space(1)");
        int tag = tail.add(name, BtfWords.info(BtfWords.TYPE_TAG, 0, true), types.word(pointer, Words.SIZE_OR_TYPE));
        return tail.add(0, BtfWords.info(BtfWords.PTR, 0, false), tag);
    }
}
