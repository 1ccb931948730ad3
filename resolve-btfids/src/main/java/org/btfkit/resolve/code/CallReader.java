package org.btfkit.resolve.code;

import java.nio.ByteBuffer;
import java.util.List;
import org.btfkit.elf.ElfSection;

/** Reads the calls of one function in the code of one machine. */
public interface CallReader {
    /**
     * Finds the calls in an executable section.
     *
     * @param section the section
     * @param code the bytes of it, in the byte order of the object
     * @return for each call, in order, its arguments; null for one whose arguments are not known
     */
    List<FunctionCall> in(ElfSection section, ByteBuffer code);
}
