package org.btfkit.resolve.conformance;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.btfkit.fixtures.BtfKinds;

/**
 * The BTF of a vmlinux after a change that no module sees: functions were added in the middle, and all others come in
 * another order. The types are the same, so a module's own BTF has the same types on it, with other ids.
 *
 * <p>Made from the raw bytes of the BTF before the change, little-endian; knows nothing of how the product reads BTF.
 */
final class ChangedBase {
    private static final int HEADER_BYTES = 24;

    private final int[] newIds;
    private final int oldStringEnd;
    private final byte[] bytes;

    private ChangedBase(int[] newIds, int oldStringEnd, byte[] bytes) {
        this.newIds = newIds;
        this.oldStringEnd = oldStringEnd;
        this.bytes = bytes;
    }

    /** Raw BTF taken apart: each type's words, and the strings. */
    private record Parts(List<int[]> types, byte[] strings) {
        static Parts of(byte[] btf) {
            ByteBuffer in = ByteBuffer.wrap(btf).order(ByteOrder.LITTLE_ENDIAN);
            int headerLength = in.getInt(4);
            int at = headerLength + in.getInt(8);
            int end = at + in.getInt(12);
            List<int[]> types = new ArrayList<>();
            while (at < end) {
                int info = in.getInt(at + 4);
                int kind = info >>> 24 & 0x1f;
                int length = 3 + BtfKinds.fixedWords(kind) + BtfKinds.elementWords(kind) * (info & 0xffff);
                int[] words = new int[length];
                in.position(at);
                in.asIntBuffer().get(words);
                types.add(words);
                at += 4 * length;
            }
            int strings = headerLength + in.getInt(16);
            return new Parts(types, Arrays.copyOfRange(btf, strings, strings + in.getInt(20)));
        }

        byte[] toBytes() {
            int words = types.stream().mapToInt(type -> type.length).sum();
            ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + 4 * words + strings.length);
            out.order(ByteOrder.LITTLE_ENDIAN);
            out.putShort((short) 0xeb9f).put((byte) 1).put((byte) 0).putInt(HEADER_BYTES);
            out.putInt(0).putInt(4 * words).putInt(4 * words).putInt(strings.length);
            for (int[] type : types) {
                for (int word : type) {
                    out.putInt(word);
                }
            }
            return out.put(strings).array();
        }
    }

    /** Changes the BTF of a vmlinux: {@code added} more functions, the others in reverse order. */
    static ChangedBase of(byte[] vmlinuxBtf, int added) {
        Parts old = Parts.of(vmlinuxBtf);
        List<Integer> functions = new ArrayList<>();
        for (int id = 1; id <= old.types.size(); id++) {
            if (kind(old.types.get(id - 1)) == BtfKinds.FUNC) {
                functions.add(id);
            }
        }
        // Old ids in the new order; 0 for a new function.
        List<Integer> order = new ArrayList<>();
        int next = functions.size();
        int middle = functions.get(functions.size() / 2);
        for (int id = 1; id <= old.types.size(); id++) {
            for (int i = 0; i < added && id == middle; i++) {
                order.add(0);
            }
            order.add(kind(old.types.get(id - 1)) == BtfKinds.FUNC ? functions.get(--next) : id);
        }
        int[] newIds = new int[1 + old.types.size()];
        for (int i = 0; i < order.size(); i++) {
            newIds[order.get(i)] = 1 + i;
        }
        newIds[0] = 0;
        return new ChangedBase(newIds, old.strings.length, write(old, order, newIds, functions.get(0)));
    }

    private static byte[] write(Parts old, List<Integer> order, int[] newIds, int anyFunction) {
        StringBuilder strings = new StringBuilder();
        List<int[]> types = new ArrayList<>();
        for (int oldId : order) {
            int[] type = old.types.get((oldId == 0 ? anyFunction : oldId) - 1).clone();
            renumber(type, newIds);
            if (oldId == 0) {
                type[0] = old.strings.length + strings.length();
                strings.append("added_function_").append(types.size()).append('\0');
            }
            types.add(type);
        }
        byte[] more = strings.toString().getBytes(StandardCharsets.US_ASCII);
        byte[] all = Arrays.copyOf(old.strings, old.strings.length + more.length);
        System.arraycopy(more, 0, all, old.strings.length, more.length);
        return new Parts(types, all).toBytes();
    }

    /** The changed BTF, raw. */
    byte[] bytes() {
        return bytes.clone();
    }

    /** What split BTF on the old base would have been, had it been made on the changed one. */
    byte[] rebased(byte[] split) {
        Parts own = Parts.of(split);
        Parts changed = Parts.of(bytes);
        int oldCount = newIds.length;
        int[] ids = Arrays.copyOf(newIds, oldCount + own.types.size());
        for (int i = 0; i < own.types.size(); i++) {
            ids[oldCount + i] = 1 + changed.types.size() + i;
        }
        int growth = changed.strings.length - oldStringEnd;
        for (int[] type : own.types) {
            renumber(type, ids);
            moveNames(type, oldStringEnd, growth);
        }
        return own.toBytes();
    }

    private static int kind(int[] type) {
        return type[1] >>> 24 & 0x1f;
    }

    private static void renumber(int[] type, int[] newIds) {
        switch (kind(type)) {
            case BtfKinds.PTR,
                    BtfKinds.TYPEDEF,
                    BtfKinds.VOLATILE,
                    BtfKinds.CONST,
                    BtfKinds.RESTRICT,
                    BtfKinds.FUNC,
                    BtfKinds.VAR,
                    BtfKinds.DECL_TAG,
                    BtfKinds.TYPE_TAG -> type[2] = newIds[type[2]];
            case BtfKinds.FUNC_PROTO -> {
                type[2] = newIds[type[2]];
                renumberElements(type, 1, 2, newIds);
            }
            case BtfKinds.ARRAY -> {
                type[3] = newIds[type[3]];
                type[4] = newIds[type[4]];
            }
            case BtfKinds.STRUCT, BtfKinds.UNION -> renumberElements(type, 1, 3, newIds);
            case BtfKinds.DATASEC -> renumberElements(type, 0, 3, newIds);
            default -> {}
        }
    }

    private static void renumberElements(int[] type, int word, int step, int[] newIds) {
        for (int at = 3 + word; at < type.length; at += step) {
            type[at] = newIds[type[at]];
        }
    }

    private static void moveNames(int[] type, int from, int growth) {
        type[0] += type[0] >= from ? growth : 0;
        int kind = kind(type);
        if (kind == BtfKinds.DATASEC) {
            return; // its elements have no names
        }
        int step = BtfKinds.elementWords(kind);
        for (int at = 3 + BtfKinds.fixedWords(kind); step != 0 && at < type.length; at += step) {
            type[at] += type[at] >= from ? growth : 0;
        }
    }
}
