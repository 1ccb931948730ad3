package org.btfkit.resolve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.btfkit.BtfUnsupportedException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfWriter;
import org.btfkit.elf.ElfEditor;
import org.btfkit.elf.ElfFile;
import org.btfkit.internal.io.ArrayInput;
import org.btfkit.internal.io.ContentDigest;

/**
 * Shows of an object that it is as it has to be, without making its BTF again.
 *
 * <p><b>Problem.</b> Objects whose BTF is made of their DWARF are worked on again and again, as a build calls for all
 * of them when it does not know of which there is need. That nothing has to change could only be told by encoding
 * everything once more.
 *
 * <p><b>Why a seal shows it.</b> What is to become of an object is a function of the object's bytes, the types of the
 * base, the options, and the program; of nothing else: not of its name, the time, or other files (DWARF that refers to
 * any is refused). And what comes out is what a run on it would leave as it is. So each object that has been written,
 * or found to be right, gets a seal that holds a digest of
 *
 * <pre>
 * all its bytes, as they are now
 * the BTF of the base
 * the options and the kernel's rules
 * the program
 * </pre>
 *
 * <p>If the next run comes to the same digest, it would do what the last one did, which ended with these bytes. A byte
 * that has changed, in whatever way, makes another digest, and then all is done as if there were no seal; also where
 * the seal has got lost, as it does where a file is copied without its attributes. Nothing is to be kept up to date,
 * and no time of a file is trusted.
 *
 * <p><b>What is not covered.</b> An object of which anything was said, a warning or that something was repaired, is not
 * sealed: it is to be said again. Nor is one that was linked seconds ago, see {@link ElfEditor#seal}; nor one where
 * options name what the ids were of before. Who may write to an object may seal it himself. How likely two contents
 * have one digest: {@link ContentDigest}.
 *
 * <p>Safe for use by several threads.
 */
final class ObjectSeals {
    /** Changes if what is digested does. */
    private static final String FORM = "made of DWARF 1";

    private static final int NOTE_NUMBERS = 6;

    private final ResolveOptions options;
    private final BtfPool pool;
    private final boolean areMade;
    private byte[] claim;

    ObjectSeals(ResolveOptions options, BtfPool pool) {
        this.options = options;
        this.pool = pool;
        this.areMade = options.seals() != null
                && options.rules() != null
                && options.btf() == null
                && options.oldBtf() == null
                && options.oldBase() == null;
    }

    /**
     * Finds what there is to report on an object that needs no work.
     *
     * @return the report; null if work is needed to see what has to be done
     */
    ObjectReport find(ElfFile elf) throws IOException {
        byte[] expected = areMade && options.seals().areTrusted() ? claim() : null;
        byte[] note = expected == null ? null : elf.noteOf(expected);
        if (note == null) {
            return null;
        }
        IdsSection ids = IdsSection.collect(elf);
        List<SetReport> sets = ids == null ? List.of() : SetReport.describe(ids, OrderProof.trusting(ids));
        return new ObjectReport(
                elf.path(), ObjectReport.Outcome.UNCHANGED, sets, 0, 0, fromNote(note), List.<Path>of());
    }

    /** Seals an object, once it is written. */
    void put(ElfEditor editor, BtfReport report) throws IOException {
        byte[] known = areMade ? claim() : null;
        if (known != null) {
            editor.seal(known, toNote(report));
        }
    }

    /** What all objects of this run have in common; null if that cannot be told. */
    private synchronized byte[] claim() throws IOException {
        if (claim == null) {
            Btf base = pool.get(options.base());
            ContentDigest digest = new ContentDigest().add(utf8(FORM)).add(utf8(describeOptions()));
            for (; base != null; base = base.base()) {
                try {
                    digest.add(new ArrayInput(BtfWriter.toBytes(base)));
                } catch (BtfUnsupportedException e) {
                    return null; // of a newer form, which cannot be written
                }
            }
            claim = digest.finish();
        }
        return claim;
    }

    /** All that the result depends on; with how many threads it is made is not among it. */
    private String describeOptions() {
        return options.seals().program()
                + ' '
                + options.rules().withThreads(1)
                + ' '
                + options.distillBase()
                + ' '
                + options.trustSymbols()
                + ' '
                + options.stripSignature()
                + ' '
                + options.fatalWarnings()
                + ' '
                + options.trustBase()
                + ' '
                + options.keepLinkedSymbols();
    }

    private static byte[] toNote(BtfReport report) {
        return utf8(report.kfuncs() + " " + report.inputTypes() + " " + report.types() + " " + report.bytes() + " "
                + report.baseTypes() + " " + report.baseBytes());
    }

    private static BtfReport fromNote(byte[] note) {
        String[] words = new String(note, StandardCharsets.UTF_8).split(" ", NOTE_NUMBERS);
        int[] numbers = new int[NOTE_NUMBERS];
        for (int i = 0; i < NOTE_NUMBERS; i++) {
            numbers[i] = Integer.parseInt(words[i]);
        }
        return new BtfReport(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
