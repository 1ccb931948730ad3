package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.elf.ElfFile;
import org.btfkit.fixtures.raw.ElfVariant;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawElf;
import org.btfkit.resolve.IdUse.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In these objects {@code struct a} has id 1, {@code b} 2 and {@code c} 3; x is not in the BTF. */
class IdUseTest {
    @TempDir
    Path folder;

    /** What becomes of the only entry with a name, in a set without flags whose entries are those of the names. */
    private IdUse use(String name, List<String> names, int... ids) throws IOException {
        RawBtf raw = RawBtf.littleEndian();
        List.of("a", "b", "c").forEach(struct -> raw.addStruct(struct, 0));
        RawElf elf = RawElf.of(ElfVariant.MODULE);
        ByteBuffer bytes = ByteBuffer.allocate(4 * (1 + ids.length)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(ids.length).put(ids);
        elf.section(".BTF_ids").data(bytes.array());
        for (int i = 0; i < names.size(); i++) {
            symbol(elf, "struct__" + names.get(i) + "__" + i, 4 + 4 * i, 4);
        }
        symbol(elf, "set__s", 0, bytes.capacity());
        Path file = Files.write(folder.resolve("m.ko"), elf.toBytes());
        try (ElfFile open = ElfFile.open(file)) {
            List<IdUse> uses = IdUse.of(open, Btf.parse(raw.toBytes(), null, "test"), name);
            assertEquals(1, uses.size());
            return uses.get(0);
        }
    }

    private static void symbol(RawElf elf, String rest, int offset, int size) {
        elf.symbol("__BTF_ID__" + rest).in(elf.find(".BTF_ids")).value(offset).size(size);
    }

    @Test
    void shouldSayNothingOfWhatIsResolved() throws IOException {
        IdUse use = use("b", List.of("a", "b"), 1, 2);
        assertEquals(State.RESOLVED, use.state());
        assertNull(use.reason());
        assertEquals(List.of(2), use.expectedIds());
    }

    @Test
    void shouldTellWhatIsNotInTheBtf() throws IOException {
        assertEquals(State.NOT_IN_BTF, use("x", List.of("a", "x"), 1, 0).state());
    }

    @Test
    void shouldTellWhatIsNotResolved() throws IOException {
        IdUse use = use("b", List.of("a", "b"), 0, 0);
        assertEquals(State.NOT_RESOLVED, use.state());
        assertEquals("nothing has been resolved yet, or it was not in the BTF then", use.reason());
    }

    @Test
    void shouldTellSymbolsThatASortLeftBehind() throws IOException {
        IdUse use = use("b", List.of("b", "a"), 1, 2);
        assertEquals(State.SYMBOL_LEFT_BEHIND, use.state());
        assertEquals(
                "its id is in entry 1 of the set: a tool sorted the set and left the symbols behind", use.reason());
        assertEquals("type [1] STRUCT 'a'", use.holds());
    }

    @Test
    void shouldTellIdsOfAnotherBtf() throws IOException {
        IdUse use = use("b", List.of("a", "b"), 1, 3);
        assertEquals(State.IDS_OF_ANOTHER_BTF, use.state());
        assertEquals("the ids are those of another BTF: it was made again after they were resolved", use.reason());
        assertEquals("type [3] STRUCT 'c'", use.holds());
    }
}
