package org.btfkit.cli.btf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.elf.ElfFile;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The BPF objects and the kernels of a command line. An option that takes several kernels takes all arguments that
 * follow, so that objects may be among them; they are told apart by what they are.
 *
 * @param programs the BPF objects
 * @param kernels what the option names
 */
record CoreInput(List<Path> programs, List<Path> kernels) {
    /**
     * Tells objects and kernels apart.
     *
     * @param option the option that names kernels, such as {@code --on}
     * @throws ParameterException if there is no object or no kernel
     */
    static CoreInput of(ParseResult arguments, String option) {
        List<Path> programs = new ArrayList<>();
        List<Path> kernels = new ArrayList<>();
        for (String program : arguments.matchedPositionalValue(0, new String[0])) {
            programs.add(Path.of(program));
        }
        for (String kernel : arguments.matchedOptionValue(option, new String[0])) {
            Path path = Path.of(kernel);
            (isBpfObject(path) ? programs : kernels).add(path);
        }
        if (programs.isEmpty() || kernels.isEmpty()) {
            throw new ParameterException(
                    arguments.commandSpec().commandLine(),
                    programs.isEmpty() ? "no BPF object, expected one or more" : "expected " + option + " KERNEL...");
        }
        return new CoreInput(programs, kernels);
    }

    private static boolean isBpfObject(Path path) {
        if (!Files.isRegularFile(path) || !path.toString().endsWith(".o")) {
            return false;
        }
        try (ElfFile elf = ElfFile.open(path)) {
            return elf.machine() == ElfFile.EM_BPF;
        } catch (IOException | RuntimeException e) {
            return false; // said when it is read as a kernel
        }
    }
}
