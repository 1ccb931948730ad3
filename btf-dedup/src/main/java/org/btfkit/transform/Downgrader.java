package org.btfkit.transform;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.btfkit.BtfException;
import org.btfkit.BtfUnsupportedException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfType;
import org.btfkit.btf.build.BtfBuilder;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KernelFeature;
import org.btfkit.btf.format.Words;

/**
 * Makes BTF for a kernel, or a reader, that knows fewer kinds: each type that it would refuse becomes one that it
 * knows, of the same length, so that all ids stay.
 *
 * <p>A kernel refuses BTF as a whole for one kind that it does not know, and with it the program. What it needs of the
 * BTF of a program is little: that types have their sizes, and that ids mean something. So libbpf, before it loads,
 * rewrites what this kernel lacks; this does the same, with the same bytes:
 *
 * <pre>
 * FUNC, FUNC_PROTO     TYPEDEF; ENUM of 4 bytes, whose enumerators are the parameters
 * VAR, DATASEC         INT of 1 byte; STRUCT with the variables as members, dots in its name '_'
 * global FUNC          static
 * FLOAT                STRUCT without name and members
 * DECL_TAG, TYPE_TAG   INT of 1 byte; CONST
 * ENUM64, signed ENUM  UNION whose members are of a new INT, 'enum64_placeholder'; unsigned
 * name of a DATASEC    the '?' at its start '_'
 * layout section       left out
 * </pre>
 *
 * <p>A name is changed where it stands, for all types that have it. Sizes, offsets and layout of structs stay.
 *
 * <p>Beyond libbpf: tags with kflag (attributes) become what tags become, and a type with more elements than fit in 16
 * bits is refused, as readers that do not know of it would read another number. What else a kernel may lack, such as
 * bitfields by kflag, has no substitute and stays; {@code KernelNeeds} finds it. A bitfield of an ENUM64 becomes one of
 * a UNION, which kernels refuse; C has none, as the kernel takes no enum of 64 bits for a bitfield's type.
 *
 * <p>Doing it again changes nothing. Cost: a copy of the words and one pass. Stateless but for its options; safe for
 * use by several threads.
 */
public final class Downgrader {
    /** What BTF can be made to do without. */
    public static final Set<KernelFeature> FEATURES = Collections.unmodifiableSet(EnumSet.of(
            KernelFeature.FUNCTIONS,
            KernelFeature.VARIABLES,
            KernelFeature.GLOBAL_FUNCTIONS,
            KernelFeature.FLOATS,
            KernelFeature.DECL_TAGS,
            KernelFeature.TYPE_TAGS,
            KernelFeature.ENUM64,
            KernelFeature.SECTION_NAMES,
            KernelFeature.ATTRIBUTES,
            KernelFeature.LAYOUT,
            KernelFeature.LARGE_VLEN));

    private static final String PLACEHOLDER = "enum64_placeholder";
    private static final int MAX_VLEN = 0xffff;

    private final Set<KernelFeature> lacking;
    private final boolean namesParameters;

    private Downgrader(Set<KernelFeature> lacking, boolean namesParameters) {
        this.lacking = lacking;
        this.namesParameters = namesParameters;
    }

    /**
     * Makes one for readers that lack something.
     *
     * @param lacking what they do not know, some of {@link #FEATURES}
     * @return the downgrader
     * @throws IllegalArgumentException if there is no substitute for one of them
     */
    public static Downgrader without(Set<KernelFeature> lacking) {
        Set<KernelFeature> all = EnumSet.noneOf(KernelFeature.class);
        all.addAll(lacking);
        all.removeAll(FEATURES);
        if (!all.isEmpty()) {
            throw new IllegalArgumentException(all + ": nothing can stand for that, expected some of " + FEATURES);
        }
        all.addAll(lacking);
        return new Downgrader(all, false);
    }

    /**
     * Makes one for a kernel, as libbpf would: attributes stay, unless the kernel has no tags at all.
     *
     * @param release its release, see {@link KernelFeature#unknownTo}
     * @return the downgrader
     * @throws IllegalArgumentException if that is no release, or one without BTF
     */
    public static Downgrader forRelease(String release) {
        Set<KernelFeature> unknown = KernelFeature.unknownTo(release);
        unknown.retainAll(FEATURES);
        unknown.remove(KernelFeature.ATTRIBUTES);
        return new Downgrader(unknown, false);
    }

    /**
     * Makes one that lacks more.
     *
     * @param more what its readers do not know either, as in {@link #without}
     * @return a new downgrader
     */
    public Downgrader andWithout(Set<KernelFeature> more) {
        Set<KernelFeature> all = EnumSet.copyOf(FEATURES);
        all.retainAll(lacking);
        all.addAll(more);
        return new Downgrader(without(all).lacking, namesParameters);
    }

    /**
     * Makes one that names parameters without a name where they become enumerators, which have to have one; libbpf does
     * not, and the kernel then refuses the whole.
     *
     * @return a new downgrader
     */
    public Downgrader withParameterNames() {
        return new Downgrader(lacking, true);
    }

    /**
     * Makes BTF that does without.
     *
     * @param btf the BTF, without a base; is not changed
     * @return the new BTF and what was changed
     * @throws BtfUnsupportedException if it is split, as its base would have to change as well and its ids with it
     * @throws BtfException if a type cannot be had without
     */
    public Downgraded downgrade(Btf btf) {
        if (btf.base() != null) {
            throw new BtfUnsupportedException(
                    btf.source() + ": split on " + btf.base().source()
                            + ", whose ids and strings would move as well; expected BTF without a base, such as both in one");
        }
        return new Run(prepared(btf)).all();
    }

    private boolean lacks(KernelFeature feature) {
        return lacking.contains(feature);
    }

    /** Adds the types and strings that will be needed. */
    private Btf prepared(Btf btf) {
        FlatTypes types = FlatAccess.of(btf);
        BtfBuilder builder = null;
        for (int typeId = 1; typeId < btf.typeCount(); typeId++) {
            BtfKind kind = types.kind(typeId);
            if (kind == BtfKind.ENUM64 && lacks(KernelFeature.ENUM64)) {
                builder = builder == null ? BtfBuilder.copyOf(btf) : builder;
                builder.addInt(PLACEHOLDER, 1, 0);
                break;
            }
        }
        for (int typeId = 1; typeId < btf.typeCount() && namesParameters && lacks(KernelFeature.FUNCTIONS); typeId++) {
            for (int i = 0; types.kind(typeId) == BtfKind.FUNC_PROTO && i < types.vlen(typeId); i++) {
                if (types.paramNameOff(typeId, i) == 0) {
                    builder = builder == null ? BtfBuilder.copyOf(btf) : builder;
                    builder.edit(typeId).elementName(i, "arg" + i);
                }
            }
        }
        if (builder == null) {
            return btf;
        }
        try {
            return builder.build().withPointerSize(btf.pointerSize());
        } catch (IllegalArgumentException e) {
            throw new BtfException(e.getMessage(), e);
        }
    }

    /** One pass over one BTF. */
    private final class Run {
        private final Btf btf;
        private final FlatTypes types;
        private final int[] words;
        private final byte[] strings;
        private final List<Downgraded.Change> changes = new ArrayList<>();

        /** A word of the type that is looked at, by its index there, is {@code words[start + index]}. */
        private int start;

        Run(Btf btf) {
            this.btf = btf;
            this.types = FlatAccess.of(btf);
            this.words = types.words().clone();
            this.strings = types.strings().own().clone();
        }

        Downgraded all() {
            for (int typeId = 1; typeId < btf.typeCount(); typeId++) {
                start = types.offsets()[typeId - 1];
                BtfKind kind = types.kind(typeId);
                if (kind == null) {
                    throw new BtfUnsupportedException(
                            btf.source() + ": " + btf.describe(typeId) + ": unknown kind, expected a known one");
                }
                if (lacks(KernelFeature.LARGE_VLEN) && types.vlen(typeId) > MAX_VLEN) {
                    throw types.fault(
                            typeId,
                            1,
                            types.vlen(typeId) + " elements, expected no more than " + MAX_VLEN + " for kernels before "
                                    + KernelFeature.LARGE_VLEN.release());
                }
                change(typeId, kind);
            }
            boolean dropsLayout = lacks(KernelFeature.LAYOUT) && btf.header().layoutLen() != 0;
            if (changes.isEmpty() && !dropsLayout) {
                return new Downgraded(btf, List.of(), false);
            }
            byte[] layout = dropsLayout ? null : btf.layout();
            Btf result = Btf.of(btf.header(), layout, words, strings, null, btf.source())
                    .withPointerSize(btf.pointerSize())
                    .withKernelRelease(btf.kernelRelease());
            return new Downgraded(result, changes, dropsLayout);
        }

        private void change(int typeId, BtfKind kind) {
            KernelFeature ofKind = KernelFeature.ofKind(kind).orElse(null);
            boolean lacksKind = ofKind != null && lacks(ofKind);
            boolean isAttribute = types.kflag(typeId) && lacks(KernelFeature.ATTRIBUTES);
            switch (kind) {
                case FUNC -> function(typeId, lacksKind);
                case FUNC_PROTO -> replace(lacksKind, typeId, BtfKind.ENUM, Integer.BYTES);
                case VAR -> smallInt(lacksKind, typeId);
                case DECL_TAG -> smallInt(lacksKind || isAttribute, typeId);
                case TYPE_TAG -> nameless(lacksKind || isAttribute, typeId, BtfKind.CONST);
                case FLOAT -> nameless(lacksKind, typeId, BtfKind.STRUCT);
                case DATASEC -> section(typeId, lacksKind);
                case ENUM64 -> union(typeId, lacksKind);
                case ENUM -> {
                    if (lacks(KernelFeature.ENUM64) && types.kflag(typeId)) {
                        info(BtfKind.ENUM, types.vlen(typeId));
                        note(typeId, "unsigned");
                    }
                }
                case VOID, INT, PTR, ARRAY, STRUCT, UNION, FWD, TYPEDEF, VOLATILE, CONST, RESTRICT -> {}
            }
        }

        private void function(int typeId, boolean lacksKind) {
            boolean isGlobal =
                    lacks(KernelFeature.GLOBAL_FUNCTIONS) && types.info(typeId) != Words.info(BtfKind.FUNC, false, 0);
            if (lacksKind) {
                info(BtfKind.TYPEDEF, 0);
                note(typeId, "TYPEDEF");
            } else if (isGlobal) {
                info(BtfKind.FUNC, BtfType.Linkage.STATIC.ordinal());
                note(typeId, "static");
            }
        }

        private void smallInt(boolean isWanted, int typeId) {
            if (isWanted) {
                info(BtfKind.INT, 0);
                words[start + 2] = 1;
                words[start + Words.HEADER] = Words.intData(0, 0, Byte.SIZE);
                note(typeId, "INT of 1 byte");
            }
        }

        private void nameless(boolean isWanted, int typeId, BtfKind kind) {
            if (isWanted) {
                words[start] = 0;
                info(kind, 0);
                note(typeId, kind + " without name");
            }
        }

        private void replace(boolean isWanted, int typeId, BtfKind kind, int sizeBytes) {
            if (isWanted) {
                info(kind, types.vlen(typeId));
                words[start + 2] = sizeBytes;
                note(typeId, kind + " of " + sizeBytes + " bytes");
            }
        }

        /** The words of a variable become those of a member: type, offset, size; name, type, offset. */
        private void section(int typeId, boolean lacksKind) {
            if (!lacksKind) {
                if (lacks(KernelFeature.SECTION_NAMES) && rename(types.nameOff(typeId), false)) {
                    note(typeId, "named '" + name(types.nameOff(typeId)) + "'");
                }
                return;
            }
            rename(types.nameOff(typeId), true);
            info(BtfKind.STRUCT, types.vlen(typeId));
            for (int i = 0; i < types.vlen(typeId); i++) {
                int at = start + BtfKind.DATASEC.words(i);
                int varId = types.sectionVar(typeId, i);
                // As it is now: a type before this one may have lost its name.
                words[at] = varId == 0 ? 0 : words[types.offsets()[varId - 1]];
                words[at + 1] = varId;
                words[at + 2] = (int) types.sectionVarOffset(typeId, i) * Byte.SIZE;
            }
            note(typeId, "STRUCT '" + name(types.nameOff(typeId)) + "'");
        }

        private void union(int typeId, boolean lacksKind) {
            if (!lacksKind) {
                return;
            }
            info(BtfKind.UNION, types.vlen(typeId));
            for (int i = 0; i < types.vlen(typeId); i++) {
                int at = start + BtfKind.ENUM64.words(i);
                words[at + 1] = btf.typeCount() - 1;
                words[at + 2] = 0;
            }
            note(typeId, "UNION of " + PLACEHOLDER);
        }

        private void info(BtfKind kind, int vlen) {
            words[start + 1] = Words.info(kind, false, vlen);
        }

        private void note(int typeId, String becomes) {
            changes.add(new Downgraded.Change(typeId, btf.describe(typeId), becomes));
        }

        /** Makes underscores of a question mark at the start, or of all of them and of dots; tells whether of any. */
        private boolean rename(int nameOff, boolean all) {
            boolean isChanged = false;
            for (int at = nameOff; strings[at] != 0 && (all || at == nameOff); at++) {
                if (strings[at] == '?' || all && strings[at] == '.') {
                    strings[at] = '_';
                    isChanged = true;
                }
            }
            return isChanged;
        }

        private String name(int nameOff) {
            int end = nameOff;
            while (strings[end] != 0) {
                end++;
            }
            return new String(strings, nameOff, end - nameOff, java.nio.charset.StandardCharsets.UTF_8);
        }
    }
}
