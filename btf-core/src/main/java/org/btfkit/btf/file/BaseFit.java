package org.btfkit.btf.file;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfFormatException;

/**
 * Loads split BTF on a base, and says what is wrong if the base is missing or another one: which base the BTF needs,
 * and which files on this machine have it.
 *
 * <p>Ids and string offsets of split BTF only make sense with the base it was made on. With another one it may still
 * parse; what gives it away is that its names begin in the middle of strings.
 *
 * <p>What fits costs one more pass over the own types than {@link BtfSource#btf} does. A failure looks into the kernels
 * of this machine, and takes some tenths of a second.
 *
 * <p>Keeps nothing between calls; safe for use by several threads.
 */
public final class BaseFit {
    private BaseFit() {}

    /**
     * Loads BTF that has no distilled base.
     *
     * @param source where it is
     * @param base the base given, or null; ignored by BTF that needs none
     * @param baseOption the option that gives it, for messages
     * @return the BTF
     * @throws IOException if reading fails
     * @throws BtfFormatException if it is damaged
     * @throws BtfBaseException if it needs a base, or another one
     */
    public static Btf load(BtfSource source, Btf base, String baseOption) throws IOException {
        Btf btf = loadIfFits(source, base);
        if (btf != null) {
            return btf;
        }
        DetachedSplit split = source.detachedSplit();
        String found = base == null
                ? " is split BTF: give its base with "
                : " was not made on the base " + base.source() + " (" + size(base.typeCount(), base.stringEnd())
                        + "): give the right one with ";
        throw new BtfBaseException(split.source() + found + baseOption + ", " + need(split));
    }

    /**
     * Loads BTF, or returns null if it needs a base, or another one.
     *
     * @param source where it is
     * @param base the base given, or null; ignored by BTF that needs none
     * @return the BTF or null
     * @throws IOException if reading fails
     * @throws BtfFormatException if it is damaged
     */
    public static Btf loadIfFits(BtfSource source, Btf base) throws IOException {
        DetachedSplit split = null;
        try {
            if (base == null) {
                return source.btf(null);
            }
            split = source.detachedSplit();
            if (split.isSelfContained() && !split.usesOwnStrings(base.stringEnd())) {
                return source.btf(null);
            }
            return split.namesFit(base.stringEnd()) ? source.btf(base) : null;
        } catch (BtfFormatException e) {
            if (split == null) {
                split = detachedOrThrow(source, e);
            }
            // A base of nothing but void is none.
            boolean rightBase = base == null && split.isSelfContained()
                    || split.baseTypeCount() == (base == null ? 1 : base.typeCount());
            if (rightBase) {
                throw e;
            }
            return null;
        }
    }

    private static DetachedSplit detachedOrThrow(BtfSource source, BtfFormatException fault) throws IOException {
        try {
            return source.detachedSplit();
        } catch (BtfFormatException e) {
            throw fault;
        }
    }

    private static String need(DetachedSplit split) {
        String needed = split.baseTypeCount() < 0 && split.baseStringEnd() < 0
                ? "which cannot be told from the BTF"
                : "one with " + size(split.baseTypeCount(), split.baseStringEnd());
        List<String> fitting = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (Path candidate : candidates()) {
            try {
                Btf btf = BtfSource.load(candidate);
                boolean fits = split.namesFit(btf.stringEnd())
                        && (split.baseTypeCount() < 0 || split.baseTypeCount() == btf.typeCount());
                (fits ? fitting : others).add(candidate.toString());
            } catch (IOException | BtfException e) {
                others.add(candidate.toString());
            }
        }
        if (!fitting.isEmpty()) {
            return needed + "; fits: " + String.join(", ", fitting);
        }
        return needed + (others.isEmpty() ? "" : "; does not fit: " + String.join(", ", others));
    }

    private static String size(int typeCount, int stringBytes) {
        String types = typeCount < 0 ? "an unknown number of" : Integer.toString(typeCount);
        String strings = stringBytes < 0 ? "an unknown number of" : Integer.toString(stringBytes);
        return types + " types and " + strings + " bytes of strings";
    }

    /** Files that may have the BTF of a kernel. */
    private static List<Path> candidates() {
        List<Path> found = new ArrayList<>();
        addIfThere(found, Path.of("/sys/kernel/btf/vmlinux"));
        for (Path modules : list(Path.of("/lib/modules"))) {
            addIfThere(found, modules.resolve("build/vmlinux"));
        }
        found.addAll(list(Path.of("/usr/lib/debug/boot")));
        return found;
    }

    private static void addIfThere(List<Path> found, Path path) {
        if (Files.isReadable(path)) {
            found.add(path);
        }
    }

    private static List<Path> list(Path folder) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            entries.forEach(found::add);
        } catch (IOException e) {
            return List.of(); // not there: nothing to suggest
        }
        found.sort(null);
        return found;
    }
}
