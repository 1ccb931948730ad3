package org.btfkit.cli.core;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.btfkit.BtfException;
import org.btfkit.cli.input.BtfInput;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.MisuseException;
import org.btfkit.elf.ElfFile;
import org.btfkit.elf.ElfMachine;

/**
 * The BPF objects and the kernels of a command line. An option that takes several kernels takes all arguments that
 * follow, so that objects may be among them; they are told apart by what they are.
 *
 * @param programs the BPF objects
 * @param kernels what the option names
 */
record CoreInput(List<Path> programs, List<Path> kernels) {
    /** Says for the help what an object may be. */
    static final String FOLDERS = "PROG may be a folder: then it is all BPF objects (*.o) in it and below.";

    /**
     * Returns the BPF objects that arguments name, each a file or a folder.
     *
     * @return files as they are named, and those in folders by name
     * @throws BtfException if there is none in a folder
     */
    static List<Path> programs(List<String> arguments) throws IOException {
        List<Path> programs = new ArrayList<>();
        for (String argument : arguments) {
            Path path = Path.of(BtfInput.file(argument));
            if (Files.isDirectory(path)) {
                programs.addAll(objectsIn(path));
            } else {
                programs.add(path);
            }
        }
        return programs;
    }

    private static List<Path> objectsIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> objects = files.filter(CoreInput::isBpfObject).sorted().toList();
            if (objects.isEmpty()) {
                throw new BtfException(folder + ": no BPF object in this folder, expected files named *.o");
            }
            return objects;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /**
     * Tells objects and kernels apart.
     *
     * @param option the option that names kernels, such as {@code --on}
     * @throws MisuseException if there is no object or no kernel
     * @throws BtfException if there is none in a folder
     */
    static CoreInput of(Arguments arguments, String option) throws IOException {
        List<Path> programs = programs(List.of(arguments.operands()));
        List<Path> kernels = new ArrayList<>();
        for (String kernel : arguments.value(option, List.<String>of())) {
            Path path = Path.of(BtfInput.file(kernel));
            (isBpfObject(path) ? programs : kernels).add(path);
        }
        if (programs.isEmpty() || kernels.isEmpty()) {
            throw arguments.misuse(
                    programs.isEmpty() ? "no BPF object, expected one or more" : "expected " + option + " KERNEL...");
        }
        return new CoreInput(programs, kernels);
    }

    /** Tells whether a file is named as an object, and is one for BPF. */
    static boolean isBpfObject(Path path) {
        if (!Files.isRegularFile(path) || !path.toString().endsWith(".o")) {
            return false;
        }
        try (ElfFile elf = ElfFile.open(path)) {
            return elf.machine() == ElfMachine.EM_BPF;
        } catch (IOException | RuntimeException e) {
            return false; // said when it is read as a kernel
        }
    }
}
