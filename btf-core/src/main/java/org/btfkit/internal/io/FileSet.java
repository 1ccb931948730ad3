package org.btfkit.internal.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Files that belong together, and are replaced together.
 *
 * <p>The system replaces one file at a time, so that a process may be killed when some are new and some old. One of
 * them, the key, is therefore removed before any other is replaced, and comes back last: where it is, all files are of
 * one set. What takes room on the disk is done before.
 */
public final class FileSet {
    private final List<Path> files = new ArrayList<>();
    private final List<byte[]> contents = new ArrayList<>();

    /** Creates an empty set. */
    public FileSet() {}

    /**
     * Adds a file. Two sets that have files in common have to name them in the same order.
     *
     * @param file the file to make or replace; a symbolic link is followed
     * @param content what it is to hold; null if there is to be no such file
     */
    public void put(Path file, byte[] content) {
        files.add(file);
        contents.add(content);
    }

    /**
     * Tells whether all files are as they are to be. One that somebody replaces just now is not.
     *
     * @return whether there is nothing to replace
     * @throws IOException if a file cannot be read
     */
    public boolean isInPlace() throws IOException {
        for (int i = 0; i < files.size(); i++) {
            if (!holds(files.get(i), contents.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean holds(Path file, byte[] content) throws IOException {
        if (content == null) {
            return Files.notExists(file);
        }
        try {
            return Files.isRegularFile(file)
                    && Files.size(file) == content.length
                    && Arrays.equals(Files.readAllBytes(file), content);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /**
     * Replaces the files; those that are there keep mode, owner and extended attributes.
     *
     * @param key the one that is there only with the others; must have content
     * @throws IOException if writing fails; unless that is by renaming files, all are as they were
     */
    public void replace(Path key) throws IOException {
        List<Replacement> replacements = new ArrayList<>();
        try {
            for (int i = 0; i < files.size(); i++) {
                if (contents.get(i) == null) {
                    AtomicFile.removeLeftovers(files.get(i));
                    replacements.add(null);
                } else {
                    Replacement replacement = Replacement.of(files.get(i));
                    replacements.add(replacement);
                    byte[] content = contents.get(i);
                    AtomicFile.fill(replacement, new ArrayInput(content), new FileChange(content.length, List.of()));
                }
            }
            commit(replacements, files.indexOf(key));
        } finally {
            close(replacements);
        }
    }

    private void commit(List<Replacement> replacements, int key) throws IOException {
        Files.deleteIfExists(replacements.get(key).target());
        for (int i = 0; i < files.size(); i++) {
            if (replacements.get(i) == null) {
                Files.deleteIfExists(files.get(i));
            } else if (i != key) {
                replacements.get(i).commit();
            }
        }
        replacements.get(key).commit();
    }

    private static void close(List<Replacement> replacements) throws IOException {
        IOException failure = null;
        for (Replacement replacement : replacements) {
            try {
                if (replacement != null) {
                    replacement.close();
                }
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
