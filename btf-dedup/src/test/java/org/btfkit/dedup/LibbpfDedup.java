package org.btfkit.dedup;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.fixtures.Requirement;
import org.btfkit.fixtures.Scratch;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.tool.ExternalTool;
import org.btfkit.fixtures.tool.Gcc;
import org.btfkit.fixtures.tool.Libbpf;
import org.btfkit.fixtures.tool.ToolResult;

/**
 * libbpf's deduplication, by a small program that is compiled on first use with the library that {@link Libbpf}
 * chooses.
 */
final class LibbpfDedup implements AutoCloseable {
    /** What libbpf made: an exit code and, where that is 0, bytes. */
    record Output(int exitCode, byte[] bytes, int typeCount) {
        static final int NOT_DEDUPLICATED = 3;

        /** Whether libbpf ended neither with a result nor with an error: it crashed, or ran on and on. */
        boolean isBroken() {
            return exitCode > NOT_DEDUPLICATED;
        }
    }

    private final Scratch scratch = Scratch.create();
    private final ExternalTool program;
    private final int version;

    LibbpfDedup() {
        Path source = scratch.resolve("libbpf-dedup.c");
        Path binary = scratch.resolve("libbpf-dedup");
        try (InputStream in = LibbpfDedup.class.getResourceAsStream("libbpf-dedup.c")) {
            Files.write(source, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<Object> command = new ArrayList<>(List.of("-O2", "-o", binary, source));
        command.addAll(Libbpf.library());
        if (command.contains("-lbpf") && !Files.exists(Path.of("/usr/include/bpf/btf.h"))) {
            throw Requirement.missing("no libbpf: neither " + Libbpf.PROPERTY + " nor " + Libbpf.VARIABLE
                    + " is set, and Debian package libbpf-dev is not installed");
        }
        Gcc.tool().check(command.toArray());
        program = ExternalTool.at(binary).withTimeout(Duration.ofSeconds(10));
        String[] numbers = program.check().out().strip().split("\\.");
        version = Integer.parseInt(numbers[0]) * 1000 + Integer.parseInt(numbers[1]);
    }

    /**
     * Whether this libbpf does all that the newest one does. Before 1.6 typedefs were not compared as graphs, and of
     * types that a compiler emits twice fewer were recognized.
     */
    boolean isRecent() {
        return version >= 1006;
    }

    Output run(RawBtf raw) {
        try {
            Path input = scratch.resolve("in.btf");
            Path output = scratch.resolve("out.btf");
            Files.write(input, raw.toBytes());
            List<Object> arguments = new ArrayList<>(List.of(input, output));
            if (raw.base() != null) {
                Path base = scratch.resolve("base.btf");
                Files.write(base, raw.base().toBytes());
                arguments.add(base);
            }
            ToolResult result = runProgram(arguments);
            boolean done = result.exitCode() == 0;
            return new Output(
                    result.exitCode(),
                    done ? Files.readAllBytes(output) : null,
                    done ? Integer.parseInt(result.out().strip()) : 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deduplicates a file of raw BTF, on the base if that is not null, into another. */
    void run(Path input, Path base, Path output) {
        List<Object> arguments = new ArrayList<>(List.of(input, output));
        if (base != null) {
            arguments.add(base);
        }
        program.withTimeout(Duration.ofMinutes(2)).check(arguments.toArray());
    }

    private ToolResult runProgram(List<Object> arguments) {
        try {
            return program.run(arguments.toArray());
        } catch (ExternalTool.TimeoutException e) {
            return new ToolResult(List.of(), Integer.MAX_VALUE, new byte[0], new byte[0]);
        }
    }

    @Override
    public void close() {
        scratch.close();
    }
}
