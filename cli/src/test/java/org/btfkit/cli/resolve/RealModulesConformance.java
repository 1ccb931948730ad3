package org.btfkit.cli.resolve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.btfkit.cli.ResolveBtfids;
import org.btfkit.fixtures.kernel.KernelPackages;
import org.btfkit.fixtures.kernel.ModuleBuilder;
import org.btfkit.fixtures.tool.Bpftool;
import org.btfkit.fixtures.tool.Objcopy;
import org.btfkit.fixtures.tool.Readelf;
import org.btfkit.fixtures.tool.Xz;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command resolve-btfids on modules of Debian's kernel and on modules built against it. */
@Tag("conformance")
class RealModulesConformance {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Path vmlinux;

    @BeforeEach
    void findKernel() {
        vmlinux = KernelPackages.ofUser().cloud().vmlinux();
    }

    private int run(Object... arguments) {
        out.reset();
        err.reset();
        String[] strings = new String[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
            strings[i] = arguments[i].toString();
        }
        return new ResolveBtfids(print(out), print(err)).run(strings);
    }

    private static PrintStream print(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private List<String> outLines() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private List<String> errLines() {
        return err.toString(StandardCharsets.UTF_8).lines().toList();
    }

    /** Fails unless one error was said, with all of {@code parts}, and nothing else but notes. */
    private void assertOneError(String... parts) {
        List<String> lines =
                errLines().stream().filter(line -> !line.startsWith("NOTE: ")).toList();
        assertEquals(1, lines.size(), err.toString(StandardCharsets.UTF_8));
        assertTrue(lines.get(0).startsWith("ERROR: "), lines.get(0));
        for (String part : parts) {
            assertTrue(lines.get(0).contains(part), "no '" + part + "' in: " + lines.get(0));
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    /** Fails if a step writes a file, even with the same bytes. */
    private static void assertUntouched(Path file, Step step) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        FileTime time = FileTime.fromMillis(981_173_106_000L);
        Files.setLastModifiedTime(file, time);
        Object inode = Files.getAttribute(file, "unix:ino");
        step.run();
        assertArrayEquals(bytes, Files.readAllBytes(file), file + ": bytes");
        assertEquals(time, Files.getLastModifiedTime(file), file + ": time of modification");
        assertEquals(inode, Files.getAttribute(file, "unix:ino"), file + ": inode");
    }

    private Path unpacked(String module) {
        return Xz.unpack(KernelPackages.ofUser().module(module), folder.resolve(module + ".ko"));
    }

    private static Path copy(Path file, Path target) throws IOException {
        return Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
    }

    // ---- modules as shipped

    @Test
    void shouldFindTheStaleOnesOfAllModules() throws Exception {
        List<Path> modules = KernelPackages.ofUser().moduleFiles();
        Path list = Files.write(
                folder.resolve("modules.list"),
                modules.stream().map(Path::toString).toList());
        assertEquals(1, run("--check", "-b", vmlinux, "@" + list));
        Set<String> checked = new TreeSet<>();
        Set<String> stale = new TreeSet<>();
        for (String line : outLines()) {
            String file = line.substring(0, line.indexOf(": "));
            checked.add(file);
            if (line.contains(": stale (")) {
                stale.add(file);
            }
        }
        Set<String> expected = new TreeSet<>();
        for (String file : checked) {
            Path module = Xz.unpack(Path.of(file), folder.resolve("module.ko"));
            if (!symbolsOnWrongSlots(module).isEmpty()) {
                expected.add(file);
            }
        }
        assertEquals(expected, stale);
        assertTrue(stale.stream().anyMatch(file -> file.endsWith("/nf_conntrack.ko.xz")), stale.toString());
        assertEquals(
                List.of("%d objects, %d without ids, %d checked (%d with stale symbols)"
                        .formatted(modules.size(), modules.size() - checked.size(), checked.size(), stale.size())),
                errLines());
    }

    /** The symbols of a module whose slot's id has another name, by readelf and bpftool. */
    private List<String> symbolsOnWrongSlots(Path module) {
        ByteBuffer ids = ByteBuffer.wrap(Objcopy.section(module, ".BTF_ids")).order(ByteOrder.LITTLE_ENDIAN);
        String dump = Bpftool.dumpRaw(module, vmlinux);
        Pattern symbolName = Pattern.compile("__BTF_ID__(func|struct|union|typedef)__(.*)__\\d+");
        List<String> wrong = new ArrayList<>();
        for (Readelf.Symbol symbol : Readelf.idSymbols(module)) {
            Matcher name = symbolName.matcher(symbol.name());
            if (name.matches() && name.group(1).equals("func")) {
                String type = "[" + ids.getInt((int) symbol.value()) + "] FUNC '" + name.group(2) + "' ";
                if (!dump.contains(type)) {
                    wrong.add(name.group(2));
                }
            }
        }
        return wrong;
    }

    @Test
    void shouldExitByWhetherAModuleIsStale() {
        Path stale = KernelPackages.ofUser().module("nf_conntrack");
        assertEquals(1, run("--check", "-b", vmlinux, stale));
        assertEquals(
                List.of(
                        stale + ": set8 'nf_ct_kfunc_set': stale (10 ids)",
                        stale + ": ids outside sets: resolved (2 ids)"),
                outLines());
        Path right = KernelPackages.ofUser().module("nf_nat");
        assertEquals(0, run("--check", "-b", vmlinux, right));
        assertEquals(List.of(right + ": set8 'nf_nat_kfunc_set': resolved (1 ids)"), outLines());
        assertEquals(List.of(), errLines());
    }

    @Test
    void shouldRefuseASignedModuleThatItWouldHaveToChange() throws Exception {
        Path module = unpacked("nf_conntrack");
        assertUntouched(module, () -> assertEquals(1, run("-b", vmlinux, module)));
        assertOneError(module.toString(), "module signature", "--strip_signature");
        assertUntouched(module, () -> assertEquals(1, run("--repair", "-b", vmlinux, module)));
        assertOneError(module.toString(), "module signature", "--strip_signature");
    }

    @Test
    void shouldRepairOnceAndThenFindNothingToDo() throws Exception {
        Path module = unpacked("nf_conntrack");
        byte[] ids = Objcopy.section(module, ".BTF_ids");
        assertTrue(symbolsOnWrongSlots(module).contains("bpf_ct_release"));
        assertEquals(0, run("--repair", "--strip_signature", "-b", vmlinux, module));
        assertEquals(1, errLines().size(), errLines().toString());
        assertTrue(errLines().get(0).startsWith("NOTE: " + module + ": set8 'nf_ct_kfunc_set' was sorted by a tool"));
        assertEquals(List.of(), symbolsOnWrongSlots(module));
        assertArrayEquals(ids, Objcopy.section(module, ".BTF_ids"));
        assertUntouched(module, () -> assertEquals(0, run("-b", vmlinux, module)));
        assertEquals(List.of(), errLines());
        assertEquals(0, run("--check", "-b", vmlinux, module));
    }

    @Test
    void shouldReadACompressedModuleAndWriteToAnotherFileOnly() throws Exception {
        Path packed = copy(KernelPackages.ofUser().module("nf_conntrack"), folder.resolve("nf_conntrack.ko.xz"));
        assertUntouched(packed, () -> assertEquals(1, run("--strip_signature", "-b", vmlinux, packed)));
        assertOneError(packed.toString(), "compressed", "-o");
        Path target = folder.resolve("out.ko");
        assertUntouched(packed, () -> assertEquals(0, run("--strip_signature", "-b", vmlinux, "-o", target, packed)));
        Path inPlace = unpacked("nf_conntrack");
        assertEquals(0, run("--strip_signature", "-b", vmlinux, inPlace));
        assertArrayEquals(Files.readAllBytes(inPlace), Files.readAllBytes(target));
    }

    /** Only the flags of kfuncs make the order matter; of these there is nothing left to tell it by. */
    @Test
    void shouldRefuseIdsThatNothingShowsTheOwnersOf() throws Exception {
        Path module = Objcopy.removeSection(unpacked("nf_conntrack"), ".BTF", folder.resolve("no-btf.ko"));
        Path other = KernelPackages.ofUser().otherVersion().vmlinux();
        String[] parts = {
            module + ": .BTF_ids: ",
            "set8 'nf_ct_kfunc_set'",
            "func 'bpf_xdp_ct_alloc'",
            "holds id ",
            "relink",
            "--old_btf",
            "--old_base",
            "--trust_symbols"
        };
        assertUntouched(module, () -> assertEquals(1, run("--btf", other, module)));
        assertOneError(parts);
        assertUntouched(module, () -> assertEquals(1, run("--repair", "--btf", other, module)));
        assertOneError(parts);
        assertUntouched(module, () -> assertEquals(1, run("--check", "--btf", other, module)));
        assertTrue(
                outLines().get(0).endsWith("set8 'nf_ct_kfunc_set': unknown (10 ids)"),
                outLines().toString());
    }

    @Test
    void shouldRefuseAnotherBase() throws Exception {
        Path module = unpacked("nf_conntrack");
        Path other = KernelPackages.ofUser().otherVersion().vmlinux();
        assertUntouched(module, () -> assertEquals(1, run("--strip_signature", "-b", other, module)));
        assertOneError(module.toString(), "was not made on the base " + other, "-b");
        assertUntouched(module, () -> assertEquals(1, run("--strip_signature", module)));
        assertOneError(module.toString(), "is split BTF: give its base with -b");
    }

    // ---- modules built here

    @Test
    void shouldWarnAndExitWithZeroUnlessWarningsAreFatal() throws Exception {
        Path module = copy(ModuleBuilder.ofUser().unresolved(ModuleBuilder.MIXED), folder.resolve("mixed.ko"));
        Path base = ModuleBuilder.ofUser().vmlinux();
        assertUntouched(module, () -> assertEquals(1, run("--fatal_warnings", "-b", base, module)));
        assertEquals(2, errLines().size(), errLines().toString());
        assertEquals(0, run("-b", base, module));
        assertEquals(
                List.of("WARN: resolve_btfids: unresolved symbol " + ModuleBuilder.UNRESOLVABLE
                        + " (struct: not in BTF)"),
                errLines());
    }

    /** The vmlinux that a module was resolved on is gone; either it is given, or the module has to be linked anew. */
    @Test
    void shouldResolveOnAnotherKernelWithTheOldBtfOnly() throws Exception {
        Path base = ModuleBuilder.ofUser().vmlinux();
        Path other = KernelPackages.ofUser().otherVersion().vmlinux();
        Path unresolved = ModuleBuilder.ofUser().unresolved(ModuleBuilder.MIXED);
        Path first = copy(unresolved, folder.resolve("first.ko"));
        assertEquals(0, run("-b", base, first));
        Path module = ModuleBuilder.reencodeBtf(first, other, folder.resolve("second.ko"));
        assertUntouched(module, () -> assertEquals(1, run("-b", other, module)));
        assertEquals(0, run("-b", other, "--old_btf", first, "--old_base", base, module));
        Path fresh = ModuleBuilder.reencodeBtf(unresolved, other, folder.resolve("fresh.ko"));
        assertEquals(0, run("-b", other, fresh));
        assertArrayEquals(Files.readAllBytes(fresh), Files.readAllBytes(module));
    }

    @Test
    void shouldResolveManyModulesAtOnceAsOneByOne() throws Exception {
        List<Path> together = new ArrayList<>();
        List<Path> oneByOne = new ArrayList<>();
        for (String name : List.of("nf_conntrack", "fou", "tcp_bbr", "tcp_dctcp", "nf_nat", "xfrm_interface")) {
            Path module = unpacked(name);
            oneByOne.add(copy(module, folder.resolve(name + ".one.ko")));
            together.add(module);
        }
        List<Object> arguments = new ArrayList<>(List.of("--strip_signature", "-j", 4, "-b", vmlinux));
        arguments.addAll(together);
        assertEquals(0, run(arguments.toArray()));
        Set<Integer> statuses = oneByOne.stream()
                .map(module -> run("--strip_signature", "-b", vmlinux, module))
                .collect(Collectors.toSet());
        assertEquals(Set.of(0), statuses);
        for (int i = 0; i < together.size(); i++) {
            assertArrayEquals(Files.readAllBytes(oneByOne.get(i)), Files.readAllBytes(together.get(i)));
        }
    }
}
