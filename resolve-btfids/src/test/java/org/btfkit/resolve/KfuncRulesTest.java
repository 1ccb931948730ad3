package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.btfkit.btf.Btf;
import org.btfkit.fixtures.raw.RawBtf;
import org.btfkit.fixtures.raw.RawBtf.Param;
import org.junit.jupiter.api.Test;

class KfuncRulesTest {
    private final RawBtf raw = RawBtf.littleEndian();
    private final int number = raw.addInt("int", 4, RawBtf.SIGNED);
    private final int pointer = raw.addPtr(number);

    private List<String> faults(String name, int returns, int param, KfuncFlag... flags) {
        int funcId = raw.addFunc(name, raw.addFuncProto(returns, new Param("arg", param)), 1);
        int bits = 0;
        for (KfuncFlag flag : flags) {
            bits |= flag.bit;
        }
        Btf btf = Btf.parse(raw.toBytes(), null, "test");
        return KfuncRules.faults(btf, new KfuncSet.Entry(name, funcId, bits));
    }

    @Test
    void shouldTakeFlagsThatFit() {
        int typedef = raw.addTypedef("ref_t", raw.addConst(pointer));
        assertEquals(List.of(), faults("bpf_get", pointer, number, KfuncFlag.ACQUIRE, KfuncFlag.RET_NULL));
        assertEquals(List.of(), faults("bpf_get2", typedef, number, KfuncFlag.ACQUIRE));
        assertEquals(List.of(), faults("bpf_put", 0, pointer, KfuncFlag.RELEASE));
        assertEquals(List.of(), faults("bpf_iter_x_new", number, pointer, KfuncFlag.ITER_NEW));
        assertEquals(List.of(), faults("bpf_iter_x_next", pointer, pointer, KfuncFlag.ITER_NEXT));
        assertEquals(List.of(), faults("bpf_iter_x_destroy", 0, pointer, KfuncFlag.ITER_DESTROY));
        assertEquals(List.of(), faults("bpf_any", 0, number, KfuncFlag.SLEEPABLE, KfuncFlag.TRUSTED_ARGS));
    }

    @Test
    void shouldSeeFlagsOfAnotherFunction() {
        assertEquals(
                List.of("KF_ACQUIRE, but it returns no pointer", "KF_RET_NULL, but it returns no pointer"),
                faults("bpf_put", 0, pointer, KfuncFlag.ACQUIRE, KfuncFlag.RET_NULL));
        assertEquals(
                List.of("KF_RELEASE, but it takes no pointer"), faults("bpf_get", pointer, number, KfuncFlag.RELEASE));
        assertEquals(
                List.of("KF_ITER_NEW, but it is not called bpf_iter_..._new"),
                faults("bpf_iter_x_next", pointer, pointer, KfuncFlag.ITER_NEW));
    }

    @Test
    void shouldSayNothingOfAFunctionThatIsNotThere() {
        Btf btf = Btf.parse(raw.toBytes(), null, "test");
        assertEquals(List.of(), KfuncRules.faults(btf, new KfuncSet.Entry("gone", 0, KfuncFlag.ACQUIRE.bit)));
    }
}
