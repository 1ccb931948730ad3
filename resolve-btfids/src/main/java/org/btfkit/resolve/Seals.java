package org.btfkit.resolve;

/**
 * Whether objects whose BTF is made of their DWARF are sealed, so that the next run need not make it again to see that
 * nothing has changed. An object that is sealed has an extended attribute, {@code user.btfkit}, that says so; its bytes
 * know nothing of it. How that shows that nothing has changed: {@code ObjectSeals}.
 *
 * @param program a digest of the program that works on the objects, as what another one makes may differ
 * @param areTrusted whether a seal is enough to leave an object alone; if not, all is made anew, and sealed anew
 */
public record Seals(String program, boolean areTrusted) {}
