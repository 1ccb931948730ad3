package org.btfkit.btf.relo;

/**
 * What a record is of, in the words of C.
 *
 * @param type the type that the path begins at, such as {@code struct task_struct}; empty if there is none
 * @param path members and elements from there, such as {@code se.vruntime} or {@code a[3].b}, or the name of an
 *     enumerator; empty for a whole type
 */
public record CorePath(String type, String path) {
    /**
     * {@return both, as short as C writes them: {@code task_struct.se.vruntime}, {@code enum e::A}, {@code struct foo}}
     */
    @Override
    public String toString() {
        if (path.isEmpty() || type.isEmpty()) {
            return type + path;
        }
        if (type.startsWith("enum ")) {
            return type + "::" + path;
        }
        String root = type.replaceFirst("^(struct|union) ", "");
        return path.startsWith("[") ? root + path : root + "." + path;
    }
}
