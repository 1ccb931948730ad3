package org.btfkit.btf.query;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.fixtures.raw.RawBtf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimilarNamesTest {
    private static Btf btf(String... names) {
        RawBtf raw = RawBtf.littleEndian();
        for (String name : names) {
            raw.addStruct(name, 8);
        }
        return Btf.parse(raw.toBytes(), null, "test");
    }

    @ParameterizedTest
    @CsvSource({
        "task_strcut, task_struct",
        "taskstruct, task_struct",
        "task__struct, task_struct",
        "TASK_STRUCT, task_struct",
        "task_atruct, task_struct",
        "sk_bufff, sk_buff",
    })
    void shouldForgiveSlips(String asked, String meant) {
        assertEquals(List.of(meant), SimilarNames.of(btf("task_struct", "sk_buff", "page"), asked, 3));
    }

    @Test
    void shouldOrderByDistanceAndCut() {
        Btf btf = btf("node_c", "node_b", "nodes", "node_list");
        assertEquals(List.of("node_b", "node_c", "nodes"), SimilarNames.of(btf, "node_", 5));
        assertEquals(List.of("nodes", "node_b"), SimilarNames.of(btf, "nodess", 2));
    }

    @Test
    void shouldNotTakeAnyShortNameForAnother() {
        assertEquals(List.of(), SimilarNames.of(btf("pid", "key"), "bio", 3));
        assertEquals(List.of("pid"), SimilarNames.of(btf("pid", "key"), "pidd", 3));
    }

    @Test
    void shouldNameEachOnce() {
        assertEquals(List.of("same"), SimilarNames.of(btf("same", "same"), "sane", 3));
    }
}
