package org.btfkit.btf.relo;

import java.util.List;

/**
 * Why a relocation does not come to a value; {@link Object#toString} says it as a person reads it.
 *
 * <p>Immutable.
 */
public sealed interface Reason {
    /**
     * No type of the target has the name and kind.
     *
     * @param type what was looked for, such as {@code struct foo}
     * @param near what comes nearest, the nearest first
     */
    record NoCandidate(String type, List<String> near) implements Reason {
        @Override
        public String toString() {
            return "no " + type + CoreText.near(near);
        }
    }

    /**
     * A struct or union has no member of the name.
     *
     * @param holder the struct or union as the path reaches it, such as {@code cfs_rq}
     * @param member the name
     * @param was where the member was in the object's own type
     * @param near what comes nearest, the nearest first
     */
    record MissingMember(String holder, String member, String was, List<String> near) implements Reason {
        @Override
        public String toString() {
            return holder + " has no member " + member + "; was " + was + CoreText.near(near);
        }
    }

    /**
     * The target's type of a field is of a kind that does not go with the local one.
     *
     * @param field the field
     * @param local what it is in the object
     * @param target what it is on the target
     */
    record KindDiffers(String field, String local, String target) implements Reason {
        @Override
        public String toString() {
            return field + " is " + target + " there, " + local + " in the object";
        }
    }

    /**
     * An element that the target's array does not have.
     *
     * @param array the array
     * @param index index of the element
     * @param count how many there are
     */
    record PastEnd(String array, long index, long count) implements Reason {
        @Override
        public String toString() {
            return array + " has " + count + (count == 1 ? " element" : " elements") + " there, no [" + index + "]";
        }
    }

    /**
     * An enumeration has no enumerator of the name.
     *
     * @param holder the enumeration
     * @param name the name
     * @param near what comes nearest, the nearest first
     */
    record MissingEnumerator(String holder, String name, List<String> near) implements Reason {
        @Override
        public String toString() {
            return holder + " has no enumerator " + name + CoreText.near(near);
        }
    }

    /**
     * A type is not what the object has, all of it taken together.
     *
     * @param where where they differ, such as {@code struct foo, member bar}
     * @param local what the object has there
     * @param target what the target has there
     * @param remark what else there is to know; empty if there is nothing
     */
    record TypeDiffers(String where, String local, String target, String remark) implements Reason {
        @Override
        public String toString() {
            return where + ": " + target + " there, " + local + " in the object"
                    + (remark.isEmpty() ? "" : " (" + remark + ")");
        }
    }

    /**
     * A field has another size on the target, and the value read would be another one.
     *
     * @param field the field
     * @param local type and size in the object
     * @param target type and size on the target
     */
    record NotResizable(String field, String local, String target) implements Reason {
        @Override
        public String toString() {
            return field + " is " + target + " there, " + local
                    + " in the object: only pointers and unsigned integers may be read with another size";
        }
    }

    /**
     * Two types of the target match and do not agree.
     *
     * @param one one of them and its value
     * @param other the other
     */
    record Disagree(String one, String other) implements Reason {
        @Override
        public String toString() {
            return one + ", but " + other;
        }
    }

    /**
     * A number is larger than its place.
     *
     * @param what what the number is, with its value
     * @param limit the limit
     */
    record TooBig(String what, String limit) implements Reason {
        @Override
        public String toString() {
            return what + ", expected " + limit;
        }
    }

    /**
     * The record, or a type that it leads through, breaks a rule.
     *
     * @param what what was found and what was expected
     */
    record BadRecord(String what) implements Reason {
        @Override
        public String toString() {
            return what;
        }
    }

    /**
     * The instruction is not one that the record could be of.
     *
     * @param what what was found and what was expected
     */
    record BadInstruction(String what) implements Reason {
        @Override
        public String toString() {
            return what;
        }
    }
}
