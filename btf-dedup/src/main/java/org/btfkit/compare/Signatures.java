package org.btfkit.compare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatStrings;
import org.btfkit.btf.flat.JoinedTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.format.Words;

/**
 * Says in one number what a type is where another one refers to it, and in one more how it is defined, so that types of
 * two BTFs can be compared whatever ids they have.
 *
 * <p><b>Problem.</b> {@code struct page} has got a member. A comparison that follows pointers finds that nearly every
 * type of a kernel has changed, since nearly every one leads to a {@code struct page} somehow. A person means: one has.
 *
 * <p><b>Answer.</b> As in C source, who refers to a type with a name says no more than the name:
 *
 * <pre>
 * reference(struct page *) = (PTR, reference(struct page))
 * reference(struct page)   = (STRUCT, "page")
 * definition(struct page)  = (STRUCT, 64 bytes, ("flags", 0, reference(unsigned long)), ...)
 * </pre>
 *
 * <p>What has no name is spelled out where it is referred to: pointers, modifiers, arrays, prototypes, and structs,
 * unions and enumerations without a name. A forward declaration is named as what it declares. Tags on declarations are
 * not part of it: where copies are made one, as deduplication does, it has the tags of all. The index type of an array,
 * which C does not have, is left out.
 *
 * <p><b>Passes.</b> (1) References of types with a name. (2) Those of types without, each after the ones that it refers
 * to. What refers to itself without a name in between, which no compiler writes, is told apart by {@value #ROUNDS}
 * steps from it. (3) Definitions. Each looks at each word once.
 */
final class Signatures {
    /** Kinds whose types are known by their names. */
    private static final KindSet NAMED = KindSet.COMPOSITES
            .with(KindSet.ENUMS)
            .with(BtfKind.INT, BtfKind.FLOAT, BtfKind.FWD, BtfKind.TYPEDEF)
            .with(BtfKind.FUNC, BtfKind.VAR, BtfKind.DATASEC);

    /** Tells a definition from the reference to a name of the same kind. */
    private static final int DEFINITION = 1 << 8;

    /** Tells a definition with tags from one without. */
    private static final int TAGGED = 1 << 9;

    private static final int ROUNDS = 16;

    private final Terms terms;
    private final JoinedTypes types;
    private final FlatStrings strings;
    private final int[] words;

    /** By string offset: number of the name, and 1 more; 0 as long as it is not asked for. */
    private final int[] names;

    private final int[] references;
    private final int[] definitions;

    /** By id: the last DECL_TAG on a type; by id of a DECL_TAG: the one before. */
    private final int[] lastTag;

    private int[] tuple = new int[64];
    private int length;

    Signatures(Btf btf, Terms terms) {
        this.terms = terms;
        this.types = JoinedTypes.of(FlatAccess.of(btf));
        this.strings = types.flat().strings();
        this.words = types.words();
        this.names = new int[strings.end() + 1];
        int count = types.typeCount();
        this.references = new int[count];
        this.definitions = new int[count];
        this.lastTag = new int[count];
        collectTags();
        begin(0);
        references[0] = end();
        for (int id = 1; id < count; id++) {
            if (isNamed(id)) {
                begin(keyKind(id).number());
                put(name(types.nameOff(id)));
                references[id] = end();
            }
        }
        referToNameless();
        for (int id = 1; id < count; id++) {
            definitions[id] = isNamed(id) ? define(id) : references[id];
        }
    }

    JoinedTypes types() {
        return types;
    }

    /** What a type is where another one refers to it. */
    int reference(int typeId) {
        return references[typeId];
    }

    /** How a type is defined, whatever its name is. */
    int definition(int typeId) {
        return definitions[typeId];
    }

    /** Tells whether a type is known by its name. */
    boolean isNamed(int typeId) {
        return NAMED.hasInfo(types.info(typeId)) && types.nameOff(typeId) != 0;
    }

    /** The kind that goes with the name: an ENUM64 is an ENUM, a FWD what it declares. */
    BtfKind keyKind(int typeId) {
        BtfKind kind = types.kind(typeId);
        return switch (kind) {
            case ENUM64 -> BtfKind.ENUM;
            case FWD -> types.kflag(typeId) ? BtfKind.UNION : BtfKind.STRUCT;
            default -> kind;
        };
    }

    private int name(int nameOff) {
        if (nameOff == 0) {
            return 0;
        }
        if (names[nameOff] == 0) {
            names[nameOff] = terms.name(strings, nameOff) + 1;
        }
        return names[nameOff];
    }

    private void collectTags() {
        for (int id = 1; id < types.typeCount(); id++) {
            if (types.kind(id) == BtfKind.DECL_TAG) {
                int target = types.sizeOrType(id);
                // A tag has no tags, so that its own place is free to go on to the one before.
                if (types.kind(target) != BtfKind.DECL_TAG) {
                    lastTag[id] = lastTag[target];
                    lastTag[target] = id;
                }
            }
        }
    }

    /** The tags on a type, in any order. */
    int[] tags(int typeId) {
        if (types.kind(typeId) == BtfKind.DECL_TAG) {
            return new int[0];
        }
        int[] found = new int[4];
        int count = 0;
        for (int tag = lastTag[typeId]; tag != 0; tag = lastTag[tag]) {
            if (count == found.length) {
                found = Arrays.copyOf(found, count * 2);
            }
            found[count++] = tag;
        }
        return Arrays.copyOf(found, count);
    }

    private void begin(int tag) {
        length = 0;
        put(tag);
    }

    private void put(int value) {
        if (length == tuple.length) {
            tuple = Arrays.copyOf(tuple, length * 2);
        }
        tuple[length++] = value;
    }

    private int end() {
        return terms.intern(tuple, length);
    }

    /** The number of what a type says, its name left out. */
    private int define(int typeId) {
        int info = types.info(typeId);
        BtfKind kind = BtfKind.of(Words.kind(info));
        int third = types.sizeOrType(typeId);
        int fixed = types.fixedAt(typeId);
        if (kind == null) {
            begin(DEFINITION | Words.kind(info));
            for (int at = types.at(typeId) + 1; at < types.end(typeId); at++) {
                put(words[at]);
            }
            return end();
        }
        begin(DEFINITION | (kind == BtfKind.ENUM64 ? BtfKind.ENUM : kind).number());
        switch (kind) {
            case INT -> {
                put(third);
                put(Words.intEncoding(words[fixed]));
                put(Words.intOffsetBits(words[fixed]));
                put(Words.intBits(words[fixed]));
            }
            case FLOAT -> put(third);
            case FWD -> put(Words.kflag(info) ? 1 : 0);
            case PTR, CONST, VOLATILE, RESTRICT, TYPEDEF -> put(references[third]);
            case TYPE_TAG -> {
                put(name(types.nameOff(typeId)));
                put(Words.kflag(info) ? 1 : 0);
                put(references[third]);
            }
            case DECL_TAG -> {
                put(name(types.nameOff(typeId)));
                put(words[fixed]);
                put(references[third]);
            }
            case FUNC -> {
                put(Words.vlen(info));
                put(references[third]);
            }
            case VAR -> {
                put(words[fixed]);
                put(references[third]);
            }
            case ARRAY -> {
                put(references[types.elementType(typeId)]);
                put(types.elementCount(typeId));
            }
            case STRUCT, UNION, ENUM, ENUM64, FUNC_PROTO -> putElements(typeId, kind, info);
            case DATASEC, VOID -> {} // where variables stand is the linker's
        }
        return end();
    }

    private void putElements(int typeId, BtfKind kind, int info) {
        boolean kflag = Words.kflag(info);
        put(Words.vlen(info));
        if (KindSet.ENUMS.has(kind) && Words.vlen(info) == 0) {
            return; // it only says that there is one; its size is the compiler's guess
        }
        put(kind == BtfKind.FUNC_PROTO ? references[types.sizeOrType(typeId)] : types.sizeOrType(typeId));
        put(KindSet.ENUMS.has(kind) && kflag ? 1 : 0);
        int step = kind.elementWords();
        for (int at = types.elementsAt(typeId, kind); at < types.end(typeId); at += step) {
            put(name(words[at]));
            switch (kind) {
                case STRUCT, UNION -> {
                    int memberId = words[at + Words.MEMBER_TYPE];
                    long place = Bitfields.place(types, memberId, words[at + Words.MEMBER_OFFSET], kflag);
                    put(Bitfields.offsetBits(place));
                    put(Bitfields.bits(place));
                    put(references[memberId]);
                }
                case FUNC_PROTO -> put(references[words[at + Words.PARAM_TYPE]]);
                case ENUM -> {
                    put(words[at + Words.ENUM_VALUE]);
                    put(kflag ? words[at + Words.ENUM_VALUE] >> 31 : 0);
                }
                default -> {
                    put(words[at + Words.ENUM_VALUE]);
                    put(words[at + Words.ENUM_VALUE_HIGH]);
                }
            }
        }
    }

    /** The number of a definition with some tags, given in any order and as often as one likes. */
    int tagged(int definition, int[] tags) {
        List<int[]> parts = new ArrayList<>();
        for (int tag : tags) {
            parts.add(new int[] {types.intData(tag), name(types.nameOff(tag)), types.kflag(tag) ? 1 : 0});
        }
        parts.sort(Arrays::compare);
        begin(TAGGED);
        put(definition);
        int[] before = null;
        for (int[] part : parts) {
            if (!Arrays.equals(part, before)) {
                for (int word : part) {
                    put(word);
                }
            }
            before = part;
        }
        return end();
    }

    /** Depth first, with a stack of its own: who makes up BTF can nest pointers as deep as there are types. */
    private void referToNameless() {
        int count = types.typeCount();
        BitSet open = new BitSet(count);
        BitSet inCircle = new BitSet();
        int[] stack = new int[64];
        for (int first = 1; first < count; first++) {
            int depth = 0;
            stack[depth++] = first;
            while (depth > 0) {
                int id = stack[depth - 1];
                if (references[id] != 0 || inCircle.get(id)) {
                    depth--;
                    continue;
                }
                boolean returns = open.get(id);
                open.set(id);
                boolean circular = false;
                for (int child : types.flat().references(id)) {
                    if (references[child] != 0) {
                        continue;
                    }
                    if (open.get(child) || inCircle.get(child)) {
                        circular = true;
                    } else if (!returns) {
                        if (depth == stack.length) {
                            stack = Arrays.copyOf(stack, depth * 2);
                        }
                        stack[depth++] = child;
                    }
                }
                if (returns) {
                    open.clear(id);
                    if (circular) {
                        inCircle.set(id);
                    } else {
                        references[id] = define(id);
                    }
                }
            }
        }
        referInCircles(inCircle.stream().toArray());
    }

    private void referInCircles(int[] ids) {
        int[] next = new int[ids.length];
        for (int round = 0; round < ROUNDS && ids.length > 0; round++) {
            for (int i = 0; i < ids.length; i++) {
                next[i] = define(ids[i]);
            }
            for (int i = 0; i < ids.length; i++) {
                references[ids[i]] = next[i];
            }
        }
    }
}
