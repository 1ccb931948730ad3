package org.btfkit.btf.dump;

import static org.btfkit.btf.dump.DumpOutput.bytes;

import org.btfkit.btf.flat.JoinedTypes;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.Words;

/** Tells a {@link FieldSink} what each type has: which fields, under which keys, in which order. */
final class TypeFields {
    /** What stands for a name where there is none. */
    static final byte[] ANONYMOUS = bytes("(anon)");

    private static final byte[] UNKNOWN = bytes("UNKNOWN");
    private static final byte[][] KIND_NAMES = kindNames();
    private static final byte[] SIZE = bytes("size");
    private static final byte[] VLEN = bytes("vlen");
    private static final byte[] TYPE_ID = bytes("type_id");
    private static final byte[] RETURN_TYPE_ID = bytes("ret_type_id");
    private static final byte[] INDEX_TYPE_ID = bytes("index_type_id");
    private static final byte[] ELEMENT_COUNT = bytes("nr_elems");
    private static final byte[] OFFSET = bytes("offset");
    private static final byte[] BITS_OFFSET = bytes("bits_offset");
    private static final byte[] BITFIELD_SIZE = bytes("bitfield_size");
    private static final byte[] BITS = bytes("nr_bits");
    private static final byte[] ENCODING = bytes("encoding");
    private static final byte[] FWD_KIND = bytes("fwd_kind");
    private static final byte[] COMPONENT = bytes("component_idx");
    private static final byte[] MEMBERS = bytes("members");
    private static final byte[] VALUES = bytes("values");
    private static final byte[] PARAMS = bytes("params");
    private static final byte[] VARS = bytes("vars");
    private static final byte[] SIGNED = bytes("SIGNED");
    private static final byte[] UNSIGNED = bytes("UNSIGNED");
    private static final byte[] STRUCT = bytes("struct");
    private static final byte[] UNION = bytes("union");
    private static final byte[][] LINKAGES = {bytes("static"), bytes("global"), bytes("extern"), bytes("(unknown)")};

    private final JoinedTypes types;
    private final FieldSink sink;

    TypeFields(JoinedTypes types, FieldSink sink) {
        this.types = types;
        this.sink = sink;
    }

    private static byte[][] kindNames() {
        BtfKind[] kinds = BtfKind.values();
        byte[][] names = new byte[kinds.length][];
        for (int i = 0; i < kinds.length; i++) {
            names[i] = kinds[i] == BtfKind.VOID ? UNKNOWN : bytes(kinds[i].name());
        }
        return names;
    }

    /** The name that bpftool has for a kind; void and what is not known have the same. */
    static byte[] kindName(BtfKind kind) {
        return kind == null ? UNKNOWN : KIND_NAMES[kind.number()];
    }

    /** Tells the fields of types, of all own ones if {@code typeIds} is null. */
    void tellAll(int[] typeIds) {
        if (typeIds == null) {
            for (int id = types.firstOwn(); id < types.typeCount(); id++) {
                tell(id);
            }
        } else {
            for (int id : typeIds) {
                tell(id);
            }
        }
    }

    /** Tells the fields of a type. */
    private void tell(int typeId) {
        BtfKind kind = types.kind(typeId);
        sink.beginType(typeId, kindName(kind), types.nameOff(typeId));
        if (kind != null) {
            tellFields(typeId, kind);
        }
        sink.endType();
    }

    private void tellFields(int typeId, BtfKind kind) {
        switch (kind) {
            case VOID -> {}
            case INT -> integer(typeId);
            case PTR, TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG -> target(typeId);
            case ARRAY -> array(typeId);
            case STRUCT, UNION -> composite(typeId);
            case ENUM -> enumeration(typeId, false);
            case ENUM64 -> enumeration(typeId, true);
            case FWD -> sink.text(FWD_KIND, types.kflag(typeId) ? UNION : STRUCT);
            case FUNC -> {
                target(typeId);
                sink.linkage(linkage(types.vlen(typeId)), false);
            }
            case FUNC_PROTO -> prototype(typeId);
            case VAR -> {
                target(typeId);
                sink.linkage(linkage(types.words()[types.fixedAt(typeId)]), true);
            }
            case DATASEC -> section(typeId);
            case FLOAT -> unsigned(SIZE, types.sizeOrType(typeId));
            case DECL_TAG -> {
                target(typeId);
                sink.number(COMPONENT, types.words()[types.fixedAt(typeId)]);
            }
        }
    }

    private void integer(int typeId) {
        int data = types.intData(typeId);
        unsigned(SIZE, types.sizeOrType(typeId));
        sink.number(BITS_OFFSET, Words.intOffsetBits(data));
        sink.number(BITS, Words.intBits(data));
        sink.text(ENCODING, encoding(Words.intEncoding(data) & 0xf));
    }

    /** The name of an encoding; a combination of bits has none. */
    private static byte[] encoding(int bits) {
        return switch (bits) {
            case 0 -> bytes("(none)");
            case Words.INT_SIGNED -> SIGNED;
            case Words.INT_CHAR -> bytes("CHAR");
            case Words.INT_BOOL -> bytes("BOOL");
            default -> bytes("UNKN");
        };
    }

    private static byte[] linkage(int number) {
        return LINKAGES[number < 0 || number > 2 ? 3 : number];
    }

    private void target(int typeId) {
        unsigned(TYPE_ID, types.sizeOrType(typeId));
    }

    private void array(int typeId) {
        int at = types.fixedAt(typeId);
        unsigned(TYPE_ID, types.words()[at]);
        unsigned(INDEX_TYPE_ID, types.words()[at + 1]);
        unsigned(ELEMENT_COUNT, types.words()[at + 2]);
    }

    private void composite(int typeId) {
        int[] words = types.words();
        int vlen = types.vlen(typeId);
        boolean kflag = types.kflag(typeId);
        unsigned(SIZE, types.sizeOrType(typeId));
        beginItems(MEMBERS, vlen);
        int at = types.elementsAt(typeId, BtfKind.STRUCT);
        for (int i = 0; i < vlen; i++, at += BtfKind.STRUCT.elementWords()) {
            sink.beginItem();
            sink.itemName(words[at]);
            unsigned(TYPE_ID, words[at + 1]);
            int offset = words[at + 2];
            if (kflag) {
                sink.number(BITS_OFFSET, Words.offsetBits(offset, true));
                if (Words.bitfieldSize(offset, true) != 0) {
                    sink.number(BITFIELD_SIZE, Words.bitfieldSize(offset, true));
                }
            } else {
                unsigned(BITS_OFFSET, offset);
            }
            sink.endItem();
        }
        sink.endItems();
    }

    private void enumeration(int typeId, boolean isWide) {
        int[] words = types.words();
        BtfKind kind = isWide ? BtfKind.ENUM64 : BtfKind.ENUM;
        int vlen = types.vlen(typeId);
        boolean isSigned = types.kflag(typeId);
        sink.text(ENCODING, isSigned ? SIGNED : UNSIGNED);
        unsigned(SIZE, types.sizeOrType(typeId));
        beginItems(VALUES, vlen);
        int at = types.elementsAt(typeId, kind);
        for (int i = 0; i < vlen; i++, at += kind.elementWords()) {
            sink.beginItem();
            sink.itemName(words[at]);
            long value = isWide ? Words.enum64Value(words[at + 1], words[at + 2]) : words[at + 1];
            sink.enumerator(value, isSigned, isWide);
            sink.endItem();
        }
        sink.endItems();
    }

    private void prototype(int typeId) {
        int[] words = types.words();
        int vlen = types.vlen(typeId);
        unsigned(RETURN_TYPE_ID, types.sizeOrType(typeId));
        beginItems(PARAMS, vlen);
        int at = types.elementsAt(typeId, BtfKind.FUNC_PROTO);
        for (int i = 0; i < vlen; i++, at += BtfKind.FUNC_PROTO.elementWords()) {
            sink.beginItem();
            sink.itemName(words[at]);
            unsigned(TYPE_ID, words[at + 1]);
            sink.endItem();
        }
        sink.endItems();
    }

    private void section(int typeId) {
        int[] words = types.words();
        int vlen = types.vlen(typeId);
        unsigned(SIZE, types.sizeOrType(typeId));
        beginItems(VARS, vlen);
        int at = types.elementsAt(typeId, BtfKind.DATASEC);
        for (int i = 0; i < vlen; i++, at += BtfKind.DATASEC.elementWords()) {
            sink.beginItem();
            unsigned(TYPE_ID, words[at]);
            unsigned(OFFSET, words[at + 1]);
            unsigned(SIZE, words[at + 2]);
            sink.itemVariable(words[at]);
            sink.endItem();
        }
        sink.endItems();
    }

    private void beginItems(byte[] key, int vlen) {
        sink.number(VLEN, vlen);
        sink.beginItems(key);
    }

    private void unsigned(byte[] key, int value) {
        sink.number(key, Words.unsigned(value));
    }
}
