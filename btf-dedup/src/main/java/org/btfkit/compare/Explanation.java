package org.btfkit.compare;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.btfkit.btf.Btf;
import org.btfkit.btf.flat.FlatAccess;
import org.btfkit.btf.flat.FlatTypes;
import org.btfkit.btf.flat.JoinedTypes;
import org.btfkit.btf.format.BtfKind;

/**
 * Why a BTF has two types of one name: the first place at which they are not the same.
 *
 * <p><b>Problem.</b> Deduplication keeps two copies of {@code struct net} apart, and nobody sees why: they have the
 * same members. Somewhere behind a pointer of a pointer one source file saw another type.
 *
 * <pre>
 * struct net [17], [4711]:  .mib->stats[]     16 bytes      24 bytes
 * </pre>
 *
 * <p><b>Answer.</b> Both are walked side by side, breadth first, so that the place found is the nearest; each pair of
 * types is looked at once. A type that is only declared is no difference from its definition, as in deduplication, but
 * it is told of.
 *
 * <p>Paths are written as in C: {@code .} for a member, {@code ->} for one behind a pointer, {@code *} for what a
 * pointer points to, {@code []} for the elements of an array, {@code (name)} for a parameter and {@code ()} for what a
 * function returns.
 *
 * @param typeId one of the two
 * @param otherId the other
 * @param path where the first difference is; null if there is none
 * @param here what the first type says there
 * @param there what the other one says there
 * @param declared paths at which one of them is only declared
 */
public record Explanation(int typeId, int otherId, String path, String here, String there, List<String> declared) {

    /** {@return whether the two say the same, as far as both say anything} */
    public boolean isSame() {
        return path == null;
    }

    /**
     * Compares two types.
     *
     * @param btf has both
     * @param typeId type id
     * @param otherId type id
     * @return the nearest difference; costs at most a look at each pair of types that both lead to
     * @throws IllegalArgumentException if there is no such type
     */
    public static Explanation of(Btf btf, int typeId, int otherId) {
        FlatTypes types = FlatAccess.of(btf);
        types.requireType(typeId);
        types.requireType(otherId);
        return new Walk(btf).explain(typeId, otherId);
    }

    /** Two types at the same path. */
    private record Pair(int left, int right, String path) {}

    private static final class Walk {
        private static final int DECLARED_SHOWN = 16;

        private final JoinedTypes types;
        private final TypeText text;
        private final Deque<Pair> open = new ArrayDeque<>();
        private final Set<Long> seen = new HashSet<>();
        private final List<String> declared = new ArrayList<>();
        private String here;
        private String there;

        Walk(Btf btf) {
            this.types = JoinedTypes.of(FlatAccess.of(btf));
            this.text = new TypeText(types);
        }

        Explanation explain(int typeId, int otherId) {
            push(typeId, otherId, "");
            while (!open.isEmpty()) {
                Pair pair = open.remove();
                String path = compare(pair);
                if (path != null) {
                    return new Explanation(typeId, otherId, path, here, there, List.copyOf(declared));
                }
            }
            return new Explanation(typeId, otherId, null, null, null, List.copyOf(declared));
        }

        private void push(int left, int right, String path) {
            if (left != right && seen.add((long) left << Integer.SIZE | right)) {
                open.add(new Pair(left, right, path));
            }
        }

        private String differ(String path, String left, String right) {
            here = left;
            there = right;
            return path;
        }

        /** The path of a difference, null if there is none at this pair. */
        private String compare(Pair pair) {
            int left = pair.left;
            int right = pair.right;
            String path = pair.path;
            BtfKind kind = types.kind(left);
            if (kind != types.kind(right)) {
                return compareKinds(pair);
            }
            boolean isNamed = kind != null && (kind != BtfKind.FUNC_PROTO && kind != BtfKind.PTR);
            if (isNamed && types.compareStrings(types.nameOff(left), types.nameOff(right)) != 0) {
                return differ(path, text.type(left), text.type(right));
            }
            if (kind == null) {
                return null;
            }
            return switch (kind) {
                case PTR -> follow(pair, path + "*");
                case FUNC ->
                    types.vlen(left) == types.vlen(right)
                            ? follow(pair, path)
                            : differ(path, "linkage " + types.vlen(left), "linkage " + types.vlen(right));
                case TYPEDEF, CONST, VOLATILE, RESTRICT, TYPE_TAG, VAR, DECL_TAG -> follow(pair, path);
                case ARRAY -> array(pair);
                case STRUCT, UNION -> composite(pair);
                case ENUM, ENUM64 -> enumeration(pair);
                case FUNC_PROTO -> prototype(pair);
                case INT, FLOAT -> {
                    String one = text.scalar(left);
                    String other = text.scalar(right);
                    yield one.equals(other) ? null : differ(path, one, other);
                }
                case FWD ->
                    types.kflag(left) == types.kflag(right) ? null : differ(path, text.type(left), text.type(right));
                case VOID, DATASEC -> null;
            };
        }

        private String compareKinds(Pair pair) {
            boolean oneIsDeclared = types.kind(pair.left) == BtfKind.FWD || types.kind(pair.right) == BtfKind.FWD;
            if (oneIsDeclared && text.type(pair.left).equals(text.type(pair.right))) {
                if (declared.size() < DECLARED_SHOWN) {
                    boolean isLeft = types.kind(pair.left) == BtfKind.FWD;
                    declared.add(pair.path + ": " + text.type(pair.left) + " is only declared in ["
                            + (isLeft ? pair.left : pair.right) + "]");
                }
                return null;
            }
            return differ(pair.path, text.type(pair.left), text.type(pair.right));
        }

        private String follow(Pair pair, String path) {
            push(types.sizeOrType(pair.left), types.sizeOrType(pair.right), path);
            return null;
        }

        private String array(Pair pair) {
            int left = types.elementCount(pair.left);
            int right = types.elementCount(pair.right);
            if (left != right) {
                return differ(pair.path, elements(left), elements(right));
            }
            push(types.elementType(pair.left), types.elementType(pair.right), pair.path + "[]");
            return null;
        }

        private static String elements(int count) {
            return Integer.toUnsignedString(count) + (count == 1 ? " element" : " elements");
        }

        private String composite(Pair pair) {
            int count = Math.max(types.vlen(pair.left), types.vlen(pair.right));
            for (int i = 0; i < count; i++) {
                String one = member(pair.left, i);
                String other = member(pair.right, i);
                if (!one.equals(other)) {
                    return differ(pair.path, one, other);
                }
                push(
                        types.flat().memberType(pair.left, i),
                        types.flat().memberType(pair.right, i),
                        member(pair.path, types.flat().memberName(pair.left, i)));
            }
            return sizes(pair);
        }

        private String member(int compositeId, int index) {
            if (index >= types.vlen(compositeId)) {
                return "ends after " + index + (index == 1 ? " member" : " members");
            }
            long place = Bitfields.place(
                    types,
                    types.flat().memberType(compositeId, index),
                    types.flat().memberOffset(compositeId, index),
                    types.kflag(compositeId));
            int offset = Bitfields.offsetBits(place);
            String name = types.flat().memberName(compositeId, index);
            return "member " + (name.isEmpty() ? "without a name" : name) + " at "
                    + Integer.toUnsignedString(Integer.divideUnsigned(offset, Byte.SIZE))
                    + (offset % Byte.SIZE == 0 ? "" : ", bit " + Integer.remainderUnsigned(offset, Byte.SIZE))
                    + (Bitfields.bits(place) == 0 ? "" : ", " + Bitfields.bits(place) + " bits");
        }

        private static String member(String path, String name) {
            if (name.isEmpty()) {
                return path;
            }
            return path.endsWith("*") ? path.substring(0, path.length() - 1) + "->" + name : path + "." + name;
        }

        private String sizes(Pair pair) {
            long left = types.flat().sizeBytes(pair.left);
            long right = types.flat().sizeBytes(pair.right);
            return left == right ? null : differ(pair.path, left + " bytes", right + " bytes");
        }

        private String enumeration(Pair pair) {
            List<Map.Entry<String, String>> left =
                    List.copyOf(Enumerators.of(types, pair.left).entrySet());
            List<Map.Entry<String, String>> right =
                    List.copyOf(Enumerators.of(types, pair.right).entrySet());
            if (left.isEmpty() || right.isEmpty()) {
                return null; // only declared
            }
            for (int i = 0; i < Math.max(left.size(), right.size()); i++) {
                String one = i < left.size() ? value(left.get(i)) : "ends after " + i;
                String other = i < right.size() ? value(right.get(i)) : "ends after " + i;
                if (!one.equals(other)) {
                    return differ(pair.path, one, other);
                }
            }
            return sizes(pair);
        }

        private static String value(Map.Entry<String, String> entry) {
            return entry.getKey() + " = " + entry.getValue();
        }

        private String prototype(Pair pair) {
            int count = types.vlen(pair.left);
            if (count != types.vlen(pair.right)) {
                return differ(pair.path, text.type(pair.left), text.type(pair.right));
            }
            push(types.sizeOrType(pair.left), types.sizeOrType(pair.right), pair.path + "()");
            int[] words = types.words();
            int left = types.elementsAt(pair.left, BtfKind.FUNC_PROTO);
            int right = types.elementsAt(pair.right, BtfKind.FUNC_PROTO);
            for (int i = 0; i < count; i++) {
                String name = types.flat().string(words[left]);
                String other = types.flat().string(words[right]);
                if (!name.equals(other)) {
                    return differ(pair.path, "parameter " + name, "parameter " + other);
                }
                push(words[left + 1], words[right + 1], pair.path + "(" + (name.isEmpty() ? i + 1 : name) + ")");
                left += BtfKind.FUNC_PROTO.elementWords();
                right += BtfKind.FUNC_PROTO.elementWords();
            }
            return null;
        }
    }
}
