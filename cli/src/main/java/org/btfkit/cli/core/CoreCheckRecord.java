package org.btfkit.cli.core;

/**
 * A relocation on one kernel, as {@code btf core check --json} writes it; the fields before {@code guarded} are those
 * of {@code btf core list --json}.
 *
 * @param index index of the relocation
 * @param program the program that it is in, null for none
 * @param insn index of the instruction in the program
 * @param kind libbpf's name of the kind
 * @param type the type that the path begins at
 * @param path the path
 * @param outcome what became of it
 * @param local value by the object's types
 * @param value value there
 * @param isGuarded whether nothing matches and no program reaches it
 * @param reason why nothing matches, or null
 */
record CoreCheckRecord(
        int index,
        String program,
        int insn,
        String kind,
        String type,
        String path,
        String outcome,
        long local,
        long value,
        boolean isGuarded,
        String reason) {}
