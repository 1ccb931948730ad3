package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.btfkit.fixtures.kernel.SampleModule;
import org.btfkit.fixtures.raw.IdsView;
import org.btfkit.fixtures.raw.IdsView.Id;
import org.btfkit.fixtures.raw.IdsView.IdSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bundled module, against its golden; needs no tool and no kernel. */
class SampleObjectTest {
    @TempDir
    Path folder;

    private IdsView fresh;
    private IdsView resolved;
    private Path module;
    private ResolveOptions options;

    @BeforeEach
    void resolve() throws Exception {
        module = SampleModule.writeModule(folder);
        options = ResolveOptions.withBase(SampleModule.writeVmlinuxBtf(folder));
        fresh = IdsView.of(module);
        Resolving.resolve(module, options);
        resolved = IdsView.of(module);
    }

    @Test
    void shouldEqualTheGolden() {
        assertArrayEquals(SampleModule.goldenIds(), resolved.bytes());
    }

    @Test
    void shouldKeepFlagsWithTheKfuncsOfTheSource() {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < SampleModule.KFUNCS.size(); i++) {
            String flags = Integer.toHexString(SampleModule.KFUNC_FLAGS.get(i));
            expected.add("func " + SampleModule.KFUNCS.get(i) + " 0x" + flags);
        }
        expected.sort(null);
        assertEquals(expected, resolved.pairs(resolved.set("sample_kfuncs")));
        assertEquals(fresh.pairs(), resolved.pairs());
    }

    /** A name that stands in two places has one id: so symbols that moved can be told true without any BTF. */
    @Test
    void shouldGiveANameTheSameIdEverywhere() {
        IdSet kfuncs = resolved.set("sample_kfuncs");
        IdSet hooks = resolved.set("sample_hooks");
        assertNotEquals(fresh.idsOf(kfuncs), resolved.idsOf(kfuncs));
        assertNotEquals(fresh.idsOf(hooks), resolved.idsOf(hooks));
        for (Id one : resolved.ids()) {
            for (Id other : resolved.ids()) {
                boolean sameName = one.key().equals(other.key());
                boolean sameId = resolved.word(one.offset()) == resolved.word(other.offset());
                assertEquals(sameName, sameId, one + " " + other);
            }
        }
    }

    @Test
    void shouldLeaveTheFileAloneWhenRunAgain() throws Exception {
        Resolving.assertNothingLeftToDo(module, options);
    }
}
