package org.btfkit.btf.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;

/** Looks for the base that split BTF was made on. */
final class BaseSearch {
    private final DetachedSplit split;
    private final byte[] data;
    private final Btf refused;
    private final boolean stringsAreShared;
    private final String release;

    /**
     * Prepares a search.
     *
     * @param split the split BTF
     * @param data its bytes, to be parsed on candidates
     * @param refused the base that was given and does not fit, or null
     * @param stringsAreShared as in {@link BaseSigns#find}
     * @param release the kernel that the split BTF is for, or null if that is not known
     */
    BaseSearch(DetachedSplit split, byte[] data, Btf refused, boolean stringsAreShared, String release) {
        this.split = split;
        this.data = data;
        this.refused = refused;
        this.stringsAreShared = stringsAreShared;
        this.release = release;
    }

    /** As {@link BtfBaseException#hint}. */
    String hint(List<Path> candidates) {
        List<String> fitting = new ArrayList<>();
        List<String> possible = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (Path candidate : candidates) {
            if (!isRefused(candidate)) {
                List<String> kind = switch (fit(candidate)) {
                    case YES -> fitting;
                    case MAYBE -> possible;
                    case NO -> others;
                };
                kind.add(candidate.toString());
            }
        }
        if (fitting.isEmpty() && possible.isEmpty()) {
            return listed("; does not fit: ", others);
        }
        return listed("; fits: ", fitting) + listed("; may fit: ", possible);
    }

    private static String listed(String title, List<String> files) {
        return files.isEmpty() ? "" : title + String.join(", ", files);
    }

    /** Tells whether a file is the base that was refused, by whatever name. */
    private boolean isRefused(Path candidate) {
        if (refused == null) {
            return false;
        }
        try {
            return Files.isSameFile(candidate, Path.of(refused.source().replaceFirst("\\(\\.BTF\\)$", "")));
        } catch (IOException | InvalidPathException e) {
            return false; // came from no file, or from one that is gone
        }
    }

    private enum Fit {
        YES,
        MAYBE,
        NO
    }

    private Fit fit(Path candidate) {
        // What else uses the own strings may use the last one, by which the number is told.
        int needed = stringsAreShared ? -1 : split.baseStringEnd();
        BaseSigns.Verdict verdict;
        try {
            Btf base = BtfSource.load(candidate);
            if (needed >= 0 && needed != base.stringEnd() || !split.namesFit(base.stringEnd())) {
                return Fit.NO;
            }
            verdict = BaseSigns.find(Btf.parse(data, base, split.source()), stringsAreShared, release);
        } catch (IOException | BtfException e) {
            return Fit.NO;
        }
        if (verdict.wrong() != null) {
            return Fit.NO;
        }
        return needed < 0 || verdict.doubt() != null ? Fit.MAYBE : Fit.YES;
    }
}
