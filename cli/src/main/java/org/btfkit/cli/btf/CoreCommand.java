package org.btfkit.cli.btf;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code btf core}: what BPF objects ask of kernels, in several subcommands of its own. */
final class CoreCommand implements Subcommand {
    private static final List<String> NAMES = List.of("list", "apply");

    private final PrintStream err;

    CoreCommand(PrintStream err) {
        this.err = err;
    }

    private Subcommand create(String name) {
        return switch (name) {
            case "list" -> new CoreListCommand(err);
            case "apply" -> new CoreApplyCommand(err);
            default -> throw new IllegalArgumentException(name);
        };
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = CommandSpec.create();
        spec.usageMessage()
                .customSynopsis("btf core COMMAND [OPTION]... PROG.bpf.o...")
                .description("Relocates BPF objects (CO-RE) on kernels, from the BTF of both alone.")
                .footer("", "btf core COMMAND --help says more.");
        for (String name : NAMES) {
            spec.addSubcommand(name, create(name).spec().name(name));
        }
        return spec;
    }

    @Override
    public int run(ParseResult arguments, OutputStream out) throws IOException {
        if (!arguments.hasSubcommand()) {
            throw new ParameterException(
                    arguments.commandSpec().commandLine(),
                    "no command given, expected one of " + String.join(", ", NAMES));
        }
        ParseResult part = arguments.subcommand();
        return create(part.commandSpec().name()).run(part, out);
    }
}
