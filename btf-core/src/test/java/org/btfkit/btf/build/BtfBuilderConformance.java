package org.btfkit.btf.build;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfType.Linkage;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.file.BtfSource;
import org.btfkit.fixtures.kernel.OracleData;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** BTF of a size that takes its time, and what libbpf has added to BTF of the other byte order. */
@Tag("conformance")
class BtfBuilderConformance {
    @Test
    void shouldHoldMoreThanSixteenMillionTypes() {
        int count = 17_000_000;
        BtfBuilder builder = BtfBuilder.create();
        for (int i = 0; i < count; i++) {
            builder.addPtr(i);
        }
        Btf btf = builder.build();
        assertEquals(count + 1, btf.typeCount());
        assertEquals(count - 1, btf.sizeOrType(count));
        BtfBuilder twice = BtfBuilder.copyOf(btf);
        int[] idMap = twice.append(btf);
        assertEquals(2 * count, idMap[count]);
        Btf both = Btf.parse(BtfWriter.toBytes(twice.build()), null, "both");
        assertEquals(2 * count + 1, both.typeCount());
        assertEquals(2 * count - 1, both.sizeOrType(2 * count));
        assertEquals(0, both.sizeOrType(count + 1));
    }

    @Test
    void shouldAddToBtfOfTheOtherOrderAsLibbpfDoes() throws Exception {
        for (String name : new String[] {"native", "swapped"}) {
            Path folder = OracleData.file("cases/split/16-btf_endian");
            BtfBuilder builder = BtfBuilder.copyOf(BtfSource.load(folder.resolve(name + ".btf")));
            assertEquals(157, builder.addVar("some_var", 1, Linkage.GLOBAL));
            assertArrayEquals(
                    Files.readAllBytes(folder.resolve(name + "_with_var.btf")), BtfWriter.toBytes(builder.build()));
        }
    }
}
