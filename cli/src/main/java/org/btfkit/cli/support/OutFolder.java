package org.btfkit.cli.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.btfkit.BtfException;

/** The folder of {@code --out-dir}: a file for each input, called as the input is. */
public final class OutFolder {
    private OutFolder() {}

    /**
     * Returns the name of a file without its folder, and without the ending that says how it is compressed.
     *
     * @param file the file
     * @return what its result is called
     */
    public static String plainName(String file) {
        Path name = Path.of(file).getFileName();
        return name == null ? file : name.toString().replaceFirst("\\.(xz|gz|zst)$", "");
    }

    /**
     * Refuses inputs whose results would overwrite each other.
     *
     * @param arguments the command line
     * @param inputs the inputs in it
     * @param suffix what the results have behind the plain name
     * @throws MisuseException if there are two of one name
     */
    public static void requireDifferentNames(Arguments arguments, List<String> inputs, String suffix) {
        Map<String, String> taken = new HashMap<>();
        for (String input : inputs) {
            String name = plainName(input);
            String other = taken.put(name, input);
            if (other != null) {
                throw arguments.misuse(other + " and " + input + " would both go to " + name + suffix);
            }
        }
    }

    /**
     * Makes the folder if it is not there.
     *
     * @param folder the folder
     * @throws IOException if it cannot be made
     * @throws BtfException if a file is in its place
     */
    public static void make(Path folder) throws IOException {
        requireNoFile(folder);
        Files.createDirectories(folder);
    }

    /**
     * Refuses a folder that cannot be made.
     *
     * @param folder the folder
     * @throws BtfException if a file is in its place
     */
    public static void requireNoFile(Path folder) {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new BtfException(folder + ": is a file, expected a folder for --out-dir");
        }
    }
}
