package org.btfkit.cli.resolve;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import org.btfkit.fixtures.Reproducer;
import org.btfkit.fixtures.raw.BtfIdsObject;
import org.btfkit.fixtures.raw.BtfIdsObject.Entry;
import org.btfkit.fixtures.raw.BtfIdsObject.IdList;
import org.btfkit.fixtures.raw.BtfIdsObject.IdLookup;
import org.btfkit.fixtures.raw.BtfIdsObject.IdSet;
import org.btfkit.fixtures.raw.BtfIdsObject.IdSet8;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Enumerator;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.btfkit.fixtures.raw.RawBtf.Param;
import org.btfkit.fixtures.raw.RawBtf.SecInfo;
import org.btfkit.fixtures.raw.RawElfReader;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every field that may be a count, a length, an offset or an index is given values that are out of all proportion, one
 * field at a time: all of the ELF header, the section table, the symbol table, the BTF, the ids and the relocations.
 */
class BadInputEdgesLaws {
    private static final int[] HALVES = {0, 0x7fff, 0xffff};
    private static final int[] WORDS = {0, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff};
    private static final long[] LONGS = {1L << 32, Long.MAX_VALUE, Long.MIN_VALUE, -1};

    /** Set this system property to try other combinations. */
    private static final long SEED = Long.getLong("btfkit.edges.seed", 20260402L);

    private static final int COMBINATIONS = Integer.getInteger("btfkit.edges", 2_000);

    /** An object to break. */
    record Sample(ElfVariant variant, String state, byte[] object, byte[] base) {
        @Override
        public String toString() {
            return variant + " " + state;
        }
    }

    static List<Sample> samples() {
        return List.of(
                sample(ElfVariant.MODULE, "fresh"),
                sample(ElfVariant.MODULE, "stale"),
                sample(new ElfVariant(false, ByteOrder.BIG_ENDIAN, ElfVariant.ET_REL), "resolved"),
                sample(new ElfVariant(true, ByteOrder.BIG_ENDIAN, ElfVariant.ET_EXEC), "stale"));
    }

    static List<Sample> bases() {
        return samples().subList(1, 3);
    }

    private static Sample sample(ElfVariant variant, String state) {
        RawBtf base = base(variant.order());
        RawBtf split = split(base);
        BtfIdsObject object = object(variant).withBtf(split.toBytes());
        IdLookup ids = IdLookup.in(split);
        byte[] bytes = switch (state) {
            case "fresh" -> object.toBytes();
            case "resolved" -> object.resolvedBytes(ids);
            default -> object.staleBytes(ids);
        };
        return new Sample(variant, state, bytes, base.toBytes());
    }

    private static BtfIdsObject object(ElfVariant variant) {
        return BtfIdsObject.of(variant)
                .with(
                        new IdSet8("kfuncs", 1, List.of(Entry.func("late", 5), Entry.func("early", 2))),
                        new IdList("list", List.of(Entry.of(BtfIdsObject.Kind.STRUCT, "thing"))),
                        new IdSet("hooks", List.of(Entry.func("late"), Entry.func("shared"), Entry.func("gone"))));
    }

    /** Every kind of type, so that every field there is gets its turn. */
    private static RawBtf base(ByteOrder order) {
        RawBtf btf = RawBtf.of(order);
        int intId = btf.addInt("int", 4, RawBtf.SIGNED);
        btf.addPtr(intId);
        btf.addArray(intId, intId, 3);
        btf.addStruct("thing", 4, Member.of("a", intId, 0));
        btf.addEnum("choice", 4, false, new Enumerator("one", 1));
        btf.addEnum64("large", 8, true, new Enumerator("two", 2));
        int proto = btf.addFuncProto(intId, new Param("x", intId));
        btf.addFunc("shared", proto, 1);
        int variable = btf.addVar("v", intId, 1);
        btf.addDatasec(".data", 4, new SecInfo(variable, 0, 4));
        btf.addDeclTag("tag", variable, -1, false);
        btf.addFwd("later", false);
        return btf;
    }

    private static RawBtf split(RawBtf base) {
        RawBtf btf = RawBtf.splitOn(base);
        int proto = btf.addFuncProto(0, new Param("y", 1));
        btf.addFunc("early", proto, 1);
        btf.addUnion("either", 4, Member.of("b", 1, 0));
        btf.addFunc("late", proto, 1);
        return btf;
    }

    @ParameterizedTest
    @MethodSource("samples")
    void shouldSurviveEdgesOfTheObject(Sample sample) {
        try (FastFolder folder = FastFolder.create()) {
            Edges edges = new Edges(new BadInput(folder.path()), sample, false);
            RawElfReader elf = new RawElfReader(sample.object);
            int word = sample.variant.is64() ? 8 : 4;
            edges.halves(0, word == 8 ? 64 : 52);
            edges.words(16, word == 8 ? 48 : 36);
            edges.longs(24, word == 8 ? 24 : 0);
            int table = sectionTable(sample);
            int entry = word == 8 ? 64 : 40;
            edges.words(table, elf.sections().size() * entry);
            edges.longs(table, word == 8 ? elf.sections().size() * entry : 0);
            for (RawElfReader.Section section : elf.sections()) {
                if (List.of(".symtab", ".BTF", ".BTF_ids", ".rela.data").contains(section.name())) {
                    edges.words((int) section.offset(), (int) section.size());
                }
                if (List.of(".symtab", ".rela.data").contains(section.name()) && word == 8) {
                    edges.longs((int) section.offset(), (int) section.size());
                }
            }
        }
    }

    /** Fields of section headers that only together lead astray: type and place, size and entry size, links. */
    @ParameterizedTest
    @MethodSource("samples")
    void shouldSurviveEdgesOfSectionsTogether(Sample sample) {
        Random random = new Random(SEED);
        int[] types = {0, 1, 2, 3, 4, 8, 9, 18, 19, 0x4000_0014};
        RawElfReader elf = new RawElfReader(sample.object);
        int count = elf.sections().size();
        boolean is64 = sample.variant.is64();
        try (FastFolder folder = FastFolder.create()) {
            Edges edges = new Edges(new BadInput(folder.path()), sample, false);
            for (int i = 0; i < COMBINATIONS / samples().size(); i++) {
                ByteBuffer broken = edges.copy();
                for (int changes = 2 + random.nextInt(3); changes > 0; changes--) {
                    int at = sectionTable(sample) + random.nextInt(count) * (is64 ? 64 : 40);
                    RawElfReader.Section other = elf.sections().get(random.nextInt(count));
                    long[] places = {other.offset(), other.offset() + 4, other.size(), sample.object.length, 24, 16};
                    long place = random.nextInt(3) == 0
                            ? LONGS[random.nextInt(LONGS.length)]
                            : places[random.nextInt(places.length)];
                    switch (random.nextInt(5)) {
                        case 0 -> broken.putInt(at + 4, types[random.nextInt(types.length)]);
                        case 1 -> putWord(broken, is64, at + (is64 ? 24 : 16), place);
                        case 2 -> putWord(broken, is64, at + (is64 ? 32 : 20), place);
                        case 3 -> putWord(broken, is64, at + (is64 ? 56 : 36), place);
                        default ->
                            broken.putInt(at + (is64 ? 40 : 24) + 4 * random.nextInt(2), random.nextInt(count + 1));
                    }
                }
                edges.check(broken, 0, "seed " + SEED + " combination " + i + " ");
            }
        }
    }

    private static void putWord(ByteBuffer out, boolean is64, int at, long value) {
        if (is64) {
            out.putLong(at, value);
        } else {
            out.putInt(at, (int) value);
        }
    }

    @ParameterizedTest
    @MethodSource("bases")
    void shouldSurviveEdgesOfTheBase(Sample sample) {
        try (FastFolder folder = FastFolder.create()) {
            Edges edges = new Edges(new BadInput(folder.path()), sample, true);
            edges.halves(0, 8);
            edges.words(4, sample.base.length - 4);
        }
    }

    private static int sectionTable(Sample sample) {
        ByteBuffer object = ByteBuffer.wrap(sample.object).order(sample.variant.order());
        return (int) (sample.variant.is64() ? object.getLong(40) : object.getInt(32));
    }

    /** Puts values into a file, one place at a time, and runs the command on each. */
    private record Edges(BadInput input, Sample sample, boolean inBase) {
        void halves(int from, int length) {
            for (int at = from; at + 2 <= from + length; at += 2) {
                for (int value : HALVES) {
                    ByteBuffer broken = copy();
                    check(broken.putShort(at, (short) value), at, Integer.toHexString(value));
                }
            }
        }

        void words(int from, int length) {
            for (int at = from; at + 4 <= from + length; at += 4) {
                for (int value : WORDS) {
                    check(copy().putInt(at, value), at, Integer.toHexString(value));
                }
            }
        }

        void longs(int from, int length) {
            for (int at = from; at + 8 <= from + length; at += 8) {
                for (long value : LONGS) {
                    check(copy().putLong(at, value), at, Long.toHexString(value));
                }
            }
        }

        private ByteBuffer copy() {
            byte[] bytes = inBase ? sample.base : sample.object;
            return ByteBuffer.wrap(bytes.clone()).order(sample.variant.order());
        }

        private void check(ByteBuffer broken, int at, String value) {
            byte[] object = inBase ? sample.object : broken.array();
            byte[] base = inBase ? broken.array() : sample.base;
            Reproducer.of("edges")
                    .input("module.ko", object)
                    .input("base.btf", base)
                    .run(() -> {
                        try {
                            input.check(object, base);
                        } catch (AssertionError e) {
                            throw new AssertionError(value + " at 0x" + Integer.toHexString(at), e);
                        }
                    });
        }
    }
}
