package org.btfkit.cli.look;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.btfkit.btf.Btf;
import org.btfkit.btf.dump.RawDumper;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.layout.LayoutOptions;
import org.btfkit.btf.layout.LayoutPrinter;
import org.btfkit.btf.query.MemberPath;
import org.btfkit.btf.query.TypeQueries;
import org.btfkit.btf.query.TypeSizes;
import org.btfkit.cli.support.Colors;

/** Writes types for people: structs and unions as pahole does, others as {@code btf dump}. */
final class ShowText implements ShownForm {
    private final Btf btf;
    private final Path file;
    private final LayoutOptions options;
    private final Colors colors;
    private final OutputStream out;

    /**
     * Prepares.
     *
     * @param file which of several files it is, or null
     */
    ShowText(Btf btf, Path file, LayoutOptions options, Colors colors, OutputStream out) {
        this.btf = btf;
        this.file = file;
        this.options = options;
        this.colors = colors;
        this.out = out;
    }

    @Override
    public void writeMember(String path) throws IOException {
        MemberPath.Target target = MemberPath.find(new TypeSizes(btf), path);
        String offset = target.offsetBits() % 8 == 0
                ? "offset " + target.offsetBits() / 8
                : "offset " + target.offsetBits() / 8 + " bit " + target.offsetBits() % 8;
        String bits = target.bitfieldSize() > 0 ? ", " + target.bitfieldSize() + " bits" : "";
        write((file == null ? "" : file + ": ") + colors.title(path) + ": " + offset + bits + ", ");
        new RawDumper(btf).dump(out, target.typeId());
    }

    @Override
    public void writeType(int typeId) throws IOException {
        if (file != null) {
            write(colors.aside("/* " + file + " */") + "\n");
        }
        int target = btf.kind(typeId) == BtfKind.TYPEDEF ? TypeQueries.resolve(btf, typeId) : typeId;
        BtfKind kind = btf.kind(target);
        if (KindSet.COMPOSITES.has(kind)) {
            write(colored(new LayoutPrinter(btf, options).print(target)));
            return;
        }
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        if (kind == BtfKind.FUNC || target != typeId) {
            new RawDumper(btf).dump(raw, typeId, kind == BtfKind.FUNC ? btf.sizeOrType(typeId) : target);
        } else {
            new RawDumper(btf).dump(raw, typeId);
        }
        raw.writeTo(out);
    }

    /** Comments stand back, but for those that tell of holes and the like. */
    private String colored(String text) {
        if (!colors.areOn()) {
            return text;
        }
        StringBuilder coloured = new StringBuilder();
        for (String line : text.split("(?<=\n)")) {
            int comment = line.indexOf("/*");
            String end = line.endsWith("\n") ? "\n" : "";
            if (comment < 0) {
                coloured.append(line);
                continue;
            }
            String remark = line.substring(comment, line.length() - end.length());
            coloured.append(line, 0, comment)
                    .append(remark.startsWith(LayoutPrinter.REMARK) ? colors.notable(remark) : colors.aside(remark))
                    .append(end);
        }
        return coloured.toString();
    }

    private void write(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }
}
