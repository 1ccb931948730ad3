package org.btfkit.resolve.code;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.elf.ElfSection;

/**
 * Reads the arguments of calls in x86-64 code: before the call, in either order,
 *
 * <pre>
 * 48 c7 c6 ADDRESS     mov $address, %rsi        or   48 8d 35 DISTANCE    lea address(%rip), %rsi
 * bf NUMBER            mov $number, %edi         or   31 ff                xor %edi, %edi
 * </pre>
 *
 * <p>A call is {@code e8} or, as the last thing that a function does, {@code e9}. Between them may stand moves of other
 * registers, which {@link X86Moves} knows; where anything else does, nothing is known. Nor is it where the first of the
 * bytes may belong to an instruction that begins before them, as {@code 41 bf} and {@code 45 31 ff} are about r15, or
 * where a branch may lead in between from elsewhere.
 */
final class X86Calls implements CallReader {
    private static final int R_X86_64_PC32 = 2;
    private static final int R_X86_64_32S = 11;

    private static final int CALL_BYTES = 5;
    private static final int MOV_EDI_BYTES = 5;
    private static final int XOR_EDI_BYTES = 2;
    private static final int RSI_BYTES = 7;

    /** How many bytes before a call are looked at: a long has a bit for each, and for the call. */
    private static final int MOST = Long.SIZE - 1;

    /** How far short branches lead. */
    private static final int NEAR = 130;

    private final CodeLinks links;

    X86Calls(CodeLinks links) {
        this.links = links;
    }

    @Override
    public List<FunctionCall> in(ElfSection section, ByteBuffer code) {
        List<FunctionCall> calls = new ArrayList<>();
        if (!links.isLinked()) {
            for (long place : links.callsIn(section)) {
                int at = (int) (place - links.address(section)) - 1;
                calls.add(isCall(code, at) ? arguments(section, code, at) : null);
            }
            return calls;
        }
        byte[] bytes = code.array();
        for (int at = 0; at <= bytes.length - CALL_BYTES; at++) {
            if (isCall(code, at) && section.address() + at + CALL_BYTES + code.getInt(at + 1) == links.function()) {
                calls.add(arguments(section, code, at));
            }
        }
        return calls;
    }

    private static boolean isCall(ByteBuffer code, int at) {
        return at >= 0 && at + CALL_BYTES <= code.capacity() && (code.get(at) & 0xfe) == 0xe8;
    }

    /**
     * The arguments of the call at a place, null if they are not known. Looks for the nearest place from which
     * instructions that are known lead to the call, and put both in their registers.
     */
    private FunctionCall arguments(ElfSection section, ByteBuffer code, int call) {
        for (int first = call - RSI_BYTES - XOR_EDI_BYTES; first >= Math.max(0, call - MOST); first--) {
            if (numberBytes(code, first) > 0 && first > 0 && isPrefix(code.get(first - 1))) {
                continue;
            }
            int number = -1;
            long address = CodeLinks.NOWHERE;
            long ends = 0; // where instructions end, by distance from the first
            int at = first;
            while (at < call) {
                int bytes = numberBytes(code, at);
                long loaded = bytes > 0 ? CodeLinks.NOWHERE : address(section, code, at);
                if (bytes > 0) {
                    number = bytes == MOV_EDI_BYTES ? code.getInt(at + 1) : 0;
                } else if (loaded != CodeLinks.NOWHERE) {
                    address = loaded;
                    bytes = RSI_BYTES;
                } else {
                    bytes = at == first ? 0 : X86Moves.length(code, at);
                }
                at = bytes > 0 ? at + bytes : Integer.MAX_VALUE;
                ends |= at <= call ? 1L << at - first : 0;
            }
            if (at == call && number >= 0 && address != CodeLinks.NOWHERE) {
                return isLedTo(code, first, ends) ? null : new FunctionCall(number, address);
            }
        }
        return null;
    }

    /**
     * Whether a branch may lead behind the first of the instructions and not behind the call: from whatever bytes look
     * like one, as nothing tells where instructions begin.
     */
    private static boolean isLedTo(ByteBuffer code, int first, long ends) {
        for (int at = Math.max(0, first - NEAR); at < Math.min(code.capacity() - 1, first + MOST + NEAR); at++) {
            int opcode = code.get(at) & 0xff;
            if ((opcode & 0xf0) == 0x70 || opcode == 0xeb) {
                int distance = at + 2 + code.get(at + 1) - first;
                if (distance > 0 && distance < Long.SIZE && (ends >>> distance & 1) != 0) {
                    return true;
                }
            }
        }
        for (int at = 0; at + CALL_BYTES <= code.capacity(); at++) {
            int opcode = code.get(at) & 0xff;
            if (opcode == 0xe9 || (opcode & 0xf0) == 0x80 && at > 0 && code.get(at - 1) == 0x0f) {
                int distance = at + CALL_BYTES + code.getInt(at + 1) - first;
                if (distance > 0 && distance < Long.SIZE && (ends >>> distance & 1) != 0) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether a byte may make another instruction of those behind it: a register's, a size, or of two bytes. */
    private static boolean isPrefix(byte value) {
        return (value & 0xf0) == 0x40 || value == 0x66 || value == 0x0f;
    }

    /** How long an instruction is that puts a number into edi; 0 if it is no such instruction. */
    private static int numberBytes(ByteBuffer code, int at) {
        if ((code.get(at) & 0xff) == 0xbf) {
            return MOV_EDI_BYTES;
        }
        return code.getShort(at) == (short) 0xff31 ? XOR_EDI_BYTES : 0;
    }

    /** The address that an instruction puts into rsi. */
    private long address(ElfSection section, ByteBuffer code, int at) {
        if (at + RSI_BYTES > code.capacity()) {
            return CodeLinks.NOWHERE;
        }
        int opcode = (code.get(at) & 0xff) << 16 | (code.get(at + 1) & 0xff) << 8 | code.get(at + 2) & 0xff;
        boolean isMove = opcode == 0x48c7c6;
        if (!isMove && opcode != 0x488d35) {
            return CodeLinks.NOWHERE;
        }
        if (links.isLinked()) {
            int value = code.getInt(at + 3);
            return isMove ? value : section.address() + at + RSI_BYTES + value;
        }
        return links.target(links.address(section) + at + 3, isMove ? R_X86_64_32S : R_X86_64_PC32);
    }
}
