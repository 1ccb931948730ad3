package org.btfkit.transform;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.flat.StringTable;
import org.btfkit.btf.flat.TypeRewriter;
import org.btfkit.btf.flat.Unfolding;
import org.btfkit.btf.format.BtfHeader;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.format.Words;
import org.btfkit.btf.relo.CoreKind;
import org.btfkit.btf.relo.CoreRelocation;
import org.btfkit.btf.relo.CoreRelocator;
import org.btfkit.btf.relo.CoreResults;
import org.btfkit.btf.relo.CoreScope;
import org.btfkit.btf.relo.CoreTarget;

/**
 * Makes of a kernel's BTF the little that some BPF objects need to be relocated, to be shipped with them to kernels
 * that have no BTF of their own.
 *
 * <p>For each record the parts of the <em>first</em> type that matches are kept: the way to a field with the type of
 * each member on it, whole enumerations, types as far as they are compared; see {@link NeededTypes}. Types keep their
 * order, sizes and offsets; what they refer to and is not needed becomes void. These are the bytes of {@code bpftool
 * gen min_core_btf}, but for the byte order, which is the kernel's here and the host's there.
 *
 * <p>That can be too little: where several types match, the next record of the same local type may be matched by
 * another of them only, or the small BTF may leave an array at the end of a struct that was none. So each object is
 * relocated on the result as well, and where a value differs, all that matches is kept. Cost: two relocations of each
 * object, and one pass over the types that are kept.
 *
 * <p>Nothing is kept between calls; safe for use by several threads.
 */
public final class Minimizer {
    private final CoreTarget target;
    private final List<CoreRelocator> objects = new ArrayList<>();
    private final List<CoreResults> results = new ArrayList<>();
    private NeededTypes needed;
    private int[][] idMaps;

    private Minimizer(CoreTarget target, List<CoreRelocator> objects) {
        this.target = target;
        for (CoreRelocator object : objects) {
            this.objects.add(object.withScope(CoreScope.RECORDS));
        }
    }

    /**
     * Makes the smallest BTF on which objects come to the values that they have on a kernel.
     *
     * @param target the kernel
     * @param objects the objects; all their records count, those of programs that are not loaded as well
     * @return what is needed
     * @throws BtfException if a record is refused or ambiguous on the kernel
     */
    public static Minimized minimize(CoreTarget target, List<CoreRelocator> objects) {
        Minimizer minimizer = new Minimizer(target, objects).relocate();
        Minimized first = minimizer.keep(false, List.of());
        List<String> different = minimizer.differences(first);
        if (different.isEmpty()) {
            return first;
        }
        Minimized second = minimizer.keep(true, different);
        List<String> still = minimizer.differences(second);
        if (!still.isEmpty()) {
            throw new BtfException(target + ": cannot be made smaller for " + still.get(0));
        }
        return second;
    }

    /**
     * Makes what {@code bpftool gen min_core_btf} makes, too little as it may be.
     *
     * @param target the kernel
     * @param objects the objects
     * @return what that keeps
     * @throws BtfException as {@link #minimize}
     */
    public static Minimized minimizeLikeBpftool(CoreTarget target, List<CoreRelocator> objects) {
        return new Minimizer(target, objects).relocate().keep(false, List.of());
    }

    private Minimizer relocate() {
        for (CoreRelocator object : objects) {
            CoreResults result = object.on(target);
            for (int i = 0; i < result.size(); i++) {
                if (!result.hasValue(i)) {
                    CoreRelocation record = object.object().relocations().get(i);
                    throw new BtfException(target + ": " + object.object() + ": " + record.place() + ": "
                            + result.path(i) + ": " + result.get(i));
                }
            }
            results.add(result);
        }
        return this;
    }

    private Minimized keep(boolean isAll, List<String> kept) {
        needed = new NeededTypes(target);
        for (CoreResults result : results) {
            for (int i = 0; i < result.size(); i++) {
                CoreKind kind = result.object().relocations().get(i).kind();
                int count = Math.min(result.matchCount(i), isAll ? Integer.MAX_VALUE : 1);
                for (int match = 0; match < count; match++) {
                    needed.add(kind, result.matchSerial(i, match), result.matchPath(i, match));
                }
            }
        }
        if (isAll) {
            needed.closeArrays();
            needed.addLong();
        }
        idMaps = new int[1 + target.modules().size()][];
        StringTable strings = Unfolding.table(stringLength(target.vmlinux()));
        Btf vmlinux = build(0, target.vmlinux(), null, null, strings);
        List<Minimized.Module> modules = new ArrayList<>();
        for (int i = 0; i < target.modules().size(); i++) {
            Btf module = target.modules().get(i);
            Btf built = build(i + 1, module, vmlinux, strings, Unfolding.table(stringLength(module)));
            if (built != null) {
                modules.add(new Minimized.Module(i, built));
            }
        }
        return new Minimized(vmlinux, modules, kept);
    }

    private static int stringLength(Btf btf) {
        return FlatAccess.of(btf).strings().end();
    }

    /** Writes the needed types of one BTF; gives null if a module has none. */
    private Btf build(int owner, Btf btf, Btf base, StringTable baseStrings, StringTable strings) {
        FlatTypes flat = FlatAccess.of(btf);
        int[] idMap = new int[flat.typeCount()];
        int first = flat.firstTypeId();
        System.arraycopy(owner == 0 ? idMap : idMaps[0], 0, idMap, 0, owner == 0 ? 0 : first);
        int next = base == null ? 1 : base.typeCount();
        for (int id = first; id < idMap.length; id++) {
            idMap[id] = needed.has(target.serialOf(owner, id)) ? next++ : 0;
        }
        idMaps[owner] = idMap;
        if (base != null && next == base.typeCount()) {
            return null;
        }
        if (base == null) {
            strings.add(new byte[1], 0, 0, StringTable.hash(new byte[0], 0, 0));
        }
        KeptWords words = new KeptWords();
        TypeRewriter.Names names = off -> newOffset(flat, off, btf, base, baseStrings, strings);
        for (int id = first; id < idMap.length; id++) {
            if (idMap[id] != 0) {
                int at = words.append(flat, id, needed.members(target.serialOf(owner, id)));
                TypeRewriter.mapIds(words.words, at, idMap);
                TypeRewriter.mapNames(words.words, at, names);
            }
        }
        BtfHeader header = BtfHeader.of(btf.order(), BtfHeader.LONG_LENGTH);
        return Btf.of(header, null, words.toArray(), strings.toBytes(), base, "minimized " + btf.source());
    }

    private static int newOffset(
            FlatTypes flat, int stringOff, Btf btf, Btf base, StringTable baseStrings, StringTable strings) {
        int found = baseStrings == null ? -1 : flat.strings().findIn(baseStrings, stringOff);
        if (found >= 0) {
            return found;
        }
        int added = flat.strings().addTo(strings, stringOff);
        if (added < 0) {
            throw Unfolding.fault(btf.source(), stringLength(btf));
        }
        return added + (base == null ? 0 : base.stringEnd());
    }

    /** Names the relocations that come to something else on the result. */
    private List<String> differences(Minimized small) {
        List<Btf> modules = small.modules().stream().map(Minimized.Module::btf).toList();
        CoreTarget smallTarget = CoreTarget.of(small.vmlinux(), modules);
        List<String> different = new ArrayList<>();
        for (int i = 0; i < objects.size(); i++) {
            CoreResults on = objects.get(i).on(smallTarget);
            CoreResults before = results.get(i);
            for (int record = 0; record < on.size(); record++) {
                if (!isSame(before, on, record)) {
                    different.add(before.object() + ": "
                            + before.object().relocations().get(record).place() + ": " + before.path(record) + ": "
                            + before.get(record) + "; with the first type that matches only: " + on.get(record));
                }
            }
        }
        return different;
    }

    private boolean isSame(CoreResults before, CoreResults on, int record) {
        if (before.outcome(record) != on.outcome(record) || before.accessBytes(record) != on.accessBytes(record)) {
            return false;
        }
        boolean isId = before.object().relocations().get(record).kind() == CoreKind.TYPE_ID_TARGET;
        if (!isId || before.matchCount(record) == 0) {
            return before.value(record) == on.value(record);
        }
        int serial = before.matchSerial(record, 0);
        return on.value(record) == idMaps[target.ownerOf(serial)][target.typeIdOf(serial)];
    }

    /** The words of the types that are kept. */
    private static final class KeptWords {
        private static final int MEMBER = BtfKind.STRUCT.elementWords();

        private int[] words = new int[1024];
        private int length;

        /** Appends a type as it is, or a struct or union with some of its members; gives where it begins. */
        int append(FlatTypes flat, int typeId, BitSet members) {
            int start = length;
            int count = flat.wordCount(typeId);
            if (words.length - length < count) {
                words = Arrays.copyOf(words, Math.max(words.length * 2, length + count));
            }
            flat.copyWords(typeId, words, start);
            length = start + count;
            if (flat.is(typeId, KindSet.COMPOSITES)) {
                choose(start, members == null ? new BitSet() : members);
            }
            return start;
        }

        private void choose(int start, BitSet members) {
            boolean kflag = Words.kflag(words[start + 1]);
            boolean hasBitField = false;
            int at = start + Words.HEADER;
            for (int i = members.nextSetBit(0); i >= 0; i = members.nextSetBit(i + 1)) {
                System.arraycopy(words, start + Words.HEADER + i * MEMBER, words, at, MEMBER);
                hasBitField |= Words.bitfieldSize(words[at + 2], kflag) != 0;
                at += MEMBER;
            }
            BtfKind kind = BtfKind.of(Words.kind(words[start + 1]));
            words[start + 1] = Words.info(kind, hasBitField, members.cardinality());
            length = at;
        }

        int[] toArray() {
            return Arrays.copyOf(words, length);
        }
    }
}
