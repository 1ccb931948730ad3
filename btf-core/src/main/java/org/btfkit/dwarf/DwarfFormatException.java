package org.btfkit.dwarf;

import org.btfkit.BtfException;

/**
 * DWARF data breaks a rule of its format, or is of a kind that is not read here.
 *
 * <p>What it says does not change: it may be handed to other threads.
 */
public final class DwarfFormatException extends BtfException {
    private static final long serialVersionUID = 1L;

    /** The section that has the fault. */
    private final String section;

    /** The offset in bytes from the start of that section. */
    private final long offset;

    /**
     * Creates an exception; section and offset are appended to the message.
     *
     * @param source the file
     * @param message what was found and what was expected
     * @param section the section, for example {@code .debug_info}
     * @param offset offset in bytes from the start of the section, after decompression
     */
    public DwarfFormatException(String source, String message, String section, long offset) {
        super(oneLine(source + ": " + message + ", at 0x" + Long.toHexString(offset) + " of " + section));
        this.section = section;
        this.offset = offset;
    }

    /** Names of the input may have any bytes. */
    private static String oneLine(String text) {
        return text.codePoints()
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /**
     * Returns which section has the fault.
     *
     * @return its name
     */
    public String section() {
        return section;
    }

    /**
     * Returns where in the section the fault is.
     *
     * @return offset in bytes from the start of the section
     */
    public long offset() {
        return offset;
    }
}
