package org.btfkit.cli.resolve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.cli.CommandRun;
import org.btfkit.cli.support.ExitCode;
import org.btfkit.fixtures.kernel.DwarfSample;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code gen-btf} again: a seal spares the work if, and only if, it would come to the same. */
class SealedModuleTest {
    private static final FileTime LONG_AGO = FileTime.fromMillis(1_000_000);
    private static final String SPARED = ", as its seal shows";

    @TempDir
    Path folder;

    private Path vmlinux;
    private Path module;

    @BeforeEach
    void makeModule() throws IOException {
        vmlinux = Files.write(folder.resolve("vmlinux.btf"), DwarfSample.expected("quals", "k7"));
        module = Files.copy(
                DwarfSample.unpacked("kfuncs", Files.createTempDirectory(folder, "unpacked")),
                folder.resolve("module.ko"));
        age();
        try {
            view().write("probe", ByteBuffer.wrap(new byte[1]));
            view().delete("probe");
        } catch (IOException e) {
            assumeTrue(false, "no extended attributes in " + folder);
        }
    }

    private void age() throws IOException {
        Files.setLastModifiedTime(module, LONG_AGO);
    }

    private UserDefinedFileAttributeView view() {
        return Files.getFileAttributeView(module, UserDefinedFileAttributeView.class);
    }

    private CommandRun run(Object... more) {
        List<Object> args = new ArrayList<>(List.of("-v", "-b", vmlinux, module));
        args.addAll(List.of(more));
        CommandRun run = CommandRun.genBtf(args.toArray());
        assertEquals(ExitCode.OK, run.status(), run::toString);
        return run;
    }

    private static void assertSpared(CommandRun run) {
        assertTrue(run.err().contains(" bytes, unchanged" + SPARED + "\n"), run::toString);
    }

    private static void assertWorked(CommandRun run, String outcome) {
        assertTrue(run.err().contains(" bytes, " + outcome + "\n"), run::toString);
    }

    @Test
    void shouldSpareTheSecondRunTheWork() throws IOException {
        assertWorked(run(), "written");
        byte[] once = Files.readAllBytes(module);
        age();
        assertSpared(run());
        assertSpared(run());
        assertArrayEquals(once, Files.readAllBytes(module));
        assertEquals(LONG_AGO, Files.getLastModifiedTime(module));
        assertWorked(run("--ignore_seals"), "unchanged");
    }

    /** Whether another program, with pahole's BTF say, has brought it there or a copy has lost the seal. */
    @Test
    void shouldSealAlsoWhatItFindsToBeRight() throws IOException {
        run();
        view().delete("btfkit");
        age();
        assertWorked(run(), "unchanged");
        assertSpared(run());
        assertEquals(LONG_AGO, Files.getLastModifiedTime(module));
    }

    /** A kernel that was built anew may be the same, wherever it is; one that differs in one type is another. */
    @Test
    void shouldGoByTheTypesOfTheBase() throws IOException {
        run();
        Files.move(vmlinux, folder.resolve("elsewhere"));
        vmlinux = folder.resolve("elsewhere");
        assertSpared(run());
        Files.write(vmlinux, DwarfSample.expected("base_types", "k7"));
        age();
        assertWorked(run(), "written");
        assertSpared(run());
        Files.write(vmlinux, DwarfSample.expected("quals", "k7"));
        assertWorked(run(), "written");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"--kernel=6.12", "--distill_base", "--fatal_warnings", "--strip_signature", "--trust_symbols"})
    void shouldGoByTheOptions(String option) throws IOException {
        run();
        age();
        CommandRun other = run(option);
        assertFalse(other.err().contains(SPARED), other::toString);
        assertSpared(run(option));
    }

    @Test
    void shouldNotDependOnThreads() {
        run("-j", 1);
        assertSpared(run("-j", 2));
    }

    @Test
    void shouldNotLookAtSealsWhereOptionsSayWhatWasThere() throws IOException {
        run();
        Path old = Files.copy(vmlinux, folder.resolve("old.btf"));
        assertWorked(run("--old_base", old), "unchanged");
    }

    @Test
    void shouldWorkOnAModuleOfWhichAByteHasChanged() throws IOException {
        byte[] fresh = Files.readAllBytes(module);
        run();
        byte[] once = Files.readAllBytes(module);
        Files.write(module, fresh); // a link into the file that is there keeps its attributes
        assertEquals(List.of("btfkit"), view().list());
        age();
        assertWorked(run(), "written");
        assertArrayEquals(once, Files.readAllBytes(module));
        assertSpared(run());
    }

    /** Somebody may still be writing to it, and its time would not tell. */
    @Test
    void shouldNotSealAModuleThatWasLinkedJustNow() throws IOException {
        Files.setLastModifiedTime(module, FileTime.fromMillis(System.currentTimeMillis()));
        assertWorked(run(), "written");
        assertEquals(List.of(), view().list());
        age();
        assertWorked(run(), "unchanged");
        assertSpared(run());
    }

    @Test
    void shouldLoseTheSealWhenAnotherCommandWrites() throws IOException {
        run();
        CommandRun strip = CommandRun.resolveBtfids("--embed", "--distill_base", "-b", vmlinux, module);
        assertEquals(ExitCode.OK, strip.status(), strip::toString);
        assertEquals(List.of(), view().list());
        assertWorked(run(), "written");
    }

    @Test
    void shouldTravelWithACopyThatKeepsAttributes() throws IOException {
        run();
        module = Files.copy(module, folder.resolve("copy.ko"), StandardCopyOption.COPY_ATTRIBUTES);
        assertSpared(run());
        module = Files.copy(module, folder.resolve("plain.ko"));
        assertWorked(run(), "unchanged");
    }

    @Test
    void shouldSealTheOutputAndNotTheInput() throws IOException {
        byte[] fresh = Files.readAllBytes(module);
        Path output = folder.resolve("out.ko");
        run("-o", output);
        assertArrayEquals(fresh, Files.readAllBytes(module));
        assertEquals(List.of(), view().list());
        assertWorked(run("-o", output), "written");
        module = output;
        assertSpared(run());
        // What is asked for elsewhere is written, whatever is known of the input.
        assertWorked(run("-o", folder.resolve("again.ko")), "written");
        assertArrayEquals(Files.readAllBytes(output), Files.readAllBytes(folder.resolve("again.ko")));
    }

    @Test
    void shouldReportTheSameEitherWay() {
        run("--distill_base");
        CommandRun worked = run("--json", "--distill_base", "--ignore_seals");
        CommandRun spared = run("--json", "--distill_base");
        assertSpared(spared);
        assertEquals(worked.outText(), spared.outText());
        assertTrue(spared.outText().contains("\"kfuncs\" : 3"), spared::toString);
        assertTrue(spared.outText().contains("\"state\" : \"resolved\""), spared::toString);
    }

    /** What is said of a module is to be said each time, so that nobody takes it for done. */
    @Test
    void shouldNotSealAModuleOfWhichItWarns() throws IOException {
        module = Files.copy(
                DwarfSample.unpacked("nodebug", Files.createTempDirectory(folder, "unpacked")),
                folder.resolve("nodebug.ko"));
        String note = "NOTE: " + module + ": has no DWARF that is encoded, so no BTF was made\n";
        for (int i = 0; i < 2; i++) {
            assertEquals(note, run().err());
            assertEquals(List.of(), view().list());
        }
    }

    @Test
    void shouldServeEmbeddingFromDwarfAsWell() {
        run();
        CommandRun embedded = CommandRun.resolveBtfids("-v", "--embed", "--from-dwarf", "-b", vmlinux, module);
        assertEquals(ExitCode.OK, embedded.status(), embedded::toString);
        assertSpared(embedded);
        embedded = CommandRun.resolveBtfids("-v", "--embed", "--from-dwarf", "--ignore_seals", "-b", vmlinux, module);
        assertWorked(embedded, "unchanged");
    }
}
