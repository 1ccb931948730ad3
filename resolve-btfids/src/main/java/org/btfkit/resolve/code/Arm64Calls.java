package org.btfkit.resolve.code;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.elf.ElfSection;

/**
 * Reads the arguments of calls in arm64 code of modules:
 *
 * <pre>
 * adrp x1, address              the page of it
 * add  x1, x1, :lo12:address    the place on the page; this one is looked at
 * mov  w0, #number
 * bl   ...                      or b, as the last thing that a function does
 * </pre>
 *
 * <p>Going back from a call, the nearest instruction that writes a register says what is in it. Nothing is known where
 * that is another one than those above, or a branch stands between it and the call, or leads there from elsewhere:
 * there may have been a way past it. What several calls are handed is kept in a register that functions have to leave
 * as it is:
 *
 * <pre>
 * adrp x20, address
 * add  x20, x20, :lo12:address    the only ones between the start of the function and the call that write x20,
 * ...                             but for those that restore what its caller had in it, before a return
 * mov  x1, x20
 * </pre>
 */
final class Arm64Calls implements CallReader {
    private static final int R_ADD_LOW = 277;

    /** How many instructions before a call are looked at. */
    private static final int MOST = 16;

    /** How many instructions before a call a register is looked for that is kept. */
    private static final int MOST_KEPT = 128;

    private static final int FIRST_KEPT = 19;
    private static final int LAST_KEPT = 28;

    /** {@code mov x1, xN}. */
    private static final int MOVE_TO_X1 = 0xaa0003e1;

    private static final int MOVE_MASK = 0xffe0ffff;

    /** {@code stp x29, x30, [sp, #-N]!}, with which functions begin that call others. */
    private static final int FRAME = 0xa9807bfd;

    private static final int FRAME_MASK = 0xffc07fff;

    private static final int RETURN = 0xd65f03c0;

    private final CodeLinks links;

    Arm64Calls(CodeLinks links) {
        this.links = links;
    }

    @Override
    public List<FunctionCall> in(ElfSection section, ByteBuffer code) {
        List<FunctionCall> calls = new ArrayList<>();
        for (long place : links.callsIn(section)) {
            int at = (int) (place - links.address(section));
            boolean isCall = at % Integer.BYTES == 0
                    && at + Integer.BYTES <= code.capacity()
                    && (code.getInt(at) & 0x7c000000) == 0x14000000;
            calls.add(isCall ? arguments(section, code, at) : null);
        }
        return calls;
    }

    private FunctionCall arguments(ElfSection section, ByteBuffer code, int call) {
        int number = -1;
        long address = CodeLinks.NOWHERE;
        for (int i = 1; i <= MOST && call - i * Integer.BYTES >= 0; i++) {
            int at = call - i * Integer.BYTES;
            int insn = code.getInt(at);
            long place = links.address(section) + at;
            if (isBranch(insn)) {
                return null;
            }
            if (writes(insn, 0) && number < 0) {
                number = number(insn);
                if (number < 0) {
                    return null;
                }
            }
            if (writes(insn, 1) && address == CodeLinks.NOWHERE) {
                address = (insn & MOVE_MASK) == MOVE_TO_X1
                        ? kept(section, code, at, insn >>> 16 & 31)
                        : added(insn, place);
                if (address == CodeLinks.NOWHERE) {
                    return null;
                }
            }
            if (number >= 0 && address != CodeLinks.NOWHERE) {
                return isLedTo(code, at, call) ? null : new FunctionCall(number, address);
            }
        }
        return null;
    }

    /** Whether a branch of the section leads behind an instruction and not behind another one. */
    private static boolean isLedTo(ByteBuffer code, int first, int last) {
        for (int at = 0; at + Integer.BYTES <= code.capacity(); at += Integer.BYTES) {
            int to = at + distance(code.getInt(at));
            if (to != at && to > first && to <= last) {
                return true;
            }
        }
        return false;
    }

    /** How many bytes away an instruction leads if it is a branch to a place; 0 if it is none, or is relocated. */
    private static int distance(int insn) {
        if ((insn & 0x7c000000) == 0x14000000) { // b, bl
            return insn << 6 >> 4;
        }
        if ((insn & 0xff000000) == 0x54000000 || (insn & 0x7e000000) == 0x34000000) { // b.cond, cbz, cbnz
            return insn << 8 >> 13 << 2;
        }
        return (insn & 0x7e000000) == 0x36000000 ? insn << 13 >> 18 << 2 : 0; // tbz, tbnz
    }

    /** The address that {@code add} completes, if it does. */
    private long added(int insn, long place) {
        return (insn & 0xffc00000) == 0x91000000 ? links.target(place, R_ADD_LOW) : CodeLinks.NOWHERE;
    }

    /** The address that a function has put into one of the registers x19 to x28 for all that it does. */
    private long kept(ElfSection section, ByteBuffer code, int use, int register) {
        if (register < FIRST_KEPT || register > LAST_KEPT) {
            return CodeLinks.NOWHERE;
        }
        long address = CodeLinks.NOWHERE;
        boolean isReturn = false;
        for (int i = 1; i <= MOST_KEPT && use - i * Integer.BYTES >= 0; i++) {
            int at = use - i * Integer.BYTES;
            int insn = code.getInt(at);
            if ((insn & FRAME_MASK) == FRAME) {
                return address; // the start of the function
            }
            if (isBranch(insn) && !isSystem(insn)) {
                isReturn = insn == RETURN;
            } else if (writes(insn, register) && !(isOnStack(insn) && (isReturn || isStore(insn)))) {
                if (address == CodeLinks.NOWHERE) {
                    address = added(insn, links.address(section) + at);
                    if (address == CodeLinks.NOWHERE) {
                        return address;
                    }
                } else if (!isPage(insn)) {
                    return CodeLinks.NOWHERE;
                }
            }
        }
        return CodeLinks.NOWHERE;
    }

    /** Whether it is {@code adrp}, which {@code add} completes. */
    private static boolean isPage(int insn) {
        return (insn & 0x9f000000) == 0x90000000;
    }

    /** Whether it loads or stores registers on the stack. */
    private static boolean isOnStack(int insn) {
        return (insn & 0x0a000000) == 0x08000000 && (insn >>> 5 & 31) == 31;
    }

    /** Of those on the stack: whether it stores a pair of registers, or one, at a distance. */
    private static boolean isStore(int insn) {
        return (insn & 0x38400000) == 0x28000000 || (insn & 0x3bc00000) == 0x39000000;
    }

    /** Whether an instruction may put something into a register; also said of some that only read it. */
    private static boolean writes(int insn, int register) {
        boolean isLoadOrStore = (insn & 0x0a000000) == 0x08000000;
        if (!isLoadOrStore) {
            return (insn & 31) == register;
        }
        boolean isPair = (insn & 0x38000000) == 0x28000000;
        boolean isOne = (insn & 0x38000000) == 0x38000000;
        if (!isPair && !isOne) {
            // exclusive, ordered, of vectors, of tags or of memory as a whole: they write registers in all places
            return true;
        }
        boolean isAtDistance = isPair ? (insn & 0x00800000) == 0 : (insn & 0x01000000) != 0;
        boolean isBase = !isAtDistance && (insn >>> 5 & 31) == register; // which moves on
        return (insn & 31) == register || isBase || isPair && (insn >>> 10 & 31) == register;
    }

    /** The number that {@code mov w0, #number} puts into w0, also written from wzr; -1 of other instructions. */
    private static int number(int insn) {
        if ((insn & 0xffe0001f) == 0x52800000) {
            return insn >>> 5 & 0xffff;
        }
        return insn == 0x2a1f03e0 ? 0 : -1;
    }

    /** Whether it is one of hints, barriers, and of those that read or write registers of the system. */
    private static boolean isSystem(int insn) {
        return (insn & 0xff000000) == 0xd5000000;
    }

    /** Whether it is one of the group of branches, calls, returns, traps, and those of the system. */
    private static boolean isBranch(int insn) {
        return (insn & 0x1c000000) == 0x14000000;
    }
}
