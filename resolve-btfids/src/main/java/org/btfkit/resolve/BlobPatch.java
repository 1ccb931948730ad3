package org.btfkit.resolve;

import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.btfkit.elf.ElfFile;
import org.btfkit.elf.ElfSection;
import org.btfkit.resolve.ResolveException.Reason;

/**
 * Copies a blob into the .BTF_ids section of the object that it was made for, and moves the symbols along.
 *
 * <p>Where the symbols belong is said by {@link SymbolMoves} beside the blob. Without them the blob is copied with a
 * warning: symbols of sets may then name other slots than theirs, as the kernel's tool leaves them. With moves that are
 * about another blob or another state of the object, neither is trusted and nothing is written. Where the symbols are
 * to stay, moves are only looked at for that.
 */
final class BlobPatch {
    private final Path blobFile;
    private final ElfFile elf;
    private final ElfSection section;
    private final byte[] blob;
    private final IdsSection ids;

    private BlobPatch(Path blobFile, ElfFile elf) throws IOException {
        this.blobFile = blobFile;
        this.elf = elf;
        this.section = elf.section(IdsSection.NAME);
        this.blob = Files.readAllBytes(blobFile);
        if (section == null) {
            throw new ResolveException(
                    Reason.WRONG_BLOB, elf + ": has no " + IdsSection.NAME + " section to copy " + blobFile + " into");
        }
        if (section.size() != blob.length) {
            throw new ResolveException(
                    Reason.WRONG_BLOB,
                    blobFile + ": " + blob.length + " bytes, expected " + section.size() + " as in section "
                            + IdsSection.NAME + " of " + elf);
        }
        this.ids = IdsSection.collect(elf);
    }

    /** What has to change, checked. */
    record Change(ElfSection section, byte[] bytes, IdsSection ids, Int2IntOpenHashMap movedSymbols, Path movesFile) {}

    /**
     * Checks a blob and its moves against an object.
     *
     * @param keepsSymbols whether no symbol is to move
     * @throws ResolveException if they do not fit
     */
    static Change prepare(Path blobFile, ElfFile elf, boolean keepsSymbols, ResolveListener listener)
            throws IOException {
        return new BlobPatch(blobFile, elf).prepare(keepsSymbols, listener);
    }

    private Change prepare(boolean keepsSymbols, ResolveListener listener) throws IOException {
        checkCounts();
        Path movesFile = ObjectFiles.beside(blobFile, SymbolMoves.SUFFIX);
        if (!Files.exists(movesFile)) {
            if (!keepsSymbols) {
                warnOfSymbols(movesFile, listener);
            }
            return new Change(section, blob, ids, new Int2IntOpenHashMap(), null);
        }
        SymbolMoves moves = SymbolMoves.parse(Files.readAllBytes(movesFile));
        if (moves == null) {
            throw refusal(movesFile, "is no list of symbol moves, expected the one that was written beside the blob");
        }
        if (!moves.areFor(blob)) {
            throw refusal(movesFile, "was made for another blob than " + blobFile);
        }
        Int2IntOpenHashMap moved = ids == null ? null : moves.in(ids);
        if (moved == null) {
            throw refusal(movesFile, "was made for another object, or another state of it, than " + elf);
        }
        return new Change(section, blob, ids, keepsSymbols ? new Int2IntOpenHashMap() : moved, movesFile);
    }

    private static ResolveException refusal(Path movesFile, String why) {
        return new ResolveException(Reason.WRONG_MOVES, movesFile + ": " + why);
    }

    /** A blob of another object may have the same size, but hardly the same sets at the same places. */
    private void checkCounts() {
        ByteBuffer words = ByteBuffer.wrap(blob).order(elf.order());
        for (int i = 0; ids != null && i < ids.sets().size(); i++) {
            IdSet set = ids.sets().get(i);
            int found = words.getInt(set.offset);
            if (found != set.count) {
                throw new ResolveException(
                        Reason.WRONG_BLOB,
                        blobFile + ": holds " + Integer.toUnsignedString(found) + " at 0x"
                                + Integer.toHexString(set.offset) + ", expected the number of entries of " + set + ", "
                                + set.count + "; it was not made for " + elf);
            }
        }
    }

    private void warnOfSymbols(Path movesFile, ResolveListener listener) throws IOException {
        int sortable = 0;
        for (int i = 0; ids != null && i < ids.sets().size(); i++) {
            sortable += ids.sets().get(i).count > 1 ? 1 : 0;
        }
        if (sortable > 0 && !Arrays.equals(blob, elf.bytes(section))) {
            listener.unknown(new ResolveException(
                    Reason.UNMOVED_SYMBOLS,
                    "no " + movesFile + ", so no symbol is moved: those of " + sortable
                            + " sets may name each other's slots now"));
        }
    }
}
