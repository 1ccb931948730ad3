package org.btfkit.cli.btf;

import java.util.List;
import org.btfkit.btf.load.LoadAnswer;

/**
 * What came of all objects on all kernels.
 *
 * @param objects names of the objects, as they are shown
 * @param kernels names of the kernels, as they are shown
 * @param relocations for each object how many relocations it has
 * @param cells for each object the cells of all kernels
 */
record CheckReport(List<String> objects, List<String> kernels, int[] relocations, CheckCell[][] cells) {
    /** How many objects do not load on all kernels. */
    int failing() {
        int failing = 0;
        for (CheckCell[] row : cells) {
            boolean isFailing = false;
            for (CheckCell cell : row) {
                isFailing |= cell.answer() != LoadAnswer.YES;
            }
            failing += isFailing ? 1 : 0;
        }
        return failing;
    }
}
