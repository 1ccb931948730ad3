package org.btfkit.btf.relo;

/**
 * The source line of an instruction, as {@code .BTF.ext} has it.
 *
 * @param file name of the file, as the compiler was given it
 * @param line number of the line, from 1
 * @param column number of the column, from 1; 0 if unknown
 * @param text the line itself; empty if the compiler did not keep it
 */
public record SourceLine(String file, int line, int column, String text) {
    /** {@return file without its folder, and line: {@code k03.c:9}} */
    @Override
    public String toString() {
        return file.substring(file.lastIndexOf('/') + 1) + ":" + line;
    }
}
