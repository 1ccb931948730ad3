package org.btfkit.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.relo.BpfObject;
import org.btfkit.btf.relo.CoreKind;
import org.btfkit.btf.relo.CoreOutcome;
import org.btfkit.btf.relo.CoreRelocator;
import org.btfkit.btf.relo.CoreResults;
import org.btfkit.btf.relo.CoreScope;
import org.btfkit.btf.relo.CoreTarget;
import org.btfkit.dedup.Deduplicator;
import org.btfkit.fixtures.Reproducer;
import org.btfkit.fixtures.Scratch;
import org.btfkit.fixtures.gen.BtfArbitraries;
import org.btfkit.fixtures.gen.BtfFlavor;
import org.btfkit.fixtures.gen.BtfGraph;
import org.btfkit.fixtures.gen.CoreRecords;
import org.btfkit.fixtures.raw.RawBpfObject;

/** Laws of the smallest BTF, and of relocation on a target that was deduplicated. */
class MinimizerLaws {
    private static final int RECORDS = 8;

    /** Two objects with the same types, and a kernel whose types differ in some and stand there twice. */
    record Case(BtfGraph types, BtfGraph kernel, BtfGraph.Form form, long seed) {
        Btf vmlinux() {
            return Btf.parse(kernel.encodeWhole(form).btf().toBytes(), null, "kernel");
        }

        /** An object with records that come to a value on the kernel, whatever others were before. */
        CoreRelocator object(int number) {
            List<CoreRecords.Record> records = CoreRecords.draw(types, new Random(seed + number), RECORDS);
            CoreTarget target = CoreTarget.of(vmlinux(), List.of());
            while (true) {
                CoreRelocator object = relocator(records);
                CoreResults results = object.on(target);
                List<CoreRecords.Record> good = new ArrayList<>();
                for (int i = 0; i < records.size(); i++) {
                    if (results.hasValue(i)) {
                        good.add(records.get(i));
                    }
                }
                if (good.size() == records.size()) {
                    return object;
                }
                records = good;
            }
        }

        private CoreRelocator relocator(List<CoreRecords.Record> records) {
            BtfGraph.Encoding encoded = types.encodeWhole(form);
            RawBpfObject raw = RawBpfObject.of(encoded.btf());
            for (CoreRecords.Record record : records) {
                raw.relo("raw_tp/a", record.kind(), encoded.ids().get(record.node()), record.access(), 0);
            }
            try (Scratch scratch = Scratch.create()) {
                return CoreRelocator.of(BpfObject.read(Files.write(scratch.resolve("p.o"), raw.toBytes())))
                        .withScope(CoreScope.RECORDS);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /**
     * Of members with one name, which no compiler admits, the first is found, and it may be the one that is not kept.
     */
    @Provide
    Arbitrary<Case> cases() {
        Arbitrary<List<Integer>> changes =
                Arbitraries.integers().between(0, 1 << 16).list().ofMaxSize(4);
        return Combinators.combine(
                        BtfArbitraries.graphs(BtfFlavor.C_LIKE),
                        Arbitraries.integers().between(1, 2),
                        changes,
                        BtfArbitraries.forms(),
                        Arbitraries.longs())
                .as((graph, units, list, form, seed) ->
                        new Case(graph, graph.units(units, List.of(0)).varied(list), form, seed))
                .filter(example -> example.kernel.membersAreUnique())
                .withoutEdgeCases();
    }

    private static Reproducer reproducer(String law, Case example) {
        return Reproducer.of(law)
                .input("kernel", example.kernel.encodeWhole(example.form).btf());
    }

    private static boolean declaresEnums(Btf btf) {
        return IntStream.range(1, btf.typeCount()).anyMatch(id -> KindSet.ENUMS.has(btf.kind(id)) && btf.vlen(id) == 0);
    }

    private static Minimized minimize(Btf vmlinux, CoreRelocator... objects) {
        return Minimizer.minimize(CoreTarget.of(vmlinux, List.of()), List.of(objects));
    }

    private static CoreResults on(Btf vmlinux, CoreRelocator object) {
        return object.on(CoreTarget.of(vmlinux, List.of()));
    }

    /** What a loader does with the values; the ids of types are others on a smaller BTF. */
    private static void assertSame(CoreResults one, CoreResults other) {
        for (int i = 0; i < one.size(); i++) {
            String name = one.path(i) + " " + one.get(i) + " / " + other.get(i);
            boolean isId = one.object().relocations().get(i).kind() == CoreKind.TYPE_ID_TARGET;
            assertEquals(one.matchCount(i) > 0, other.matchCount(i) > 0, name);
            assertEquals(one.hasValue(i), other.hasValue(i), name);
            if (!isId) {
                assertEquals(one.outcome(i), other.outcome(i), name);
                assertEquals(one.value(i), other.value(i), name);
                assertEquals(one.accessBytes(i), other.accessBytes(i), name);
            }
        }
    }

    /** Law 3: an object comes to the same values on the small BTF. */
    @Property(tries = 300)
    void enoughIsKept(@ForAll("cases") Case example) {
        reproducer("enoughIsKept", example).run(() -> {
            CoreRelocator object = example.object(0);
            Minimized small = minimize(example.vmlinux(), object);
            Btf read = Btf.parse(BtfWriter.toBytes(small.vmlinux()), null, "small");
            assertSame(on(example.vmlinux(), object), on(read, object));
        });
    }

    /** Law 3: what is the smallest becomes no smaller; what had to be more than that becomes no larger. */
    @Property(tries = 300)
    void minimizingTwiceIsMinimizing(@ForAll("cases") Case example) {
        reproducer("minimizingTwiceIsMinimizing", example).run(() -> {
            CoreRelocator object = example.object(0);
            Minimized once = minimize(example.vmlinux(), object);
            Minimized twice = minimize(once.vmlinux(), object);
            if (once.kept().isEmpty()) {
                assertArrayEquals(BtfWriter.toBytes(once.vmlinux()), BtfWriter.toBytes(twice.vmlinux()));
            } else {
                assertTrue(twice.vmlinux().typeCount() <= once.vmlinux().typeCount());
            }
        });
    }

    /** Law 3: what one object needs is there for two. */
    @Property(tries = 300)
    void moreObjectsNeedMore(@ForAll("cases") Case example) {
        reproducer("moreObjectsNeedMore", example).run(() -> {
            CoreRelocator one = example.object(0);
            CoreRelocator other = example.object(1);
            Minimized both = minimize(example.vmlinux(), one, other);
            assertSame(on(example.vmlinux(), one), on(both.vmlinux(), one));
            assertSame(on(example.vmlinux(), other), on(both.vmlinux(), other));
            Minimized alone = minimize(example.vmlinux(), one);
            // Where one alone needs all that matches, the first matches of the other may spare it that.
            if (alone.kept().isEmpty() || !both.kept().isEmpty()) {
                assertTrue(alone.vmlinux().typeCount() <= both.vmlinux().typeCount());
            }
        });
    }

    /** Law 4: of types that stand there twice it does not matter which are removed. */
    @Property(tries = 300)
    void deduplicationChangesNoValue(@ForAll("cases") Case example) {
        reproducer("deduplicationChangesNoValue", example).run(() -> {
            CoreRelocator object = example.object(0);
            CoreResults before = on(example.vmlinux(), object);
            CoreResults after = on(new Deduplicator().dedup(example.vmlinux()).btf(), object);
            boolean declaresEnums = declaresEnums(example.vmlinux());
            for (int i = 0; i < before.size(); i++) {
                // A declaration that meets its definition is another kind of type; an enum gets its size and sign by
                // that.
                CoreKind kind = before.object().relocations().get(i).kind();
                boolean isOfEnum = kind.isField() && kind != CoreKind.FIELD_EXISTS && declaresEnums;
                if (!kind.isType() && !isOfEnum && before.outcome(i) != CoreOutcome.REFUSED) {
                    assertEquals(before.outcome(i), after.outcome(i), before.path(i) + " " + before.get(i));
                    assertEquals(before.value(i), after.value(i), before.path(i) + " " + before.get(i));
                }
            }
        });
    }
}
