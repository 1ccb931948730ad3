package org.btfkit.btf.dump;

import static org.btfkit.btf.dump.DumpOutput.bytes;

import java.util.Arrays;
import org.btfkit.btf.flat.JoinedTypes;
import org.btfkit.btf.format.BtfKind;

/**
 * What stands around the definitions in a header for BPF programs: the include guard, an attribute that makes accesses
 * to all structs relocatable, and prototypes of the kernel functions that programs may call.
 */
final class CFrame extends IdSort {
    private static final byte[] HEAD = bytes("""
            #ifndef BPF_NO_PRESERVE_ACCESS_INDEX
            #pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)
            #endif

            #ifndef __ksym
            #define __ksym __attribute__((section(".ksyms")))
            #endif

            #ifndef __weak
            #define __weak __attribute__((weak))
            #endif

            #ifndef __bpf_fastcall
            #if __has_attribute(bpf_fastcall)
            #define __bpf_fastcall __attribute__((bpf_fastcall))
            #else
            #define __bpf_fastcall
            #endif
            #endif

            """);

    private static final byte[] TAIL = bytes("""
            #ifndef BPF_NO_PRESERVE_ACCESS_INDEX
            #pragma clang attribute pop
            #endif
            """);

    private static final byte[] FUNCTIONS_HEAD = bytes("\n/* BPF kfuncs */\n#ifndef BPF_NO_KFUNC_PROTOTYPES\n");
    private static final byte[] FUNCTIONS_TAIL = bytes("#endif\n\n");
    private static final byte[] EXTERN = bytes("extern ");
    private static final byte[] FASTCALL = bytes("__bpf_fastcall ");
    private static final byte[] ATTRIBUTES = bytes(" __weak __ksym;\n");
    private static final byte[] KFUNC_TAG = bytes("bpf_kfunc");
    private static final byte[] FASTCALL_TAG = bytes("bpf_fastcall");
    private static final int WHOLE = -1;

    private final JoinedTypes types;
    private final DumpOutput out;
    private final CNames names;

    /** The macro that keeps the header from being included twice; empty for none. */
    private final String guard;

    CFrame(JoinedTypes types, DumpOutput out, CNames names, String guard) {
        this.types = types;
        this.out = out;
        this.names = names;
        this.guard = guard;
    }

    void putHead() {
        if (!guard.isEmpty()) {
            out.put(bytes("#ifndef " + guard + "\n#define " + guard + "\n\n"));
        }
        out.put(HEAD);
    }

    void putTail() {
        out.put(TAIL);
        if (!guard.isEmpty()) {
            out.put(bytes("\n#endif /* " + guard + " */\n"));
        }
    }

    @Override
    int compare(int a, int b) {
        return types.compareStrings(types.nameOff(a), types.nameOff(b));
    }

    /** Puts a prototype for each FUNC with a tag that says it is a kfunc, sorted by name. */
    void putFunctions(CDeclarators declarators, DeclaredElsewhere elsewhere) {
        int[] functions = new int[16];
        int count = 0;
        boolean[] isFastcall = new boolean[types.typeCount()];
        for (int id = 1; id < types.typeCount(); id++) {
            if (types.kind(id) != BtfKind.DECL_TAG || types.words()[types.fixedAt(id)] != WHOLE) {
                continue;
            }
            int taggedId = types.sizeOrType(id);
            if (types.kind(taggedId) != BtfKind.FUNC) {
                continue;
            }
            if (types.isString(types.nameOff(id), FASTCALL_TAG)) {
                isFastcall[taggedId] = true;
            } else if (types.isString(types.nameOff(id), KFUNC_TAG)
                    && !elsewhere.hasFunction(types, types.nameOff(taggedId))) {
                if (count == functions.length) {
                    functions = Arrays.copyOf(functions, count * 2);
                }
                functions[count++] = taggedId;
            }
        }
        sort(functions, count);
        out.put(FUNCTIONS_HEAD);
        for (int i = 0; i < count; i++) {
            if (!names.claimFunction(functions[i])) {
                continue;
            }
            out.put(EXTERN);
            if (isFastcall[functions[i]]) {
                out.put(FASTCALL);
            }
            declarators.declare(types.sizeOrType(functions[i]), types.nameOff(functions[i]), 0);
            out.put(ATTRIBUTES);
        }
        out.put(FUNCTIONS_TAIL);
    }
}
