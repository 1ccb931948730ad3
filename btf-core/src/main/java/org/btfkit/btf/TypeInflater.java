package org.btfkit.btf;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.btfkit.btf.format.BtfKind;

/** Makes the record of a type from its words. */
final class TypeInflater {
    private final Btf btf;
    private final int typeId;

    TypeInflater(Btf btf, int typeId) {
        this.btf = btf;
        this.typeId = typeId;
    }

    BtfType inflate() {
        BtfKind kind = btf.kind(typeId);
        if (kind == null || kind == BtfKind.VOID && typeId != 0) {
            int number = Btf.kindOf(btf.info(typeId));
            List<Integer> words = list(btf.wordCount(typeId), i -> btf.word(typeId, i));
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
            case FUNC -> new BtfType.Func(typeId, name(), sizeOrType(), btf.vlen(typeId));
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
        int encoding = fixed(0);
        return new BtfType.Int(
                typeId,
                name(),
                sizeOrType(),
                (encoding >>> 24 & 1) != 0,
                (encoding >>> 24 & 2) != 0,
                (encoding >>> 24 & 4) != 0,
                encoding >>> 16 & 0xff,
                encoding & 0xff);
    }

    private List<BtfType.Member> members() {
        boolean kflag = kflag();
        return elements(at -> {
            int offset = btf.word(typeId, at + 2);
            return new BtfType.Member(
                    string(at),
                    btf.word(typeId, at + 1),
                    kflag ? offset & 0xffffff : offset,
                    kflag ? offset >>> 24 : 0);
        });
    }

    private List<BtfType.Enumerator> values32() {
        boolean isSigned = kflag();
        return elements(at -> {
            int value = btf.word(typeId, at + 1);
            return new BtfType.Enumerator(string(at), isSigned ? value : value & 0xffffffffL);
        });
    }

    private List<BtfType.Enumerator> values64() {
        return elements(at -> {
            long low = btf.word(typeId, at + 1) & 0xffffffffL;
            long high = btf.word(typeId, at + 2);
            return new BtfType.Enumerator(string(at), high << 32 | low);
        });
    }

    private List<BtfType.Param> params() {
        return elements(at -> new BtfType.Param(string(at), btf.word(typeId, at + 1)));
    }

    private List<BtfType.SectionVar> variables() {
        return elements(
                at -> new BtfType.SectionVar(btf.word(typeId, at), btf.word(typeId, at + 1), btf.word(typeId, at + 2)));
    }

    /** Makes the elements; the function is given the index of an element's first word. */
    private <T> List<T> elements(IntFunction<T> element) {
        BtfKind kind = btf.kind(typeId);
        int first = 3 + kind.fixedWords();
        return list(btf.vlen(typeId), i -> element.apply(first + i * kind.elementWords()));
    }

    private static <T> List<T> list(int count, IntFunction<T> element) {
        List<T> result = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            result.add(element.apply(i));
        }
        return List.copyOf(result);
    }

    private String name() {
        return btf.name(typeId);
    }

    private String string(int wordIndex) {
        return btf.string(btf.word(typeId, wordIndex));
    }

    private boolean kflag() {
        return btf.kflag(typeId);
    }

    private int sizeOrType() {
        return btf.sizeOrType(typeId);
    }

    private int fixed(int index) {
        return btf.word(typeId, 3 + index);
    }
}
