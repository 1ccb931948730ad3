package org.btfkit.resolve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.btfkit.btf.Btf;
import org.btfkit.btf.file.BtfSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What modules of a kernel register, against what its sources say. */
@Tag("conformance")
class KfuncUsersConformance {
    private static final int SCHED_CLS = 3;
    private static final int XDP = 6;
    private static final int STRUCT_OPS = 27;

    /** By set: what the calls of {@code register_btf_kfunc_id_set} in Linux 6.12 have as their first argument. */
    private static final Map<String, List<Integer>> SOURCES = Map.of(
            "fou_kfunc_set", List.of(SCHED_CLS),
            "nf_ct_kfunc_set", List.of(SCHED_CLS, XDP),
            "nf_ft_kfunc_set", List.of(XDP),
            "nf_nat_kfunc_set", List.of(SCHED_CLS, XDP),
            "tcp_bbr_check_kfunc_ids", List.of(STRUCT_OPS),
            "tcp_dctcp_check_kfunc_ids", List.of(STRUCT_OPS),
            "xfrm_ifc_kfunc_set", List.of(SCHED_CLS));

    @Test
    void shouldReadWhatSourcesSayOfAllModules() throws IOException {
        Btf vmlinux = BtfSource.load(ShippedObjects.vmlinux());
        Map<String, List<Integer>> found = new TreeMap<>();
        List<String> unread = new ArrayList<>();
        for (Path module : ShippedObjects.modules()) {
            try (BtfSource source = BtfSource.open(module)) {
                KfuncUsers users = KfuncUsers.of(source.elf());
                for (KfuncSet set : KfuncSet.ofKfuncs(source.elf(), source.btf(vmlinux))) {
                    found.put(set.name(), users.of(set));
                }
                if (users.unreadCalls() > 0) {
                    unread.add(module.toString());
                }
            }
        }
        assertEquals(new TreeMap<>(SOURCES), found);
        assertEquals(List.of(), unread);
    }
}
