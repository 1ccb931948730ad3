package org.btfkit.cli.look;

import java.io.IOException;

/** In what form {@code btf show} writes the types of a file. */
interface ShownForm {
    /** Writes a type. */
    void writeType(int typeId) throws IOException;

    /** Writes where a member is, and what. */
    void writeMember(String path) throws IOException;
}
