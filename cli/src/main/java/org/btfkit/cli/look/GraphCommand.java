package org.btfkit.cli.look;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.query.StructGraph;
import org.btfkit.cli.html.DotWriter;
import org.btfkit.cli.html.SvgWriter;
import org.btfkit.cli.input.BtfInput;
import org.btfkit.cli.input.TypeArgument;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Option;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.Subcommand;
import org.btfkit.cli.support.Syntax;
import org.btfkit.internal.io.AtomicFile;

/** {@code btf graph}: draws how structs hang together. */
public final class GraphCommand implements Subcommand {
    private final PrintStream err;

    /**
     * Creates the subcommand.
     *
     * @param err where warnings, notes and progress go
     */
    public GraphCommand(PrintStream err) {
        this.err = err;
    }

    @Override
    public Syntax syntax() {
        StructGraph.Options normal = StructGraph.Options.DEFAULT;
        Syntax syntax = new Syntax()
                .synopsis("btf graph [OPTION]... NAME FILE")
                .description("Draws the structs around one, by the members that contain them or point to them: for"
                        + " Graphviz, as SVG, or as data.")
                .footer(
                        "",
                        "NAME is the name of a struct, union or typedef of one, or its id.",
                        BtfInput.FILES,
                        "",
                        "Examples:",
                        "  btf graph sk_buff vmlinux -o sk_buff.svg",
                        "  btf graph --depth 1 task_struct vmlinux | dot -Tpdf > task_struct.pdf",
                        "  btf graph -B vmlinux nf_conn nf_conntrack.ko.xz -o nf_conn.svg");
        BtfInput.addBase(syntax);
        syntax.add(number("How many members away. Default: " + normal.depth() + ".", "--depth"));
        syntax.add(number(
                "Do not go into types that more structs than this have in them. Default: " + normal.commonHolders()
                        + ".",
                "--common"));
        syntax.add(number("Draw so many types at most. Default: " + normal.maxNodes() + ".", "--max"));
        syntax.add(Options.text("OUT", "The file to make or replace; SVG if it is named so.", "-o", "--output"));
        syntax.add(Options.flag("Write SVG, whatever the output is called.", "--svg"));
        syntax.json("one object.", GraphJson.SHAPE);
        syntax.operands("ARGUMENT");
        return syntax;
    }

    private static Option number(String description, String name) {
        return Options.number("N", description, name);
    }

    @Override
    public int run(Arguments arguments, OutputStream out) throws IOException {
        String[] given = BtfInput.arguments(arguments, 2, 2, "a name and a file");
        Btf btf = new BtfInput(arguments, err).load(given[1]);
        if (arguments.has("--json") && arguments.has("--svg")) {
            throw arguments.misuse("--json and --svg: expected one of them");
        }
        StructGraph.Options options = StructGraph.Options.DEFAULT
                .withDepth(number(arguments, "--depth", 0, StructGraph.Options.DEFAULT.depth()))
                .withCommonHolders(number(arguments, "--common", 0, StructGraph.Options.DEFAULT.commonHolders()))
                .withMaxNodes(number(arguments, "--max", 1, StructGraph.Options.DEFAULT.maxNodes()));
        StructGraph graph = StructGraph.of(btf, root(btf, given[0]), options);
        if (graph.isCut()) {
            err.println("NOTE: more than " + options.maxNodes() + " types; --max or --common draw more of them");
        }
        String target = arguments.value("-o", "-");
        boolean isSvg = arguments.has("--svg") || target.endsWith(".svg");
        byte[] text = arguments.has("--json")
                ? GraphJson.of(btf, graph)
                : (isSvg ? SvgWriter.write(graph) : DotWriter.write(graph)).getBytes(StandardCharsets.UTF_8);
        if (target.equals("-")) {
            out.write(text);
        } else {
            BtfInput.requireOtherThan(arguments, Path.of(target), List.of(Path.of(given[1])));
            AtomicFile.write(text, Path.of(target));
        }
        return ExitCode.OK;
    }

    private static int number(Arguments arguments, String name, int least, int normal) {
        int value = arguments.value(name, normal);
        if (value < least) {
            throw arguments.misuse(name + " " + value + ": expected a number from " + least);
        }
        return value;
    }

    /** The first struct or union of a name, or typedef of one; of other kinds if there is nothing else. */
    private static int root(Btf btf, String name) {
        int[] found = TypeArgument.find(btf, name);
        for (BtfKind kind : List.of(BtfKind.STRUCT, BtfKind.UNION, BtfKind.TYPEDEF)) {
            for (int typeId : found) {
                if (btf.kind(typeId) == kind) {
                    return typeId;
                }
            }
        }
        return found[0];
    }
}
