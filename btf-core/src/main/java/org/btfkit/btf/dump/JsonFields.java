package org.btfkit.btf.dump;

import static org.btfkit.btf.dump.DumpOutput.bytes;

import org.btfkit.btf.flat.JoinedTypes;

/** Writes fields as members of a JSON object per type. */
final class JsonFields implements FieldSink {
    private static final byte[] ID = bytes("id");
    private static final byte[] KIND = bytes("kind");
    private static final byte[] NAME = bytes("name");
    private static final byte[] LINKAGE = bytes("linkage");
    private static final byte[] VALUE = bytes("val");

    private final JoinedTypes types;
    private final JsonText json;

    JsonFields(JoinedTypes types, JsonText json) {
        this.types = types;
        this.json = json;
    }

    @Override
    public void beginType(int typeId, byte[] kind, int nameOff) {
        json.beginObject();
        json.key(ID);
        json.signed(typeId);
        json.key(KIND);
        json.word(kind);
        itemName(nameOff);
    }

    @Override
    public void number(byte[] key, long value) {
        json.key(key);
        json.signed(value);
    }

    @Override
    public void text(byte[] key, byte[] value) {
        json.key(key);
        json.word(value);
    }

    @Override
    public void linkage(byte[] value, boolean ofVariable) {
        text(LINKAGE, value);
    }

    /** As in bpftool, an unsigned 32-bit value with its highest bit set is shown extended to 64 bits. */
    @Override
    public void enumerator(long value, boolean isSigned, boolean isWide) {
        json.key(VALUE);
        if (isSigned) {
            json.signed(value);
        } else {
            json.unsigned(value);
        }
    }

    @Override
    public void beginItems(byte[] key) {
        json.key(key);
        json.beginArray();
    }

    @Override
    public void beginItem() {
        json.beginObject();
    }

    @Override
    public void itemName(int nameOff) {
        json.key(NAME);
        if (nameOff == 0) {
            json.word(TypeFields.ANONYMOUS);
        } else {
            json.string(types.strings(), nameOff);
        }
    }

    @Override
    public void itemVariable(int varId) {}

    @Override
    public void endItem() {
        json.endObject();
    }

    @Override
    public void endItems() {
        json.endArray();
    }

    @Override
    public void endType() {
        json.endObject();
    }
}
