package org.btfkit.resolve;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfType;
import org.btfkit.btf.build.BtfBuilder;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.resolve.ResolveException.Reason;

/**
 * Edits BTF so that it shows kfuncs as BPF programs see them.
 *
 * <p>Compilers describe a kfunc as the C function that it is. BPF programs are compiled against, and verified by, what
 * differs from that and is only said by the flags in the kfunc's set. For each kfunc, by ascending FUNC id:
 *
 * <ol>
 *   <li>DECL_TAG {@code bpf_kfunc} on the FUNC, component -1;
 *   <li>{@code KF_FASTCALL}: DECL_TAG {@code bpf_fastcall};
 *   <li>{@code KF_IMPLICIT_ARGS}: a FUNC {@code NAME_impl} with the prototype and tags of the kfunc, and a new
 *       prototype for the kfunc, which ends before the first parameter that the verifier passes: one that points to
 *       struct bpf_prog_aux or btf_struct_meta;
 *   <li>{@code KF_ARENA_RET}, {@code KF_ARENA_ARG1}, {@code KF_ARENA_ARG2}, or a parameter named {@code ..__arena} or
 *       {@code ..__arena__nullable}: a new prototype in which PTR -> T is PTR -> TYPE_TAG {@code address_space(1)} ->
 *       T.
 * </ol>
 *
 * <p>Prototypes are shared by functions, so none is changed: a kfunc gets another one. What is there already is not
 * done again, so that edited BTF stays as it is; the kernel's resolve_btfids (whose rules and order of additions these
 * are) adds tags and prototypes on every run.
 */
final class KfuncEdits {
    static final String KFUNC_TAG = "bpf_kfunc";
    private static final String FASTCALL_TAG = "bpf_fastcall";
    private static final String ARENA_TAG = "address_space(1)";
    private static final String IMPL_SUFFIX = "_impl";

    private final Btf btf;
    private final BtfBuilder builder;
    private final List<Tag> tags = new ArrayList<>();
    private final Set<String> addedFuncs = new HashSet<>();

    /** A DECL_TAG on an own FUNC. */
    private record Tag(int funcId, String name, int component, boolean isAttribute) {}

    /** A prototype as far as it is kept: the return type and the first parameters, all with ids of the input. */
    private record Prototype(int returnId, List<String> names, int[] types) {}

    private KfuncEdits(Btf btf) {
        this.btf = btf;
        this.builder = BtfBuilder.copyOf(btf);
        for (int id = btf.firstTypeId(); id < btf.typeCount(); id++) {
            if (btf.kind(id) == BtfKind.DECL_TAG && btf.kind(btf.sizeOrType(id)) == BtfKind.FUNC) {
                BtfType.DeclTag tag = (BtfType.DeclTag) btf.type(id);
                tags.add(new Tag(tag.targetId(), tag.name(), tag.componentIndex(), tag.isAttribute()));
            }
        }
    }

    /**
     * Edits BTF.
     *
     * @param kfuncs the kfuncs, by ascending FUNC id
     * @return the edited BTF: new types follow the old ones; the input itself if it is as it has to be
     * @throws ResolveException if an arena argument or return value is no pointer
     */
    static Btf apply(Btf btf, List<Kfunc> kfuncs) {
        if (kfuncs.isEmpty()) {
            return btf;
        }
        KfuncEdits edits = new KfuncEdits(btf);
        for (Kfunc kfunc : kfuncs) {
            edits.edit(kfunc);
        }
        return edits.builder.typeCount() == btf.typeCount() ? btf : edits.builder.build();
    }

    /**
     * Makes only those edits that take implicit arguments from kfuncs.
     *
     * @param kfuncs the kfuncs, by ascending FUNC id
     * @return the edited BTF, as of {@link #apply}
     */
    static Btf dropImplicit(Btf btf, List<Kfunc> kfuncs) {
        KfuncEdits edits = new KfuncEdits(btf);
        for (Kfunc kfunc : kfuncs) {
            if (KfuncFlag.IMPLICIT_ARGS.isIn(kfunc.flags())) {
                edits.dropImplicit(kfunc);
            }
        }
        return edits.builder.typeCount() == btf.typeCount() ? btf : edits.builder.build();
    }

    private void edit(Kfunc kfunc) {
        addTag(kfunc, KFUNC_TAG);
        if (KfuncFlag.FASTCALL.isIn(kfunc.flags())) {
            addTag(kfunc, FASTCALL_TAG);
        }
        int protoId = btf.sizeOrType(kfunc.funcId());
        boolean hasImplicit = KfuncFlag.IMPLICIT_ARGS.isIn(kfunc.flags());
        tagArenaPointers(kfunc, hasImplicit ? dropImplicit(kfunc) : prototype(protoId, btf.vlen(protoId)));
    }

    /** Returns the prototype that is left. */
    private Prototype dropImplicit(Kfunc kfunc) {
        int protoId = btf.sizeOrType(kfunc.funcId());
        addImplementation(kfunc, protoId);
        int kept = explicitParameters(protoId);
        Prototype proto = prototype(protoId, kept);
        if (kept < btf.vlen(protoId)) {
            setPrototype(kfunc, proto, proto.returnId);
        }
        return proto;
    }

    private void addTag(Kfunc kfunc, String name) {
        Tag tag = new Tag(kfunc.funcId(), name, -1, false);
        if (!tags.contains(tag)) {
            builder.addDeclTag(name, kfunc.funcId(), -1, false);
            tags.add(tag);
        }
    }

    /** Adds the function that the verifier calls, with all arguments; sources may have one already. */
    private void addImplementation(Kfunc kfunc, int protoId) {
        String name = kfunc.name() + IMPL_SUFFIX;
        if (Kfunc.findOwnFunc(btf, name) != 0 || !addedFuncs.add(name)) {
            return;
        }
        int funcId = builder.addFunc(name, protoId, linkage(kfunc));
        for (Tag tag : tags) {
            if (tag.funcId == kfunc.funcId() && !tag.name.equals(KFUNC_TAG)) {
                builder.addDeclTag(tag.name, funcId, tag.component, tag.isAttribute);
            }
        }
    }

    private BtfType.Linkage linkage(Kfunc kfunc) {
        int linkage = btf.vlen(kfunc.funcId());
        BtfType.Linkage[] known = BtfType.Linkage.values();
        if (linkage >= known.length) {
            throw fault(kfunc, "linkage " + linkage + ", expected 0 to " + (known.length - 1));
        }
        return known[linkage];
    }

    /** How many parameters come before the first one that the verifier passes. */
    private int explicitParameters(int protoId) {
        int count = 0;
        for (BtfType.Param param : parameters(protoId)) {
            if (isImplicit(param.paramId())) {
                return count;
            }
            count++;
        }
        return count;
    }

    private boolean isImplicit(int typeId) {
        int pointer = skipModifiers(typeId);
        if (btf.kind(pointer) != BtfKind.PTR) {
            return false;
        }
        int target = skipModifiers(btf.sizeOrType(pointer));
        return btf.kind(target) == BtfKind.STRUCT
                && (btf.name(target).equals("bpf_prog_aux") || btf.name(target).equals("btf_struct_meta"));
    }

    /** Follows modifiers and type tags; of a circle of them returns one. */
    private int skipModifiers(int typeId) {
        int id = typeId;
        for (int steps = 0; steps < btf.typeCount(); steps++) {
            BtfKind kind = btf.kind(id);
            if (kind != BtfKind.CONST
                    && kind != BtfKind.VOLATILE
                    && kind != BtfKind.RESTRICT
                    && kind != BtfKind.TYPE_TAG) {
                return id;
            }
            id = btf.sizeOrType(id);
        }
        return id;
    }

    private void tagArenaPointers(Kfunc kfunc, Prototype proto) {
        boolean tagsReturn =
                KfuncFlag.ARENA_RET.isIn(kfunc.flags()) && needsArenaTag(kfunc, proto.returnId, "the return type");
        boolean[] tagged = new boolean[proto.types.length];
        boolean any = tagsReturn;
        for (int i = 0; i < tagged.length; i++) {
            String name = proto.names.get(i);
            tagged[i] = isArenaParameter(kfunc, i, name)
                    && needsArenaTag(kfunc, proto.types[i], "parameter " + (i + 1) + " '" + name + "'");
            any |= tagged[i];
        }
        if (!any) {
            return;
        }
        int newProto = setPrototype(kfunc, proto, tagsReturn ? addArenaPointer(proto.returnId) : proto.returnId);
        for (int i = 0; i < tagged.length; i++) {
            if (tagged[i]) {
                builder.edit(newProto).elementTarget(i, addArenaPointer(proto.types[i]));
            }
        }
    }

    private static boolean isArenaParameter(Kfunc kfunc, int index, String name) {
        return name.endsWith("__arena")
                || name.endsWith("__arena__nullable")
                || index == 0 && KfuncFlag.ARENA_ARG1.isIn(kfunc.flags())
                || index == 1 && KfuncFlag.ARENA_ARG2.isIn(kfunc.flags());
    }

    private boolean needsArenaTag(Kfunc kfunc, int typeId, String what) {
        if (btf.kind(typeId) != BtfKind.PTR) {
            throw fault(
                    kfunc,
                    what + " is " + (typeId == 0 ? "VOID" : btf.describe(typeId))
                            + ", expected a PTR as it is said to point into an arena");
        }
        int target = btf.sizeOrType(typeId);
        boolean hasTag = btf.kind(target) == BtfKind.TYPE_TAG
                && btf.kflag(target)
                && btf.name(target).equals(ARENA_TAG);
        return !hasTag;
    }

    private int addArenaPointer(int pointerId) {
        return builder.addPtr(builder.addTypeTag(ARENA_TAG, btf.sizeOrType(pointerId), true));
    }

    private int setPrototype(Kfunc kfunc, Prototype proto, int returnId) {
        int protoId = builder.addFuncProto(returnId);
        for (int i = 0; i < proto.types.length; i++) {
            builder.addParam(proto.names.get(i), proto.types[i]);
        }
        builder.edit(kfunc.funcId()).target(protoId);
        return protoId;
    }

    private Prototype prototype(int protoId, int count) {
        List<BtfType.Param> kept = parameters(protoId).subList(0, count);
        return new Prototype(
                btf.sizeOrType(protoId),
                kept.stream().map(BtfType.Param::name).toList(),
                kept.stream().mapToInt(BtfType.Param::paramId).toArray());
    }

    private List<BtfType.Param> parameters(int protoId) {
        return ((BtfType.FuncProto) btf.type(protoId)).params();
    }

    private ResolveException fault(Kfunc kfunc, String what) {
        return new ResolveException(
                Reason.WRONG_DECLARATION,
                btf.source() + ": " + btf.describe(kfunc.funcId()) + " in " + kfunc.set() + ": " + what);
    }
}
