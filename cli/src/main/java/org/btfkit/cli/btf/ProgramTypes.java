package org.btfkit.cli.btf;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.btfkit.btf.Btf;
import org.btfkit.btf.BtfType;
import org.btfkit.btf.format.BtfKind;
import org.btfkit.resolve.KfuncSet;
import org.btfkit.resolve.KfuncUsers;

/** The types of BPF programs that sets of kfuncs are registered for, by the names that the kernel's BTF has. */
final class ProgramTypes {
    private static final String ENUM = "bpf_prog_type";
    private static final String PREFIX = "BPF_PROG_TYPE_";

    private final Map<Integer, String> names = new TreeMap<>();
    private final KfuncUsers users;

    /**
     * Prepares.
     *
     * @param btf the BTF of the object, or of its kernel
     */
    ProgramTypes(Btf btf, KfuncUsers users) {
        this.users = users;
        int enumId = btf.find(BtfKind.ENUM, ENUM);
        if (enumId != 0) {
            for (BtfType.Enumerator value : ((BtfType.Enum) btf.type(enumId)).values()) {
                if (value.name().startsWith(PREFIX)) {
                    names.putIfAbsent(
                            (int) value.value(),
                            value.name().substring(PREFIX.length()).toLowerCase(Locale.ROOT));
                }
            }
        }
    }

    /** The types of a set: their names, or their numbers where there are none; none if they are not known. */
    List<String> of(KfuncSet set) {
        return users.of(set).stream().map(this::name).toList();
    }

    /** Whether a set may be registered for others as well. */
    boolean mayBeMore() {
        return users.unreadCalls() > 0;
    }

    /** What is said of a set. */
    String text(KfuncSet set) {
        List<String> types = of(set);
        return types.isEmpty() ? "for programs of unknown types" : "for " + String.join(", ", types);
    }

    /** What is to be said of all sets; null if there is nothing. */
    String note() {
        int unread = users.unreadCalls();
        return unread == 0
                ? null
                : unread + (unread == 1 ? " call" : " calls")
                        + " of its code that registers kfuncs cannot be read: a set"
                        + " may be for other types of programs as well";
    }

    private String name(int number) {
        return number == 0 ? "all" : names.getOrDefault(number, Integer.toString(number));
    }
}
