package org.btfkit.btf.javagen;

/**
 * A source file.
 *
 * @param className the class in it, without its package
 * @param text all of it
 */
public record JavaSource(String className, String text) {
    /**
     * Returns the name of the file.
     *
     * @return with its ending, without a folder
     */
    public String fileName() {
        return className + ".java";
    }
}
