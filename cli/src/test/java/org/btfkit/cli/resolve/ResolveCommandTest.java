package org.btfkit.cli.resolve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.btfkit.cli.CommandRun;
import org.btfkit.fixtures.kernel.SampleModule;
import org.btfkit.fixtures.raw.BtfIdsObject;
import org.btfkit.fixtures.raw.BtfIdsObject.Entry;
import org.btfkit.fixtures.raw.BtfIdsObject.IdLookup;
import org.btfkit.fixtures.raw.BtfIdsObject.IdSet8;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawElf;
import org.btfkit.fixtures.raw.RawElfReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The options of {@code resolve-btfids} one by one: what they do, what they say, the exit status. */
class ResolveCommandTest {
    @TempDir
    Path folder;

    private Path module;
    private Path base;

    @BeforeEach
    void setUp() {
        module = SampleModule.writeModule(folder);
        base = SampleModule.writeVmlinuxBtf(folder);
    }

    private static byte[] read(Path file) throws IOException {
        return Files.readAllBytes(file);
    }

    private static byte[] ids(Path file) throws IOException {
        return new RawElfReader(read(file)).bytes(".BTF_ids");
    }

    private static void assertQuiet(CommandRun run) {
        assertEquals(0, run.status(), run::toString);
        assertEquals(List.of(), run.errLines());
        assertEquals(List.of(), run.outLines());
    }

    private static void assertFailure(String message, CommandRun run) {
        assertEquals(1, run.status(), run::toString);
        assertEquals(1, run.errLines().size(), run::toString);
        assertTrue(run.errLines().get(0).startsWith("ERROR: "), run::toString);
        assertTrue(run.errLines().get(0).contains(message), () -> "expected '" + message + "': " + run);
    }

    // ---- help and usage

    @ParameterizedTest
    @ValueSource(strings = {"-h", "--help"})
    void shouldShowHelp(String option) {
        CommandRun run = CommandRun.resolveBtfids(option);
        assertEquals(0, run.status());
        assertEquals(List.of(), run.errLines());
        String text = run.outText();
        for (String word : List.of(
                "--btf_base",
                "--btf=",
                "--output",
                "--embed",
                "--detached",
                "--patch_btfids",
                "--distill_base",
                "--check",
                "--repair",
                "--old_btf",
                "--old_base",
                "--trust_symbols",
                "--strip_signature",
                "--fatal_warnings",
                "--no-fail",
                "--jobs",
                "--json",
                "--verbose",
                "@LIST",
                "Exit status")) {
            assertTrue(text.contains(word), word);
        }
    }

    static List<List<String>> usageErrors() {
        return List.of(
                List.of("no object given"),
                List.of("no object given", "--check"),
                List.of("Unknown option: '--bogus'", "--bogus", "m.ko"),
                List.of("Unknown option: '-x'", "-x", "m.ko"),
                List.of("Missing required parameter for option '--btf_base'", "m.ko", "-b"),
                List.of("Missing required parameter for option '--output'", "m.ko", "-o"),
                List.of("should be specified only once", "-b", "a", "-b", "b", "m.ko"),
                List.of("are mutually exclusive", "--check", "--repair", "m.ko"),
                List.of("-o takes the result of one object", "-o", "x", "m.ko", "n.ko"),
                List.of("-o takes the result of one object, and none of --check", "-o", "x", "--check", "m.ko"),
                List.of("-j 0: expected a number above 0", "-j", "0", "m.ko"),
                List.of("-j -1: expected a number above 0", "-j", "-1", "m.ko"),
                List.of("'x' is not an int", "-j", "x", "m.ko"),
                List.of("'3000000000' is not an int", "-j", "3000000000", "m.ko"),
                List.of("-b has an empty file name", "-b", "", "m.ko"),
                List.of("-o has an empty file name", "-o", "", "m.ko"),
                List.of("an object has an empty file name", "-b", "base", ""));
    }

    @ParameterizedTest
    @MethodSource("usageErrors")
    void shouldRefuseArgumentsThatMakeNoSense(List<String> row) {
        CommandRun run = CommandRun.resolveBtfids(row.subList(1, row.size()).toArray());
        assertEquals(2, run.status(), run::toString);
        assertEquals(List.of(), run.outLines());
        assertEquals(1, run.errLines().size(), run::toString);
        assertTrue(run.errLines().get(0).startsWith("resolve-btfids: "), run::toString);
        assertTrue(run.errLines().get(0).contains(row.get(0)), run::toString);
        assertTrue(run.errLines().get(0).endsWith(" (see resolve-btfids --help)"), run::toString);
    }

    /** The C tool counts them. */
    @ParameterizedTest
    @ValueSource(strings = {"-v -v", "-vv", "--verbose -v", "-vvv --verbose"})
    void shouldTakeAFlagThatIsGivenAgain(String flags) throws IOException {
        Path module = SampleModule.writeModule(folder);
        Path base = SampleModule.writeVmlinuxBtf(folder);
        List<Object> args = new ArrayList<>(List.of(flags.split(" ")));
        args.addAll(List.of("--check", "-b", base, module));
        CommandRun once = CommandRun.resolveBtfids("-v", "--check", "-b", base, module);
        CommandRun again = CommandRun.resolveBtfids(args.toArray());
        assertEquals(0, again.status(), again::toString);
        assertEquals(once.outLines(), again.outLines());
        assertEquals(once.errLines(), again.errLines());
        assertTrue(once.outLines().size() + once.errLines().size() > 1, once::toString);
    }

    // ---- resolving

    static List<List<String>> basePlaces() {
        return List.of(
                List.of("-b", "BASE", "MODULE"),
                List.of("-bBASE", "MODULE"),
                List.of("--btf_base", "BASE", "MODULE"),
                List.of("--btf_base=BASE", "MODULE"),
                List.of("MODULE", "-b", "BASE"),
                List.of("-b", "BASE", "--", "MODULE"),
                List.of("-j4", "--no-fail", "-b", "BASE", "MODULE"));
    }

    @ParameterizedTest
    @MethodSource("basePlaces")
    void shouldResolveInPlace(List<String> words) throws IOException {
        List<String> args = new ArrayList<>();
        for (String word : words) {
            args.add(word.replace("BASE", base.toString()).replace("MODULE", module.toString()));
        }
        assertQuiet(CommandRun.resolveBtfids(args.toArray()));
        assertArrayEquals(SampleModule.goldenIds(), ids(module));
        assertEquals(SampleModule.module().length, read(module).length);
    }

    @Test
    void shouldNotTouchWhatIsResolved() throws IOException {
        assertQuiet(CommandRun.resolveBtfids("-b", base, module));
        BasicFileAttributes before = Files.readAttributes(module, BasicFileAttributes.class);
        assertQuiet(CommandRun.resolveBtfids("-b", base, module));
        BasicFileAttributes after = Files.readAttributes(module, BasicFileAttributes.class);
        assertEquals(before.fileKey(), after.fileKey());
        assertEquals(before.lastModifiedTime(), after.lastModifiedTime());
    }

    @ParameterizedTest
    @ValueSource(strings = {"-o", "--output"})
    void shouldWriteElsewhere(String option) throws IOException {
        Path output = folder.resolve("out.ko");
        assertQuiet(CommandRun.resolveBtfids("-b", base, option, output, module));
        assertArrayEquals(SampleModule.module(), read(module));
        assertArrayEquals(SampleModule.goldenIds(), ids(output));

        Path again = folder.resolve("again.ko");
        assertQuiet(CommandRun.resolveBtfids("-b", base, option, again, output));
        assertArrayEquals(read(output), read(again));
        assertQuiet(CommandRun.resolveBtfids("-b", base, option, module, module));
        assertArrayEquals(read(output), read(module));
    }

    @Test
    void shouldFindIdsInOtherBtf() throws IOException {
        RawBtf other = RawBtf.littleEndian();
        int proto = other.addFuncProto(0);
        for (String kfunc : SampleModule.KFUNCS) {
            other.addFunc(kfunc, proto, 1);
        }
        Path btf = Files.write(folder.resolve("other.btf"), other.toBytes());
        CommandRun run = CommandRun.resolveBtfids("--btf", btf, module);
        assertEquals(0, run.status(), run::toString);
        assertTrue(run.errLines().stream().allMatch(line -> line.startsWith("WARN: ")), run::toString);
        int[] words = new RawElfReader(read(module)).words(".BTF_ids");
        assertEquals(SampleModule.KFUNCS.size(), words[0]);
        for (int i = 0; i < SampleModule.KFUNCS.size(); i++) {
            assertEquals(i + 2, words[2 + 2 * i]);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-v", "--verbose"})
    void shouldSayWhatIsDone(String option) {
        CommandRun run = CommandRun.resolveBtfids(option, "-b", base, module);
        assertEquals(0, run.status());
        assertEquals(List.of(module + ": 18 ids in 2 sets and outside, 10 symbols moved"), run.errLines());
        CommandRun again = CommandRun.resolveBtfids(option, "-b", base, module);
        String nothing = ": 18 ids in 2 sets and outside, 0 symbols moved, nothing to change";
        assertEquals(List.of(module + nothing), again.errLines());
    }

    // ---- nothing to do

    @Test
    void shouldLeaveObjectsWithoutIdsAlone() throws IOException {
        RawElf plain = RawElf.of(ElfVariant.MODULE);
        plain.section(".text").data(new byte[] {1});
        byte[] noSymbols = BtfIdsObject.of(ElfVariant.MODULE).toElf().toBytes();
        byte[] stripped = plain.toBytes();
        for (byte[] bytes : List.of(stripped, noSymbols)) {
            Path object = Files.write(folder.resolve("plain.ko"), bytes);
            for (String option : List.of("--no-fail", "--check", "--repair", "--fatal_warnings")) {
                assertQuiet(CommandRun.resolveBtfids(option, object));
                assertQuiet(CommandRun.resolveBtfids(option, "-b", base, object));
            }
            assertArrayEquals(bytes, read(object));
            Path copy = folder.resolve("copy.ko");
            assertQuiet(CommandRun.resolveBtfids("-o", copy, object));
            assertArrayEquals(bytes, read(copy));
            CommandRun said = CommandRun.resolveBtfids("-v", object);
            assertEquals(1, said.errLines().size());
            assertTrue(said.errLines().get(0).endsWith(", nothing to do"), said::toString);
        }
    }

    @Test
    void shouldFailWithNoFailAsWell() {
        assertFailure(
                "missing.ko (No such file or directory)",
                CommandRun.resolveBtfids("--no-fail", folder.resolve("missing.ko")));
    }

    // ---- warnings

    private Path objectWithWarnings() throws IOException {
        RawBtf btf = RawBtf.littleEndian();
        int proto = btf.addFuncProto(0);
        btf.addFunc("twice", proto, 1);
        btf.addFunc("twice", proto, 1);
        btf.addStruct("other", 4);
        BtfIdsObject object = BtfIdsObject.of(ElfVariant.MODULE)
                .with(new IdSet8("set", 1, List.of(Entry.func("twice", 1), Entry.func("gone", 2), Entry.func("other"))))
                .withBtf(btf.toBytes());
        return Files.write(folder.resolve("warned.ko"), object.toBytes());
    }

    @Test
    void shouldWarnAndGoOn() throws IOException {
        CommandRun run = CommandRun.resolveBtfids(objectWithWarnings());
        assertEquals(0, run.status());
        assertEquals(
                List.of(
                        "WARN: multiple IDs found for 'twice': 2, 3 - using 2 (same layout)",
                        "WARN: resolve_btfids: unresolved symbol gone (func in set8 'set': not in the symbol table)",
                        "WARN: resolve_btfids: unresolved symbol other (func in set8 'set': BTF has no such func, but a"
                                + " struct of that name)"),
                run.errLines());
    }

    @Test
    void shouldWriteNothingIfWarningsAreFatal() throws IOException {
        Path object = objectWithWarnings();
        byte[] before = read(object);
        Path output = folder.resolve("out.ko");
        for (Object[] args : new Object[][] {
            {"--fatal_warnings", object}, {"--fatal_warnings", "-o", output, object}, {object, "--fatal_warnings"}
        }) {
            CommandRun run = CommandRun.resolveBtfids(args);
            assertEquals(1, run.status());
            assertEquals(4, run.errLines().size(), run::toString);
            assertEquals(
                    "ERROR: " + object + ": 3 warnings, which are fatal as asked; not written",
                    run.errLines().get(3));
            assertArrayEquals(before, read(object));
            assertFalse(Files.exists(output));
        }
    }

    @Test
    void shouldWriteIfThereAreNoWarningsToBeFatal() throws IOException {
        assertQuiet(CommandRun.resolveBtfids("--fatal_warnings", "-b", base, module));
        assertArrayEquals(SampleModule.goldenIds(), ids(module));
    }

    // ---- check and repair

    private Path stale() throws IOException {
        byte[] bytes = SampleModule.module();
        int at = (int) new RawElfReader(bytes).section(".BTF_ids").orElseThrow().offset();
        System.arraycopy(SampleModule.goldenIds(), 0, bytes, at, SampleModule.goldenIds().length);
        return Files.write(folder.resolve("stale.ko"), bytes);
    }

    private void assertChecked(Path object, int status, String state) throws IOException {
        byte[] before = read(object);
        CommandRun run = CommandRun.resolveBtfids("--check", "-b", base, object);
        assertEquals(status, run.status(), run::toString);
        assertEquals(List.of(), run.errors());
        assertTrue(run.outLines().get(0).startsWith(object + ": set8 "), run::toString);
        assertTrue(run.outText().contains(": " + state + " ("), run::toString);
        assertArrayEquals(before, read(object));
    }

    @Test
    void shouldCheck() throws IOException {
        assertChecked(module, 0, "unresolved");
        assertChecked(stale(), 1, "stale");
        CommandRun.resolveBtfids("-b", base, module);
        assertChecked(module, 0, "resolved");
    }

    @Test
    void shouldReportIdsThatNobodyCanExplain() throws IOException {
        RawBtf btf = RawBtf.littleEndian();
        int proto = btf.addFuncProto(0);
        btf.addFunc("one", proto, 1);
        btf.addFunc("two", proto, 1);
        btf.addFunc("three", proto, 1);
        BtfIdsObject object = BtfIdsObject.of(ElfVariant.MODULE)
                .with(new IdSet8("set", 1, List.of(Entry.func("one", 1), Entry.func("two", 2))))
                .withBtf(btf.toBytes());
        byte[] bytes =
                object.resolvedElf((kind, name) -> name.equals("one") ? 3 : 4).toBytes();
        Path file = Files.write(folder.resolve("unknown.ko"), bytes);
        CommandRun run = CommandRun.resolveBtfids("--check", file);
        assertEquals(1, run.status(), run::toString);
        assertEquals(List.of(file + ": set8 'set': unknown (2 ids)"), run.outLines());
        assertEquals(1, run.errLines().size(), run::toString);
        assertTrue(run.errLines().get(0).startsWith("WARN: "), run::toString);

        assertFailure("cannot show whose ids it holds", CommandRun.resolveBtfids(file));
        assertFailure("cannot show whose ids it holds", CommandRun.resolveBtfids("--repair", file));
        assertArrayEquals(bytes, read(file));
        assertQuiet(CommandRun.resolveBtfids("--trust_symbols", file));
        assertEquals(2, new RawElfReader(read(file)).words(".BTF_ids")[2]);
    }

    @Test
    void shouldRepairSymbolsOnly() throws IOException {
        Path stale = stale();
        CommandRun run = CommandRun.resolveBtfids("--repair", "-b", base, stale);
        assertEquals(0, run.status(), run::toString);
        assertEquals(1, run.errLines().size(), run::toString);
        assertTrue(run.errLines().get(0).startsWith("NOTE: " + stale + ": "), run::toString);
        assertArrayEquals(SampleModule.goldenIds(), ids(stale));
        CommandRun.resolveBtfids("-b", base, module);
        assertArrayEquals(read(module), read(stale), "repaired is the same as resolved with symbols");
        assertQuiet(CommandRun.resolveBtfids("--repair", "-b", base, stale));
        assertChecked(stale, 0, "resolved");
    }

    /** After a second run of the kernel's tool symbols can be put right, but not flags. */
    @Test
    void shouldWarnOfFlagsThatCannotBeThoseOfTheirKfuncs() throws IOException {
        RawBtf btf = RawBtf.littleEndian();
        int pointer = btf.addPtr(0);
        btf.addFunc("get", btf.addFuncProto(pointer), 1);
        btf.addFunc("put", btf.addFuncProto(0, new RawBtf.Param("it", pointer)), 1);
        byte[] bytes = BtfIdsObject.of(ElfVariant.MODULE)
                .with(new IdSet8("set", 1, List.of(Entry.func("put", 1), Entry.func("get", 2))))
                .withBtf(btf.toBytes())
                .staleBytes(IdLookup.in(btf));
        Path file = Files.write(folder.resolve("twice.ko"), bytes);
        String warning =
                "WARN: " + file + ": set8 'set' has flags that are not those of its kfuncs: get has KF_RELEASE,"
                        + " but it takes no pointer; and 1 more, as after a tool that leaves symbols behind has run twice; link"
                        + " the object again, then resolve";
        for (String[] options : new String[][] {{"--check"}, {"--embed"}, {"--repair"}, {}}) {
            Files.write(file, bytes);
            List<String> arguments = new ArrayList<>(List.of(options));
            arguments.add(file.toString());
            CommandRun run = CommandRun.resolveBtfids(arguments.toArray());
            assertEquals(options.length == 0 || !options[0].equals("--check") ? 0 : 1, run.status(), run::toString);
            assertTrue(run.errLines().contains(warning), run::toString);
        }

        Files.write(file, bytes);
        for (String[] options : new String[][] {{"--repair"}, {"--embed"}, {}}) {
            List<String> arguments = new ArrayList<>(List.of(options));
            arguments.addAll(List.of("--fatal_warnings", file.toString()));
            CommandRun run = CommandRun.resolveBtfids(arguments.toArray());
            assertEquals(1, run.status(), run::toString);
            assertTrue(run.err().contains(file + ": 1 warnings, which are fatal as asked; not written"), run::toString);
            assertArrayEquals(bytes, read(file));
        }
    }

    @Test
    void shouldRepairToAnotherFile() throws IOException {
        Path stale = stale();
        byte[] before = read(stale);
        Path output = folder.resolve("out.ko");
        assertEquals(
                0,
                CommandRun.resolveBtfids("--repair", "-b", base, "-o", output, stale)
                        .status());
        assertArrayEquals(before, read(stale));
        assertChecked(output, 0, "resolved");
    }

    @Test
    void shouldResolveStaleObjectAfterRepair() throws IOException {
        Path stale = stale();
        CommandRun run = CommandRun.resolveBtfids("-b", base, stale);
        assertEquals(0, run.status());
        assertTrue(run.err().contains("sorted by a tool that left the symbols behind"), run::toString);
        CommandRun.resolveBtfids("-b", base, module);
        assertArrayEquals(read(module), read(stale));
    }

    // ---- bases

    @Test
    void shouldSayWhichBaseIsNeeded() throws IOException {
        CommandRun run = CommandRun.resolveBtfids(module);
        assertFailure("is split BTF: give its base with -b, one with 65 types and ", run);
        assertArrayEquals(SampleModule.module(), read(module));
    }

    @Test
    void shouldRefuseTheWrongBase() throws IOException {
        RawBtf wrong = RawBtf.littleEndian();
        for (int i = 0; i < 100; i++) {
            wrong.addTypedef("wrong_name_" + i, 0);
        }
        Path other = Files.write(folder.resolve("wrong.btf"), wrong.toBytes());
        assertFailure(
                "was not made on the base " + other + " (100 types", CommandRun.resolveBtfids("-b", other, module));
        assertArrayEquals(SampleModule.module(), read(module));
    }

    @Test
    void shouldUseOldBaseToProveOrder() throws IOException {
        RawBtf oldBase = RawBtf.littleEndian();
        int oldProto = oldBase.addFuncProto(0);
        oldBase.addFunc("b", oldProto, 1);
        oldBase.addFunc("a", oldProto, 1);
        RawBtf newBase = RawBtf.littleEndian();
        newBase.addInt("int", 4, 0);
        int newProto = newBase.addFuncProto(0);
        newBase.addFunc("a", newProto, 1);
        newBase.addFunc("b", newProto, 1);
        BtfIdsObject object = BtfIdsObject.of(ElfVariant.MODULE)
                .with(new IdSet8("set", 1, List.of(Entry.func("a", 1), Entry.func("b", 2))));
        Path oldFile = Files.write(folder.resolve("old.btf"), oldBase.toBytes());
        Path newFile = Files.write(folder.resolve("new.btf"), newBase.toBytes());
        byte[] resolved = object.resolvedBytes(IdLookup.in(oldBase));
        byte[] expected = object.resolvedBytes(IdLookup.in(newBase));

        Path file = Files.write(folder.resolve("object.ko"), resolved);
        assertFailure("cannot show whose ids it holds", CommandRun.resolveBtfids("--btf", newFile, file));
        assertQuiet(CommandRun.resolveBtfids("--btf", newFile, "--old_btf", oldFile, file));
        assertArrayEquals(expected, read(file));
    }

    // ---- compressed and signed objects

    @Test
    void shouldWriteCompressedObjectsElsewhereOnly() throws IOException {
        Path packed = folder.resolve("packed.ko.gz");
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write(SampleModule.module());
        }
        byte[] before = read(packed);
        assertFailure(
                "is compressed, so it cannot be changed in place; name a file to write with -o",
                CommandRun.resolveBtfids("-b", base, packed));
        assertArrayEquals(before, read(packed));
        assertEquals(0, CommandRun.resolveBtfids("--check", "-b", base, packed).status());

        Path output = folder.resolve("out.ko");
        assertQuiet(CommandRun.resolveBtfids("-b", base, "-o", output, packed));
        assertArrayEquals(before, read(packed));
        assertArrayEquals(SampleModule.goldenIds(), ids(output));
    }

    @Test
    void shouldNotBreakSignatures() throws IOException {
        BtfIdsObject object = signedSample();
        byte[] bare = object.toBytes();
        byte[] signed = object.toElf().moduleSignature(new byte[100]).toBytes();
        Path file = Files.write(folder.resolve("signed.ko"), signed);
        assertFailure("has a module signature (140 bytes at 0x", CommandRun.resolveBtfids(file));
        assertArrayEquals(signed, read(file));
        assertQuiet(CommandRun.resolveBtfids("--strip_signature", file));
        assertEquals(bare.length, read(file).length);
    }

    @Test
    void shouldKeepSignatureOfWhatIsResolved() throws IOException {
        BtfIdsObject object = signedSample();
        byte[] signed = object.resolvedElf((kind, name) -> name.equals("f") ? 2 : 3)
                .moduleSignature(new byte[100])
                .toBytes();
        Path file = Files.write(folder.resolve("signed.ko"), signed);
        assertQuiet(CommandRun.resolveBtfids(file));
        assertQuiet(CommandRun.resolveBtfids("--strip_signature", file));
        assertArrayEquals(signed, read(file));
    }

    private static BtfIdsObject signedSample() {
        RawBtf btf = RawBtf.littleEndian();
        int proto = btf.addFuncProto(0);
        btf.addFunc("f", proto, 1);
        btf.addFunc("g", proto, 1);
        return BtfIdsObject.of(ElfVariant.MODULE)
                .with(new IdSet8("set", 1, List.of(Entry.func("g", 1), Entry.func("f", 2))))
                .withBtf(btf.toBytes());
    }

    @Test
    void shouldLeaveNothingBehind() throws IOException {
        CommandRun.resolveBtfids("-b", base, module);
        CommandRun.resolveBtfids("-b", base, "-o", folder.resolve("out.ko"), module);
        CommandRun.resolveBtfids("-b", base, folder.resolve("missing.ko"));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(
                    List.of(folder.resolve("out.ko"), module, base),
                    files.sorted().toList());
        }
    }
}
