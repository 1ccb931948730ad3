package org.btfkit.cli.make;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.fixtures.kernel.DwarfSample;
import org.btfkit.fixtures.raw.RawElfReader;
import org.btfkit.fixtures.tool.ExternalTool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pahole} as kernels' builds call it. */
class PaholeCommandTest {
    private static final String FEATURES =
            "encode_force,var,float,enum64,decl_tag,type_tag,optimized_func,consistent_func";

    @TempDir
    Path folder;

    private record Run(int status, String out, String err) {}

    private static Run run(Object... args) {
        List<String> strings = new ArrayList<>();
        for (Object arg : args) {
            strings.add(arg.toString());
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = new PaholeCommand(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .run(strings.toArray(new String[0]));
        return new Run(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private void assertMakes(String object, String set, Object... flags) throws IOException {
        Path target = folder.resolve(object + "." + set);
        List<Object> args = new ArrayList<>(List.of("-J", "-j2"));
        args.addAll(List.of(flags));
        args.add("--btf_encode_detached=" + target);
        args.add(DwarfSample.packed(object, folder));
        assertEquals(new Run(ExitCode.OK, "", ""), run(args.toArray()));
        assertArrayEquals(DwarfSample.expected(object, set), Files.readAllBytes(target), object + " " + set);
    }

    @Test
    void shouldMakeWhatKernelsAskFor() throws IOException {
        assertMakes("funcs", "plain");
        assertMakes("kfuncs", "k612", "--btf_features=" + FEATURES + ",decl_tag_kfuncs", "--lang_exclude=rust");
        assertMakes(
                "kfuncs",
                "k7",
                "--btf_features=" + FEATURES,
                "--btf_features=attributes",
                "--btf_features=layout",
                "--lang_exclude=rust");
    }

    @Test
    void shouldMakeWhatOldKernelsAskFor() throws IOException {
        Path target = folder.resolve("old");
        Path object = DwarfSample.packed("base_types", folder);
        assertEquals(
                ExitCode.OK,
                run("-J", "--btf_gen_floats", "--btf_encode_detached", target, object)
                        .status());
        Btf btf = BtfSource.load(target);
        assertTrue(btf.find(BtfKind.FLOAT, "double") != 0);
    }

    @Test
    void shouldPutBtfIntoTheObjectUnlessDetached() throws IOException {
        Path object = DwarfSample.unpacked("quals", folder);
        assertEquals(new Run(ExitCode.OK, "", ""), run("-J", "-j", "--btf_features=default", object));
        assertArrayEquals(
                DwarfSample.expected("quals", "k612"), new RawElfReader(Files.readAllBytes(object)).bytes(".BTF"));
    }

    /** Nobody writes to the pipe: who opens it to read waits for ever. */
    @Test
    void shouldRefuseToChangePipeInPlaceWithoutReadingIt() {
        ExternalTool mkfifo = ExternalTool.named("mkfifo", "coreutils");
        assumeTrue(mkfifo.isAvailable(), "no mkfifo (Debian package coreutils)");
        Path pipe = folder.resolve("pipe");
        mkfifo.check(pipe);
        String error = "ERROR: " + pipe + ": is no regular file, so it cannot be changed in place\n";
        assertTimeoutPreemptively(
                Duration.ofSeconds(60), () -> assertEquals(new Run(ExitCode.FAILURE, "", error), run("-J", pipe)));
    }

    @Test
    void shouldSayItsVersion() {
        assertEquals(new Run(ExitCode.OK, "v1.31\n", ""), run("--version"));
        assertEquals(new Run(ExitCode.OK, "131\n", ""), run("--numeric_version"));
    }

    @Test
    void shouldListFeatures() {
        String features = "encode_force,var,float,decl_tag,type_tag,enum64,optimized_func,consistent_func,"
                + "decl_tag_kfuncs,reproducible_build,distilled_base,global_var,attributes,true_signature,layout\n";
        assertEquals(new Run(ExitCode.OK, features, ""), run("--supported_btf_features"));
    }

    @Test
    void shouldIgnoreUnknownFeaturesUnlessStrict() throws IOException {
        assertMakes("kfuncs", "k612", "--btf_features=default,of_next_year", "--lang_exclude=rust");
        Run run = run("-J", "--btf_features_strict=of_next_year", "x");
        assertEquals(ExitCode.FAILURE, run.status());
        assertTrue(run.err().startsWith("ERROR: pahole: feature 'of_next_year' is not supported"), run.err());
    }

    @Test
    void shouldFailWherePaholeOnlySaysSo() {
        Path target = folder.resolve("atomic.btf");
        Run run = run("-J", "--btf_encode_detached=" + target, DwarfSample.packed("atomic", folder));
        assertEquals(ExitCode.FAILURE, run.status());
        assertEquals(1, run.err().lines().count(), run.err());
        assertFalse(Files.exists(target));
    }

    @Test
    void shouldRefuseOtherUses() {
        assertEquals(
                new Run(
                        ExitCode.USAGE,
                        "",
                        "pahole: option '--sizes' is not one that a kernel's build gives; this pahole only encodes"
                                + " BTF\n"),
                run("--sizes", "vmlinux"));
        assertEquals(ExitCode.USAGE, run("vmlinux").status());
        assertEquals(
                "pahole: -jx: expected a number\n", run("-J", "-jx", "vmlinux").err());
    }
}
