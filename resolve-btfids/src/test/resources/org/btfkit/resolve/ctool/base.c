/* SPDX-License-Identifier: Apache-2.0 */
/* Plays the kernel: its BTF is the base of kfuncs.c's. Nothing here is ever run. */
#include "kernel.h"

static struct bpf_prog_aux aux;

struct bpf_prog_aux *base_find(u32 id) {
    return aux.id == id ? &aux : 0;
}

int base_count(const struct base_entry *entries, base_size_t size) {
    return (int)(size / sizeof(*entries));
}
