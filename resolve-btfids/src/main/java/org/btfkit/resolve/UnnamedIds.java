package org.btfkit.resolve;

import java.io.IOException;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.resolve.ResolveException.Reason;

/**
 * Ids that no symbol names, as {@code strip} leaves them: of a resolved object it takes the local id symbols.
 *
 * <p>Such an object is as good as before to the kernel, and its ids are right as long as its BTF stays. They can go
 * over to other BTF by the BTF that they came from, which says their names, if {@link IdsLayout} is certain which words
 * they are. That the BTF in the object is the one they came from has to be shown as well, unless the user says which it
 * is: BTF may have been encoded anew, or the ids be those that were made beside the object.
 *
 * <p>Where only some of the symbols are gone, nothing is done: to write by those that are left would part them from the
 * rest.
 */
final class UnnamedIds {
    private UnnamedIds() {}

    /**
     * Gives names to ids that have none.
     *
     * @param ids the section, or null if there is none
     * @return the section itself if symbols name all its ids, else one with names by id, without symbols to move
     * @throws ResolveException if it cannot be told for sure which words are ids, and whose
     */
    static IdsSection named(IdsSection ids, ObjectBtf object, ResolveOptions options, ResolveListener listener)
            throws IOException {
        if (ids == null || ids.unnamedCount() == 0) {
            warnOfZeros(ids, listener);
            return ids;
        }
        if (!ids.symbols().isEmpty()) {
            throw refusal(
                    Reason.UNNAMED_IDS,
                    ids,
                    describe(ids) + ", while " + ids.symbols().size() + " other id symbols are there");
        }
        boolean isOriginGiven = options.oldBtf() != null;
        boolean isOldGiven = isOriginGiven || options.oldBase() != null;
        Btf origin = isOldGiven ? object.old() : object.own(options.base());
        if (origin == null) {
            throw refusal(
                    Reason.UNNAMED_IDS_WITHOUT_BTF,
                    ids,
                    describe(ids) + ", and the BTF that they are of is not there or not on this base");
        }
        List<IdSet> sets = IdsLayout.find(ids, origin);
        if (sets == null || !ids.agreesWith(sets)) {
            if (isNeverResolved(ids)) {
                throw refusal(Reason.UNNAMED_IDS, ids, neverResolved(ids));
            }
            throw refusal(
                    isOriginGiven ? Reason.UNNAMED_IDS : Reason.UNNAMED_IDS_OF_UNKNOWN_BTF,
                    ids,
                    describe(ids) + ", and by " + origin.source() + " it is not certain which words are ids");
        }
        if (!isOriginGiven && !IdsLayout.showsOrigin(ids, origin, sets)) {
            throw refusal(
                    Reason.UNNAMED_IDS_OF_UNKNOWN_BTF,
                    ids,
                    describe(ids) + ", and nothing shows that they are of " + origin.source());
        }
        IdsSection named = ids.namedBy(origin, sets);
        listener.note(IdsSection.NAME + ": no id symbols, stripped; its "
                + named.symbols().size() + " ids in " + sets.size() + " sets and outside are named by "
                + origin.source());
        return named;
    }

    /**
     * Refuses to write 0 for a name that only the id stood for: it would be lost.
     *
     * @throws ResolveException if a name is not in the new BTF
     */
    static void requireFound(IdsSection ids, IdLookup lookup) {
        if (!ids.hasSymbols() && lookup.missingCount() > 0) {
            throw refusal(
                    Reason.UNNAMED_IDS,
                    ids,
                    lookup.firstMissing() + " is not in the BTF to be, and no symbol would keep its name");
        }
    }

    /**
     * Refuses an object with ids that no symbol names.
     *
     * @throws ResolveException if there are any
     */
    static void refuse(IdsSection ids) {
        if (ids != null && ids.unnamedCount() > 0) {
            throw refusal(Reason.UNNAMED_IDS, ids, describe(ids) + ", so there is nothing to repair them by");
        }
    }

    /**
     * Says for a check what no symbol lets it check.
     *
     * @return the report for these words; null if symbols name all ids, or the section is empty
     */
    static SetReport check(IdsSection ids, ResolveListener listener) {
        if (isNeverResolved(ids)) {
            listener.unknown(refusal(Reason.UNNAMED_IDS, ids, neverResolved(ids)));
            int words = ids.sizeBytes() / Integer.BYTES;
            return new SetReport(SetReport.UNNAMED, "", 0, words, words, SetReport.State.UNRESOLVED);
        }
        int unnamed = ids.unnamedCount();
        if (unnamed == 0) {
            return null;
        }
        listener.unknown(refusal(Reason.UNNAMED_IDS, ids, describe(ids) + ", so they cannot be checked"));
        return new SetReport(SetReport.UNNAMED, "", ids.firstUnnamed(), unnamed, 0, SetReport.State.UNKNOWN);
    }

    /** In a section that was never resolved, only flags of a set8 are not 0; each follows a count or an id that is. */
    private static boolean isNeverResolved(IdsSection ids) {
        int before = 1;
        for (int offset = 0; offset + Integer.BYTES <= ids.sizeBytes(); offset += Integer.BYTES) {
            int word = ids.word(offset);
            if (word != 0 && before != 0) {
                return false;
            }
            before = word;
        }
        return ids.isEmpty() && ids.sizeBytes() > 0;
    }

    private static void warnOfZeros(IdsSection ids, ResolveListener listener) {
        if (ids != null && isNeverResolved(ids)) {
            listener.unknown(refusal(Reason.UNNAMED_IDS, ids, neverResolved(ids)));
        }
    }

    private static String neverResolved(IdsSection ids) {
        int unnamed = ids.unnamedCount();
        return "no symbol says what belongs into its " + ids.sizeBytes() + " bytes, and it was never resolved: "
                + (unnamed == 0 ? "all are 0" : "only " + unnamed + " words that stand where flags do are not 0");
    }

    private static String describe(IdsSection ids) {
        return ids.unnamedCount() + " words hold ids or flags that no symbol names, the first at offset 0x"
                + Integer.toHexString(ids.firstUnnamed());
    }

    private static ResolveException refusal(Reason reason, IdsSection ids, String why) {
        return new ResolveException(reason, ids.file() + ": " + IdsSection.NAME + ": " + why);
    }
}
