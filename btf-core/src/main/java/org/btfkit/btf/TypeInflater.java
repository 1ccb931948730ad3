package org.btfkit.btf;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;

/** Makes the record of a type from its words. */
final class TypeInflater {
    private final FlatTypes types;
    private final int typeId;

    TypeInflater(FlatTypes types, int typeId) {
        this.types = types;
        this.typeId = typeId;
    }

    BtfType inflate() {
        BtfKind kind = types.kind(typeId);
        if (kind == null || kind == BtfKind.VOID && typeId != 0) {
            int number = Words.kind(types.info(typeId));
            List<Integer> words = list(types.wordCount(typeId), i -> types.word(typeId, i));
            return new BtfType.Unknown(typeId, name(), number, words);
        }
        return switch (kind) {
            case VOID -> new BtfType.Void();
            case INT -> integer();
            case PTR -> new BtfType.Ptr(typeId, sizeOrType());
            case ARRAY -> new BtfType.Array(typeId, fixed(0), fixed(1), fixed(2));
            case STRUCT -> new BtfType.Struct(typeId, name(), sizeOrType(), kflag(), members());
            case UNION -> new BtfType.Union(typeId, name(), sizeOrType(), kflag(), members());
            case ENUM -> new BtfType.Enum(typeId, name(), sizeOrType(), kflag(), values32());
            case FWD -> new BtfType.Fwd(typeId, name(), kflag());
            case TYPEDEF -> new BtfType.Typedef(typeId, name(), sizeOrType());
            case VOLATILE -> new BtfType.Volatile(typeId, sizeOrType());
            case CONST -> new BtfType.Const(typeId, sizeOrType());
            case RESTRICT -> new BtfType.Restrict(typeId, sizeOrType());
            case FUNC -> new BtfType.Func(typeId, name(), sizeOrType(), types.vlen(typeId));
            case FUNC_PROTO -> new BtfType.FuncProto(typeId, sizeOrType(), params());
            case VAR -> new BtfType.Var(typeId, name(), sizeOrType(), fixed(0));
            case DATASEC -> new BtfType.Datasec(typeId, name(), sizeOrType(), variables());
            case FLOAT -> new BtfType.Float(typeId, name(), sizeOrType());
            case DECL_TAG -> new BtfType.DeclTag(typeId, name(), sizeOrType(), fixed(0), kflag());
            case TYPE_TAG -> new BtfType.TypeTag(typeId, name(), sizeOrType(), kflag());
            case ENUM64 -> new BtfType.Enum64(typeId, name(), sizeOrType(), kflag(), values64());
        };
    }

    private BtfType integer() {
        int data = types.intData(typeId);
        int encoding = Words.intEncoding(data);
        return new BtfType.Int(
                typeId,
                name(),
                sizeOrType(),
                (encoding & 1) != 0,
                (encoding & 2) != 0,
                (encoding & 4) != 0,
                Words.intOffsetBits(data),
                Words.intBits(data));
    }

    private List<BtfType.Member> members() {
        boolean kflag = kflag();
        return elements(at -> {
            int offset = types.word(typeId, at + 2);
            return new BtfType.Member(
                    string(at),
                    types.word(typeId, at + 1),
                    Words.offsetBits(offset, kflag),
                    Words.bitfieldSize(offset, kflag));
        });
    }

    private List<BtfType.Enumerator> values32() {
        boolean isSigned = kflag();
        return elements(at -> {
            int value = types.word(typeId, at + 1);
            return new BtfType.Enumerator(string(at), Words.enumValue(value, isSigned));
        });
    }

    private List<BtfType.Enumerator> values64() {
        return elements(at -> {
            long value = Words.enum64Value(types.word(typeId, at + 1), types.word(typeId, at + 2));
            return new BtfType.Enumerator(string(at), value);
        });
    }

    private List<BtfType.Param> params() {
        return elements(at -> new BtfType.Param(string(at), types.word(typeId, at + 1)));
    }

    private List<BtfType.SectionVar> variables() {
        return elements(at ->
                new BtfType.SectionVar(types.word(typeId, at), types.word(typeId, at + 1), types.word(typeId, at + 2)));
    }

    /** Makes the elements; the function is given the index of an element's first word. */
    private <T> List<T> elements(IntFunction<T> element) {
        BtfKind kind = types.kind(typeId);
        int first = Words.HEADER + kind.fixedWords();
        return list(types.vlen(typeId), i -> element.apply(first + i * kind.elementWords()));
    }

    private static <T> List<T> list(int count, IntFunction<T> element) {
        List<T> result = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            result.add(element.apply(i));
        }
        return List.copyOf(result);
    }

    private String name() {
        return types.name(typeId);
    }

    private String string(int wordIndex) {
        return types.string(types.word(typeId, wordIndex));
    }

    private boolean kflag() {
        return types.kflag(typeId);
    }

    private int sizeOrType() {
        return types.sizeOrType(typeId);
    }

    private int fixed(int index) {
        return types.word(typeId, Words.HEADER + index);
    }
}
