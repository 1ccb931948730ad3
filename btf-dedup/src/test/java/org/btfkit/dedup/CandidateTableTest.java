package org.btfkit.dedup;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The order of candidates, against a model that moves lists at once instead of when they are looked at. */
class CandidateTableTest {
    @Test
    void shouldKeepTheOrderOfTheTableThatGrows() {
        CandidateTable table = new CandidateTable();
        List<List<Integer>> model = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            model.add(new ArrayList<>());
        }
        int room = 4;
        for (int size = 0; size < 3000; size++) {
            if ((size + 1) * 4 / 3 > room) {
                room *= 2;
                model.forEach(Collections::reverse);
            }
            int signature = size * size % 7;
            model.get(signature).add(0, size);
            table.add(signature * 1000, size);
            // Lists that are looked at now and then only have missed any number of growths.
            if (size % 5 == 0) {
                int looked = size % 7;
                assertEquals(model.get(looked), list(table, looked * 1000), "after " + size);
            }
        }
        for (int signature = 0; signature < 7; signature++) {
            assertEquals(model.get(signature), list(new CandidateTable(table), signature * 1000));
            assertPrecedence(table, signature * 1000);
        }
    }

    private static List<Integer> list(CandidateTable table, int signature) {
        List<Integer> ids = new ArrayList<>();
        for (int entry = table.first(signature); entry >= 0; entry = table.next(entry)) {
            ids.add(table.typeId(entry));
        }
        return ids;
    }

    private static void assertPrecedence(CandidateTable table, int signature) {
        int before = -1;
        for (int entry = table.first(signature); entry >= 0; entry = table.next(entry)) {
            if (before >= 0) {
                assertEquals(true, table.precedes(before, entry));
                assertEquals(false, table.precedes(entry, before));
            }
            before = entry;
        }
    }
}
