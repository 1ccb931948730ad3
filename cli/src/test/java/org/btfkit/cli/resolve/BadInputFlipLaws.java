package org.btfkit.cli.resolve;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.btfkit.fixtures.Reproducer;
import org.btfkit.fixtures.kernel.SampleModule;
import org.btfkit.fixtures.raw.RawElfReader;
import org.junit.jupiter.api.Test;

/** Bytes of the sample module, in each of its states, and of its base are changed at random. */
class BadInputFlipLaws {
    /** Set this system property to try other flips. */
    private static final long SEED = Long.getLong("btfkit.flips.seed", 20260401L);

    private static final int FLIPS = Integer.getInteger("btfkit.flips", 10_000);

    private static final int THREADS = 2;

    private static final String[][] OPTIONS = {
        {}, {}, {}, {}, {"--check"}, {"--repair"}, {"--trust_symbols"}, {"--strip_signature"}
    };

    /** Values that counts and offsets go wrong with. */
    private static final int[] EDGES = {0, 1, 2, 4, 8, 0x7f, 0x80, 0xfe, 0xff};

    /** A stretch of the module, or of the base, where flips go. */
    private record Region(boolean inBase, long from, long length) {}

    @Test
    void shouldBeDoneOrRefused() throws Exception {
        System.out.println("flips: seed " + SEED + " (-Dbtfkit.flips.seed=...), " + FLIPS + " (-Dbtfkit.flips=...)");
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<Map<Integer, Integer>>> parts = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int part = i;
                parts.add(threads.submit(() -> flip(part)));
            }
            for (Future<Map<Integer, Integer>> part : parts) {
                System.out.println("flips: exit statuses " + part.get());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static Map<Integer, Integer> flip(int part) {
        Map<Integer, Integer> byStatus = new TreeMap<>();
        byte[] base = SampleModule.vmlinuxBtf();
        Random random = new Random(SEED + part * 0x9e3779b97f4a7c15L);
        try (FastFolder folder = FastFolder.create()) {
            BadInput input = new BadInput(folder.path());
            List<byte[]> states = states(input, base);
            List<Region> regions = regions(states.get(0), base);
            for (int i = 0; i < FLIPS / THREADS; i++) {
                byte[] module = states.get(random.nextInt(states.size())).clone();
                byte[] flippedBase = base.clone();
                for (int flip = 1 + random.nextInt(3); flip > 0; flip--) {
                    Region region = regions.get(random.nextInt(regions.size()));
                    int at = (int) (region.from + (long) (random.nextDouble() * region.length));
                    (region.inBase ? flippedBase : module)[at] =
                            (byte) (random.nextBoolean() ? EDGES[random.nextInt(EDGES.length)] : random.nextInt(256));
                }
                String[] options = OPTIONS[random.nextInt(OPTIONS.length)];
                Reproducer.of("flips-" + part)
                        .input("module.ko", module)
                        .input("base.btf", flippedBase)
                        .input("options", String.join(" ", options).getBytes(StandardCharsets.UTF_8))
                        .run(() -> byStatus.merge(
                                input.check(module, flippedBase, options).status(), 1, Integer::sum));
            }
        }
        return byStatus;
    }

    /** Fresh from the linker, resolved, resolved by a tool that leaves symbols behind. */
    private static List<byte[]> states(BadInput input, byte[] base) {
        byte[] fresh = SampleModule.module();
        List<byte[]> states = new ArrayList<>(List.of(fresh));
        input.check(fresh, base);
        try {
            states.add(Files.readAllBytes(input.module()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        byte[] stale = fresh.clone();
        int at = (int) new RawElfReader(fresh).section(".BTF_ids").orElseThrow().offset();
        System.arraycopy(SampleModule.goldenIds(), 0, stale, at, SampleModule.goldenIds().length);
        states.add(stale);
        return states;
    }

    private static List<Region> regions(byte[] module, byte[] base) {
        List<Region> regions = new ArrayList<>();
        RawElfReader elf = new RawElfReader(module);
        regions.add(new Region(false, 0, 64));
        regions.add(new Region(false, 0, module.length));
        long table = ByteBuffer.wrap(module).order(ByteOrder.LITTLE_ENDIAN).getLong(40);
        regions.add(new Region(false, table, 64L * elf.sections().size()));
        for (RawElfReader.Section section : elf.sections()) {
            if (List.of(".symtab", ".strtab", ".shstrtab", ".BTF", ".BTF_ids").contains(section.name())) {
                regions.add(new Region(false, section.offset(), section.size()));
                // The header of the section, by itself.
                regions.add(new Region(false, table + 64L * section.index(), 64));
            }
        }
        regions.add(new Region(true, 0, 32));
        regions.add(new Region(true, 0, base.length));
        return regions;
    }
}
