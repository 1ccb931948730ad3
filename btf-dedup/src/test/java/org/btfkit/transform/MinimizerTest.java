package org.btfkit.transform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.btfkit.BtfException;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfWriter;
import org.btfkit.btf.relo.BpfObject;
import org.btfkit.btf.relo.CoreRelocator;
import org.btfkit.btf.relo.CoreTarget;
import org.btfkit.fixtures.raw.RawBpfObject;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept where the first type that matches, and what it names, would be too little. */
class MinimizerTest {
    @TempDir
    Path folder;

    private CoreRelocator object(RawBpfObject raw) throws IOException {
        return CoreRelocator.of(BpfObject.read(Files.write(folder.resolve("p.bpf.o"), raw.toBytes())));
    }

    private static CoreTarget target(byte[] btf) {
        return CoreTarget.of(Btf.parse(btf, null, "kernel"), List.of());
    }

    private static long value(CoreRelocator object, byte[] btf, int record) {
        return object.on(target(btf)).value(record);
    }

    @Test
    void shouldNotLeaveAnArrayAtTheEndOfAStructThatWasNone() throws IOException {
        RawBtf local = RawBtf.littleEndian();
        local.addInt("int", 4, 0);
        local.addStruct("s", 20, Member.of("n", 1, 0), Member.of("arr", 3, 32));
        local.addArray(1, 1, 4);
        CoreRelocator object =
                object(RawBpfObject.of(local).relo("raw_tp/a", 0, 2, "0:1", 4).relo("raw_tp/a", 2, 2, "0:1:2", 1));
        RawBtf kernel = RawBtf.littleEndian();
        kernel.addInt("int", 4, 0);
        kernel.addStruct("s", 8, Member.of("n", 1, 0), Member.of("arr", 3, 32), Member.of("last", 1, 32));
        kernel.addArray(1, 1, 0);
        Minimized like = Minimizer.minimizeLikeBpftool(target(kernel.toBytes()), List.of(object));
        assertEquals(0, value(object, kernel.toBytes(), 1));
        assertEquals(1, value(object, BtfWriter.toBytes(like.vmlinux()), 1));
        Minimized enough = Minimizer.minimize(target(kernel.toBytes()), List.of(object));
        assertEquals(0, value(object, BtfWriter.toBytes(enough.vmlinux()), 1));
        assertEquals(1, enough.kept().size());
        assertTrue(
                enough.kept()
                        .get(0)
                        .contains("p.bpf.o: .BTF.ext core_relo raw_tp/a #1 (instruction at byte 16):"
                                + " s.arr[2]: 1 -> 0: s.arr has 0 elements there, no [2]; with the first type that matches only: 1 as"
                                + " built"),
                enough.kept().get(0));
    }

    @Test
    void shouldKeepWhatTellsTheSizeOfPointers() throws IOException {
        RawBtf local = RawBtf.littleEndian();
        local.addPtr(0);
        local.addStruct("s", 8, Member.of("p", 1, 0));
        CoreRelocator object = object(RawBpfObject.of(local).relo("raw_tp/a", 1, 2, "0:0", 8));
        RawBtf kernel = RawBtf.littleEndian();
        kernel.addInt("long unsigned int", 4, 0);
        kernel.addPtr(0);
        kernel.addStruct("s", 4, Member.of("p", 2, 0));
        Minimized like = Minimizer.minimizeLikeBpftool(target(kernel.toBytes()), List.of(object));
        assertEquals(8, value(object, BtfWriter.toBytes(like.vmlinux()), 0));
        Minimized enough = Minimizer.minimize(target(kernel.toBytes()), List.of(object));
        assertEquals(4, value(object, BtfWriter.toBytes(enough.vmlinux()), 0));
    }

    @Test
    void shouldKeepWhatTellsTheSizeOfPointersBeforeAnother() throws IOException {
        RawBtf local = RawBtf.littleEndian();
        local.addPtr(0);
        local.addInt("long int", 8, 0);
        local.addStruct("s", 16, Member.of("p", 1, 0), Member.of("l", 2, 64));
        CoreRelocator object =
                object(RawBpfObject.of(local).relo("raw_tp/a", 1, 3, "0:0", 8).relo("raw_tp/a", 1, 3, "0:1", 8));
        RawBtf kernel = RawBtf.littleEndian();
        kernel.addInt("long unsigned int", 8, 0);
        kernel.addInt("long int", 4, 0);
        kernel.addPtr(0);
        kernel.addStruct("s", 16, Member.of("p", 3, 0), Member.of("l", 2, 64));
        Minimized like = Minimizer.minimizeLikeBpftool(target(kernel.toBytes()), List.of(object));
        assertEquals(4, value(object, BtfWriter.toBytes(like.vmlinux()), 0));
        Minimized enough = Minimizer.minimize(target(kernel.toBytes()), List.of(object));
        assertEquals(8, value(object, BtfWriter.toBytes(enough.vmlinux()), 0));
    }

    @Test
    void shouldFailForARecordThatIsAmbiguous() throws IOException {
        RawBtf local = RawBtf.littleEndian();
        local.addInt("int", 4, 0);
        local.addStruct("s", 4, Member.of("a", 1, 0));
        CoreRelocator object = object(RawBpfObject.of(local).relo("raw_tp/a", 0, 2, "0:0", 0));
        RawBtf kernel = RawBtf.littleEndian();
        kernel.addInt("int", 4, 0);
        kernel.addStruct("s", 4, Member.of("a", 1, 0));
        kernel.addStruct("s___2", 8, Member.of("a", 1, 32));
        String message = assertThrows(
                        BtfException.class, () -> Minimizer.minimize(target(kernel.toBytes()), List.of(object)))
                .getMessage();
        assertTrue(
                message.startsWith("kernel: ")
                        && message.endsWith(
                                "p.bpf.o: .BTF.ext core_relo raw_tp/a #0 (instruction at byte 0): s.a: ambiguous: [2] struct s says 0,"
                                        + " but [3] struct s___2 says 4"),
                message);
    }
}
