package org.btfkit.cli.manual;

import java.util.Set;
import org.btfkit.cli.support.Option;

/** What a shell can offer for the value of an option. */
enum ValueKind {
    /** Folders. */
    FOLDER,
    /** Files and folders. */
    FILE,
    /** Nothing. */
    OTHER;

    /** Options whose value is a file, but not of that kind as they take a pipe, too, or several. */
    private static final Set<String> FILES = Set.of("OUT", "KERNEL", "VMLINUX");

    private static final Set<String> FOLDERS = Set.of("DIR", "FOLDER");

    static ValueKind of(Option option) {
        if (FOLDERS.contains(option.label())) {
            return FOLDER;
        }
        return option.kind() == Option.Kind.FILE || FILES.contains(option.label()) ? FILE : OTHER;
    }
}
