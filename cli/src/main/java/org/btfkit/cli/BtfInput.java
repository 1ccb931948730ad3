package org.btfkit.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfSource;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The file argument of the subcommands and its base. */
final class BtfInput {
    /** Says for the help what a file may be. */
    static final String FILES = "FILE is raw BTF, ELF, or a bzImage (vmlinuz); raw BTF and ELF may be compressed.";

    private BtfInput() {}

    static void addBase(CommandSpec spec) {
        spec.addOption(Options.file("BASE", "Base of split BTF, such as a module's vmlinux.", "-B", "--base-btf"));
    }

    /** Checks the number of arguments and returns them. */
    static String[] arguments(ParseResult parsed, int least, int most, String expected) {
        String[] given = parsed.matchedPositionalValue(0, new String[0]);
        if (given.length < least || given.length > most) {
            throw new ParameterException(
                    parsed.commandSpec().commandLine(), given.length + " arguments, expected " + expected);
        }
        return given;
    }

    static Btf base(ParseResult parsed) throws IOException {
        Path base = parsed.matchedOptionValue("-B", null);
        return base == null ? null : BtfSource.load(base);
    }

    /** Parses BTF on a base, which may be null and is ignored by BTF that needs none. */
    static Btf load(BtfSource source, Btf base) throws IOException {
        boolean needsBase = base != null && !source.detachedSplit().isSelfContained();
        return source.btf(needsBase ? base : null);
    }

    static Btf load(String file, ParseResult parsed) throws IOException {
        return BtfSource.load(Path.of(file), base(parsed));
    }
}
