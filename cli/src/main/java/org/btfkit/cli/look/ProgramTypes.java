package org.btfkit.cli.look;

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
    private final boolean isKernel;

    /**
     * Prepares.
     *
     * @param btf the BTF of the object, or of its kernel
     */
    ProgramTypes(Btf btf, KfuncUsers users) {
        this.users = users;
        this.isKernel = btf.base() == null;
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

    /**
     * Says what is to be said of all sets, if there is anything.
     *
     * @param sets those of the file
     * @return a line after the name of the file, or null
     */
    String note(List<KfuncSet> sets) {
        int unread = users.unreadCalls();
        if (unread > 0) {
            return unread + (unread == 1 ? " call" : " calls")
                    + " of its code that registers kfuncs cannot be read: a set may be for other types of programs as well";
        }
        boolean areUnknown = sets.stream().allMatch(set -> users.of(set).isEmpty());
        return !isKernel || sets.isEmpty() || !areUnknown
                ? null
                : "types of programs are not known; they are read from code of x86-64 or arm64, with symbols, which"
                        + " a vmlinux of kernel headers, for one, does not have";
    }

    private String name(int number) {
        return number == 0 ? "all" : names.getOrDefault(number, Integer.toString(number));
    }
}
