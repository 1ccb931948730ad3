package org.btfkit.resolve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.elf.ElfFile;
import org.btfkit.fixtures.Scratch;
import org.btfkit.fixtures.kernel.KernelPackages;
import org.btfkit.fixtures.kernel.ShippedModule;
import org.btfkit.fixtures.tool.BtfNames;
import org.btfkit.fixtures.tool.Xz;

/** The objects of Debian's kernel that have a .BTF_ids section, as shipped: resolved by the C tool, modules signed. */
final class ShippedObjects {
    private static List<Path> modules;
    private static Scratch scratch;

    private ShippedObjects() {}

    static Path vmlinux() {
        return KernelPackages.ofUser().cloud().vmlinux();
    }

    /** All modules that have .BTF_ids, unpacked, sorted. Shared by all tests: copy one before changing it. */
    static synchronized List<Path> modules() throws IOException {
        if (modules == null) {
            List<Path> found = new ArrayList<>();
            for (Path packed : KernelPackages.ofUser().moduleFiles()) {
                if (hasIds(packed)) {
                    String name = packed.getFileName().toString();
                    found.add(Xz.unpack(packed, folder().resolve(name.substring(0, name.indexOf(".xz")))));
                }
            }
            modules = List.copyOf(found);
        }
        return modules;
    }

    static Path module(String name) throws IOException {
        return modules().stream()
                .filter(module -> module.getFileName().toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no module " + name + " with .BTF_ids"));
    }

    /** The base of an object's BTF: vmlinux for a module, null for vmlinux itself. */
    static Path baseOf(Path object) {
        return object.equals(vmlinux()) ? null : vmlinux();
    }

    /** A folder that is deleted when the JVM ends. */
    static synchronized Path folder() {
        if (scratch == null) {
            scratch = Scratch.create();
            Runtime.getRuntime().addShutdownHook(new Thread(scratch::close));
        }
        return scratch.folder();
    }

    private static boolean hasIds(Path packed) throws IOException {
        try (ElfFile elf = ElfFile.open(packed)) {
            return elf.section(".BTF_ids") != null;
        }
    }

    /** The length of a module without its signature; the length of the file if it has none. */
    static int unsignedLength(byte[] module) {
        return ShippedModule.unsigned(module).length;
    }

    /** Writes what the linker gave to the C tool, see {@link ShippedModule}; unsigned. Returns {@code target}. */
    static Path unresolved(Path object, BtfNames names, Path target) throws IOException {
        return Files.write(target, ShippedModule.unresolved(Files.readAllBytes(object), names::firstId));
    }
}
