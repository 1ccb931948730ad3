package org.btfkit.internal.io;

import java.nio.file.attribute.FileTime;

/** What times of files tell about changes. */
public final class FileTimes {
    /** Times of files are coarser than a file takes to be read, on some file systems by seconds. */
    private static final long SETTLED_MILLIS = 2_500;

    private FileTimes() {}

    /**
     * Tells whether a later change of a file would show in its time. One that was changed a moment before it was looked
     * at may be changed again without a trace.
     *
     * @param time when it was changed
     * @param nowMillis when that was asked for, or before
     * @return whether the time is long enough ago
     */
    public static boolean areSettled(FileTime time, long nowMillis) {
        return time.toMillis() < nowMillis - SETTLED_MILLIS;
    }
}
