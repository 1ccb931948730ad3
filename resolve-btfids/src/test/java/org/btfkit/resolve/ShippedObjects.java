package org.btfkit.resolve;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.btfkit.elf.ElfFile;
import org.btfkit.fixtures.Scratch;
import org.btfkit.fixtures.kernel.KernelPackages;
import org.btfkit.fixtures.raw.IdsView;
import org.btfkit.fixtures.raw.IdsView.Id;
import org.btfkit.fixtures.raw.IdsView.IdSet;
import org.btfkit.fixtures.tool.BtfNames;
import org.btfkit.fixtures.tool.Readelf;
import org.btfkit.fixtures.tool.Xz;

/** The objects of Debian's kernel that have a .BTF_ids section, as shipped: resolved by the C tool, modules signed. */
final class ShippedObjects {
    private static final String MARKER = "~Module signature appended~\n";

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
        byte[] marker = MARKER.getBytes(StandardCharsets.US_ASCII);
        int end = module.length - marker.length;
        if (!Arrays.equals(marker, Arrays.copyOfRange(module, end, module.length))) {
            return module.length;
        }
        // struct module_signature: eight single bytes, then the length of what is before it, big-endian.
        return end - 12 - ByteBuffer.wrap(module).getInt(end - 4);
    }

    /**
     * Makes of a shipped object what the linker gave to the C tool: ids and counts zero, and in each slot of a set8 the
     * flags that belong to the name of the symbol there, which the C tool has not moved. Unsigned. Returns
     * {@code target}.
     */
    static Path unresolved(Path object, BtfNames names, Path target) throws IOException {
        IdsView shipped = IdsView.of(object);
        ByteBuffer out = ByteBuffer.wrap(shipped.bytes()).order(shipped.order());
        for (Id id : shipped.ids()) {
            out.putInt(id.offset(), 0);
        }
        for (IdSet set : shipped.sets()) {
            Map<Integer, Integer> flags = set.hasPairs() ? shipped.flagsById(set) : Map.of();
            out.putInt(set.offset(), 0);
            for (Id id : shipped.idsOf(set)) {
                out.putInt(id.offset(), 0);
                if (set.hasPairs()) {
                    out.putInt(id.offset() + 4, flags.get(names.firstId(id.key())));
                }
            }
        }
        byte[] bytes = Files.readAllBytes(object);
        int section = (int) Readelf.section(object, ".BTF_ids").orElseThrow().offset();
        System.arraycopy(out.array(), 0, bytes, section, out.capacity());
        return Files.write(target, Arrays.copyOf(bytes, unsignedLength(bytes)));
    }
}
