package org.btfkit.cli.btf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.cli.support.Arguments;
import org.btfkit.cli.support.MisuseException;
import org.btfkit.elf.ElfFile;

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
     * @throws MisuseException if there is no object or no kernel
     */
    static CoreInput of(Arguments arguments, String option) {
        List<Path> programs = new ArrayList<>();
        List<Path> kernels = new ArrayList<>();
        for (String program : arguments.operands()) {
            programs.add(Path.of(BtfInput.file(program)));
        }
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
