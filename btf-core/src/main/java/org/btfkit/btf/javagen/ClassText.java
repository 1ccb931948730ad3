package org.btfkit.btf.javagen;

import java.util.HashSet;
import java.util.Set;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.flat.TypeFaults;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;

/** Writes the class of a type, and within it those of types without a name. Not safe for use by several threads. */
final class ClassText {
    private final Btf btf;
    private final FlatTypes types;
    private final JavaOptions options;
    private final JavaNames names;
    private final Shapes shapes;
    private final CText cText;
    private final LayoutText layouts;

    /**
     * Prepares writing.
     *
     * @param included the types that have a class, if they have a name
     */
    ClassText(Btf btf, JavaOptions options, JavaNames names, Set<Integer> included) {
        this.btf = btf;
        this.types = FlatAccess.of(btf);
        this.options = options;
        this.names = names;
        this.shapes = new Shapes(btf);
        this.cText = new CText(types);
        this.layouts = new LayoutText(types, names, included);
    }

    /** Makes the file of a type that has a name. */
    JavaSource source(int typeId) {
        String name = names.of(typeId);
        SourceText body = new SourceText();
        write(body, typeId, name, "", Set.of());
        StringBuilder head = new StringBuilder(SourceText.HEAD);
        head.append("package ").append(options.packageName()).append(";\n\n");
        String imports = imports(body);
        head.append(imports).append(imports.isEmpty() ? "" : "\n");
        return new JavaSource(name, head.append(body).toString());
    }

    private String imports(SourceText body) {
        StringBuilder imports = new StringBuilder();
        for (String name :
                new String[] {"MemoryLayout", "MemorySegment", "SegmentAllocator", "StructLayout", "UnionLayout"}) {
            if (body.uses(name + " ") || body.uses(name + ".")) {
                imports.append("import java.lang.foreign.").append(name).append(";\n");
            }
        }
        imports.append(body.uses("Objects.checkIndex") ? "import java.util.Objects;\n" : "");
        if (imports.length() > 0) {
            String values = options.packageName() + "." + ValuesSource.CLASS;
            imports.insert(0, "import static " + values + ".*;\n\n");
        }
        return imports.toString();
    }

    private void write(SourceText out, int typeId, String name, String modifier, Set<String> around) {
        BtfKind kind = types.kind(typeId);
        long size = types.sizeBytes(typeId);
        String remark = names.isNamesake(typeId)
                ? " There are others of this name; this is " + TypeFaults.describe(typeId) + "."
                : "";
        String cName = types.nameOff(typeId) != 0 ? types.name(typeId) : "{...}";
        out.line(
                "/** {@code ",
                SourceText.comment(JavaNames.prefix(kind) + cName),
                "}, ",
                size,
                size == 1 ? " byte." : " bytes.",
                remark,
                " */");
        out.line("public ", modifier, "final class ", name, " {").in();
        if (KindSet.ENUMS.has(kind)) {
            out.line("private ", name, "() {}");
            out.line();
            EnumText.write(out, btf, typeId);
        } else {
            writeComposite(out, typeId, name, around);
        }
        out.out().line("}");
    }

    private void writeComposite(SourceText out, int typeId, String name, Set<String> around) {
        Set<String> enclosing = new HashSet<>(around);
        enclosing.add(name);
        int alignment = shapes.align(typeId);
        ClassMembers members = new ClassMembers(shapes, names, typeId, enclosing, options.isCaseInsensitive());
        long size = types.sizeBytes(typeId);
        String layoutType = LayoutText.type(types.kind(typeId) == BtfKind.UNION);
        String indent = "    ".repeat(around.size() + 1);
        out.line("/** Where members are; of alignment 1, as in other types and in arrays of bytes. */");
        out.line("public static final ", layoutType, " UNALIGNED = ", layouts.of(members.root(), indent), ";");
        out.line();
        out.line("/** The same with C's alignment, for allocating. */");
        out.line("public static final ", layoutType, " LAYOUT = UNALIGNED.withByteAlignment(", alignment, ");");
        out.line();
        out.line("private ", name, "() {}");
        out.line();
        out.line("public static long sizeof() { return ", LayoutText.number(size), "; }");
        out.line(
                "public static MemorySegment asSlice(MemorySegment array, long index) { return array.asSlice(index * ",
                LayoutText.number(size),
                ", ",
                LayoutText.number(size),
                "); }");
        out.line(
                "public static MemorySegment allocate(SegmentAllocator allocator) { return allocator.allocate(LAYOUT); }");
        AccessText accessors = new AccessText(out, cText, btf.order(), size);
        for (ClassMembers.Member member : members.all()) {
            accessors.write(member, layouts.classOf(member));
        }
        for (ClassMembers.Member member : members.all()) {
            if (member.nestedClass() != null) {
                out.line();
                write(out, member.shape().typeId(), member.nestedClass(), "static ", enclosing);
            }
        }
    }
}
