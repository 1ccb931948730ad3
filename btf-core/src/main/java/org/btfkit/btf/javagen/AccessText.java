package org.btfkit.btf.javagen;

import java.nio.ByteOrder;

/** Writes the methods of one member: what reads it, what writes it, and where it is. */
final class AccessText {
    private static final String METHOD = "public static ";
    private static final int MAX_LINE = 110;

    private final SourceText out;
    private final CText cText;
    private final ByteOrder order;
    private final long structBytes;

    /**
     * Prepares writing.
     *
     * @param structBytes the size of the struct or union that the members are of
     */
    AccessText(SourceText out, CText cText, ByteOrder order, long structBytes) {
        this.out = out;
        this.cText = cText;
        this.order = order;
        this.structBytes = structBytes;
    }

    /**
     * Writes the methods of a member.
     *
     * @param owner the class of its type, or of its elements; null if that has none
     */
    void write(ClassMembers.Member member, String owner) {
        out.line();
        if (member.bits() != 0) {
            String bits = member.bits() == 1
                    ? ", bit " + member.offsetBits()
                    : ", bits " + member.offsetBits() + " to " + (member.offsetBits() + member.bits() - 1);
            comment(member, " : " + member.bits(), bits + see(owner));
            writeBits(member);
            return;
        }
        long size = member.shape().totalBytes();
        comment(
                member,
                "",
                ", offset " + member.offsetBytes() + ", " + size + (size == 1 ? " byte" : " bytes") + see(owner));
        if (member.shape().isArray()) {
            writeArray(member);
        } else {
            writeValue(member);
        }
        method("long ", member.name(), "$offset()", "return ", member.offsetBytes() + ";");
    }

    private void comment(ClassMembers.Member member, String bits, String place) {
        String declaration = cText.declare(member.declaredId(), member.cName());
        out.line("/** {@code ", declaration, bits, "}", place, ". */");
    }

    private static String see(String owner) {
        return owner == null ? "" : "; see {@link " + owner + "}";
    }

    /** Writes a method of one statement: its type, name, parameters, and the statement in two parts. */
    private void method(String type, String name, String parameters, String verb, String rest) {
        int length = METHOD.length() + type.length() + name.length() + parameters.length() + verb.length();
        if (length + rest.length() <= MAX_LINE) {
            out.line(METHOD, type, name, parameters, " { ", verb, rest, " }");
        } else {
            out.line(METHOD, type, name, parameters, " {")
                    .in()
                    .line(verb, rest)
                    .out()
                    .line("}");
        }
    }

    private void writeValue(ClassMembers.Member member) {
        Shape shape = member.shape();
        access(shape, member.name(), member.name(), "", LayoutText.number(member.offsetBytes()));
    }

    /** Writes what reads and writes a value, with an index or more, or none. */
    private void access(Shape shape, String name, String setter, String indexes, String at) {
        String type = shape.javaType();
        String get = "s.get(" + shape.layout() + ", " + at + ")";
        String set = "s.set(" + shape.layout() + ", " + at + ", ";
        String reading = "(MemorySegment s" + indexes + ")";
        String writing = "(MemorySegment s" + indexes + ", " + type + " v)";
        switch (shape.sort()) {
            case NUMBER, ENUM, REAL -> {
                method(type + " ", name, reading, "return ", get + ";");
                method("void ", setter, writing, set, "v);");
                if (shape.sort() == Shape.Sort.NUMBER && shape.isUnsigned() && shape.sizeBytes() < Long.BYTES) {
                    boolean isWide = shape.sizeBytes() == Integer.BYTES;
                    String mask = isWide ? "0xffffffffL" : shape.sizeBytes() == Short.BYTES ? "0xffff" : "0xff";
                    method(isWide ? "long " : "int ", name + "$unsigned", reading, "return ", get + " & " + mask + ";");
                }
            }
            case BOOL -> {
                method("boolean ", name, reading, "return ", get + " != 0;");
                String number = "v ? 1 : 0";
                String cast = shape.sizeBytes() < Integer.BYTES
                        ? "(" + Shape.javaTypeOf((int) shape.sizeBytes()) + ") (" + number + ")"
                        : number;
                method("void ", setter, writing, set, cast + ");");
            }
            case GROUP, BYTES ->
                method(
                        "MemorySegment ",
                        name,
                        reading,
                        "return ",
                        "s.asSlice(" + at + ", " + LayoutText.number(shape.sizeBytes()) + ");");
        }
    }

    private void writeArray(ClassMembers.Member member) {
        Shape shape = member.shape();
        String at = LayoutText.number(member.offsetBytes());
        String rest = shape.isFlexible()
                ? "s.asSlice(" + at + ");"
                : "s.asSlice(" + at + ", " + LayoutText.number(shape.totalBytes()) + ");";
        method("MemorySegment ", member.name(), "(MemorySegment s)", "return ", rest);
        Indexes all = Indexes.of(shape, 0);
        access(shape, member.name(), member.name() + "$set", all.parameters(), all.offset(member.offsetBytes()));
        if (shape.dimensions().length > 1) {
            // Whether the BTF has [2][3] or [6] for it hangs on who made it; one index works with both.
            Indexes row = Indexes.of(shape.inOneRow(), 0);
            access(shape, member.name(), member.name() + "$set", row.parameters(), row.offset(member.offsetBytes()));
        }
        if (shape.isChar()) {
            Indexes text = Indexes.of(shape, 1);
            int last = shape.dimensions().length - 1;
            String from = text.offset(member.offsetBytes());
            String size = shape.isFlexible() && last == 0
                    ? "s.byteSize() - " + from
                    : LayoutText.number(shape.dimensions()[last]);
            String call = ValuesSource.CLASS + ".text(s, " + from + ", " + size + ");";
            method("String ", member.name() + "$string", "(MemorySegment s" + text.parameters() + ")", "return ", call);
        }
    }

    /** A bit field is shifted up to the highest bit of a long, and from there down. */
    private void writeBits(ClassMembers.Member member) {
        Shape shape = member.shape();
        int bits = member.bits();
        boolean isBool = shape.sort() == Shape.Sort.BOOL;
        String type = isBool ? "boolean" : shape.sizeBytes() == Long.BYTES ? "long" : "int";
        String right = shape.isUnsigned() || isBool ? " >>> " : " >> ";
        BitWindow window = BitWindow.of(member.offsetBits(), bits, structBytes, order);
        String get;
        if (window == null) {
            String value =
                    ValuesSource.CLASS + ".bits(s, " + LayoutText.number(member.offsetBits()) + ", " + bits + ")";
            get = bits == Long.SIZE ? value : value + " << " + (Long.SIZE - bits) + right + (Long.SIZE - bits);
        } else {
            String value = (window.sizeBytes() == Long.BYTES ? "" : "(long) ") + value(window);
            get = value + (window.left() == 0 ? "" : " << " + window.left()) + right + window.right();
        }
        String result = isBool ? "(" + get + ") != 0;" : type.equals("int") ? "(int) (" + get + ");" : get + ";";
        method(type + " ", member.name(), "(MemorySegment s)", "return ", result);
        String set = isBool ? "v ? 1L : 0L" : "v";
        String statement = window == null
                ? ValuesSource.CLASS + ".bits(s, " + LayoutText.number(member.offsetBits()) + ", " + bits + ", " + set
                        + ");"
                : set(window, bits, set);
        method("void ", member.name(), "(MemorySegment s, " + type + " v)", "", statement);
    }

    private static String value(BitWindow window) {
        return "s.get(" + Shape.layoutOf(window.sizeBytes()) + ", " + LayoutText.number(window.offsetBytes()) + ")";
    }

    private static String set(BitWindow window, int bits, String v) {
        long mask = bits == Long.SIZE ? -1L : (1L << bits) - 1;
        int shift = window.shift();
        String kept = value(window) + " & ~0x" + Long.toHexString(mask << shift) + "L";
        String added = v.equals("v") ? "v & 0x" + Long.toHexString(mask) + "L" : v;
        String both = "(" + kept + ") | " + (shift == 0 ? "(" + added + ")" : "(" + added + ") << " + shift);
        boolean isLong = window.sizeBytes() == Long.BYTES;
        String cast = isLong ? both : "(" + Shape.javaTypeOf(window.sizeBytes()) + ") (" + both + ")";
        return "s.set(" + Shape.layoutOf(window.sizeBytes()) + ", " + LayoutText.number(window.offsetBytes()) + ", "
                + cast + ");";
    }
}
