package org.btfkit.btf.validate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.btfkit.fixtures.raw.BtfKinds;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Member;
import org.btfkit.fixtures.raw.RawBtf.Param;
import org.btfkit.fixtures.raw.RawBtf.SecInfo;

/** Makes types that refer to each other one after another, about as many as the kernel follows. */
final class BtfChains {
    private static final List<List<Integer>> LINKS = List.of(
            List.of(BtfKinds.CONST),
            List.of(BtfKinds.PTR),
            List.of(BtfKinds.STRUCT),
            List.of(BtfKinds.ARRAY),
            List.of(BtfKinds.TYPE_TAG),
            List.of(BtfKinds.TYPEDEF, BtfKinds.VOLATILE, BtfKinds.PTR),
            List.of(BtfKinds.STRUCT, BtfKinds.UNION, BtfKinds.CONST),
            List.of(BtfKinds.STRUCT, BtfKinds.ARRAY, BtfKinds.CONST, BtfKinds.CONST),
            List.of(BtfKinds.STRUCT, BtfKinds.PTR, BtfKinds.CONST, BtfKinds.TYPEDEF, BtfKinds.ARRAY));

    private final Random random;

    BtfChains(long seed) {
        random = new Random(seed);
    }

    /** A chain of up to 40 types in some order of ids, with something in front of it and something at its end. */
    byte[] next() {
        int length = random.nextInt(3) == 0 ? 2 + random.nextInt(10) : 28 + random.nextInt(13);
        List<Integer> ids =
                new ArrayList<>(IntStream.range(2, 2 + length).boxed().toList());
        switch (random.nextInt(4)) {
            case 0 -> {}
            case 1 -> Collections.reverse(ids);
            case 2 -> Collections.shuffle(ids, random);
            default -> Collections.rotate(ids, random.nextInt(length));
        }
        List<Integer> kinds = LINKS.get(random.nextInt(LINKS.size()));
        int last = random.nextInt(6) == 0 ? ids.get(random.nextInt(length)) : random.nextInt(4) == 0 ? 0 : 1;
        RawBtf btf = RawBtf.littleEndian().headerLength(24);
        btf.addInt("int", 4, RawBtf.SIGNED);
        for (int id = 2; id < 2 + length; id++) {
            int place = ids.indexOf(id);
            addLink(btf, kinds.get(random.nextInt(kinds.size())), place + 1 < length ? ids.get(place + 1) : last);
        }
        addFront(btf, ids.get(0));
        return btf.toBytes();
    }

    private void addLink(RawBtf btf, int kind, int target) {
        switch (kind) {
            case BtfKinds.STRUCT -> btf.addStruct("", 8, Member.of("m", target, 0));
            case BtfKinds.UNION -> btf.addUnion("", 8, Member.of("m", target, 0), Member.of("", 1, 0));
            case BtfKinds.ARRAY -> btf.addArray(target, 1, 1);
            case BtfKinds.TYPEDEF -> btf.addTypedef("t", target);
            case BtfKinds.TYPE_TAG -> btf.addTypeTag("t", target, false);
            default -> btf.add(kind, "", 0, false, target);
        }
    }

    private void addFront(RawBtf btf, int first) {
        switch (random.nextInt(5)) {
            case 0 -> {
                btf.addDatasec(".d", 8, new SecInfo(btf.nextId() + 1, 0, 8));
                btf.addVar("v", first, 0);
            }
            case 1 -> btf.addFuncProto(first, new Param("p", first));
            case 2 -> btf.addStruct("s", 16, Member.of("a", first, 0), Member.of("b", 1, 64));
            case 3 -> {
                btf.addPtr(first);
                btf.addVar("v", btf.nextId() - 1, 0);
            }
            default -> {}
        }
    }
}
