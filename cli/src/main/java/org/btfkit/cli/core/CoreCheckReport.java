package org.btfkit.cli.core;

import java.util.ArrayList;
import java.util.Arrays;
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
record CoreCheckReport(List<String> objects, List<String> kernels, int[] relocations, CoreCheckCell[][] cells) {
    /** How many objects are known not to load on all kernels. */
    int failing() {
        int failing = 0;
        for (CoreCheckCell[] row : cells) {
            boolean isFailing = false;
            for (CoreCheckCell cell : row) {
                isFailing |= cell.answer() != null && cell.answer() != LoadAnswer.YES;
            }
            failing += isFailing ? 1 : 0;
        }
        return failing;
    }

    /** Objects without a verdict on any kernel. */
    List<String> unjudgedObjects() {
        List<String> names = new ArrayList<>();
        for (int o = 0; o < cells.length; o++) {
            if (Arrays.stream(cells[o]).allMatch(cell -> cell.answer() == null)) {
                names.add(objects.get(o));
            }
        }
        return names;
    }

    /** Kernels without a verdict on any object. */
    List<String> unjudgedKernels() {
        List<String> names = new ArrayList<>();
        for (int k = 0; k < kernels.size(); k++) {
            int kernel = k;
            if (Arrays.stream(cells).allMatch(row -> row[kernel].answer() == null)) {
                names.add(kernels.get(k));
            }
        }
        return names;
    }
}
