package org.btfkit.cli.btf;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.btfkit.btf.Btf;
import org.btfkit.btf.dump.RawDumper;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.layout.LayoutOptions;
import org.btfkit.btf.layout.LayoutPrinter;
import org.btfkit.btf.query.MemberPath;
import org.btfkit.btf.query.TypeQueries;
import org.btfkit.btf.query.TypeSizes;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.cli.support.Failure;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.Syntax;

/** {@code btf show}: shows types by name, structs with their layout. */
final class ShowCommand implements Subcommand {
    private final PrintStream err;

    /**
     * Creates the command.
     *
     * @param err where files that cannot be read are named
     */
    ShowCommand(PrintStream err) {
        this.err = err;
    }

    @Override
    public Syntax syntax() {
        Syntax syntax = new Syntax()
                .synopsis("btf show [OPTION]... NAME... FILE...")
                .description("Shows structs and unions as pahole does, with offsets, sizes and holes; other types as"
                        + " btf dump does.")
                .footer(
                        "",
                        "NAME is the name of a type, also with struct or union before it, its id, or the path to a member.",
                        BtfInput.FILES,
                        SearchedFiles.HELP,
                        "",
                        "Examples:",
                        "  btf show task_struct /sys/kernel/btf/vmlinux",
                        "  btf show task_struct.se.vruntime /sys/kernel/btf/vmlinux",
                        "  btf show nf_conn 'struct module' /sys/kernel/btf",
                        "  btf show --expand sock_common vmlinux");
        BtfInput.addBase(syntax);
        syntax.add(Options.flag("Show the members of members in place.", "-E", "--expand"));
        syntax.operands("ARGUMENT");
        return syntax;
    }

    @Override
    public int run(Arguments arguments, OutputStream out) throws IOException {
        SearchedFiles files = SearchedFiles.of(arguments, err, "a name or more and a file");
        LayoutOptions options = LayoutOptions.DEFAULT.withExpand(arguments.has("-E"));
        Set<String> missing = ConcurrentHashMap.newKeySet();
        missing.addAll(files.names());
        int status = files.search(
                (btf, file, target) -> {
                    boolean isFound = false;
                    for (String name : files.names()) {
                        if (file == null) {
                            isFound |= show(btf, name, options, files, target);
                        } else if (showOwn(btf, name, options, files, file, target)) {
                            isFound = true;
                        } else {
                            continue;
                        }
                        missing.remove(name);
                    }
                    return isFound;
                },
                out);
        for (String name : files.names()) {
            if (missing.remove(name)) {
                err.println("ERROR: " + Failure.oneLine("no type named '" + name + "' in any of the files"));
                status = ExitCode.FAILURE;
            }
        }
        return status;
    }

    /** Shows a type, or a member if that is what the name is of. */
    private static boolean show(Btf btf, String name, LayoutOptions options, SearchedFiles files, OutputStream out)
            throws IOException {
        if (isMember(btf, name)) {
            try {
                showMember(btf, name, out);
            } catch (IllegalArgumentException e) {
                throw files.misuse(e.getMessage());
            }
        } else {
            for (int typeId : TypeArgument.find(btf, name)) {
                show(btf, typeId, options, out);
            }
        }
        return true;
    }

    /** A function or variable may have a dot in its name, such as those that a compiler clones. */
    private static boolean isMember(Btf btf, String name) {
        return name.indexOf('.') >= 0 && TypeQueries.findAll(btf, name).length == 0;
    }

    /** Shows own types of one of several files, and says which file that is; false if it has none of the name. */
    private static boolean showOwn(
            Btf btf, String name, LayoutOptions options, SearchedFiles files, Path file, OutputStream out)
            throws IOException {
        boolean isMember = isMember(btf, name);
        int[] found = TypeArgument.findOwn(btf, isMember ? name.substring(0, name.indexOf('.')) : name);
        if (found.length == 0) {
            return false;
        }
        String where = isMember ? file + ": " : "/* " + file + " */\n";
        if (isMember) {
            out.write(where.getBytes(StandardCharsets.UTF_8));
            return show(btf, name, options, files, out);
        }
        for (int typeId : found) {
            out.write(where.getBytes(StandardCharsets.UTF_8));
            show(btf, typeId, options, out);
        }
        return true;
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
        int target = btf.kind(typeId) == BtfKind.TYPEDEF ? TypeQueries.resolve(btf, typeId) : typeId;
        BtfKind kind = btf.kind(target);
        if (KindSet.COMPOSITES.has(kind)) {
            out.write(new LayoutPrinter(btf, options).print(target).getBytes(StandardCharsets.UTF_8));
        } else if (kind == BtfKind.FUNC || target != typeId) {
            new RawDumper(btf).dump(out, typeId, kind == BtfKind.FUNC ? btf.sizeOrType(typeId) : target);
        } else {
            new RawDumper(btf).dump(out, typeId);
        }
    }
}
