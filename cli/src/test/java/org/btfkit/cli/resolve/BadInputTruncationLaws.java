package org.btfkit.cli.resolve;

import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.btfkit.fixtures.kernel.SampleModule;
import org.btfkit.fixtures.raw.BtfIdsObject;
import org.btfkit.fixtures.raw.BtfIdsObject.Entry;
import org.btfkit.fixtures.raw.BtfIdsObject.IdSet;
import org.btfkit.fixtures.raw.BtfIdsObject.IdSet8;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawBtf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that were cut off: by an interrupted copy, or on a disk that was full. */
class BadInputTruncationLaws {
    private static final int STEP = 64;

    @TempDir
    Path folder;

    static List<ElfVariant> variants() {
        return List.of(
                ElfVariant.MODULE,
                new ElfVariant(false, ByteOrder.BIG_ENDIAN, ElfVariant.ET_REL),
                new ElfVariant(true, ByteOrder.BIG_ENDIAN, ElfVariant.ET_EXEC));
    }

    @Test
    void shouldRefuseTruncatedSampleModule() {
        byte[] module = SampleModule.module();
        byte[] base = SampleModule.vmlinuxBtf();
        BadInput input = new BadInput(folder);
        for (int length = 0; length < module.length; length += STEP) {
            input.refuse(
                    Arrays.copyOf(module, length), base, length == 0 ? "not an ELF file" : "past the end of the file");
        }
    }

    @Test
    void shouldRefuseTruncatedBase() {
        byte[] module = SampleModule.module();
        byte[] base = SampleModule.vmlinuxBtf();
        BadInput input = new BadInput(folder);
        for (int length = 0; length < base.length; length += STEP) {
            input.refuse(
                    module,
                    Arrays.copyOf(base, length),
                    folder.resolve("base.btf").toString());
        }
        input.refuse(module, Arrays.copyOf(base, base.length - 1), "past the end of the data");
    }

    @ParameterizedTest
    @MethodSource("variants")
    void shouldRefuseTruncatedLargerObject(ElfVariant variant) {
        RawBtf base = RawBtf.of(variant.order());
        int proto = base.addFuncProto(0);
        RawBtf split = RawBtf.splitOn(base);
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            int function = (i * 37) % 150;
            split.addFunc("function_" + function, proto, 1);
            entries.add(Entry.func("function_" + i, i));
        }
        byte[] object = BtfIdsObject.of(variant)
                .with(new IdSet8("kfuncs", 1, entries), new IdSet("ids", List.of()))
                .withBtf(split.toBytes())
                .toBytes();
        BadInput input = new BadInput(folder);
        input.check(object, base.toBytes());
        for (int length = 0; length < object.length; length += STEP) {
            input.refuse(
                    Arrays.copyOf(object, length), base.toBytes(), length == 0 ? "not an ELF file" : "past the end");
        }
        byte[] unended = Arrays.copyOf(object, object.length - 1);
        input.refuse(unended, base.toBytes(), "past the end of the file");
    }
}
