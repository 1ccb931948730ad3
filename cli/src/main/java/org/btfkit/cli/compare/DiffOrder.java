package org.btfkit.cli.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.btf.query.TypeUses;
import org.btfkit.compare.Change;
import org.btfkit.compare.Subject;

/**
 * Puts what matters to most first: a struct that is in half of the others before one that only its own file knows. Who
 * uses a type is looked up when it is asked for, as a short difference needs no order.
 */
final class DiffOrder {
    private final Btf old;
    private final Btf now;
    private TypeUses oldUses;
    private TypeUses nowUses;

    DiffOrder(Btf old, Btf now) {
        this.old = old;
        this.now = now;
    }

    /** Tells whether it is known who uses these. Of functions and variables that is in the code, not in BTF. */
    boolean applies(List<? extends Change> changes) {
        BtfKind kind = changes.get(0).subject().kind();
        return kind != BtfKind.FUNC && kind != BtfKind.VAR && kind != BtfKind.DATASEC;
    }

    /** Returns the changes by the number of users, those with as many in the order they have. */
    <T extends Change> List<T> mostUsedFirst(List<T> changes) {
        Map<T, Integer> counts = new HashMap<>();
        changes.forEach(change -> counts.put(change, count(change.subject())));
        List<T> sorted = new ArrayList<>(changes);
        sorted.sort(Comparator.comparing(counts::get, Comparator.reverseOrder()));
        return sorted;
    }

    private int count(Subject subject) {
        if (subject.afterId() != 0) {
            nowUses = nowUses == null ? TypeUses.of(now) : nowUses;
            return nowUses.count(subject.afterId());
        }
        if (subject.beforeId() != 0) {
            oldUses = oldUses == null ? TypeUses.of(old) : oldUses;
            return oldUses.count(subject.beforeId());
        }
        return 0;
    }
}
