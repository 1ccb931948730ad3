package org.btfkit.btf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.btfkit.fixtures.raw.BtfKinds;

/**
 * Makes small changes to BTF, most of them such that it stays near to valid. Knows the format by the fixtures only.
 *
 * <p>The same seed makes the same changes.
 */
public final class BtfMutator {
    private static final int[] VALUES = {
        0,
        1,
        2,
        3,
        4,
        5,
        7,
        8,
        9,
        12,
        16,
        24,
        31,
        32,
        33,
        64,
        100,
        127,
        128,
        129,
        255,
        256,
        0xffff,
        0x10000,
        0xffffff,
        0x1000000,
        0x7fffffff,
        0x80000000,
        -2,
        -1,
        0xfffffff8
    };

    private static final int[] KINDS_OF_REFERENCES = {
        BtfKinds.PTR,
        BtfKinds.PTR,
        BtfKinds.TYPEDEF,
        BtfKinds.VOLATILE,
        BtfKinds.CONST,
        BtfKinds.CONST,
        BtfKinds.RESTRICT,
        BtfKinds.TYPE_TAG,
        BtfKinds.FUNC,
        BtfKinds.VAR,
        BtfKinds.DECL_TAG,
        BtfKinds.ARRAY,
        BtfKinds.STRUCT,
        BtfKinds.UNION,
        BtfKinds.FUNC_PROTO,
        BtfKinds.DATASEC
    };

    private final Random random;
    private byte[] data;
    private ByteBuffer words;
    private int headerLength;
    private int typeLen;
    private int strLen;

    /** Byte offsets of the types. */
    private List<Integer> types;

    public BtfMutator(long seed) {
        random = new Random(seed);
    }

    /** A copy with one to three changes. */
    public byte[] mutate(byte[] original) {
        data = original.clone();
        int changes = 1 + (random.nextInt(3) == 0 ? 1 : 0) + (random.nextInt(12) == 0 ? 1 : 0);
        for (int i = 0; i < changes; i++) {
            if (!scan()) {
                flipBit();
                continue;
            }
            change();
        }
        return data;
    }

    /** Finds the types, as far as they make sense; false if there are none. */
    private boolean scan() {
        words = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        types = new ArrayList<>();
        if (data.length < 24) {
            return false;
        }
        headerLength = words.getInt(4);
        typeLen = words.getInt(12);
        strLen = words.getInt(20);
        if (headerLength < 24 || headerLength > 64 || typeLen < 12 || (long) headerLength + typeLen > data.length) {
            return false;
        }
        int at = headerLength;
        while (at + 12 <= headerLength + typeLen) {
            types.add(at);
            int info = words.getInt(at + 4);
            int kind = info >>> 24 & 0x1f;
            long length = 3;
            if (kind > 0 && kind < BtfKinds.count()) {
                length += BtfKinds.fixedWords(kind) + (long) BtfKinds.elementWords(kind) * (info & 0xffff);
            }
            if (at + 4 * length > headerLength + typeLen) {
                break;
            }
            at += (int) (4 * length);
        }
        return true;
    }

    private void change() {
        switch (random.nextInt(28)) {
            case 0, 1 -> flipBit();
            case 2, 3, 4, 5, 6 -> setWordOfType();
            case 7, 8, 9, 10, 11 -> setReference();
            case 12, 13 -> changeInfo();
            case 14 -> swapWords();
            case 15, 16 -> swapTypes();
            case 17, 18, 19, 20 -> appendType();
            case 21, 22 -> changeString();
            case 23 -> setName();
            case 24 -> setHeaderField();
            case 25 -> cutOff();
            case 26 -> nudgeWord();
            default -> appendBytes();
        }
    }

    private void flipBit() {
        if (data.length > 0) {
            data[random.nextInt(data.length)] ^= (byte) (1 << random.nextInt(8));
        }
    }

    private int someType() {
        return types.get(random.nextInt(types.size()));
    }

    /** The number of words of a type, no further than the section. */
    private int wordsOf(int at) {
        int next = types.indexOf(at) + 1;
        int end = next < types.size() ? types.get(next) : headerLength + typeLen;
        return (end - at) / 4;
    }

    private int someWord() {
        int at = someType();
        return at + 4 * random.nextInt(Math.min(wordsOf(at), 40));
    }

    private int someId() {
        return switch (random.nextInt(12)) {
            case 0 -> 0;
            case 1 -> types.size() + 1;
            default -> 1 + random.nextInt(types.size());
        };
    }

    private int someValue() {
        return switch (random.nextInt(4)) {
            case 0 -> someId();
            case 1 -> random.nextInt(Math.max(1, strLen));
            default -> VALUES[random.nextInt(VALUES.length)];
        };
    }

    private void setWordOfType() {
        words.putInt(someWord(), someValue());
    }

    private void nudgeWord() {
        int at = someWord();
        words.putInt(at, words.getInt(at) + random.nextInt(17) - 8);
    }

    /** Lets some type refer to another type, where a reference is. */
    private void setReference() {
        int at = someType();
        int kind = words.getInt(at + 4) >>> 24 & 0x1f;
        int size = wordsOf(at);
        int word = switch (kind) {
            case BtfKinds.ARRAY -> 3 + random.nextInt(2);
            case BtfKinds.STRUCT, BtfKinds.UNION -> 4 + 3 * random.nextInt(Math.max(1, (size - 3) / 3));
            case BtfKinds.FUNC_PROTO -> random.nextBoolean() ? 2 : 4 + 2 * random.nextInt(Math.max(1, (size - 3) / 2));
            case BtfKinds.DATASEC -> 3 + 3 * random.nextInt(Math.max(1, (size - 3) / 3));
            default -> 2;
        };
        if (word < size) {
            words.putInt(at + 4 * word, someId());
        }
    }

    private void changeInfo() {
        int at = someType() + 4;
        int info = words.getInt(at);
        int changed = switch (random.nextInt(6)) {
            case 0 -> info ^ 1 << 31;
            case 1 -> info + 1;
            case 2 -> info - 1;
            case 3 -> info ^ 1 << random.nextInt(32);
            default -> info & 0x80ffffff | random.nextInt(21) << 24;
        };
        words.putInt(at, changed);
    }

    private void swapWords() {
        int a = someWord();
        int b = random.nextBoolean() ? someWord() : Math.min(a + 4, headerLength + typeLen - 4);
        int kept = words.getInt(a);
        words.putInt(a, words.getInt(b));
        words.putInt(b, kept);
    }

    /** Swaps the places of two types, so that their ids change hands. */
    private void swapTypes() {
        int a = someType();
        int b = someType();
        if (a == b) {
            return;
        }
        int first = Math.min(a, b);
        int second = Math.max(a, b);
        int firstEnd = first + 4 * wordsOf(first);
        int secondEnd = second + 4 * wordsOf(second);
        ByteBuffer out = ByteBuffer.allocate(secondEnd - first);
        out.put(data, second, secondEnd - second);
        out.put(data, firstEnd, second - firstEnd);
        out.put(data, first, firstEnd - first);
        System.arraycopy(out.array(), 0, data, first, out.capacity());
    }

    /** Adds a small type that refers to others, and mostly lets something refer to it. */
    private void appendType() {
        int kind = KINDS_OF_REFERENCES[random.nextInt(KINDS_OF_REFERENCES.length)];
        int vlen = BtfKinds.elementWords(kind) == 0 ? 0 : random.nextInt(3);
        int[] type = new int[3 + BtfKinds.fixedWords(kind) + vlen * BtfKinds.elementWords(kind)];
        boolean named = kind == BtfKinds.TYPEDEF
                || kind == BtfKinds.TYPE_TAG
                || kind == BtfKinds.FUNC
                || kind == BtfKinds.VAR
                || kind == BtfKinds.DECL_TAG
                || kind == BtfKinds.DATASEC;
        type[0] = named ? someNameOff() : 0;
        type[1] = kind << 24 | vlen;
        type[2] = someId();
        if (kind == BtfKinds.STRUCT || kind == BtfKinds.UNION) {
            type[2] = 8 * random.nextInt(20);
        } else if (kind == BtfKinds.DATASEC) {
            type[2] = 1 + random.nextInt(64);
        } else if (kind == BtfKinds.ARRAY) {
            type[2] = 0;
        }
        for (int i = 3; i < type.length; i++) {
            type[i] = random.nextInt(10) == 0 ? VALUES[random.nextInt(VALUES.length)] : someId();
        }
        switch (kind) {
            case BtfKinds.DECL_TAG -> type[3] = random.nextInt(4) - 1;
            case BtfKinds.VAR -> type[3] = random.nextInt(2);
            case BtfKinds.ARRAY -> type[4] = someIntId();
            case BtfKinds.STRUCT, BtfKinds.UNION, BtfKinds.FUNC_PROTO -> {
                for (int i = 3; i < type.length; i += BtfKinds.elementWords(kind)) {
                    type[i] = random.nextInt(4) == 0 ? someNameOff() : 0;
                    if (kind != BtfKinds.FUNC_PROTO) {
                        type[i + 2] = 0;
                    }
                }
            }
            default -> {}
        }
        insert(headerLength + typeLen, type);
        if (random.nextInt(4) != 0) {
            int newId = types.size() + 1;
            int at = someWord();
            words.putInt(at, newId);
        }
    }

    private int someIntId() {
        for (int i = 0; i < 20; i++) {
            int index = random.nextInt(types.size());
            if ((words.getInt(types.get(index) + 4) >>> 24 & 0x1f) == BtfKinds.INT) {
                return index + 1;
            }
        }
        return 1;
    }

    /** Inserts words at the end of the type section and moves what is behind. */
    private void insert(int at, int[] type) {
        ByteBuffer out = ByteBuffer.allocate(data.length + 4 * type.length).order(ByteOrder.LITTLE_ENDIAN);
        out.put(data, 0, at);
        Arrays.stream(type).forEach(out::putInt);
        out.put(data, at, data.length - at);
        data = out.array();
        words = out;
        words.putInt(12, typeLen + 4 * type.length);
        words.putInt(16, words.getInt(16) + 4 * type.length);
    }

    private int someNameOff() {
        return random.nextInt(Math.max(1, strLen));
    }

    private void setName() {
        words.putInt(someType(), someNameOff());
    }

    private void changeString() {
        int from = data.length - Math.min(strLen, data.length);
        if (strLen <= 0 || from >= data.length) {
            return;
        }
        int at = from + random.nextInt(data.length - from);
        byte[] choice = {0, '.', '_', '-', ' ', '0', '9', 'A', 'z', '@', '[', '`', '{', '/', ':', 0x7f, 0x1f, '~'};
        data[at] = random.nextInt(3) == 0 ? (byte) random.nextInt(256) : choice[random.nextInt(choice.length)];
    }

    private void setHeaderField() {
        int[] offsets = {0, 2, 3, 4, 8, 12, 16, 20, 24, 28};
        int at = offsets[random.nextInt(offsets.length)];
        if (at < 4) {
            data[at] = (byte) VALUES[random.nextInt(VALUES.length)];
        } else {
            int old = words.getInt(at);
            words.putInt(at, random.nextBoolean() ? old + 4 * (random.nextInt(5) - 2) : someValue());
        }
    }

    private void cutOff() {
        data = Arrays.copyOf(
                data, Math.max(0, data.length - 1 - random.nextInt(random.nextBoolean() ? 4 : data.length)));
    }

    private void appendBytes() {
        data = Arrays.copyOf(data, data.length + 1 + random.nextInt(8));
        if (random.nextBoolean() && data.length >= 24) {
            ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN).putInt(20, strLen + 1);
        }
    }
}
