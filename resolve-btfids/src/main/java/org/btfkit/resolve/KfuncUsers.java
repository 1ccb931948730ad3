package org.btfkit.resolve;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.btfkit.BtfException;
import org.btfkit.elf.ElfFile;
import org.btfkit.elf.ElfSection;
import org.btfkit.elf.ElfSymbols;
import org.btfkit.resolve.code.CallReader;
import org.btfkit.resolve.code.CodeLinks;
import org.btfkit.resolve.code.FunctionCall;

/**
 * Which types of BPF programs the kfuncs of a set are registered for, as far as the code of the object shows it.
 *
 * <p><b>Problem.</b> {@code .BTF_ids} says which functions programs may call, not which programs. That is an argument
 * of a call that runs when the module is loaded, and stands nowhere else:
 *
 * <pre>
 * static const struct btf_kfunc_id_set fou_bpf_kfunc_set = { .owner = THIS_MODULE, .set = &amp;fou_kfunc_set };
 * register_btf_kfunc_id_set(BPF_PROG_TYPE_SCHED_CLS, &amp;fou_bpf_kfunc_set);
 *
 *     48 c7 c6 ....     mov  $fou_bpf_kfunc_set, %rsi     relocated: .rodata + 0x160
 *     bf 03 00 00 00    mov  $3, %edi
 *     e9 ....           jmp  register_btf_kfunc_id_set    relocated
 * </pre>
 *
 * <p><b>Answer.</b> Relocations say where the calls are, and which struct an argument is; at its second pointer another
 * relocation leads to the set in {@code .BTF_ids}. Only the instructions that load the two arguments are read, and only
 * if they are ones that compilers write there. A call is taken if all of that fits and leads to the very start of a
 * set; any other is counted, as it may be of any set. Nothing is guessed.
 *
 * <p>Read are modules of x86-64 and arm64, and linked kernels of x86-64 that have their symbols. Of all others nothing
 * is known. Immutable; safe for use by several threads.
 */
public final class KfuncUsers {
    /** What is called; the kernel has had it since 6.0. */
    private static final String REGISTER = "register_btf_kfunc_id_set";

    /** Where in {@code struct btf_kfunc_id_set} the pointer to the set is, in bytes. */
    private static final int SET_POINTER = 8;

    /** More than the kernel has; what is beyond is no type of a program, whatever it looks like. */
    private static final int MOST_TYPES = 128;

    /** By offset of a set in {@code .BTF_ids}. */
    private final Map<Integer, TreeSet<Integer>> types = new TreeMap<>();

    private int unread;

    private KfuncUsers() {}

    /**
     * Reads an object.
     *
     * @param elf the object, open
     * @return what is known; nothing if it is of another machine, or has no symbols
     * @throws IOException if reading fails
     * @throws BtfException if a table of relocations is damaged
     */
    public static KfuncUsers of(ElfFile elf) throws IOException {
        KfuncUsers users = new KfuncUsers();
        ElfSection ids = elf.section(IdsSection.NAME);
        ElfSymbols symbols = elf.symbols();
        if (ids == null || symbols == null || !elf.is64()) {
            return users;
        }
        CodeLinks links = CodeLinks.of(elf, symbols, REGISTER);
        CallReader calls = links == null ? null : links.reader();
        if (calls == null) {
            return users;
        }
        IdsSection named = IdsSection.collect(elf);
        for (ElfSection section : elf.sections()) {
            if ((section.flags() & ElfSection.SHF_EXECINSTR) != 0 && section.hasBytes() && links.mayCall(section)) {
                for (FunctionCall call :
                        calls.in(section, ByteBuffer.wrap(elf.bytes(section)).order(elf.order()))) {
                    users.add(call, links, ids, named);
                }
            }
        }
        return users;
    }

    private void add(FunctionCall call, CodeLinks links, ElfSection ids, IdsSection named) throws IOException {
        boolean hasType = call != null && call.number() >= 0 && call.number() < MOST_TYPES;
        long set = hasType ? links.pointerAt(call.address() + SET_POINTER) : CodeLinks.NOWHERE;
        long offset = set == CodeLinks.NOWHERE ? -1 : set - links.address(ids);
        if (offset < 0 || offset >= ids.size() || !mayBegin(named, (int) offset)) {
            unread++;
        } else {
            types.computeIfAbsent((int) offset, key -> new TreeSet<>()).add(call.number());
        }
    }

    /** Whether a set begins at an offset; may be anywhere where no symbols name sets. */
    private static boolean mayBegin(IdsSection named, int offset) {
        return named.isEmpty() || named.sets().stream().anyMatch(set -> set.offset == offset);
    }

    /**
     * Returns the types of programs that a set is registered for.
     *
     * @param set a set of the object
     * @return their numbers as in the kernel's {@code enum bpf_prog_type}, ascending; 0 is all types. None if that is
     *     not known
     */
    public List<Integer> of(KfuncSet set) {
        return new ArrayList<>(types.getOrDefault(set.offset(), new TreeSet<>()));
    }

    /**
     * Returns how many calls could not be read, each of which may be of any set.
     *
     * @return the number; sets may have as many types more
     */
    public int unreadCalls() {
        return unread;
    }
}
