package org.btfkit.cli.support;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.btfkit.BtfException;
import org.btfkit.btf.file.BtfBaseException;
import picocli.CommandLine.PicocliException;

/** Puts what went wrong into one line. */
public final class Failure {
    private Failure() {}

    /**
     * Describes a failure.
     *
     * @param failure what was thrown
     * @param subject the file that was worked on; the line begins with it unless the failure names a file itself
     * @return the line, without {@code ERROR:}
     */
    public static String describe(Throwable failure, String subject) {
        if (failure instanceof BtfBaseException) {
            return oneLine(describeBase((BtfBaseException) failure));
        }
        if (failure instanceof BtfException) {
            return oneLine(failure.getMessage());
        }
        if (failure instanceof IOException) {
            return oneLine(describeIo((IOException) failure, subject));
        }
        if (failure instanceof OutOfMemoryError) {
            return oneLine(subject + ": not enough memory; give the JVM more with JAVA_TOOL_OPTIONS=-Xmx...");
        }
        if (failure instanceof InvalidPathException) {
            InvalidPathException e = (InvalidPathException) failure;
            boolean nul = e.getInput().indexOf('\0') >= 0;
            return oneLine(e.getInput() + ": cannot be a file name"
                    + (nul ? "" : " in this locale, use one with UTF-8, such as LC_ALL=C.UTF-8"));
        }
        if (failure instanceof PicocliException) {
            return oneLine(failure.getMessage()); // an argument file that cannot be read
        }
        StackTraceElement[] trace = failure.getStackTrace();
        String place = trace.length > 0 ? " at " + trace[0] : "";
        return oneLine(subject + ": internal error, please report it: " + failure + place);
    }

    /** Adds the files of this machine that fit, and the way out for who knows better. */
    private static String describeBase(BtfBaseException failure) {
        String wayOut = failure.isOnlySign() ? "; or take it as it is with " + Options.TRUST_BASE : "";
        return failure.getMessage() + failure.hint(KernelFiles.candidates()) + wayOut;
    }

    private static String describeIo(IOException failure, String subject) {
        if (failure instanceof NoSuchFileException) {
            return failure.getMessage() + ": no such file or folder" + hintOnName(failure.getMessage());
        }
        if (failure instanceof AccessDeniedException) {
            String denied = failure.getMessage();
            return (isFolder(denied) && isFile(subject) ? subject + ": " : "") + denied + ": permission denied";
        }
        if (failure instanceof FileSystemException) {
            FileSystemException e = (FileSystemException) failure;
            String reason = e.getReason() == null ? "cannot be used" : e.getReason();
            String file = e.getOtherFile() == null ? e.getFile() : e.getOtherFile();
            return (isFile(subject) && !subject.equals(file) ? subject + ": " : "") + file + ": " + reason;
        }
        if (failure instanceof FileNotFoundException) {
            return failure.getMessage() + hintOnName(failure.getMessage()); // "FILE (No such file or directory)"
        }
        return subject + ": " + failure.getMessage();
    }

    /** What is no UTF-8 comes to Java as this sign, and not back. */
    private static String hintOnName(String name) {
        return String.valueOf(name).indexOf('\uFFFD') < 0
                ? ""
                : "; Java cannot open files whose names are not UTF-8: rename it, or link to it";
    }

    /** A folder says nothing about which of the files in it could not be written. */
    private static boolean isFolder(String path) {
        return path != null && Files.isDirectory(Path.of(path));
    }

    private static boolean isFile(String subject) {
        return Files.isRegularFile(Path.of(subject));
    }

    /**
     * Words a warning.
     *
     * @param text what it says
     * @return the line, with {@code WARN:}
     */
    public static String warning(String text) {
        return "WARN: " + oneLine(text);
    }

    /**
     * Keeps names from the input from breaking the line or the terminal.
     *
     * @param text may have control characters in it
     * @return the text with a question mark for each of them
     */
    public static String oneLine(String text) {
        StringBuilder line = null;
        String source = String.valueOf(text);
        for (int i = 0; i < source.length(); i++) {
            char c = source.charAt(i);
            if (Character.isISOControl(c)) {
                if (line == null) {
                    line = new StringBuilder(source);
                }
                line.setCharAt(i, '?');
            }
        }
        return line == null ? source : line.toString();
    }
}
