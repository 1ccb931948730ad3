/* SPDX-License-Identifier: Apache-2.0 */
/* What base.c has and kfuncs.c uses. */
typedef unsigned int u32;
typedef unsigned long long u64;
typedef u64 base_size_t;

/* The two structs that pointers to make implicit arguments of kfuncs; only the names matter. */
struct bpf_prog_aux {
    u32 id;
    void *program;
};

struct btf_struct_meta;

struct base_entry {
    struct base_entry *next;
    u32 value;
};

struct bpf_prog_aux *base_find(u32 id);
int base_count(const struct base_entry *entries, base_size_t size);
