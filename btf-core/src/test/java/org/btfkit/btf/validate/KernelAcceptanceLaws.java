package org.btfkit.btf.validate;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.btfkit.btf.Btf;
import org.btfkit.btf.Parsing;
import org.btfkit.fixtures.gen.BtfArbitraries;
import org.btfkit.fixtures.gen.BtfFlavor;
import org.btfkit.fixtures.raw.RawBtf;

/** What is made as compilers make it for kernels passes. */
class KernelAcceptanceLaws {
    @Provide
    Arbitrary<RawBtf> kernelBtfs() {
        return BtfArbitraries.btfs(BtfFlavor.KERNEL);
    }

    @Provide
    Arbitrary<RawBtf> splitKernelBtfs() {
        return BtfArbitraries.splitBtfs(BtfFlavor.KERNEL);
    }

    @Property(tries = 300)
    void shouldAcceptWhatIsGeneratedForKernels(@ForAll("kernelBtfs") RawBtf raw) {
        assertDoesNotThrow(() -> KernelValidator.kernel(raw.toBytes(), null, "generated"));
    }

    @Property(tries = 300)
    void shouldAcceptSplitThatIsGeneratedForKernels(@ForAll("splitKernelBtfs") RawBtf raw) {
        Btf base = Parsing.parse(raw.base());
        assertDoesNotThrow(() -> KernelValidator.kernel(raw.toBytes(), base, "generated"));
    }
}
