package org.btfkit.cli.make;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.btfkit.cli.input.BtfInput;
import org.btfkit.cli.support.ArgumentReader;
import org.btfkit.cli.support.Arguments;
import org.btfkit.fixtures.kernel.SampleModule;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a transformation may not write over. */
class TransformOutputTest {
    @TempDir
    Path folder;

    /** Two that sort and deduplicate one file: the one that comes second must not undo what the first has done. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldNotWriteOverAnInputThatHasChanged(boolean isElf) throws IOException {
        Path base = SampleModule.writeVmlinuxBtf(folder);
        Path file = isElf ? SampleModule.writeModule(folder) : base;
        SortCommand command = new SortCommand(System.err);
        Arguments arguments = ArgumentReader.read(
                command.syntax(), List.of(file.toString(), "-B", base.toString(), "-o", file.toString()));
        BtfInput options = new BtfInput(arguments, System.err);
        TransformInput input = TransformInput.load(file, options.base(), options);
        byte[] other = Files.readAllBytes(file);
        other[other.length - 1] ^= 1;
        Files.delete(file);
        Files.write(file, other);
        TransformOutput output = new TransformOutput(arguments, OutputStream.nullOutputStream(), System.err);
        IOException e =
                assertThrows(IOException.class, () -> output.write(input, file.toString(), input.btf(), input.ext()));
        assertEquals("changed by somebody else meanwhile, nothing written", e.getMessage());
        assertArrayEquals(other, Files.readAllBytes(file));
    }
}
