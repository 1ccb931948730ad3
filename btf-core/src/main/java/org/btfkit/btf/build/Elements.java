package org.btfkit.btf.build;

import org.btfkit.btf.flat.TypeFaults;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.format.Words;

/** Adds members, enumerators, parameters and variables to the last type of BTF that is being built. */
final class Elements {
    private static final KindSet PROTOTYPE = KindSet.of(BtfKind.FUNC_PROTO);
    private static final KindSet SECTION = KindSet.of(BtfKind.DATASEC);

    private final int firstTypeId;
    private final TypeSection types;
    private final StringSection strings;

    Elements(int firstTypeId, TypeSection types, StringSection strings) {
        this.firstTypeId = firstTypeId;
        this.types = types;
        this.strings = strings;
    }

    void member(String name, int memberId, int offsetBits) {
        int start = last("member", KindSet.COMPOSITES);
        int info = types.get(start + 1);
        boolean isUnion = Words.kind(info) == BtfKind.UNION.number();
        requireElement(BuilderRules.brokenMember(isUnion, info < 0, offsetBits), "member");
        requireElement(BuilderRules.brokenTypeId(memberId), "member");
        addElement(start, info, "member", StringSection.encode(name), memberId, offsetBits);
    }

    void bitfield(String name, int memberId, int offsetBits, int bitfieldSize) {
        int start = last("member", KindSet.COMPOSITES);
        int info = types.get(start + 1);
        boolean isUnion = Words.kind(info) == BtfKind.UNION.number();
        requireElement(BuilderRules.brokenBitfield(isUnion, offsetBits, bitfieldSize), "member");
        requireElement(BuilderRules.brokenTypeId(memberId), "member");
        for (int i = 0; info >= 0 && i < Words.vlen(info); i++) {
            String broken = BuilderRules.brokenBitfieldOffset(types.get(start + BtfKind.STRUCT.words(i) + 2));
            requireElement(broken == null ? null : "bitfield after member " + i + ": " + broken, "member");
        }
        addElement(start, info | Words.KFLAG, "member", StringSection.encode(name), memberId, Words.offset(offsetBits, bitfieldSize));
    }

    void enumerator(String name, long value) {
        int start = last("enumerator", KindSet.ENUMS);
        int info = types.get(start + 1);
        boolean is64 = Words.kind(info) == BtfKind.ENUM64.number();
        requireElement(BuilderRules.brokenEnumerator(name, is64, info < 0, value), "enumerator");
        if (is64) {
            addElement(start, info, "enumerator", StringSection.encode(name), (int) value, (int) (value >>> 32));
        } else {
            addElement(start, info, "enumerator", StringSection.encode(name), (int) value);
        }
    }

    void param(String name, int paramId) {
        int start = last("parameter", PROTOTYPE);
        requireElement(BuilderRules.brokenTypeId(paramId), "parameter");
        addElement(start, types.get(start + 1), "parameter", StringSection.encode(name), paramId);
    }

    void variable(int varId, int offsetBytes, int sizeBytes) {
        int start = last("variable", SECTION);
        requireElement(BuilderRules.brokenTypeId(varId), "variable");
        addElement(start, types.get(start + 1), "variable", (byte[]) null, varId, offsetBytes, sizeBytes);
    }

    /** Returns where the last type begins, which must be of one of some kinds. */
    private int last(String noun, KindSet expected) {
        if (types.count() == 0) {
            throw new IllegalArgumentException(noun + ": there is no type yet, expected " + expected);
        }
        int start = types.offset(types.count() - 1);
        if (!expected.hasInfo(types.get(start + 1))) {
            throw new IllegalArgumentException(
                    noun + ": the last type is " + describe(types.count() - 1) + ", expected " + expected);
        }
        return start;
    }

    /** Adds an element to the last type and gives that a new info word; without a name, if that is null. */
    private void addElement(int start, int info, String noun, byte[] encoded, int... rest) {
        requireElement(BuilderRules.brokenVlen(Words.vlen(info)), noun);
        types.reserve(1 + rest.length, 0);
        if (encoded != null) {
            types.append(strings.add(encoded));
        }
        for (int word : rest) {
            types.append(word);
        }
        types.set(start + 1, info + 1);
    }

    private void requireElement(String broken, String noun) {
        if (broken != null) {
            int index = Words.vlen(types.get(types.offset(types.count() - 1) + 1));
            throw new IllegalArgumentException(describe(types.count() - 1) + ": " + noun + " " + index + ": " + broken);
        }
    }

    /** Describes an own type, given by its position, for a message. */
    String describe(int position) {
        int start = types.offset(position);
        return TypeFaults.describe(
                firstTypeId + position, Words.kind(types.get(start + 1)), strings.get(types.get(start)));
    }
}
