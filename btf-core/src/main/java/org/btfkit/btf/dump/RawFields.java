package org.btfkit.btf.dump;

import static org.btfkit.btf.dump.DumpOutput.bytes;

import org.btfkit.btf.flat.JoinedTypes;

/** Writes fields as {@code key=value}: a line for the type, and an indented line for each element. */
final class RawFields implements FieldSink {
    private static final byte[] NEXT_ITEM = bytes("\n\t");
    private static final byte[] LINKAGE = bytes(" linkage=");
    private static final byte[] VALUE = bytes(" val=");
    private static final byte[] SIGNED_WIDE = bytes("LL");
    private static final byte[] UNSIGNED_WIDE = bytes("ULL");
    private static final byte[] BEGIN_VARIABLE = bytes(" (");

    private final JoinedTypes types;
    private final DumpOutput out;

    /** Whether the line has something on it already, so that a space is due. */
    private boolean started;

    RawFields(JoinedTypes types, DumpOutput out) {
        this.types = types;
        this.out = out;
    }

    @Override
    public void beginType(int typeId, byte[] kind, int nameOff) {
        out.put('[');
        out.putUnsigned(typeId);
        out.put(']');
        out.put(' ');
        out.put(kind);
        out.put(' ');
        name(nameOff);
        started = true;
    }

    private void name(int nameOff) {
        out.put('\'');
        if (nameOff == 0) {
            out.put(TypeFields.ANONYMOUS);
        } else {
            out.putString(types.strings(), nameOff);
        }
        out.put('\'');
    }

    private void key(byte[] key) {
        if (started) {
            out.put(' ');
        }
        started = true;
        out.put(key);
        out.put('=');
    }

    @Override
    public void number(byte[] key, long value) {
        key(key);
        out.putSigned(value);
    }

    @Override
    public void text(byte[] key, byte[] value) {
        key(key);
        out.put(value);
    }

    @Override
    public void linkage(byte[] value, boolean ofVariable) {
        if (ofVariable) {
            out.put(',');
        }
        out.put(LINKAGE);
        out.put(value);
    }

    @Override
    public void enumerator(long value, boolean isSigned, boolean isWide) {
        out.put(VALUE);
        if (isSigned) {
            out.putSigned(value);
        } else {
            out.putUnsigned(isWide ? value : value & 0xffffffffL);
        }
        if (isWide) {
            out.put(isSigned ? SIGNED_WIDE : UNSIGNED_WIDE);
        }
    }

    @Override
    public void beginItems(byte[] key) {}

    @Override
    public void beginItem() {
        out.put(NEXT_ITEM);
        started = false;
    }

    @Override
    public void itemName(int nameOff) {
        name(nameOff);
        started = true;
    }

    @Override
    public void itemVariable(int varId) {
        out.put(BEGIN_VARIABLE);
        out.put(TypeFields.kindName(types.kind(varId)));
        out.put(' ');
        name(types.nameOff(varId));
        out.put(')');
    }

    @Override
    public void endItem() {}

    @Override
    public void endItems() {}

    @Override
    public void endType() {
        out.put('\n');
    }
}
