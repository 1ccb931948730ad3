package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.fixtures.kernel.CResolveBtfids;
import org.btfkit.fixtures.kernel.KernelPackages;
import org.btfkit.fixtures.kernel.ModuleBuilder;
import org.btfkit.fixtures.kernel.SampleModule;
import org.btfkit.fixtures.raw.IdsView;
import org.btfkit.fixtures.raw.IdsView.Id;
import org.btfkit.fixtures.tool.BtfNames;
import org.btfkit.fixtures.tool.Gcc;
import org.btfkit.fixtures.tool.Pahole;
import org.btfkit.fixtures.tool.Readelf;
import org.btfkit.fixtures.tool.ToolResult;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of names without an id, or with several: objects as gcc and pahole make them give the causes. */
@Tag("conformance")
class WarningsConformance {
    private static final String ONE = """
            #include "btf_ids_macros.h"
            #define KEEP __attribute__((noinline, used))
            #define NOINLINE __attribute__((noinline))

            struct settings { int depth; int width; };
            struct holder { struct settings *settings; int count; };
            typedef unsigned long number_t;
            struct holder one_holder;
            number_t one_number;

            extern int elsewhere(int value);

            /* All calls pass the same second argument, so gcc keeps only a clone without it. */
            static NOINLINE int fixed(int value, int times)
            {
                int i, sum = 0;

                for (i = 0; i < times; i++)
                    sum += elsewhere(value + i);
                return sum;
            }

            /* Only one field of what is pointed at is read, so gcc passes that instead of the pointer. */
            static NOINLINE int narrowed(const struct holder *holder, int value)
            {
                return elsewhere(holder->count) + value;
            }

            KEEP int found(int value, struct holder *holder)
            {
                return fixed(value, 7) + fixed(value + 1, 7) + narrowed(holder, value) + narrowed(&one_holder, 2);
            }

            __asm__(".pushsection .text\\n.type assembled, @function\\nassembled: ret\\n"
                    ".size assembled, . - assembled\\n.popsection\\n");

            KFUNCS_BEGIN(calls);
            IDS_PAIR(func, found, 1);
            IDS_PAIR(func, fixed, 2);
            IDS_PAIR(func, narrowed, 4);
            KFUNCS_END(calls);

            IDS_SET_BEGIN(hooks);
            IDS(func, fixed);
            IDS(func, assembled);
            IDS(func, elsewhere);
            IDS(func, nowhere);
            IDS_SET_END(hooks);

            IDS_LIST(types);
            IDS(struct, holder);
            IDS(struct, settings);
            IDS(struct, number_t);
            IDS(union, nothing);
            """;

    /** Another struct settings, so that the two files' struct holder cannot be merged though they look the same. */
    private static final String TWO = """
            struct settings { int depth; long extra; };
            struct holder { struct settings *settings; int count; };
            struct settings two_settings;
            struct holder two_holder;

            int two_count(void) { return two_holder.count + two_settings.depth; }
            """;

    /** To be linked as a program; nothing in it calls {@code unwanted}. */
    private static final String PROGRAM = """
            #include "btf_ids_macros.h"

            KFUNCS_BEGIN(calls);
            IDS_PAIR(func, unwanted, 1);
            IDS_PAIR(func, wanted, 2);
            KFUNCS_END(calls);

            int unwanted(int value) { return value + 1; }
            int wanted(int value) { return value + (int)calls.cnt; }
            """;

    @TempDir
    static Path folder;

    private static Path object;
    private static List<String> said;
    private static ObjectReport report;

    @BeforeAll
    static void buildAndResolve() throws IOException {
        try (InputStream macros =
                SampleModule.class.getResourceAsStream("/org/btfkit/fixtures/sample/btf_ids_macros.h")) {
            Files.write(folder.resolve("btf_ids_macros.h"), macros.readAllBytes());
        }
        Path one = Gcc.compile(Files.writeString(folder.resolve("one.c"), ONE), folder.resolve("one.o"));
        Path two = Gcc.compile(Files.writeString(folder.resolve("two.c"), TWO), folder.resolve("two.o"));
        object = Gcc.linkRelocatable(folder.resolve("object.o"), List.of(one, two));
        Pahole.encode(object, null);
        Resolving.Talk talk = new Resolving.Talk();
        report = Resolving.resolve(
                Resolving.copy(object, folder.resolve("resolved.o")), ResolveOptions.withBase(null), talk);
        said = talk.warnings;
    }

    /** The variant of a function that gcc made, such as {@code fixed.constprop.0}; the function itself is gone. */
    private static String variant(String name, String how) {
        List<String> names =
                Readelf.symbols(object).stream().map(Readelf.Symbol::name).toList();
        assertTrue(!names.contains(name), name + " is still there");
        return names.stream()
                .filter(found -> found.startsWith(name + how))
                .findFirst()
                .orElseThrow(() -> new AssertionError("gcc made no " + name + how + ": " + names));
    }

    private static String unresolved(String name, String why) {
        return "WARN: resolve_btfids: unresolved symbol " + name + " (" + why + ")";
    }

    @Test
    void shouldNameTheVariantThatConstantPropagationLeft() {
        String fixed = variant("fixed", ".constprop.");
        assertSaid(unresolved("fixed", "func in set8 'calls', set 'hooks': only " + fixed + " is in the symbol table"));
    }

    @Test
    void shouldNameTheVariantThatScalarReplacementLeft() {
        String narrowed = variant("narrowed", ".isra.");
        assertSaid(unresolved("narrowed", "func in set8 'calls': only " + narrowed + " is in the symbol table"));
    }

    /** Written in assembler, a function has no debug information that BTF could be made from. */
    @Test
    void shouldSayThatAFunctionIsInTheSymbolTableButNotInBtf() {
        assertSaid(unresolved("assembled", "func in set 'hooks': in the symbol table, but not in BTF"));
    }

    @Test
    void shouldSayThatAFunctionIsDefinedElsewhere() {
        assertSaid(unresolved("elsewhere", "func in set 'hooks': defined in another object, and not in its BTF"));
    }

    @Test
    void shouldSayThatAFunctionIsNowhere() {
        assertSaid(unresolved("nowhere", "func in set 'hooks': not in the symbol table"));
    }

    @Test
    void shouldSayThatAFunctionWentWithItsSection() throws Exception {
        Path source = Files.writeString(folder.resolve("program.c"), PROGRAM);
        List<Path> compiled = List.of(Gcc.compile(source, folder.resolve("program.o"), "-ffunction-sections"));
        Path whole = Gcc.link(folder.resolve("whole"), compiled, "-e", "wanted");
        assertEquals(List.of(), warnings(whole));
        Path collected = Gcc.link(folder.resolve("collected"), compiled, "-e", "wanted", "--gc-sections");
        assertEquals(
                List.of(unresolved("unwanted", "func in set8 'calls': not in the symbol table")), warnings(collected));
        Resolving.assertSymbolsTrue(collected, BtfNames.of(collected, null));
    }

    /** Gives a program BTF, resolves it in place, and returns what is said. */
    private static List<String> warnings(Path program) throws IOException {
        Pahole.encode(program, null);
        Resolving.Talk talk = new Resolving.Talk();
        Resolving.resolve(program, ResolveOptions.withBase(null), talk);
        return talk.warnings;
    }

    @Test
    void shouldSayThatATypeIsNotInBtf() {
        assertSaid(unresolved("nothing", "union: not in BTF"));
    }

    @Test
    void shouldSayThatOnlyAnotherKindHasTheName() {
        assertSaid(unresolved("number_t", "struct: BTF has no such struct, but a typedef of that name"));
    }

    @Test
    void shouldTellDuplicatesWithTheSameLayoutFromThoseWithAnother() {
        BtfNames names = BtfNames.of(object, null);
        assertSaid(multiple(names, "settings") + " (layouts differ)");
        assertSaid(multiple(names, "holder") + " (same layout)");
    }

    private static String multiple(BtfNames names, String struct) {
        List<Integer> ids = names.ids("struct " + struct);
        assertEquals(2, ids.size(), struct);
        return "WARN: multiple IDs found for '%s': %d, %d - using %d"
                .formatted(struct, ids.get(0), ids.get(1), ids.get(0));
    }

    private static void assertSaid(String line) {
        assertTrue(said.contains(line), () -> "not said: " + line + "\nbut: " + String.join("\n     ", said));
    }

    @Test
    void shouldWarnOnceOfEachNameAndWriteTheRest() {
        assertEquals(9, said.size(), said.toString());
        assertEquals(7, report.missingNames());
        Resolving.assertSymbolsTrue(folder.resolve("resolved.o"), BtfNames.of(object, null));
    }

    /** Scripts that look for the C tool's lines find them: what this tool adds comes after them. */
    @Test
    void shouldWarnOfWhatTheCToolWarnsOfInItsWords() throws Exception {
        ToolResult result = CResolveBtfids.run(Resolving.copy(object, folder.resolve("c.o")), null);
        assertTrue(result.isOk(), result::toString);
        assertEquals(result.errLines().stream().sorted().toList(), withoutAdditions(said));
    }

    /** The C tool stops to look for a kind when it has found all it wants of it; this one goes on. */
    @Test
    void shouldWarnOfDuplicatesThatTheCToolOverlooks() throws Exception {
        Path other = KernelPackages.ofUser().otherVersion().vmlinux();
        Path module = ModuleBuilder.encodeBtf(
                ModuleBuilder.ofUser().unresolved(ModuleBuilder.MIXED), other, folder.resolve("mixed.ko"));
        Resolving.Talk talk = new Resolving.Talk();
        Resolving.resolve(Resolving.copy(module, folder.resolve("ours.ko")), ResolveOptions.withBase(other), talk);
        List<String> ours = withoutAdditions(talk.warnings);
        ToolResult result = CResolveBtfids.run(module, other);
        assertTrue(result.isOk(), result::toString);
        assertTrue(ours.containsAll(result.errLines()), () -> ours + "\n" + result);
        BtfNames names = BtfNames.of(module, other);
        List<String> expected = new ArrayList<>();
        for (String key :
                IdsView.of(module).ids().stream().map(Id::key).distinct().toList()) {
            List<Integer> ids = names.ids(key);
            String name = key.substring(key.indexOf(' ') + 1);
            for (int i = 1; i < ids.size(); i++) {
                expected.add("WARN: multiple IDs found for '%s': %d, %d - using %d"
                        .formatted(name, ids.get(0), ids.get(i), ids.get(0)));
            }
        }
        expected.add("WARN: resolve_btfids: unresolved symbol " + ModuleBuilder.UNRESOLVABLE);
        assertTrue(expected.size() > 1, "no duplicates");
        assertEquals(expected.stream().sorted().toList(), ours);
    }

    /** The lines up to what stands in parentheses at their ends, sorted. */
    private static List<String> withoutAdditions(List<String> warnings) {
        return warnings.stream()
                .map(line -> line.substring(0, line.indexOf(" (")))
                .sorted()
                .toList();
    }

    @Test
    void shouldWriteNothingWhenWarningsAreFatal() throws Exception {
        Path copy = Resolving.copy(object, folder.resolve("fatal.o"));
        ResolveOptions options = ResolveOptions.withBase(null).withFatalWarnings(true);
        Resolving.assertRefuses(copy, options, copy + ": 9 warnings, which are fatal as asked");
    }
}
