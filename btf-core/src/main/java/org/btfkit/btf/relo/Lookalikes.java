package org.btfkit.btf.relo;

import java.util.ArrayList;
import java.util.List;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.format.KindSet;
import org.btfkit.btf.query.SimilarNames;

/**
 * What on a target comes nearest to a name that is missing there, for a person who has to change a program. In this
 * order: the same essence in another place, the same offset and size, a similar name.
 */
final class Lookalikes {
    /** How many are shown. */
    private static final int MOST = 3;

    /** How many members without a name may be in each other. */
    private static final int MAX_DEPTH = 8;

    /** How many members are looked at. */
    private static final int MAX_MEMBERS = 20_000;

    private final CoreTypes types;
    private final List<String> found = new ArrayList<>();
    private int visited;

    Lookalikes(CoreTypes types) {
        this.types = types;
    }

    /** What a search among members does with one. */
    private interface Visitor {
        void visit(String path, String name, long bits, int bitfieldSize, long bytes, int typeId);
    }

    private void add(String text) {
        if (found.size() < MOST && !found.contains(text)) {
            found.add(text);
        }
    }

    /**
     * Looks for a member.
     *
     * @param holder the struct or union that has none of the name
     * @param name the name
     * @param bits where it was in the object's type
     * @param bytes how many bytes it had; -1 of a bit field
     * @return texts for a person
     */
    List<String> members(int holder, String name, long bits, long bytes) {
        String essence = essence(name);
        members(holder, "", 0, 0, (path, member, at, bitfieldSize, size, type) -> {
            if (essence(member).equals(essence)) {
                add(path + member + " " + CoreNames.place(at, bitfieldSize, size));
            }
            int inner = types.skip(type);
            if (inner > 0 && types.flat().is(inner, KindSet.COMPOSITES)) {
                members(
                        inner,
                        path + member + ".",
                        at,
                        1,
                        (innerPath, innerName, innerAt, innerBits, innerSize, id) -> {
                            if (essence(innerName).equals(essence)) {
                                add(innerPath + innerName + " " + CoreNames.place(innerAt, innerBits, innerSize));
                            }
                        });
            }
        });
        members(holder, "", 0, 0, (path, member, at, bitfieldSize, size, type) -> {
            if (at == bits && size == bytes && bytes >= 0) {
                add(path + member + " at " + at / 8 + ", same offset and size");
            } else if (bytes < 0 && at <= bits && size > 0 && bits < at + size * 8 && !isComposite(type)) {
                add(path + member + " " + CoreNames.place(at, bitfieldSize, size));
            }
        });
        members(holder, "", 0, 0, (path, member, at, bitfieldSize, size, type) -> {
            if (SimilarNames.areSimilar(member, name)) {
                add(path + member + " " + CoreNames.place(at, bitfieldSize, size));
            }
        });
        return List.copyOf(found);
    }

    private boolean isComposite(int typeId) {
        int id = types.skip(typeId);
        return id > 0 && types.flat().is(id, KindSet.COMPOSITES);
    }

    private void members(int holder, String path, long start, int depth, Visitor visitor) {
        FlatTypes flat = types.flat();
        if (!flat.is(holder, KindSet.COMPOSITES)) {
            return;
        }
        for (int i = 0; i < flat.vlen(holder) && ++visited < MAX_MEMBERS; i++) {
            int nameOff = flat.memberNameOff(holder, i);
            long at = start + flat.memberOffsetBits(holder, i);
            int type = flat.memberType(holder, i);
            if (types.isNameless(nameOff)) {
                int inner = types.skip(type);
                if (inner > 0 && depth < MAX_DEPTH) {
                    members(inner, path, at, depth + 1, visitor);
                }
            } else {
                int bitfieldSize = flat.bitfieldSize(holder, i);
                long size = bitfieldSize != 0 ? -1 : Math.max(-1, types.size(type));
                visitor.visit(path, flat.string(nameOff), at, bitfieldSize, size, type);
            }
        }
    }

    /**
     * Looks for an enumerator.
     *
     * @param enumId the enumeration that has none of the name
     * @param name the name
     * @return texts for a person
     */
    List<String> enumerators(int enumId, String name) {
        FlatTypes flat = types.flat();
        for (int i = 0; flat.is(enumId, KindSet.ENUMS) && i < flat.vlen(enumId); i++) {
            String other = flat.string(flat.enumeratorNameOff(enumId, i));
            if (SimilarNames.areSimilar(other, name)) {
                add(other);
            }
        }
        return List.copyOf(found);
    }

    /**
     * Looks for a type.
     *
     * @param kind number of the kind that was looked for
     * @param name the name
     * @param index the names of the target
     * @return texts for a person
     */
    List<String> types(int kind, String name, EssenceIndex index) {
        FlatTypes flat = types.flat();
        String essence = essence(name);
        for (int typeId : index.commonIds()) {
            if (flat.nameOff(typeId) != 0 && essence(flat.name(typeId)).equals(essence)) {
                add(CoreNames.type(flat, typeId) + (types.kind(typeId) == 8 ? " (a typedef)" : ""));
            }
        }
        List<String> longer = new ArrayList<>();
        for (int typeId : index.commonIds()) {
            if (EssenceIndex.fit(types.kind(typeId), kind)) {
                String other = flat.name(typeId);
                if (SimilarNames.areSimilar(other, essence)) {
                    add(CoreNames.type(flat, typeId));
                } else if (essence.length() >= 8 && (other.startsWith(essence) || essence.startsWith(other + "_"))) {
                    longer.add(CoreNames.type(flat, typeId));
                }
            }
        }
        longer.forEach(this::add);
        return List.copyOf(found);
    }

    private static String essence(String name) {
        for (int at = name.lastIndexOf("___"); at > 0; at = name.lastIndexOf("___", at - 1)) {
            boolean isFlanked = at + 3 < name.length() && name.charAt(at - 1) != '_' && name.charAt(at + 3) != '_';
            if (isFlanked) {
                return name.substring(0, at);
            }
        }
        return name;
    }
}
