package org.btfkit.cli.manual;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.btfkit.cli.Subcommands;
import org.btfkit.fixtures.tool.ExternalTool;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The completions, asked in the shells that they are for. */
class CompletionTest {
    @TempDir
    static Path share;

    @BeforeAll
    static void write() throws IOException {
        Manual.write(share, "0.0", "2025-01-01");
        Files.createFile(share.resolve("a file"));
        Files.createDirectory(share.resolve("a folder"));
    }

    /** What bash offers behind some words; where it leaves that to readline, {@code +} and what it may offer. */
    private static List<String> bash(String command, String... words) {
        String script = "source \"$1\"; command=$2; shift 2\n"
                + "compopt() { echo \"+$2\"; }\n" // which is only allowed while somebody completes
                + "set -f; registered=($(complete -p \"$command\")); set +f\n"
                + "COMP_WORDS=(\"$command\" \"$@\"); COMP_CWORD=$#\n"
                + "\"${registered[2]}\"; [ ${#COMPREPLY[@]} -eq 0 ] || printf '%s\\n' \"${COMPREPLY[@]}\"";
        Object[] arguments = new Object[5 + words.length];
        System.arraycopy(
                new Object[] {"-c", script, "bash", share.resolve("bash-completion/completions/" + command), command},
                0,
                arguments,
                0,
                5);
        System.arraycopy(words, 0, arguments, 5, words.length);
        return ExternalTool.named("bash", "bash").check(arguments).outLines();
    }

    /** What fish offers for a line, without the descriptions. */
    private static List<String> fish(String command, String line) {
        ExternalTool fish = ExternalTool.named("fish", "fish");
        assumeTrue(fish.isAvailable(), "no fish");
        return fish
                .withEnvironment(Map.of("HOME", share.toString(), "XDG_CONFIG_HOME", share.toString()))
                .runIn(
                        share,
                        "--no-config",
                        "-c",
                        "source fish/vendor_completions.d/" + command + ".fish; complete -C '" + line + "'")
                .orThrow()
                .outLines()
                .stream()
                .map(found -> found.replaceFirst("\t.*", ""))
                .toList();
    }

    @Test
    void shouldOfferSubcommandsInBash() {
        Set<String> firsts = new TreeSet<>();
        Subcommands.NAMES.forEach(name -> firsts.add(name.split(" ")[0]));
        firsts.addAll(List.of("-h", "--help", "--version"));
        assertEquals(firsts, new TreeSet<>(bash("btf", "")));
        assertEquals(List.of("check", "list", "apply", "-h", "--help"), bash("btf", "core", ""));
        assertEquals(List.of("core"), bash("btf", "co"));
    }

    @Test
    void shouldOfferOptionsInBash() {
        assertEquals(List.of("--exclude", "--exact"), bash("btf", "dump", "vmlinux", "--ex"));
        assertEquals(List.of("--color"), bash("btf", "core", "check", "prog.bpf.o", "--c"));
        assertEquals(List.of("--embed"), bash("resolve-btfids", "-b", "vmlinux", "--em"));
        assertEquals(List.of("--kernel"), bash("gen-btf", "--k"));
    }

    @Test
    void shouldOfferValuesInBash() {
        assertEquals(List.of("raw", "json", "c"), bash("btf", "dump", "-f", ""));
        assertEquals(List.of("json"), bash("btf", "dump", "--format", "=", "j")); // as bash cuts it
        assertEquals(List.of("auto", "always", "never"), bash("btf", "diff", "--color", "="));
        assertEquals(List.of("+nospace", "struct,union"), bash("btf", "find", "-k", "struct,un"));
        assertEquals(List.of("+nospace", "int,struct,union"), bash("btf", "find", "-k", "int,struct,un"));
        assertEquals(List.of(), bash("btf", "dump", "--prefix", ""));
    }

    @Test
    void shouldLeaveFilesToReadline() {
        assertEquals(List.of("+default"), bash("btf", "dump", ""));
        assertEquals(List.of("+default"), bash("btf", "dump", "-B", "vml"));
        assertEquals(List.of("+dirnames"), bash("btf", "dedup", "--out-dir", ""));
        assertEquals(List.of("+default"), bash("resolve-btfids", "a"));
    }

    @ParameterizedTest
    @CsvSource({
        "btf, btf dump -f , raw json c",
        "btf, btf dump --format=j, --format=json",
        "btf, btf co, core",
        "btf, btf core l, list",
        "btf, btf core check --col, --color",
        "btf, btf check --on, --on",
        "btf, btf find -k struct_un, struct_union", // with a comma for the line below
        "btf, btf dump x --ex, --exact --exclude",
        "btf, btf dump a, a file a folder/",
        "btf, btf dedup --out-dir a, a folder/",
        "resolve-btfids, resolve-btfids --em, --embed",
        "gen-btf, gen-btf --ker, --kernel",
    })
    void shouldCompleteInFish(String command, String line, String expected) {
        String typed = line.replace('_', ',') + (line.endsWith("-f") ? " " : "");
        List<String> offered = fish(command, typed);
        assertEquals(
                new TreeSet<>(List.of(
                        expected.replace('_', ',').replace("a f", "a\0f").split(" "))),
                new TreeSet<>(
                        offered.stream().map(one -> one.replace("a f", "a\0f")).toList()));
    }

    /** What zsh adds to a line that somebody types; without that the script waits until it is stopped. */
    @Test
    void shouldCompleteInZsh() {
        ExternalTool zsh = ExternalTool.named("zsh", "zsh");
        assumeTrue(zsh.isAvailable(), "no zsh");
        Path script = Path.of("src/test/resources/org/btfkit/cli/manual/complete.zsh");
        String[] linesAndPatterns = {
            "btf dump -f ", "json*raw",
            "btf core l", "ist",
            "btf find -k struct,un", "ion",
            "btf core check --col", "or",
            "resolve-btfids --em", "bed",
            "gen-btf --ker", "nel",
        };
        Object[] arguments = new Object[3 + linesAndPatterns.length];
        System.arraycopy(new Object[] {"-f", script.toAbsolutePath(), share}, 0, arguments, 0, 3);
        System.arraycopy(linesAndPatterns, 0, arguments, 3, linesAndPatterns.length);
        assertEquals(
                linesAndPatterns.length / 2, zsh.check(arguments).outLines().size());
    }

    /** What each command hands to {@code _arguments}, which is a part of zsh. */
    @ParameterizedTest
    @MethodSource("org.btfkit.cli.manual.Command#all")
    void shouldHandAllOptionsToZsh(Command command) {
        ExternalTool zsh = ExternalTool.named("zsh", "zsh");
        assumeTrue(zsh.isAvailable(), "no zsh");
        if (command.isBtf() || command.name().equals("pahole")) {
            return;
        }
        String file = command.name().split(" ")[0];
        String script = "_arguments() { print -rl -- $argv; }\n" // while the file is read, too
                + "source $1 > /dev/null\n"
                + "$2";
        String function = "_" + command.name().replace('-', '_').replace(' ', '_');
        List<String> specs = zsh.check(
                        "-f", "-c", script, "zsh", share.resolve("zsh/site-functions/_" + file), function)
                .outLines();
        Set<String> offered = new TreeSet<>();
        for (String spec : specs) {
            Matcher name = Pattern.compile("^(?:\\([^)]*\\)|\\*)?(-[^\\[=+]*)[=+]?\\[.+\\](:.*)?$")
                    .matcher(spec);
            if (name.matches()) {
                offered.add(name.group(1));
            }
        }
        Set<String> names = new TreeSet<>();
        command.syntax().options().forEach(option -> names.addAll(option.names()));
        assertEquals(names, offered, specs::toString);
    }

    @Test
    void shouldDescribeOptionsInZshAsInTheHelp() throws IOException {
        String text = Files.readString(share.resolve("zsh/site-functions/_btf"));
        assertTrue(
                text.contains("'(-f --format)'{-f+,--format=}'[raw (default), json, or c.]:FORMAT:(raw json c)'"),
                text);
    }
}
