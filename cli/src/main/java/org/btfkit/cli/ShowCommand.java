package org.btfkit.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfKind;
import org.btfkit.btf.BtfQueries;
import org.btfkit.btf.MemberPath;
import org.btfkit.btf.TypeSizes;
import org.btfkit.btf.dump.RawDumper;
import org.btfkit.btf.layout.LayoutOptions;
import org.btfkit.btf.layout.LayoutPrinter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code btf show}: shows types by name, structs with their layout. */
final class ShowCommand implements BtfTool.Subcommand {
    private final PrintStream err;

    ShowCommand(PrintStream err) {
        this.err = err;
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = CommandSpec.create();
        spec.usageMessage()
                .customSynopsis("btf show [OPTION]... NAME... FILE")
                .description("Shows structs and unions as pahole does, with offsets, sizes and holes; other types as"
                        + " btf dump does.")
                .footer(
                        "",
                        "NAME is the name of a type, also with struct or union before it, its id, or the path to a member.",
                        BtfInput.FILES,
                        "",
                        "Examples:",
                        "  btf show task_struct /sys/kernel/btf/vmlinux",
                        "  btf show task_struct.se.vruntime /sys/kernel/btf/vmlinux",
                        "  btf show --expand sock_common vmlinux");
        BtfInput.addBase(spec);
        spec.addOption(Options.flag("Show the members of members in place.", "-E", "--expand"));
        spec.addPositional(Options.arguments("ARGUMENT"));
        return spec;
    }

    @Override
    public int run(ParseResult arguments, OutputStream out) throws IOException {
        String[] given = BtfInput.arguments(arguments, 2, Integer.MAX_VALUE, "a name or more and a file");
        Btf btf = new BtfInput(arguments, err).load(given[given.length - 1]);
        LayoutOptions options = LayoutOptions.DEFAULT.withExpand(arguments.hasMatchedOption("-E"));
        for (String name : Arrays.copyOf(given, given.length - 1)) {
            // A function or variable may have a dot in its name, such as those that a compiler clones.
            if (name.indexOf('.') >= 0 && BtfQueries.findAll(btf, name).length == 0) {
                try {
                    showMember(btf, name, out);
                } catch (IllegalArgumentException e) {
                    throw new ParameterException(arguments.commandSpec().commandLine(), e.getMessage());
                }
            } else {
                for (int typeId : TypeArgument.find(btf, name)) {
                    show(btf, typeId, options, out);
                }
            }
        }
        return ExitCode.OK;
    }

    private static void showMember(Btf btf, String path, OutputStream out) throws IOException {
        MemberPath.Target target = MemberPath.find(new TypeSizes(btf), path);
        String offset = target.offsetBits() % 8 == 0
                ? "offset " + target.offsetBits() / 8
                : "offset " + target.offsetBits() / 8 + " bit " + target.offsetBits() % 8;
        String bits = target.bitfieldSize() > 0 ? ", " + target.bitfieldSize() + " bits" : "";
        out.write((path + ": " + offset + bits + ", ").getBytes(StandardCharsets.UTF_8));
        new RawDumper(btf).dump(out, target.typeId());
    }

    private static void show(Btf btf, int typeId, LayoutOptions options, OutputStream out) throws IOException {
        int target = btf.kind(typeId) == BtfKind.TYPEDEF ? BtfQueries.resolve(btf, typeId) : typeId;
        BtfKind kind = btf.kind(target);
        if (kind == BtfKind.STRUCT || kind == BtfKind.UNION) {
            out.write(new LayoutPrinter(btf, options).print(target).getBytes(StandardCharsets.UTF_8));
        } else if (kind == BtfKind.FUNC || target != typeId) {
            new RawDumper(btf).dump(out, typeId, kind == BtfKind.FUNC ? btf.sizeOrType(typeId) : target);
        } else {
            new RawDumper(btf).dump(out, typeId);
        }
    }
}
