package org.btfkit.cli.html;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.query.TypeSizes;
import org.btfkit.cli.support.JsonOutput;

/**
 * Writes the page: a template with a style sheet, scripts and data in its places.
 *
 * <p>The data of a file is its BTF in little-endian order, deflated, in base64; what else is known of it is JSON.
 */
public final class ReportPage {
    private static final String[] SCRIPTS = {
        "btf.js", "layout.js", "declaration.js", "uses.js", "search.js", "dom.js", "views.js", "changes.js", "page.js"
    };

    private final String title;
    private final List<ReportFile> files;

    /** The index of the old file, -1 if there is none, and how the first file differs from it. */
    private final int old;

    private final byte[] diff;

    /**
     * Takes what is to be shown.
     *
     * @param title of the page
     * @param files the files; the base of one that is split is among them
     */
    public ReportPage(String title, List<ReportFile> files) {
        this(title, files, -1, null);
    }

    private ReportPage(String title, List<ReportFile> files, int old, byte[] diff) {
        this.title = title;
        this.files = List.copyOf(files);
        this.old = old;
        this.diff = diff;
    }

    /**
     * Adds what is different between two files.
     *
     * @param oldFile index of the file that the first one is compared with
     * @param json the difference, as {@code btf diff --json} writes it
     * @return a page that shows it as well
     */
    public ReportPage withDiff(int oldFile, byte[] json) {
        return new ReportPage(title, files, oldFile, json.clone());
    }

    /**
     * Writes the page.
     *
     * @param out where it goes, as UTF-8
     * @param packed is told after each file
     * @throws IOException if writing fails
     */
    public void write(OutputStream out, Runnable packed) throws IOException {
        String[] rest = {resource("page.html")};
        put(out, upTo(rest, "@TITLE@"), html(title));
        put(out, upTo(rest, "@STYLE@"), resource("page.css"));
        put(out, upTo(rest, "@TITLE@"), html(title));
        put(out, upTo(rest, "@INFO@"), info());
        put(out, upTo(rest, "@DATA@"));
        for (int i = 0; i < files.size(); i++) {
            Btf btf = files.get(i).btf();
            putData(out, String.valueOf(i), BtfWriter.toBytes(btf, btf.header().withOrder(ByteOrder.LITTLE_ENDIAN)));
            packed.run();
        }
        if (diff != null) {
            putData(out, "diff", diff);
        }
        put(out, upTo(rest, "@SCRIPT@"));
        for (String script : SCRIPTS) {
            put(out, resource(script));
        }
        put(out, rest[0]);
    }

    /** Cuts off what stands before a place in the template, and the name of the place. */
    private static String upTo(String[] rest, String place) {
        int at = rest[0].indexOf(place);
        String before = rest[0].substring(0, at);
        rest[0] = rest[0].substring(at + place.length());
        return before;
    }

    private static void put(OutputStream out, String... texts) throws IOException {
        for (String text : texts) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String html(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static void putData(OutputStream out, String name, byte[] data) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream(data.length / 3);
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
        try (DeflaterOutputStream packing = new DeflaterOutputStream(packed, deflater)) {
            packing.write(data);
        } finally {
            deflater.end();
        }
        put(out, "<script type=\"text/plain\" id=\"data-" + name + "\">");
        out.write(Base64.getEncoder().encode(packed.toByteArray()));
        put(out, "</script>\n");
    }

    private String info() throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.setCharacterEscapes(new InScript());
            json.writeStartObject();
            json.writeNumberField("old", old);
            json.writeArrayFieldStart("files");
            for (ReportFile file : files) {
                addFile(json, file);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return text.toString();
    }

    private void addFile(JsonGenerator json, ReportFile file) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", file.name());
        json.writeStringField("release", file.btf().kernelRelease());
        json.writeNumberField("base", baseOf(file.btf()));
        json.writeNumberField("pointerSize", new TypeSizes(file.btf()).pointerSize());
        json.writeArrayFieldStart("kfuncs");
        for (ReportFile.Kfunc kfunc : file.kfuncs()) {
            json.writeStartObject();
            json.writeStringField("name", kfunc.name());
            json.writeNumberField("id", kfunc.funcId());
            json.writeStringField("set", kfunc.set());
            JsonOutput.strings(json, "flags", kfunc.flags());
            JsonOutput.strings(json, "programs", kfunc.programs());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private int baseOf(Btf btf) {
        for (int i = 0; i < files.size(); i++) {
            if (files.get(i).btf() == btf.base()) {
                return i;
            }
        }
        return -1;
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = ReportPage.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Keeps a name in the data from ending the script that the data stands in. */
    private static final class InScript extends CharacterEscapes {
        private static final long serialVersionUID = 1L;
        private static final int[] ESCAPES = standardAsciiEscapesForJSON();

        static {
            ESCAPES['<'] = ESCAPE_STANDARD;
        }

        @Override
        public int[] getEscapeCodesForAscii() {
            return ESCAPES.clone();
        }

        @Override
        public SerializableString getEscapeSequence(int character) {
            return new SerializedString(String.format("\\u%04x", character));
        }
    }
}
