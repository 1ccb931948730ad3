package org.btfkit.btf.dump;

/** Sorts type ids by an order of their types; stable, in n log n comparisons. */
abstract class IdSort {
    private static final int FIRST_RUN = 8;

    /** Returns a negative number if one type comes before another, a positive one if after, 0 if they are equal. */
    abstract int compare(int a, int b);

    /** Sorts the first of the ids: runs of 8 by insertion, which are merged to runs of growing length. */
    final void sort(int[] ids, int count) {
        for (int from = 0; from < count; from += FIRST_RUN) {
            insertionSort(ids, from, Math.min(from + FIRST_RUN, count));
        }
        int[] source = ids;
        int[] target = new int[count];
        for (long run = FIRST_RUN; run < count; run *= 2) {
            for (long from = 0; from < count; from += 2 * run) {
                int middle = (int) Math.min(from + run, count);
                merge(source, target, (int) from, middle, (int) Math.min(middle + run, count));
            }
            int[] swap = source;
            source = target;
            target = swap;
        }
        if (source != ids) {
            System.arraycopy(source, 0, ids, 0, count);
        }
    }

    private void insertionSort(int[] ids, int from, int to) {
        for (int i = from + 1; i < to; i++) {
            int id = ids[i];
            int at = i;
            while (at > from && compare(ids[at - 1], id) > 0) {
                ids[at] = ids[at - 1];
                at--;
            }
            ids[at] = id;
        }
    }

    private void merge(int[] source, int[] target, int from, int middle, int to) {
        int left = from;
        int right = middle;
        for (int at = from; at < to; at++) {
            boolean takeLeft = right >= to || left < middle && compare(source[left], source[right]) <= 0;
            target[at] = takeLeft ? source[left++] : source[right++];
        }
    }
}
