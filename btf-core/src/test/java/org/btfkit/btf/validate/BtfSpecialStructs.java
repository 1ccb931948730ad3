package org.btfkit.btf.validate;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Member;

/**
 * Makes structs with locks, lists, trees and tracked pointers in them, most of them as a program would have them, with
 * something wrong here and there.
 *
 * <p>Two things are left out, because Linux 6.18 takes them with a warning in its log: a second {@code bpf_refcount},
 * and a second lock that is not in the same struct, or is of the other kind and comes second.
 */
final class BtfSpecialStructs {
    /** What kernels disagree on. */
    enum Trait {
        /** Structs own each other in a circle, or more than eight one below the other. */
        LONG_OWNERSHIP,
        /** What is in a list or tree has a list or tree whose elements have one too. */
        NESTED_ROOTS,
        /** A pointer has several tags, or one that is not for tracking. */
        OTHER_TAGS
    }

    /** One BTF, and what is in it that kernels disagree on. */
    record Sample(byte[] data, Set<Trait> traits) {}

    private static final Map<String, Integer> SIZES = sizes();
    private static final List<String> LOCKS = List.of("bpf_spin_lock", "bpf_res_spin_lock");
    private static final List<String> ROOTS = List.of("bpf_list_head", "bpf_rb_root");
    private static final List<String> NODES = List.of("bpf_list_node", "bpf_rb_node");
    private static final List<String> IN_MAPS = List.of("bpf_timer", "bpf_wq", "bpf_task_work", "bpf_dynptr");
    private static final List<String> TAGS = List.of("kptr", "kptr_untrusted", "percpu_kptr", "uptr");
    private static final int MAX_OWNERS = 8;

    /** A struct: what is in it, nested structs included, and what it owns, as indexes of structs. */
    private static final class Shape {
        final String name;
        final Set<String> has = new HashSet<>();
        final Set<Integer> holds = new HashSet<>();
        final Set<Integer> owns = new HashSet<>();
        final List<Member> members = new ArrayList<>();
        int typeId;
        int size;

        Shape(String name) {
            this.name = name;
        }

        boolean hasAny(List<String> types) {
            return types.stream().anyMatch(has::contains);
        }
    }

    private record Tag(int shape, int member, String value) {}

    private record Target(int typeId, int shape) {}

    private final Random random;
    private RawBtf btf;
    private int intId;
    private final Map<String, Integer> specialIds = new LinkedHashMap<>();
    private final List<Shape> shapes = new ArrayList<>();
    private final List<Tag> tags = new ArrayList<>();
    private final List<Target> targets = new ArrayList<>();
    private final Set<Trait> traits = EnumSet.noneOf(Trait.class);

    BtfSpecialStructs(long seed) {
        random = new Random(seed);
    }

    private static Map<String, Integer> sizes() {
        Map<String, Integer> sizes = new LinkedHashMap<>();
        sizes.put("bpf_spin_lock", 4);
        sizes.put("bpf_res_spin_lock", 4);
        sizes.put("bpf_list_head", 16);
        sizes.put("bpf_list_node", 24);
        sizes.put("bpf_rb_root", 16);
        sizes.put("bpf_rb_node", 32);
        sizes.put("bpf_refcount", 4);
        sizes.put("bpf_timer", 16);
        sizes.put("bpf_wq", 16);
        sizes.put("bpf_task_work", 8);
        sizes.put("bpf_dynptr", 16);
        return sizes;
    }

    Sample next() {
        btf = RawBtf.littleEndian().headerLength(24);
        specialIds.clear();
        shapes.clear();
        tags.clear();
        targets.clear();
        traits.clear();
        intId = btf.addInt("int", 4, RawBtf.SIGNED);
        SIZES.forEach(this::addSpecialType);
        int count = oneIn(30) ? 9 + random.nextInt(4) : 1 + random.nextInt(5);
        for (int i = 0; i < count; i++) {
            shapes.add(new Shape("zq_" + (char) ('a' + i)));
        }
        boolean chain = count > 5;
        for (int i = 0; i < count; i++) {
            fill(i, chain);
        }
        for (Target target : targets) {
            btf.patch(target.typeId, 2, shapes.get(target.shape).typeId);
        }
        for (Tag tag : tags) {
            btf.addDeclTag(tag.value, shapes.get(tag.shape).typeId, tag.member, oneIn(40));
        }
        addTraits();
        return new Sample(btf.toBytes(), Set.copyOf(traits));
    }

    private void addSpecialType(String name, int size) {
        if (oneIn(60)) {
            btf.addTypedef(name, intId);
        }
        int actual = oneIn(60) ? size + (random.nextBoolean() ? 4 : -4) : size;
        int id = oneIn(150) ? btf.addUnion(name, actual) : btf.addStruct(name, actual);
        if (oneIn(60)) {
            // A second one of the same name is as good, but makes no struct special.
            int second = btf.addStruct(name, size);
            id = random.nextBoolean() ? second : id;
        }
        specialIds.put(name, id);
    }

    private void fill(int index, boolean chain) {
        Shape shape = shapes.get(index);
        if (chain && index + 1 < shapes.size() && !oneIn(20)) {
            add(shape, "next", pointer(shape, "kptr", index + 1), 8, 8);
        }
        boolean isNode = random.nextInt(5) < 3;
        if (isNode) {
            addNodes(shape);
        }
        if (oneIn(isNode ? 6 : 2)) {
            addRoots(shape, index);
        } else if (oneIn(3)) {
            addLock(shape);
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            addOther(shape, index);
        }
        if (shape.members.isEmpty()) {
            add(shape, "x", intId, 4, 4);
        }
        int size = shape.size + 7 & -8;
        shape.typeId = btf.addStruct(shape.name, size, shape.members.toArray(Member[]::new));
        shape.size = size;
    }

    private void addNodes(Shape shape) {
        if (!oneIn(10)) {
            addSpecial(shape, "l", "bpf_list_node");
        }
        if (oneIn(3)) {
            addSpecial(shape, oneIn(20) ? "l" : "r", "bpf_rb_node");
            if (!oneIn(6)) {
                addSpecial(shape, "refs", "bpf_refcount");
            }
        }
    }

    private void addRoots(Shape shape, int index) {
        if (!oneIn(12)) {
            addLock(shape);
        }
        for (int i = 1 + random.nextInt(2); i > 0; i--) {
            boolean isTree = !withMember("r", index).isEmpty() && random.nextBoolean();
            String type = oneIn(15) ? oneOf(ROOTS) : isTree ? "bpf_rb_root" : "bpf_list_head";
            if (withMember(isTree ? "r" : "l", index).isEmpty() && !oneIn(5)) {
                return;
            }
            String node = type.equals("bpf_list_head") ? "l" : "r";
            int held = heldBy(index, node);
            tag(index, shape.members.size(), "contains:zq_" + (char) ('a' + held) + ":" + node);
            shape.holds.add(held);
            if (oneIn(15)) {
                int elements = random.nextInt(4);
                shape.has.add(type);
                int size = SIZES.get(type);
                add(shape, "heads", btf.addArray(specialIds.get(type), intId, elements), elements * size, 8);
            } else {
                addSpecial(shape, "head" + i, type);
            }
        }
    }

    private int heldBy(int index, String node) {
        List<Integer> fit = withMember(node, index);
        boolean isAny = fit.isEmpty() || oneIn(25);
        return isAny ? random.nextInt(shapes.size() + (oneIn(5) ? 1 : 0)) : oneOf(fit);
    }

    /** The structs made by now that have a member of this name. */
    private List<Integer> withMember(String name, int index) {
        List<Integer> found = new ArrayList<>();
        for (int i = 0; i < index; i++) {
            if (shapes.get(i).members.stream().anyMatch(m -> m.name().equals(name))) {
                found.add(i);
            }
        }
        return found;
    }

    private void tag(int index, int member, String value) {
        if (oneIn(25)) {
            tags.add(new Tag(index, member, oneOf(List.of("other", "contains", "contained:zq_a:l", "contain"))));
        }
        if (oneIn(40)) {
            return;
        }
        String written = value;
        if (oneIn(20)) {
            String name = value.substring(0, value.lastIndexOf(':'));
            written = oneOf(List.of(
                    name,
                    name + ":",
                    name + ":x",
                    value + ":l",
                    "contains::l",
                    "contains:",
                    "contains:zq_:l",
                    value + "l"));
        }
        tags.add(new Tag(index, oneIn(60) ? -1 : member, written));
        if (oneIn(40)) {
            tags.add(new Tag(index, member, oneIn(2) ? value : "contains:"));
        }
    }

    private void addLock(Shape shape) {
        String type = oneIn(4) ? "bpf_res_spin_lock" : "bpf_spin_lock";
        if (shape.hasAny(LOCKS)) {
            return;
        }
        addSpecial(shape, "lock", type);
        if (oneIn(30)) {
            addSpecial(shape, "again", type);
        } else if (oneIn(30) && type.equals("bpf_res_spin_lock")) {
            addSpecial(shape, "other", "bpf_spin_lock");
        }
    }

    private void addOther(Shape shape, int index) {
        switch (random.nextInt(16)) {
            case 0, 1, 2, 3 -> add(shape, "p", trackedPointer(shape), 8, 8);
            case 4 -> addSpecial(shape, "m", oneOf(IN_MAPS));
            case 5 -> addNested(shape, index);
            case 6 -> {
                if (!shape.has.contains("bpf_refcount")) {
                    addSpecial(shape, "refs", "bpf_refcount");
                }
            }
            case 7 -> addSpecial(shape, "n", oneOf(NODES));
            case 8 -> addHidden(shape);
            case 9 -> {
                int elements = random.nextInt(6);
                add(shape, "ps", btf.addArray(trackedPointer(shape), intId, elements), 8 * elements, 8);
            }
            case 10 -> addLock(shape);
            case 11 -> {
                if (oneIn(4)) {
                    shape.members.add(Member.bitfield("bits", intId, 8 * shape.size + 3, 5));
                    shape.size += 4;
                }
            }
            default -> add(shape, "x", intId, 4, 4);
        }
    }

    private void addNested(Shape shape, int index) {
        if (index == 0) {
            return;
        }
        Shape inner = shapes.get(random.nextInt(index));
        boolean hasLock = shape.hasAny(LOCKS) && inner.hasAny(LOCKS);
        if (hasLock || shape.has.contains("bpf_refcount") && inner.has.contains("bpf_refcount")) {
            return;
        }
        inner.has.stream().filter(SIZES::containsKey).forEach(shape.has::add);
        shape.holds.addAll(inner.holds);
        shape.owns.addAll(inner.owns);
        if (oneIn(3)) {
            int elements = random.nextInt(4);
            int typeId = btf.addArray(inner.typeId, intId, elements);
            if (oneIn(3)) {
                typeId = btf.addArray(typeId, intId, 1);
            }
            add(shape, "structs", typeId, elements * inner.size, 8);
        } else {
            add(shape, "struct", inner.typeId, inner.size, 8);
        }
    }

    /** Something special where it does not count. */
    private void addHidden(Shape shape) {
        String type = oneOf(new ArrayList<>(SIZES.keySet()));
        int id = specialIds.get(type);
        int hidden = switch (random.nextInt(4)) {
            case 0 -> btf.addConst(id);
            case 1 -> btf.addTypedef("hidden", id);
            case 2 -> btf.addUnion("", 40, Member.of("u", id, 0));
            default -> btf.addPtr(id);
        };
        add(shape, "hidden", hidden, 40, 8);
    }

    private int trackedPointer(Shape shape) {
        int own = shapes.indexOf(shape);
        boolean any = oneIn(10);
        int target = any ? random.nextInt(shapes.size()) : Math.min(own + 1 + random.nextInt(3), shapes.size() - 1);
        String tag = oneIn(40) ? oneOf(List.of("user", "rcu", "kptr_ref")) : oneOf(TAGS);
        return target == own && !any ? btf.addPtr(intId) : pointer(shape, tag, target);
    }

    private int pointer(Shape shape, String tag, int target) {
        if (!tag.equals("kptr_untrusted")) {
            shape.owns.add(target);
        }
        boolean isNone = oneIn(60);
        int modifier = oneIn(8) ? btf.addConst(isNone ? intId : 1) : 0;
        int inner = 0;
        if (oneIn(50)) {
            inner = btf.addTypeTag(oneOf(TAGS), modifier == 0 ? 1 : modifier, oneIn(4));
            traits.add(Trait.OTHER_TAGS);
        }
        boolean kflag = oneIn(40);
        int outer = btf.addTypeTag(tag, inner != 0 ? inner : modifier != 0 ? modifier : 1, kflag);
        if (!TAGS.contains(tag)) {
            traits.add(Trait.OTHER_TAGS);
        }
        if (!isNone) {
            targets.add(new Target(modifier != 0 ? modifier : inner != 0 ? inner : outer, target));
        }
        int pointer = btf.addPtr(outer);
        return switch (random.nextInt(30)) {
            case 0, 1 -> btf.addVolatile(pointer);
            case 2 -> btf.addConst(pointer);
            case 3 -> btf.addVolatile(btf.addVolatile(pointer));
            default -> pointer;
        };
    }

    private void addSpecial(Shape shape, String name, String type) {
        shape.has.add(type);
        add(shape, name, specialIds.get(type), SIZES.get(type), Math.min(8, SIZES.get(type)));
    }

    private void add(Shape shape, String name, int typeId, int size, int alignment) {
        int offset = shape.size + alignment - 1 & -alignment;
        if (oneIn(80)) {
            offset += oneOf(List.of(1, 2, 4));
        } else if (oneIn(80) && !shape.members.isEmpty()) {
            offset = shape.members.get(shape.members.size() - 1).offsetBits() / 8;
        }
        shape.members.add(Member.of(name, typeId, 8 * offset));
        shape.size = Math.max(shape.size, offset + size + (oneIn(10) ? 8 : 4));
    }

    private void addTraits() {
        for (int i = 0; i < shapes.size(); i++) {
            Shape shape = shapes.get(i);
            for (int held : shape.holds) {
                if (held < shapes.size()
                        && shape.hasAny(NODES)
                        && shapes.get(held).hasAny(ROOTS)) {
                    traits.add(Trait.NESTED_ROOTS);
                }
            }
            if (isLong(i, MAX_OWNERS)) {
                traits.add(Trait.LONG_OWNERSHIP);
            }
        }
    }

    private boolean isLong(int index, int left) {
        Set<Integer> owned = new HashSet<>(shapes.get(index).holds);
        owned.addAll(shapes.get(index).owns);
        return left == 0 || owned.stream().anyMatch(i -> i < shapes.size() && isLong(i, left - 1));
    }

    private boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    private <T> T oneOf(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }
}
