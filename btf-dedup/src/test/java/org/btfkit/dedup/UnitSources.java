package org.btfkit.dedup;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.btfkit.fixtures.raw.BtfKinds;
import org.btfkit.fixtures.raw.RawBtf;

/**
 * BTF of compilation units that include the same headers, made by a number: structs, unions, typedefs and enumerations
 * that refer to each other, in circles too, with anonymous ones within. Units declare some of them only, leave some
 * out, have their types in any order, have a pointer or array twice, and mean, the wilder the more, other things by a
 * name. The index of arrays is one for all units; functions and a section come last and refer to all of them.
 */
final class UnitSources {
    private static final String[] TAGS = {"a", "b", "c", "d"};
    private static final String[] TYPEDEFS = {"t", "u"};
    private static final int MAX_DEPTH = 4;

    private final Random random;
    private final int wildness;
    private final RawBtf btf = RawBtf.littleEndian();

    /** By tag and version, the seed of what it has; versions differ, or happen not to. */
    private final long[][] seeds = new long[TAGS.length + TYPEDEFS.length][2];

    private final List<Integer> allIds = new ArrayList<>();
    private List<Node> unit;
    private int[] versions;
    private Node[] named;

    /** A type of a unit; references are nodes, or ids of what all units share. */
    private static final class Node {
        private final int kind;
        private String name = "";
        private boolean kflag;
        private int vlen;
        private int size;
        private Object target;
        private final List<Object> data = new ArrayList<>();
        private int id;

        private Node(int kind) {
            this.kind = kind;
        }
    }

    private UnitSources(long seed, int wildness) {
        this.random = new Random(seed);
        this.wildness = wildness;
    }

    /**
     * Makes the units.
     *
     * @param wildness 0 where each name means one thing, up to 2
     */
    static RawBtf of(long seed, int wildness) {
        return new UnitSources(seed, wildness).make();
    }

    private RawBtf make() {
        btf.addInt("int", 4, RawBtf.SIGNED);
        for (long[] versionSeeds : seeds) {
            versionSeeds[0] = random.nextLong();
            versionSeeds[1] = random.nextLong();
        }
        int units = 2 + random.nextInt(4);
        for (int i = 0; i < units; i++) {
            addUnit();
        }
        addTail();
        return btf;
    }

    private void addUnit() {
        unit = new ArrayList<>();
        versions = new int[seeds.length];
        named = new Node[seeds.length];
        for (int i = 0; i < versions.length; i++) {
            versions[i] = random.nextInt(8) < wildness ? 1 : 0;
        }
        for (int i = 0; i < versions.length; i++) {
            if (random.nextInt(3) > 0) {
                reference(i, random, 0);
            }
        }
        if (random.nextBoolean()) {
            Collections.shuffle(unit, random);
        }
        int next = btf.nextId();
        for (Node node : unit) {
            node.id = next++;
            allIds.add(node.id);
        }
        for (Node node : unit) {
            int[] data = node.data.stream().mapToInt(this::word).toArray();
            btf.add(
                    node.kind,
                    node.name,
                    node.vlen,
                    node.kflag,
                    node.target == null ? node.size : word(node.target),
                    data);
        }
    }

    private int word(Object data) {
        return data instanceof Node node ? node.id : (Integer) data;
    }

    private Node add(int kind) {
        Node node = new Node(kind);
        unit.add(node);
        return node;
    }

    /** The type of a name as the unit has it. */
    private Node reference(int index, Random shape, int depth) {
        if (named[index] != null) {
            return named[index];
        }
        Random own = new Random(seeds[index][versions[index]]);
        boolean isUnion = own.nextInt(4) == 0;
        if (index >= TAGS.length) {
            Node node = add(BtfKinds.TYPEDEF);
            named[index] = node;
            node.name = TYPEDEFS[index - TAGS.length];
            node.target = type(own, depth + 1);
            return node;
        }
        if (random.nextInt(4) == 0) {
            Node node = add(BtfKinds.FWD);
            named[index] = node;
            node.name = TAGS[index];
            node.kflag = isUnion;
            return node;
        }
        Node node = add(isUnion ? BtfKinds.UNION : BtfKinds.STRUCT);
        named[index] = node;
        node.name = TAGS[index];
        addMembers(node, own, depth);
        return node;
    }

    private void addMembers(Node node, Random shape, int depth) {
        int count = 1 + shape.nextInt(3);
        node.size = 8 * count;
        node.vlen = count;
        for (int i = 0; i < count; i++) {
            node.data.add(btf.string("m" + i));
            node.data.add(type(shape, depth + 1));
            node.data.add(node.kind == BtfKinds.UNION ? 0 : 64 * i);
        }
    }

    /** A type by its shape: the same for units that mean the same by all names in it. */
    private Object type(Random shape, int depth) {
        int choice = shape.nextInt(depth > MAX_DEPTH ? 2 : 12);
        long rest = shape.nextLong();
        Random own = new Random(rest);
        switch (choice) {
            case 0:
                return 1;
            case 1: {
                Node node = add(BtfKinds.INT);
                node.name = "char";
                node.size = 1;
                node.data.add(8);
                return node;
            }
            case 2, 3, 4, 5: {
                Node node = add(BtfKinds.PTR);
                node.target =
                        own.nextInt(3) == 0 ? type(own, depth + 1) : reference(own.nextInt(seeds.length), own, depth);
                return node;
            }
            case 6: {
                Node node = add(BtfKinds.CONST);
                node.target = type(own, depth + 1);
                return node;
            }
            case 7, 8: {
                Node node = add(BtfKinds.ARRAY);
                node.data.add(type(own, depth + 1));
                node.data.add(1);
                node.data.add(own.nextInt(2));
                return node;
            }
            case 9: {
                Node node = add(own.nextBoolean() ? BtfKinds.STRUCT : BtfKinds.UNION);
                addMembers(node, own, depth + 1);
                return node;
            }
            case 10: {
                Node node = add(BtfKinds.ENUM);
                node.name = own.nextBoolean() ? "e" : "";
                node.size = 4;
                if (random.nextInt(3) > 0) {
                    node.vlen = 1;
                    node.data.add(btf.string("E"));
                    node.data.add(random.nextInt(8) < wildness ? 1 : 0);
                }
                return node;
            }
            default: {
                Node node = add(BtfKinds.FUNC_PROTO);
                node.target = type(own, depth + 1);
                node.vlen = 1;
                node.data.add(0);
                node.data.add(type(own, depth + 1));
                return node;
            }
        }
    }

    private void addTail() {
        int count = random.nextInt(4);
        for (int i = 0; i < count && !allIds.isEmpty(); i++) {
            int proto = btf.addFuncProto(
                    allIds.get(random.nextInt(allIds.size())),
                    new RawBtf.Param("x", allIds.get(random.nextInt(allIds.size()))));
            btf.addFunc("f" + random.nextInt(2), proto, 0);
        }
        if (random.nextBoolean() && !allIds.isEmpty()) {
            int var = btf.addVar("v", allIds.get(random.nextInt(allIds.size())), 0);
            btf.addDatasec(".data", 8, new RawBtf.SecInfo(var, 0, 8));
        }
    }
}
