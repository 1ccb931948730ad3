package org.btfkit.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.ByteOrder;
import java.time.Duration;
import java.util.BitSet;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReachabilityTest {
    private static final int HELPER = 5;

    private static void assertGuarded(Asm program, BpfReference... externs) {
        Reachability found = program.run(externs);
        assertNull(found.problem());
        assertEquals(new BitSet(), found.invalid());
    }

    private static void assertReached(Asm program, BpfReference... externs) {
        Reachability found = program.run(externs);
        assertNull(found.problem());
        assertEquals(1, found.invalid().cardinality());
    }

    @Test
    void shouldGoOneWayWhereAConstantIsAsked() {
        assertGuarded(new Asm().mov(2, 0).jeq(2, 0, 1).poison().exit());
        assertReached(new Asm().mov(2, 1).jeq(2, 0, 1).poison().exit());
    }

    @Test
    void shouldGoBothWaysWhereNothingIsKnown() {
        assertReached(new Asm().helper(HELPER).jeq(0, 0, 1).poison().exit());
    }

    @Test
    void shouldKnowWhatAComparisonHasFound() {
        // if r0 != 7 goto out; if r0 == 7 goto out
        assertGuarded(
                new Asm().helper(HELPER).jne(0, 7, 2).jeq(0, 7, 1).poison().exit());
        assertReached(
                new Asm().helper(HELPER).jeq(0, 7, 2).jeq(0, 7, 1).poison().exit());
    }

    @Test
    void shouldKnowTheLowerHalfAfterAComparisonOf32Bits() {
        // if w0 != 7 goto out; w1 = w0; if r1 == 7 goto out
        assertGuarded(new Asm()
                .helper(HELPER)
                .insn(0x56, 0, 0, 3, 7)
                .insn(0xbc, 1, 0, 0, 0)
                .jeq(1, 7, 1)
                .poison()
                .exit());
        // The upper half is not known: if w0 != 7 goto out; if r0 == 7 goto out
        assertReached(new Asm()
                .helper(HELPER)
                .insn(0x56, 0, 0, 2, 7)
                .jeq(0, 7, 1)
                .poison()
                .exit());
    }

    @Test
    void shouldCompareTheLowerHalvesOnlyIn32BitJumps() {
        // r2 = 1 << 32; if w2 == 0 goto out
        Asm program = new Asm().mov(2, 1).insn(0x67, 2, 0, 0, 32);
        assertGuarded(program.insn(0x16, 2, 0, 1, 0).poison().exit());
        // r2 = -1; w3 = -1; if r2 == r3 goto poison
        assertGuarded(new Asm()
                .mov(2, -1)
                .insn(0xb4, 3, 0, 0, -1)
                .insn(0x1d, 2, 3, 1, 0)
                .exit()
                .poison()
                .exit());
    }

    @Test
    void shouldKeepWhatAllWaysAgreeAbout() {
        // r6 is 0 on both ways, r7 is not
        Asm program = new Asm().helper(HELPER).mov(6, 0).mov(7, 0).jeq(0, 0, 1).mov(7, 1);
        assertGuarded(program.jeq(6, 0, 1).poison().exit());
        assertReached(new Asm()
                .helper(HELPER)
                .mov(7, 0)
                .jeq(0, 0, 1)
                .mov(7, 1)
                .jeq(7, 0, 1)
                .poison()
                .exit());
    }

    @Test
    void shouldFollowLoopsUntilNothingChanges() {
        // r6 = 0; do { if r6 == 1 poison; r6 = 1 } while (helper())
        assertReached(new Asm()
                .mov(6, 0)
                .jne(6, 1, 1)
                .poison()
                .mov(6, 1)
                .helper(HELPER)
                .jne(0, 0, -5)
                .exit());
    }

    @Test
    void shouldKeepSpilledConstants() {
        assertGuarded(new Asm()
                .mov(2, 0)
                .spill(2, -8)
                .fill(3, -8)
                .jeq(3, 0, 1)
                .poison()
                .exit());
        assertReached(new Asm()
                .mov(2, 0)
                .spill(2, -8)
                .fill(3, -16)
                .jeq(3, 0, 1)
                .poison()
                .exit());
    }

    @Test
    void shouldKeepSpilledConstantsOverCallsThatCannotWriteThere() {
        Asm spilled = new Asm().mov(2, 1).spill(2, -16);
        assertGuarded(spilled.helper(HELPER).fill(3, -16).jeq(3, 1, 1).poison().exit());
        // A function of the kernel writes from r10 - 8 upwards.
        Asm below = new Asm().mov(2, 1).spill(2, -16).movReg(1, 10).insn(0x07, 1, 0, 0, -8);
        assertGuarded(below.helper(HELPER).fill(3, -16).jeq(3, 1, 1).poison().exit());
        Asm within = new Asm().mov(2, 1).spill(2, -16).movReg(1, 10).insn(0x07, 1, 0, 0, -24);
        assertReached(within.helper(HELPER).fill(3, -16).jeq(3, 1, 1).poison().exit());
    }

    @Test
    void shouldForgetTheStackWhereAnAddressInItIsNotKnown() {
        // r1 = r10; r1 += helper(); *(u64 *)(r1 - 8) = r2
        assertReached(new Asm()
                .mov(2, 1)
                .spill(2, -8)
                .helper(HELPER)
                .movReg(1, 10)
                .insn(0x0f, 1, 0, 0, 0)
                .insn(0x7b, 1, 6, -8, 0)
                .fill(3, -8)
                .jeq(3, 1, 1)
                .poison()
                .exit());
    }

    @Test
    void shouldKnowZerosOfAnySizeInTheStack() {
        // *(u32 *)(r10 - 4) = 0; r3 = *(u32 *)(r10 - 4)
        assertGuarded(new Asm()
                .insn(0x62, 10, 0, -4, 0)
                .load32(3, 10, -4)
                .jeq(3, 0, 1)
                .poison()
                .exit());
        // Another number is kept at the beginning of a slot only, as the verifier does.
        assertReached(new Asm()
                .insn(0x62, 10, 0, -4, 1)
                .load32(3, 10, -4)
                .jeq(3, 1, 1)
                .poison()
                .exit());
        assertGuarded(new Asm()
                .insn(0x62, 10, 0, -8, 1)
                .load32(3, 10, -8)
                .jeq(3, 1, 1)
                .poison()
                .exit());
    }

    @Test
    void shouldReadPartsOfSlotsByByteOrder() {
        Asm little = new Asm().mov(2, 1).spill(2, -8).load32(3, 10, -8);
        assertGuarded(little.jeq(3, 1, 1).poison().exit());
        Asm big = new Asm().bigEndian().mov(2, 1).spill(2, -8).load32(3, 10, -8);
        assertReached(big.jeq(3, 1, 1).poison().exit());
    }

    @Test
    void shouldPassConstantsToFunctionsAndBack() {
        // entry: r1 = 3; call f; if r0 == 4 goto out; poison. f: r0 = r1; r0 += 1
        Asm program = new Asm()
                .mov(1, 3)
                .call(new BpfReference.Function(5))
                .jeq(0, 4, 1)
                .poison()
                .exit()
                .function(false)
                .movReg(0, 1)
                .insn(0x07, 0, 0, 0, 1)
                .exit();
        assertGuarded(program);
    }

    @Test
    void shouldKnowNothingInGlobalFunctions() {
        Asm program = new Asm()
                .mov(1, 0)
                .call(new BpfReference.Function(3))
                .exit()
                .function(true)
                .jeq(1, 0, 1)
                .poison()
                .exit();
        assertReached(program);
    }

    @Test
    void shouldMeetTheArgumentsOfAllCalls() {
        Asm program = new Asm()
                .mov(1, 0)
                .call(new BpfReference.Function(5))
                .mov(1, 1)
                .call(new BpfReference.Function(5))
                .exit()
                .function(false)
                .jeq(1, 0, 1)
                .poison()
                .exit();
        assertReached(program);
    }

    @Test
    void shouldNotGoOnBehindACallThatDoesNotReturn() {
        Asm program = new Asm()
                .call(new BpfReference.Function(3))
                .poison()
                .exit()
                .function(false)
                .insn(0x05, 0, 0, -1, 0);
        assertGuarded(program);
    }

    @Test
    void shouldFollowCallbacksWithNothingKnown() {
        Asm program = new Asm()
                .mov(1, 0)
                .address(2, new BpfReference.Function(5))
                .helper(181)
                .exit()
                .function(false)
                .jeq(1, 0, 1)
                .poison()
                .exit();
        assertReached(program);
    }

    @Test
    void shouldNotFollowFunctionsThatNobodyReaches() {
        Asm program = new Asm()
                .mov(2, 0)
                .jeq(2, 0, 1)
                .call(new BpfReference.Function(4))
                .exit()
                .function(true)
                .poison()
                .exit();
        assertGuarded(program);
    }

    @Test
    void shouldAskTheAddressesOfExterns() {
        Asm program = new Asm()
                .address(1, new BpfReference.Extern(0))
                .jeq(1, 0, 1)
                .poison()
                .exit();
        assertGuarded(program, new BpfReference.Constant(0));
        assertReached(program, new BpfReference.Address());
    }

    @Test
    void shouldReadMemoryThatIsOnlyRead() {
        Asm program = new Asm()
                .area(new byte[] {1, 0, 0, 0, 7, 0, 0, 0}, 0, 4)
                .address(1, new BpfReference.Memory(0, 4))
                .load32(2, 1, 0)
                .jeq(2, 7, 1)
                .poison()
                .exit();
        assertGuarded(program);
        assertEquals(BitSet.valueOf(new long[] {1 << 1}), program.run().variablesRead());
    }

    @Test
    void shouldReadMemoryByByteOrder() {
        Asm program = new Asm()
                .bigEndian()
                .area(new byte[] {0, 0, 0, 7}, 0)
                .address(1, new BpfReference.Memory(0, 0))
                .load32(2, 1, 0);
        assertGuarded(program.jeq(2, 7, 1).poison().exit());
    }

    @Test
    void shouldNameTheVariablesThatDecide() {
        Asm program = new Asm()
                .area(null, 0, 4)
                .address(1, new BpfReference.Memory(0, 4))
                .load32(2, 1, 0)
                .jeq(2, 7, 1)
                .poison()
                .exit();
        Reachability found = program.run();
        assertEquals(1, found.invalid().cardinality());
        assertEquals(BitSet.valueOf(new long[] {1 << 1}), found.deciding());
    }

    @Test
    void shouldSayThatNoVariableDecidesWherePoisonIsOnBothWays() {
        Asm program = new Asm()
                .area(null, 0)
                .address(1, new BpfReference.Memory(0, 0))
                .load32(2, 1, 0)
                .jeq(2, 7, 1)
                .insn(0x05, 0, 0, 0, 0)
                .poison()
                .exit();
        assertNull(program.run().deciding());
        // nor where what is asked is not a variable
        assertNull(new Asm().helper(HELPER).jeq(0, 0, 1).poison().exit().run().deciding());
    }

    @Test
    void shouldTellWhatIsReadOfTheContext() {
        Asm program = new Asm()
                .movReg(6, 1)
                .insn(0x79, 2, 6, 16, 0)
                .insn(0x07, 6, 0, 0, 8)
                .insn(0x79, 2, 6, 0, 0)
                .mov(3, 0)
                .jeq(3, 0, 1)
                .insn(0x79, 2, 6, 64, 0)
                .exit();
        assertEquals(Map.of(1, 16L, 3, 8L), program.run().contextLoads());
    }

    @Test
    void shouldFollowLongJumpsAndMayGoto() {
        // gotol +1
        assertGuarded(new Asm().insn(0x06, 0, 0, 0, 1).poison().exit());
        // may_goto +1
        assertReached(new Asm().insn(0xe5, 0, 0, 1, 0).poison().exit());
    }

    @Test
    void shouldTakeWhatTheVerifierDoesNotComputeForUnknown() {
        // r2 = 6; r2 /= 2; if r2 == 3 goto out
        assertReached(
                new Asm().mov(2, 6).insn(0x37, 2, 0, 0, 2).jeq(2, 3, 1).poison().exit());
    }

    @Test
    void shouldGoOnBehindAnInvalidInstructionToNameAll() {
        assertEquals(2, new Asm().poison().poison().exit().run().invalid().cardinality());
    }

    @Test
    void shouldSayWhyAProgramCannotBeFollowed() {
        assertEquals(
                "a jump out of its function (instruction 0 of its function)",
                new Asm().insn(0x05, 0, 0, 9, 0).exit().run().problem());
        assertEquals(
                "a jump into the middle of a 64-bit load (instruction 0 of its function)",
                new Asm()
                        .insn(0x05, 0, 0, 1, 0)
                        .address(1, new BpfReference.Address())
                        .exit()
                        .run()
                        .problem());
        assertEquals(
                "runs past the end of its function (instruction 0 of its function)",
                new Asm().mov(0, 0).run().problem());
        assertEquals(
                "an instruction that is not known, code 0xf7 (instruction 0 of its function)",
                new Asm().insn(0xf7, 0, 0, 0, 0).exit().run().problem());
        assertEquals(
                "a jump to where a table says (instruction 0 of its function)",
                new Asm().insn(0x0d, 1, 0, 0, 0).exit().run().problem());
        assertEquals(
                "a call of what is no function (instruction 0 of its function)",
                new Asm().call(new BpfReference.Function(1)).exit().run().problem());
    }

    @Test
    void shouldSayThatAFunctionCallsItself() {
        Asm program = new Asm()
                .call(new BpfReference.Function(2))
                .exit()
                .function(false)
                .helper(HELPER)
                .jeq(0, 0, 1)
                .call(new BpfReference.Function(2))
                .exit();
        assertEquals("a function that calls itself", program.run().problem());
    }

    @Test
    void shouldFollowTheLargestPrograms() {
        Asm large = new Asm().helper(HELPER);
        while (large.size() < 500_000) {
            large.jeq(0, large.size(), 1).mov(6, large.size() & 3);
        }
        large.mov(2, 0).jeq(2, 0, 1).poison().exit();
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> assertGuarded(large));
        Asm beyond = new Asm();
        while (beyond.size() <= BpfCode.MAX_INSNS) {
            beyond.mov(0, 0);
        }
        assertEquals("more than 1000000 instructions", beyond.exit().run().problem());
    }

    @Test
    void shouldFollowManyFunctions() {
        Asm chain = new Asm();
        int count = 20_000;
        for (int i = 0; i < count; i++) {
            chain.call(new BpfReference.Function(2 * i + 2)).exit().function(false);
        }
        chain.poison().exit();
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> assertReached(chain));
    }

    @Test
    void shouldRefuseFunctionsOutsideOfTheCode() {
        BpfCode.Builder builder = new BpfCode.Builder(ByteOrder.LITTLE_ENDIAN);
        builder.section(new long[4]);
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> builder.function(2, 3, true));
        assertEquals("function of 3 instructions at 2", refused.getMessage());
        assertFalse(builder.build().isGlobal(0));
        assertEquals(0, builder.build().functionCount());
    }
}
