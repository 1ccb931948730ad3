package org.btfkit.encode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfWriter;
import org.btfkit.elf.ElfFile;
import org.btfkit.fixtures.Reproducer;
import org.btfkit.fixtures.Scratch;
import org.btfkit.fixtures.gen.CTypes;
import org.btfkit.fixtures.kernel.DwarfSample;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawDwarf;

/** Laws: what DWARF says does not depend on how it says it, and no DWARF makes anything but BTF or one line. */
class EncodeLaws {
    /** What a small object may take, however it is damaged; a thousand times what it takes otherwise. */
    private static final long MAX_NANOS = 10_000_000_000L;

    @Property(tries = 400)
    void anyFormOfTypesMakesTheirBtf(
            @ForAll long seed,
            @ForAll @IntRange(min = 2, max = 5) int version,
            @ForAll boolean is64,
            @ForAll boolean isCompressed,
            @ForAll @IntRange(min = 1, max = 40) int count)
            throws IOException {
        Random random = new Random(seed);
        ElfVariant variant =
                ElfVariant.all().get(random.nextInt(ElfVariant.all().size()));
        CTypes types = new CTypes(random, count);
        RawDwarf dwarf = new RawDwarf(variant, version, is64, isCompressed, random);
        byte[] object = dwarf.toElf(List.of(types.toDwarf(version, variant.order())));
        byte[] expected = types.toBtf(variant.order()).headerLength(32).toBytes();
        Reproducer.of("anyFormOfTypesMakesTheirBtf")
                .input("object.o", object)
                .input("expected.btf", expected)
                .run(() -> assertArrayEquals(expected, BtfWriter.toBytes(encodeRaw(object, 1))));
    }

    @Property(tries = 50)
    void unitsFollowEachOtherAtAnyNumberOfThreads(@ForAll long seed, @ForAll @IntRange(min = 2, max = 12) int units)
            throws IOException {
        Random random = new Random(seed);
        List<RawDwarf.Entry> trees = new ArrayList<>();
        int types = 1;
        for (int i = 0; i < units; i++) {
            CTypes ofUnit = new CTypes(random, 1 + random.nextInt(30));
            trees.add(ofUnit.toDwarf(5, ElfVariant.MODULE.order()));
            types += ofUnit.toBtf(ElfVariant.MODULE.order()).nextId() - 1;
        }
        byte[] object = new RawDwarf(ElfVariant.MODULE, 5, false, false, random).toElf(trees);
        Btf one = encodeRaw(object, 1);
        assertEquals(types, one.typeCount());
        for (int threads = 2; threads <= 4; threads++) {
            assertArrayEquals(
                    BtfWriter.toBytes(one), BtfWriter.toBytes(encodeRaw(object, threads)), threads + " threads");
        }
    }

    @Property(tries = 1500)
    void damageMakesBtfOrOneLine(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        List<String> objects = DwarfSample.objects();
        String name = objects.get(random.nextInt(objects.size()));
        byte[] object;
        try (Scratch scratch = Scratch.create();
                ElfFile file = ElfFile.open(DwarfSample.packed(name, scratch.folder()))) {
            object = file.bytes(0, (int) file.size());
        }
        for (int i = random.nextInt(8) + 1; i > 0; i--) {
            int at = random.nextInt(object.length);
            switch (random.nextInt(4)) {
                case 0 -> object[at] = (byte) random.nextInt();
                case 1 -> object[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> object[at] = (byte) (random.nextBoolean() ? 0xff : 0);
                default -> object[at] += (byte) (random.nextBoolean() ? 1 : -1);
            }
        }
        requireResultOrLine(object, "all");
    }

    @Property(tries = 300)
    void damagedFormsMakeBtfOrOneLine(@ForAll long seed, @ForAll @IntRange(min = 2, max = 5) int version)
            throws IOException {
        Random random = new Random(seed);
        ElfVariant variant =
                ElfVariant.all().get(random.nextInt(ElfVariant.all().size()));
        CTypes types = new CTypes(random, 30);
        byte[] object = new RawDwarf(variant, version, random.nextBoolean(), false, random)
                .toElf(List.of(types.toDwarf(version, variant.order())));
        for (int i = random.nextInt(4) + 1; i > 0; i--) {
            object[random.nextInt(object.length)] = (byte) random.nextInt();
        }
        requireResultOrLine(object, "k612");
    }

    private static void requireResultOrLine(byte[] object, String set) {
        Reproducer.of("damageMakesBtfOrOneLine").input("object.o", object).run(() -> {
            long start = System.nanoTime();
            try (Scratch scratch = Scratch.create()) {
                Path path = Files.write(scratch.resolve("object.o"), object);
                try (ElfFile file = ElfFile.open(path)) {
                    new Encoder(FeatureSets.of(set).withThreads(1)).encode(file);
                }
            } catch (BtfException e) {
                assertTrue(!e.getMessage().contains("\n"), e.getMessage());
            }
            assertTrue(System.nanoTime() - start < MAX_NANOS, "took too long");
        });
    }

    private static Btf encodeRaw(byte[] object, int threads) throws IOException {
        try (Scratch scratch = Scratch.create()) {
            Path path = Files.write(scratch.resolve("object.o"), object);
            try (ElfFile file = ElfFile.open(path)) {
                EncodeOptions options = EncodeOptions.DEFAULT.withThreads(threads);
                return new Encoder(options).encodeRaw(file, null);
            }
        }
    }
}
