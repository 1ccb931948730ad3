package org.btfkit.btf.build;

import java.util.Arrays;
import org.btfkit.BtfUnsupportedException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.flat.KindTable;
import org.btfkit.btf.flat.TypeRewriter;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;

/**
 * Copies types of one BTF to the end of another that is being built. Which of their words are type ids and name offsets
 * is told by {@link BtfKind}; nothing else of a type is looked at.
 *
 * <p>The words are written behind the last type, where nobody sees them, and count only when all of them are there. A
 * failure takes back the strings that were added.
 */
final class BtfAppender {
    private final BtfBuilder builder;
    private final TypeSection target;
    private final StringSection strings;
    private final Btf src;
    private final FlatTypes types;

    /** Ids and string offsets below these belong to a base that both have, and stay. */
    private final int keptIds;

    private final int keptStrings;

    private final TypeRewriter.Names names = this::string;

    /** New ids by the ids in the source. */
    private final int[] idMap;

    /** Offsets of strings seen before, by their offset in the source past {@link #keptStrings}; null if not kept. */
    private int[] stringMap;

    private BtfAppender(BtfBuilder builder, Btf src, Btf shared) {
        this.builder = builder;
        this.target = builder.types();
        this.strings = builder.strings();
        this.src = src;
        this.types = FlatAccess.of(src);
        this.keptIds = shared == null ? 1 : shared.typeCount();
        this.keptStrings = shared == null ? 0 : shared.stringEnd();
        this.idMap = new int[src.typeCount()];
        for (int i = 1; i < keptIds; i++) {
            idMap[i] = i;
        }
    }

    /** Appends all own types; returns the new ids by the ids in the source. */
    static int[] appendAll(BtfBuilder builder, Btf src) {
        if (src.base() != null && src.base() != builder.base() && src.base() != builder.original()) {
            throw new IllegalArgumentException(src.source() + ": split on "
                    + src.base().source() + ", expected BTF without a base or on that of the BTF it is appended to");
        }
        BtfAppender appender = new BtfAppender(builder, src, src.base());
        appender.stringMap = new int[src.stringEnd() - appender.keptStrings];
        appender.requireKnownKinds();
        appender.append(src.wordCount(), src.typeCount() - src.firstTypeId(), appender::copyAll);
        return appender.idMap;
    }

    /** Appends types and what they refer to; returns the new ids by the ids in the source, 0 for those left out. */
    static int[] appendWithDependencies(BtfBuilder builder, Btf src, int[] roots) {
        Btf shared = src;
        while (shared != null && shared != builder.base()) {
            shared = shared.base();
        }
        BtfAppender appender = new BtfAppender(builder, src, shared);
        return appender.append(appender.reachable(roots));
    }

    private void requireKnownKinds() {
        int[] words = types.words();
        int[] offsets = types.offsets();
        for (int i = 0; i < offsets.length - 1; i++) {
            requireKnownKind(src.firstTypeId() + i, Words.kind(words[offsets[i] + 1]));
        }
    }

    private void requireKnownKind(int typeId, int kind) {
        if (kind == 0 || kind >= KindTable.COUNT) {
            throw new BtfUnsupportedException(src.source() + ": " + src.describe(typeId)
                    + ": cannot be appended, since it is not known which of its words are type ids");
        }
    }

    private int[] append(int[] typeIds) {
        long moreWords = 0;
        for (int typeId : typeIds) {
            requireKnownKind(typeId, Words.kind(types.info(typeId)));
            moreWords += src.wordCount(typeId);
        }
        append(moreWords, typeIds.length, () -> copy(typeIds));
        return idMap;
    }

    private void append(long moreWords, int moreTypes, Runnable copy) {
        target.reserve(moreWords, moreTypes);
        int stringMark = strings.length();
        boolean isDone = false;
        try {
            copy.run();
            isDone = true;
        } finally {
            if (!isDone) {
                strings.truncate(stringMark);
            }
        }
    }

    /** Copies all own types at once: their ids all move by the same number. */
    private void copyAll() {
        int first = src.firstTypeId();
        int shift = builder.typeCount() - first;
        for (int typeId = first; typeId < idMap.length; typeId++) {
            idMap[typeId] = typeId + shift;
        }
        int start = target.wordCount();
        int length = types.words().length;
        int[] offsets = types.offsets();
        System.arraycopy(types.words(), 0, target.array(), start, length);
        for (int i = 0; i < offsets.length - 1; i++) {
            target.noteOffset(i, start + offsets[i]);
        }
        TypeRewriter.moveAll(target.array(), start, start + length, first, shift, names);
        target.commit(offsets.length - 1, length);
    }

    private void copy(int[] typeIds) {
        int next = builder.typeCount();
        for (int typeId : typeIds) {
            idMap[typeId] = next++;
        }
        int start = target.wordCount();
        int at = start;
        for (int i = 0; i < typeIds.length; i++) {
            target.noteOffset(i, at);
            at = copyType(typeIds[i], at);
        }
        target.commit(typeIds.length, at - start);
    }

    /** Writes a type's words from {@code at} on; returns where they end. */
    private int copyType(int typeId, int at) {
        int[] words = target.array();
        int end = at + types.copyWords(typeId, words, at);
        TypeRewriter.mapNames(words, at, names);
        TypeRewriter.mapIds(words, at, idMap);
        return end;
    }

    private int string(int stringOff) {
        if (stringOff < keptStrings) {
            return stringOff;
        }
        if (stringMap == null) {
            return strings.add(types.strings(), stringOff);
        }
        int known = stringMap[stringOff - keptStrings];
        if (known == 0) {
            known = strings.add(types.strings(), stringOff);
            stringMap[stringOff - keptStrings] = known;
        }
        return known;
    }

    /** Finds these types and all that they refer to; ascending, without those that stay. */
    private int[] reachable(int[] roots) {
        boolean[] isFound = new boolean[idMap.length];
        int[] found = new int[Math.max(16, roots.length)];
        int count = 0;
        for (int root : roots) {
            if (src.kind(root) != BtfKind.VOID && root >= keptIds && !isFound[root]) {
                isFound[root] = true;
                found[count++] = root;
            }
        }
        for (int next = 0; next < count; next++) {
            int typeId = found[next];
            for (int referred : types.references(typeId)) {
                if (referred >= keptIds && !isFound[referred]) {
                    isFound[referred] = true;
                    if (count == found.length) {
                        found = Arrays.copyOf(found, count * 2);
                    }
                    found[count++] = referred;
                }
            }
        }
        int[] result = Arrays.copyOf(found, count);
        Arrays.sort(result);
        return result;
    }
}
