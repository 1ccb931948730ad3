package org.btfkit.transform;

import java.util.BitSet;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatStrings;
import org.btfkit.btf.flat.JoinedTypes;
import org.btfkit.btf.flat.TypeRewriter;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.format.Words;

/**
 * Puts split BTF that has a distilled base onto a full base, which need not be the one that was distilled.
 *
 * <p><b>Problem.</b> For each type of the distilled base the type of the full base has to be found that it stands for.
 * The name decides; a size that matters must fit too: that of integers, floating point types and enumerations, and of a
 * struct or union that the split BTF has within another one or that shares its name with others.
 *
 * <p><b>Passes.</b>
 *
 * <ol>
 *   <li>index the distilled base by name, and find which structs and unions are embedded: {@link DistilledTypes};
 *   <li>go through the full base, and map what fits. Two fitting types are an error, since nobody can tell which was
 *       meant, and so is none;
 *   <li>rewrite the own types' ids and names.
 * </ol>
 *
 * <p>Cost: one look-up per name in the full base, and one pass over the own words. Memory: a copy of the own words, and
 * 4 bytes per type and per string byte of the distilled base.
 *
 * <p>The result is byte for byte that of libbpf's {@code btf__relocate}, and what that refuses is refused.
 *
 * <p>Static methods and constants only; safe for use by several threads.
 */
public final class Relocator {
    /** What a type of a distilled base can stand for. */
    private static final KindSet FOUND_BY_NAME =
            KindSet.COMPOSITES.with(KindSet.ENUMS).with(BtfKind.INT, BtfKind.FLOAT, BtfKind.FWD);

    private final Btf split;
    private final Btf onto;
    private final DistilledTypes distilled;
    private final JoinedTypes full;
    private final FlatStrings fullStrings;
    private final int[] idMap;

    /** By string offset in the distilled base: the offset in the full one, 0 if it is not the name of a type. */
    private final int[] newNames;

    private Relocator(Btf split, Btf onto) {
        this.split = split;
        this.onto = onto;
        this.distilled = new DistilledTypes(split);
        this.full = JoinedTypes.of(FlatAccess.of(onto));
        this.fullStrings = full.flat().strings();
        this.idMap = new int[split.typeCount()];
        this.newNames = new int[split.base().stringEnd()];
    }

    /**
     * Relocates split BTF.
     *
     * @param split BTF that is split on a distilled base; is not changed
     * @param onto the full base
     * @return the same types on the full base
     * @throws BtfException if the base is not a distilled one, or a type of it fits none or several of the full base's,
     *     or a name that is used stands in the distilled base but is not that of a type
     * @throws IllegalArgumentException if the BTF is not split, or is split on {@code onto} already
     */
    public static Relocated relocate(Btf split, Btf onto) {
        if (split.base() == null || split.base() == onto) {
            throw new IllegalArgumentException(
                    split.source() + (onto == split.base() ? " is split on " + onto + " already" : " has no base")
                            + ", expected BTF split on a distilled base");
        }
        Relocator relocator = new Relocator(split, onto);
        relocator.mapBase();
        return relocator.write();
    }

    private void mapBase() {
        BitSet ambiguous = ambiguousNames();
        for (int id = 1; id < full.typeCount(); id++) {
            int info = full.info(id);
            int nameOff = full.nameOff(id);
            if (nameOff != 0 && FOUND_BY_NAME.hasInfo(info)) {
                boolean isComposite = KindSet.COMPOSITES.hasInfo(info);
                boolean isForward = Words.kind(info) == BtfKind.FWD.number();
                map(id, nameOff, isComposite ? ambiguous.get(nameOff) : !isForward);
            }
        }
        for (int id = 1; id < split.firstTypeId(); id++) {
            if (idMap[id] == 0) {
                throw missing(id);
            }
        }
        for (int id = split.firstTypeId(); id < split.typeCount(); id++) {
            idMap[id] = id - split.firstTypeId() + onto.typeCount();
        }
    }

    /** Returns the offsets of names that several structs and unions of the full base have. */
    private BitSet ambiguousNames() {
        BitSet met = new BitSet(onto.stringEnd());
        BitSet ambiguous = new BitSet(onto.stringEnd());
        for (int id = 1; id < full.typeCount(); id++) {
            int nameOff = full.nameOff(id);
            if (nameOff != 0 && KindSet.COMPOSITES.hasInfo(full.info(id))) {
                (met.get(nameOff) ? ambiguous : met).set(nameOff);
            }
        }
        return ambiguous;
    }

    /** Maps the types of the distilled base that a type of the full base fits. */
    private void map(int fullId, int nameOff, boolean needsSize) {
        int size = full.sizeOrType(fullId);
        for (int id = distilled.first(fullStrings, nameOff); id >= 0; id = distilled.next(id)) {
            // Sizes are compared without their highest bit, as libbpf does.
            if (needsSize && (size ^ distilled.size(id)) << 1 != 0) {
                continue;
            }
            if (id == 0) {
                throw new BtfException(onto.source() + ": " + full.describe(fullId)
                        + ": its name is empty, expected none or one that is not");
            }
            if (!distilled.fits(id, full, fullId)) {
                continue;
            }
            if (idMap[id] != 0) {
                // After a first match any other one is too many, even one whose size would rule it out: as in libbpf.
                throw distilled.fault(
                        id,
                        "both " + described(idMap[id]) + " and " + described(fullId) + " of " + onto.source()
                                + " fit, expected one");
            }
            if (!distilled.isEmbedded(id) || size == distilled.size(id)) {
                idMap[id] = fullId;
                newNames[distilled.nameOff(id)] = nameOff;
            }
        }
    }

    private Relocated write() {
        int[] words = FlatAccess.of(split).words().clone();
        int[] offsets = FlatAccess.of(split).offsets();
        TypeRewriter.Names names = this::newName;
        for (int i = 0; i < offsets.length - 1; i++) {
            BtfKind kind = BtfKind.of(Words.kind(words[offsets[i] + 1]));
            if (kind == null || kind == BtfKind.VOID) {
                throw new BtfException(split.source() + ": " + split.describe(split.firstTypeId() + i)
                        + ": of unknown kind, cannot be relocated");
            }
            TypeRewriter.mapIds(words, offsets[i], idMap);
            TypeRewriter.mapNames(words, offsets[i], names);
        }
        byte[] strings = FlatAccess.of(split).strings().own();
        Btf btf = Btf.of(split.header(), split.layout(), words, strings, onto, split.source())
                .withPointerSize(split.pointerSize());
        return new Relocated(btf, idMap);
    }

    private int newName(int stringOff) {
        if (stringOff >= newNames.length) {
            return stringOff - newNames.length + onto.stringEnd();
        }
        if (newNames[stringOff] == 0) {
            throw new BtfException(split.source() + ": string '" + split.string(stringOff) + "' at " + stringOff
                    + " of the distilled base is used, expected it to be the name of one of its types");
        }
        return newNames[stringOff];
    }

    /** Returns the failure of finding a type, with what was looked for and what there is instead. */
    private BtfException missing(int typeId) {
        Btf base = split.base();
        BtfKind kind = base.kind(typeId);
        StringBuilder message = new StringBuilder("not found in ").append(onto.source());
        message.append(", expected one of this name");
        if (kind != BtfKind.FWD) {
            message.append(" and of ").append(sizeOf(base, typeId));
        }
        if (kind == BtfKind.INT) {
            message.append(" with the same encoding");
        }
        if (distilled.isEmbedded(typeId)) {
            message.append(", since a struct or union contains it");
        }
        String separator = "; there is ";
        for (int id = 1; id < onto.typeCount(); id++) {
            BtfKind other = onto.kind(id);
            boolean isNamed = other != null && other != BtfKind.FUNC && onto.nameOff(id) != 0;
            if (isNamed && onto.name(id).equals(base.name(typeId))) {
                message.append(separator).append(described(id));
                separator = ", ";
            }
        }
        return distilled.fault(typeId, message.toString());
    }

    private String described(int fullId) {
        boolean hasSize = onto.kind(fullId).hasSize();
        return full.describe(fullId) + (hasSize ? " of " + sizeOf(onto, fullId) : "");
    }

    private static String sizeOf(Btf btf, int typeId) {
        return Integer.toUnsignedString(btf.sizeOrType(typeId)) + " bytes";
    }
}
