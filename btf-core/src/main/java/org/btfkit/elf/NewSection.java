package org.btfkit.elf;

/**
 * A SHT_PROGBITS section to add to a file.
 *
 * @param name its name
 * @param content its bytes
 * @param flags {@code sh_flags}
 * @param alignment {@code sh_addralign}, in bytes
 */
record NewSection(String name, byte[] content, long flags, long alignment) {}
