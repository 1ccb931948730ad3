package org.btfkit.compare;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.btfkit.fixtures.raw.RawBtf;

/**
 * A little kernel whose source is known: structs that contain and point to each other, functions and enumerations. It
 * can be edited at random, laid out as a compiler does, and says by its source alone what is different in another one.
 */
final class ModelKernel {
    /** A member: a number type, a pointer to a struct ({@code *s1}), or a struct within ({@code s1}). */
    private record Field(String name, String type) {}

    private static final List<String> NUMBERS = List.of("u8", "u16", "u32", "u64");

    /** By name: its members. A struct contains only such as come before it. */
    private final Map<String, List<Field>> structs = new LinkedHashMap<>();

    private final Map<String, List<Field>> functions = new TreeMap<>();
    private final Map<String, Map<String, Integer>> enums = new TreeMap<>();

    static ModelKernel random(Random random) {
        ModelKernel kernel = new ModelKernel();
        int count = 1 + random.nextInt(8);
        for (int i = 0; i < count; i++) {
            List<Field> fields = new ArrayList<>();
            for (int f = 0; f < 1 + random.nextInt(5); f++) {
                fields.add(new Field("m" + f, kernel.anyType(random)));
            }
            kernel.structs.put("s" + i, fields);
        }
        for (int i = 0; i < random.nextInt(4); i++) {
            kernel.functions.put("f" + i, kernel.parameters(random));
            kernel.enums.put("e" + i, kernel.values(random));
        }
        return kernel;
    }

    private List<Field> parameters(Random random) {
        List<Field> params = new ArrayList<>();
        for (int p = 0; p < random.nextInt(4); p++) {
            params.add(new Field("p" + p, anyType(random)));
        }
        return params;
    }

    private Map<String, Integer> values(Random random) {
        Map<String, Integer> values = new TreeMap<>();
        for (int v = 0; v < 1 + random.nextInt(3); v++) {
            values.put("V" + v, random.nextInt(4));
        }
        return values;
    }

    /** A number, or any struct so far, pointed to or within. */
    private String anyType(Random random) {
        List<String> known = new ArrayList<>(structs.keySet());
        int choice = random.nextInt(4);
        if (choice < 2 || known.isEmpty()) {
            return NUMBERS.get(random.nextInt(NUMBERS.size()));
        }
        return (choice == 2 ? "*" : "") + known.get(random.nextInt(known.size()));
    }

    /** A copy with some edits. */
    ModelKernel edited(Random random) {
        ModelKernel copy = new ModelKernel();
        structs.forEach((name, fields) -> {
            List<Field> edited = new ArrayList<>(fields);
            if (random.nextInt(4) == 0) {
                editFields(copy, edited, random);
            }
            copy.structs.put(name, edited);
        });
        if (random.nextInt(3) == 0) {
            copy.structs.put("new", new ArrayList<>(List.of(new Field("m0", copy.anyType(random)))));
        }
        functions.forEach((name, params) -> {
            int choice = random.nextInt(6);
            if (choice != 0) {
                copy.functions.put(name, choice == 1 ? copy.parameters(random) : params);
            }
        });
        enums.forEach((name, values) -> copy.enums.put(name, random.nextInt(3) == 0 ? values(random) : values));
        return copy;
    }

    private static void editFields(ModelKernel copy, List<Field> fields, Random random) {
        switch (random.nextInt(3)) {
            case 0 -> fields.add(random.nextInt(fields.size() + 1), new Field("added", copy.anyType(random)));
            case 1 -> {
                int i = random.nextInt(fields.size());
                fields.set(i, new Field(fields.get(i).name, copy.anyType(random)));
            }
            default -> {
                if (fields.size() > 1) {
                    fields.remove(random.nextInt(fields.size()));
                }
            }
        }
    }

    private long align(String type) {
        if (type.startsWith("*")) {
            return 8;
        }
        if (type.startsWith("u")) {
            return Integer.parseInt(type.substring(1)) / 8;
        }
        return structs.get(type).stream()
                .mapToLong(field -> align(field.type))
                .max()
                .orElse(1);
    }

    private long size(String type) {
        if (!structs.containsKey(type)) {
            return align(type);
        }
        long end = 0;
        for (Field field : structs.get(type)) {
            end = roundUp(end, align(field.type)) + size(field.type);
        }
        return roundUp(end, align(type));
    }

    private static long roundUp(long value, long to) {
        return (value + to - 1) / to * to;
    }

    /** BTF, with the types in any order. */
    RawBtf encode(Random random) {
        RawBtf raw = RawBtf.littleEndian();
        List<String> order = new ArrayList<>(NUMBERS);
        order.addAll(structs.keySet());
        structs.keySet().forEach(name -> order.add("*" + name));
        Collections.shuffle(order, random);
        Map<String, Integer> ids = new HashMap<>();
        order.forEach(type -> ids.put(type, ids.size() + 1));
        for (String type : order) {
            if (type.startsWith("*")) {
                raw.addPtr(ids.get(type.substring(1)));
            } else if (structs.containsKey(type)) {
                encodeStruct(raw, type, ids);
            } else {
                raw.addInt(type, (int) align(type), 0);
            }
        }
        functions.forEach((name, params) -> {
            RawBtf.Param[] all = params.stream()
                    .map(param -> new RawBtf.Param(param.name, ids.get(param.type)))
                    .toArray(RawBtf.Param[]::new);
            raw.addFunc(name, raw.addFuncProto(0, all), 0);
        });
        enums.forEach((name, values) -> raw.addEnum(
                name,
                4,
                false,
                values.entrySet().stream()
                        .map(entry -> new RawBtf.Enumerator(entry.getKey(), entry.getValue()))
                        .toArray(RawBtf.Enumerator[]::new)));
        return raw;
    }

    private void encodeStruct(RawBtf raw, String name, Map<String, Integer> ids) {
        List<RawBtf.Member> members = new ArrayList<>();
        offsets(name)
                .forEach((field, offset) ->
                        members.add(RawBtf.Member.of(field.name, ids.get(field.type), (int) (offset * 8))));
        raw.addStruct(name, (int) size(name), members.toArray(RawBtf.Member[]::new));
    }

    private Map<Field, Long> offsets(String struct) {
        Map<Field, Long> offsets = new LinkedHashMap<>();
        long end = 0;
        for (Field field : structs.get(struct)) {
            end = roundUp(end, align(field.type));
            offsets.put(field, end);
            end += size(field.type);
        }
        return offsets;
    }

    /** What a comparison has to say, by name. */
    static Map<String, String> expected(ModelKernel before, ModelKernel after) {
        Map<String, String> expected = new TreeMap<>();
        before.structs.keySet().forEach(name -> {
            String what = before.difference(name, after);
            if (what != null) {
                expected.put(name, what);
            }
        });
        after.structs.keySet().stream()
                .filter(name -> !before.structs.containsKey(name))
                .forEach(name -> expected.put(name, "added"));
        before.functions.forEach((name, params) -> {
            List<Field> now = after.functions.get(name);
            if (!params.equals(now)) {
                expected.put(name, now == null ? "removed" : "changed");
            }
        });
        before.enums.forEach((name, values) -> {
            if (!values.equals(after.enums.get(name))) {
                expected.put(name, "changed");
            }
        });
        return expected;
    }

    private String difference(String name, ModelKernel after) {
        if (!structs.get(name).equals(after.structs.get(name))) {
            return "changed " + memberChanges(name, after);
        }
        TreeSet<String> causes = causes(name, after);
        boolean isSame = size(name) == after.size(name)
                && List.copyOf(offsets(name).values())
                        .equals(List.copyOf(after.offsets(name).values()));
        return isSame ? null : "follows from " + causes;
    }

    private TreeSet<String> causes(String name, ModelKernel after) {
        TreeSet<String> causes = new TreeSet<>();
        for (Field field : structs.get(name)) {
            boolean isWithin = structs.containsKey(field.type);
            boolean sameRoom = !isWithin
                    || size(field.type) == after.size(field.type) && align(field.type) == after.align(field.type);
            if (!sameRoom && structs.get(field.type).equals(after.structs.get(field.type))) {
                causes.addAll(causes(field.type, after));
            } else if (!sameRoom) {
                causes.add(field.type);
            }
        }
        return causes;
    }

    private TreeSet<String> memberChanges(String name, ModelKernel after) {
        Map<String, String> old = members(name);
        Map<String, String> now = after.members(name);
        TreeSet<String> changes = new TreeSet<>();
        old.forEach((member, what) -> {
            String is = now.get(member);
            if (is == null) {
                changes.add("-" + member);
            } else if (!is.equals(what)) {
                changes.add("~" + member);
            }
        });
        now.keySet().stream().filter(member -> !old.containsKey(member)).forEach(member -> changes.add("+" + member));
        return changes;
    }

    private Map<String, String> members(String name) {
        Map<String, String> members = new TreeMap<>();
        offsets(name)
                .forEach((field, offset) ->
                        members.put(field.name, field.type + " at " + offset + ", " + size(field.type)));
        return members;
    }

    /** The same words for what was found. */
    static String describe(Change change) {
        if (change instanceof Change.Lone lone) {
            return lone.isAdded() ? "added" : "removed";
        }
        if (change instanceof Change.Composite composite) {
            TreeSet<String> causes = new TreeSet<>();
            composite.causes().forEach(cause -> causes.add(cause.name()));
            TreeSet<String> members = new TreeSet<>();
            for (MemberChange member : composite.members()) {
                if (member.isRenamed()) {
                    members.add("-" + member.before().path());
                    members.add("+" + member.after().path());
                } else {
                    members.add((member.isAdded() ? "+" : member.isRemoved() ? "-" : "~") + member.path());
                }
            }
            return composite.isDirect() ? "changed " + members : "follows from " + causes;
        }
        return "changed";
    }
}
