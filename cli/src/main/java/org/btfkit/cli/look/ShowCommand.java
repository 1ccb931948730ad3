package org.btfkit.cli.look;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import org.btfkit.btf.Btf;
import org.btfkit.btf.layout.LayoutOptions;
import org.btfkit.btf.query.TypeQueries;
import org.btfkit.cli.input.BtfInput;
import org.btfkit.cli.input.SearchedFiles;
import org.btfkit.cli.input.TypeArgument;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.Colors;
import org.btfkit.cli.support.Options;
import org.btfkit.cli.support.Subcommand;
import org.btfkit.cli.support.Syntax;

/** {@code btf show}: shows types by name, structs with their layout. */
public final class ShowCommand implements Subcommand {
    private final PrintStream err;

    /**
     * Creates the subcommand.
     *
     * @param err where warnings, notes and progress go
     */
    public ShowCommand(PrintStream err) {
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
                        "  btf show --expand sock_common vmlinux",
                        "  btf show --json sk_buff vmlinux | jq '.members[] | select(.hole)'");
        BtfInput.addBase(syntax);
        syntax.add(Options.flag("Show the members of members in place.", "-E", "--expand"));
        syntax.json("an object for each type and file, in a line.", ShowJson.SHAPE);
        syntax.add(Colors.option());
        syntax.operands("ARGUMENT");
        return syntax;
    }

    @Override
    public int run(Arguments arguments, OutputStream out) throws IOException {
        SearchedFiles files = SearchedFiles.of(arguments, err, "a name or more and a file");
        LayoutOptions options = LayoutOptions.DEFAULT.withExpand(arguments.has("-E"));
        Colors colors = Colors.of(arguments);
        boolean isJson = arguments.has("--json");
        int status = files.search(
                (btf, file, target) -> {
                    ShownForm form = isJson
                            ? new ShowJson(btf, files.nameOf(file), target)
                            : new ShowText(btf, file, options, colors, target);
                    boolean isFound = false;
                    for (String name : files.names()) {
                        if (show(btf, name, file != null, form, files)) {
                            isFound = true;
                            files.found(name);
                        }
                    }
                    return isFound;
                },
                out);
        return files.requireAllFound(status);
    }

    /**
     * Shows types, or a member if that is what the name is of.
     *
     * @param isOneOfSeveral whether only own types are shown; then it is no failure if there is none
     * @return whether there is such a type
     */
    private static boolean show(Btf btf, String name, boolean isOneOfSeveral, ShownForm form, SearchedFiles files)
            throws IOException {
        boolean isMember = isMember(btf, name);
        String root = isMember ? name.split("[.\\[]", 2)[0] : name;
        int[] found = isOneOfSeveral ? TypeArgument.findOwn(btf, root) : TypeArgument.find(btf, root);
        if (found.length == 0) {
            return false;
        }
        if (!isMember) {
            for (int typeId : found) {
                form.writeType(typeId);
            }
            return true;
        }
        try {
            form.writeMember(name);
        } catch (IllegalArgumentException e) {
            throw files.misuse(e.getMessage());
        }
        return true;
    }

    /** A function or variable may have a dot in its name, such as those that a compiler clones. */
    private static boolean isMember(Btf btf, String name) {
        return name.indexOf('.') >= 0 && TypeQueries.findAll(btf, name).length == 0;
    }
}
