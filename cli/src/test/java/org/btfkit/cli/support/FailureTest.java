package org.btfkit.cli.support;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

/** What is said of failures that a test cannot make by a file. */
class FailureTest {
    @Test
    void shouldSayWhyAFileWhoseNameIsNotUtf8IsNotFound() {
        String hint = "; Java cannot open files whose names are not UTF-8: rename it, or link to it";
        assertEquals(
                "b\uFFFDd.ko: no such file or folder" + hint,
                Failure.describe(new NoSuchFileException("b\uFFFDd.ko"), "x"));
        assertEquals(
                "b\uFFFDd.ko (No such file or directory)" + hint,
                Failure.describe(new FileNotFoundException("b\uFFFDd.ko (No such file or directory)"), "x"));
        assertEquals("bad.ko: no such file or folder", Failure.describe(new NoSuchFileException("bad.ko"), "x"));
    }

    @Test
    void shouldNameTheSubjectOfAFailureThatNamesNoFile() {
        assertEquals("x: broken", Failure.describe(new IOException("broken"), "x"));
    }
}
