package org.btfkit.btf.javagen;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.btfkit.btf.Btf;
import org.btfkit.btf.format.BtfKind;

/**
 * A C program that fills types of a kernel with bytes and prints what their members are then, as {@code Reader.java} in
 * the test resources takes it. Where members are is for the C compiler to find out; only names are taken from here.
 */
final class KernelValues {
    /** With bit fields, unions, packed, nested, nameless members, arrays and flexible ends among them. */
    private static final List<String> TYPES = List.of(
            ("task_struct sk_buff tcp_sock inode page file dentry bio request net_device sock mm_struct vm_area_struct"
                            + " super_block iphdr ipv6hdr tcphdr udphdr ethhdr nf_conn cgroup module rq cfs_rq irq_desc"
                            + " work_struct timer_list perf_event_attr bpf_insn bpf_prog bpf_map io_uring_sqe io_uring_cqe"
                            + " sockaddr_in6 cpuinfo_x86 desc_struct gate_struct IO_APIC_route_entry fxregs_state kobject"
                            + " device cred signal_struct pid rb_node list_head hrtimer file_operations statx kstat"
                            + " perf_sample_data perf_mem_data_src pt_regs thread_info bpf_attr nlmsghdr sched_entity"
                            + " zone hd_geometry tcp_options_received flowi4 xdp_md neighbour dst_entry msghdr")
                    .split(" "));

    private static final int MAX_LEAVES = 6000;

    private final Btf btf;
    private final Shapes shapes;
    private final JavaNames names;
    private final List<Integer> typeIds = new ArrayList<>();

    /** Where the next member goes. */
    private final StringBuilder bools = new StringBuilder();

    private final StringBuilder prints = new StringBuilder();
    private int leaves;

    KernelValues(Btf btf) {
        this.btf = btf;
        this.shapes = new Shapes(btf);
        this.names = new JavaNames(btf, JavaOptions.DEFAULT);
        for (String name : TYPES) {
            int structId = btf.find(BtfKind.STRUCT, name);
            int typeId = structId > 0 ? structId : btf.find(BtfKind.UNION, name);
            if (typeId > 0) {
                typeIds.add(typeId);
            }
        }
    }

    int[] typeIds() {
        return typeIds.stream().mapToInt(Integer::intValue).toArray();
    }

    String program(String header) {
        StringBuilder program = new StringBuilder("#include \"" + header + "\"\n");
        program.append("int printf(const char *, ...);\n");
        for (int typeId : typeIds) {
            String type = JavaNames.prefix(btf.kind(typeId)) + btf.name(typeId);
            bools.setLength(0);
            prints.setLength(0);
            leaves = 0;
            String className = names.of(typeId);
            add(typeId, className, className, "p->");
            program.append("static void fill_" + className + "(void)\n{\n");
            program.append("static unsigned char bytes[sizeof(" + type + ")] __attribute__((aligned(64)));\n");
            program.append("volatile " + type + " *p = (void *) bytes; unsigned state = " + typeId + ";\n");
            program.append("for (unsigned i = 0; i < sizeof(bytes); i++)"
                    + " bytes[i] = (state = state * 1664525 + 1013904223) >> 24;\n");
            program.append(bools);
            program.append("printf(\"bytes \"); for (unsigned i = 0; i < sizeof(bytes); i++)"
                    + " printf(\"%02x\", bytes[i]); printf(\"\\n\");\n");
            program.append(prints).append("printf(\"end kept\\n\");\n}\n");
        }
        program.append("int main(void)\n{\n");
        typeIds.forEach(typeId -> program.append("fill_" + names.of(typeId) + "();\n"));
        return program.append("return 0;\n}\n").toString();
    }

    /**
     * Adds the members of a struct.
     *
     * @param steps the class and what leads from it to the struct
     * @param className the class of the struct
     * @param path the same in C, up to the name of a member
     */
    private void add(int typeId, String steps, String className, String path) {
        int simple = className.lastIndexOf('$') + 1;
        Set<String> enclosing = Set.of(className.substring(simple == 0 ? 0 : simple - 1));
        for (ClassMembers.Member member : new ClassMembers(shapes, names, typeId, enclosing, false).all()) {
            Shape shape = member.shape();
            if (shape.sort() == Shape.Sort.BYTES || shape.sizeBytes() == 0 || shape.isFlexible()) {
                continue;
            }
            StringBuilder cIndex = new StringBuilder();
            StringBuilder javaIndex = new StringBuilder();
            boolean isEmpty = false;
            for (long count : shape.dimensions()) {
                isEmpty |= count == 0;
                cIndex.append("[" + (count - 1) + "]");
                javaIndex.append(":" + (count - 1));
            }
            String place = path + member.cName() + cIndex;
            String step = member.name() + javaIndex;
            if (isEmpty || leaves > MAX_LEAVES) {
                continue;
            }
            if (shape.sort() == Shape.Sort.GROUP) {
                String own = member.nestedClass() != null
                        ? className + "$" + member.nestedClass()
                        : names.of(shape.typeId());
                add(shape.typeId(), steps + "\t" + step + "@" + own, own, place + ".");
            } else {
                addLeaf(shape, place, steps + "\t" + step);
            }
        }
    }

    private void addLeaf(Shape shape, String place, String steps) {
        leaves++;
        if (shape.sort() == Shape.Sort.BOOL) {
            bools.append(place + " = (state = state * 1664525 + 1013904223) >> 31;\n");
        }
        boolean isUnsigned = shape.isUnsigned() && btf.kind(shape.typeId()) != BtfKind.ENUM;
        String cast = btf.kind(shape.typeId()) == BtfKind.PTR ? "(unsigned long) " : "";
        prints.append("printf(\"" + (isUnsigned ? "%llu" : "%lld") + "\\t" + steps.replace("\t", "\\t") + "\\n\", ("
                + (isUnsigned ? "unsigned " : "") + "long long) " + cast + place + ");\n");
    }
}
