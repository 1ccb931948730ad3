package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.btfkit.fixtures.raw.IdsView;
import org.btfkit.fixtures.raw.RawElfReader;
import org.btfkit.resolve.ObjectReport.Outcome;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The newest C tool's output for every flag of kfuncs, in both byte orders and ELF classes; see README.md there. */
class CToolGoldensTest {
    private static final List<String> MISSING = List.of("nothing", "removed");
    private static final List<String> MISSING_DISTILLED =
            List.of("base_count", "base_find", "base_size_t", "nothing", "removed");

    /** A run of the C tool. */
    private record Run(String machine, boolean distills) {
        /** The golden of a section; null if the C tool wrote none. */
        byte[] golden(String section) throws IOException {
            return resource(machine + (distills ? ".distilled" : ".plain") + section);
        }

        @Override
        public String toString() {
            return machine + (distills ? " distilled" : "");
        }
    }

    @TempDir
    Path folder;

    private final Resolving.Talk talk = new Resolving.Talk();

    static Stream<Run> runs() {
        return Stream.of("le64", "be64", "be32", "le32")
                .flatMap(machine -> Stream.of(new Run(machine, false), new Run(machine, true)));
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = CToolGoldensTest.class.getResourceAsStream("ctool/" + name)) {
            return in == null ? null : in.readAllBytes();
        }
    }

    private Path object(Run run) throws IOException {
        return Files.write(folder.resolve(run.machine + ".o"), resource(run.machine + ".o"));
    }

    private BtfIdsResolver resolver(Run run) throws IOException {
        Path base = Files.write(folder.resolve("base.btf"), resource(run.machine + ".base.btf"));
        return new BtfIdsResolver(ResolveOptions.withBase(base).withDistillBase(run.distills));
    }

    @ParameterizedTest
    @MethodSource("runs")
    void shouldWriteBesideTheObjectWhatTheCToolWrote(Run run) throws Exception {
        Path object = object(run);
        resolver(run).detach(object, talk);
        for (String section : List.of(".BTF", ".BTF_ids", ".BTF.base")) {
            Path file = Path.of(object + section);
            assertArrayEquals(run.golden(section), Files.exists(file) ? Files.readAllBytes(file) : null, section);
        }
        assertArrayEquals(resource(run.machine + ".o"), Files.readAllBytes(object), "the object itself");
    }

    @ParameterizedTest
    @MethodSource("runs")
    void shouldEmbedWhatTheCToolWroteAndLeaveItAloneAfterwards(Run run) throws Exception {
        Path object = object(run);
        BtfIdsResolver resolver = resolver(run);
        resolver.embed(object, null, talk);
        RawElfReader reader = new RawElfReader(Files.readAllBytes(object));
        assertArrayEquals(run.golden(".BTF"), reader.bytes(".BTF"));
        assertArrayEquals(run.golden(".BTF_ids"), reader.bytes(".BTF_ids"));
        assertEquals(run.distills, reader.section(".BTF.base").isPresent());
        if (run.distills) {
            assertArrayEquals(run.golden(".BTF.base"), reader.bytes(".BTF.base"));
        }
        FileState state = FileState.of(object);
        assertEquals(Outcome.UNCHANGED, resolver.embed(object, null, talk).outcome());
        state.assertUntouched();
    }

    @ParameterizedTest
    @MethodSource("runs")
    void shouldWarnOfWhatTheCToolWarnsOf(Run run) throws Exception {
        resolver(run).detach(object(run), talk);
        String unresolved = "WARN: resolve_btfids: unresolved symbol ";
        assertEquals(
                run.distills ? MISSING_DISTILLED : MISSING,
                talk.warnings.stream()
                        .filter(line -> line.startsWith(unresolved))
                        .map(line -> line.substring(unresolved.length(), line.indexOf(" (")))
                        .sorted()
                        .toList());
        String noFunction = "WARN: resolve_btfids: no BTF func for kfunc removed in set8 'things'";
        assertTrue(talk.warnings.contains(noFunction), talk.warnings::toString);
    }

    /** That the goldens are of four kinds of objects, and that there is something to sort in them. */
    @ParameterizedTest
    @MethodSource("runs")
    void shouldMeetEveryByteOrderAndClass(Run run) throws Exception {
        Path object = object(run);
        byte[] elf = Files.readAllBytes(object);
        assertEquals(run.machine.endsWith("64") ? 2 : 1, elf[4], "class");
        ByteOrder order = run.machine.startsWith("le") ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        assertEquals(order, IdsView.of(object).order());
        assertTrue(resolver(run).embed(object, null, talk).movedSymbols() > 5);
    }
}
