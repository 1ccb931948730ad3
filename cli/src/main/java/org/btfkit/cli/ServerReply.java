package org.btfkit.cli;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * What a command has printed, as the launcher reads it: a line each, with a letter in front that says where it belongs.
 *
 * <pre>
 * oTEXT    a line of standard output;   OTEXT   the same, without an end of line
 * eTEXT    a line of standard error;    ETEXT   the same, without an end of line
 * sSTATUS  the exit status, last
 * pWHY     nothing was done: start plainly
 * </pre>
 */
final class ServerReply {
    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();

    /** The stream whose line has begun; 0 for none. */
    private char open;

    /** Where that line begins. */
    private int start;

    /** A stream for one of the two outputs. */
    private final class Output extends OutputStream {
        private final char letter;

        private Output(char letter) {
            this.letter = letter;
        }

        @Override
        public void write(int value) {
            synchronized (lines) {
                begin(letter);
                lines.write(value);
                if (value == '\n') {
                    open = 0;
                }
            }
        }
    }

    /** Where the command prints to. */
    OutputStream out() {
        return new Output('o');
    }

    /** Where the command prints errors to. */
    OutputStream err() {
        return new Output('e');
    }

    private void begin(char letter) {
        if (open != letter) {
            end();
            open = letter;
            start = lines.size();
            lines.write(letter);
        }
    }

    /** Ends a line that has no end: its letter, which was written already, says so. */
    private void end() {
        if (open != 0) {
            byte[] all = lines.toByteArray();
            all[start] = (byte) Character.toUpperCase(open);
            lines.reset();
            lines.write(all, 0, all.length);
            lines.write('\n');
            open = 0;
        }
    }

    /** Returns everything, with the exit status at its end. */
    byte[] finish(int status) {
        end();
        byte[] last = ("s" + status + "\n").getBytes(StandardCharsets.US_ASCII);
        lines.write(last, 0, last.length);
        return lines.toByteArray();
    }

    /** What is said where a request is not for this server. */
    static byte[] plain(String why) {
        return ("p" + why + "\n").getBytes(StandardCharsets.US_ASCII);
    }
}
