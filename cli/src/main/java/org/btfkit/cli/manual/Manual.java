package org.btfkit.cli.manual;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes manual pages and completions into a folder as it is below {@code /usr/share}. */
public final class Manual {
    private Manual() {}

    /**
     * Writes the files.
     *
     * @param args the folder, which is made; the version; and the date for the pages, such as 2025-01-01
     * @throws IOException if a file cannot be written
     */
    public static void main(String[] args) throws IOException {
        write(Path.of(args[0]), args[1], args[2].substring(0, "2025-01-01".length()));
    }

    static void write(Path folder, String version, String date) throws IOException {
        Path pages = Files.createDirectories(folder.resolve("man/man1"));
        for (Command command : Command.all()) {
            String page = new ManualPage(command).write(date, version);
            write(pages.resolve(command.page() + ".1"), page);
        }
        Path bash = Files.createDirectories(folder.resolve("bash-completion/completions"));
        Path zsh = Files.createDirectories(folder.resolve("zsh/site-functions"));
        Path fish = Files.createDirectories(folder.resolve("fish/vendor_completions.d"));
        write(bash.resolve(Command.BTF), BashCompletion.ofBtf(Command.subcommands()));
        write(zsh.resolve("_" + Command.BTF), ZshCompletion.ofBtf(Command.subcommands()));
        write(fish.resolve(Command.BTF + ".fish"), FishCompletion.ofBtf(Command.subcommands()));
        for (Command command : Command.withoutSubcommands()) {
            write(bash.resolve(command.name()), BashCompletion.of(command));
            write(zsh.resolve("_" + command.name()), ZshCompletion.of(command));
            write(fish.resolve(command.name() + ".fish"), FishCompletion.of(command));
        }
    }

    private static void write(Path file, String text) throws IOException {
        Files.writeString(file, text, StandardCharsets.US_ASCII);
    }
}
