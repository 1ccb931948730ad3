/* SPDX-License-Identifier: Apache-2.0 */
/* Plays a module: kfuncs with every flag that changes BTF, and ids of every kind. Nothing here is ever run. */
#include "btf_ids_macros.h"
#include "kernel.h"

#define FASTCALL 0x1000
#define ARENA_RETURN 0x2000
#define ARENA_FIRST 0x4000
#define ARENA_SECOND 0x8000
#define IMPLICIT 0x10000
#define BY_RCU 0x80

#ifdef __clang__
#define TAG(text) __attribute__((btf_decl_tag(text)))
#else
#define TAG(text)
#endif

struct thing {
    u32 uses;
    struct base_entry entries TAG("owned");
};

union word {
    u64 whole;
    u32 halves[2];
};

typedef union word word_t;
typedef struct bpf_prog_aux aux_t;

static struct thing thing;
static char area[64];

static __attribute__((noinline, used)) u32 helper(u32 a, word_t b) {
    __asm__ volatile("");
    return a + b.halves[0];
}

/* kfuncs: global, so that each has a symbol and a FUNC */

struct thing *thing_get(u32 uses) {
    return thing.uses == uses ? &thing : 0;
}

/* The prototypes of this and the next are one after deduplication. */
void thing_put(struct thing *one) {
    one->uses--;
}

void thing_touch(struct thing *one) {
    one->uses++;
}

TAG("bpf_fastcall") TAG("quick") int quick(u32 a, word_t b) {
    return (int)helper(a, b);
}

void *area_take(u32 at) {
    return area + at;
}

void *area_both(void *a, struct thing *b, u32 at) {
    return b ? a : area + at;
}

int area_named(u32 at, void *from__arena, const char *to__arena__nullable, const char *other__arena_not) {
    return from__arena == to__arena__nullable || (u32)*other__arena_not == at;
}

TAG("tagged") int implied(struct thing *one, u32 at, aux_t *const aux) {
    return one->uses + at + aux->id;
}

/* What is after the first implicit argument goes with it. */
void *implied_area(void *a, struct btf_struct_meta *meta, u32 at, struct bpf_prog_aux *aux) {
    return meta && aux ? a : area + at;
}

/* Has its _impl in the source, as kfuncs had before there was the flag. */
int written(u32 a, const struct bpf_prog_aux *aux) {
    return a + aux->id;
}

int written_impl(u32 a, const struct bpf_prog_aux *aux) {
    return a - aux->id;
}

KFUNCS_BEGIN(things);
IDS_PAIR(func, thing_touch, KFUNC_TRUSTED | KFUNC_SLEEPS);
IDS_PAIR(func, thing_put, KFUNC_RELEASE);
IDS_PAIR(func, thing_get, KFUNC_ACQUIRE | KFUNC_MAY_BE_NULL);
IDS_PAIR(func, quick, FASTCALL | BY_RCU);
IDS_PAIR(func, area_take, ARENA_RETURN);
IDS_PAIR(func, removed, IMPLICIT);
KFUNCS_END(things);

KFUNCS_BEGIN(more);
IDS_PAIR(func, written, IMPLICIT);
IDS_PAIR(func, quick, FASTCALL | BY_RCU);
IDS_PAIR(func, area_named, 0);
IDS_PAIR(func, implied_area, IMPLICIT | FASTCALL | ARENA_FIRST | ARENA_RETURN);
IDS_PAIR(func, implied, IMPLICIT | KFUNC_SLEEPS);
IDS_PAIR(func, area_both, ARENA_FIRST | ARENA_SECOND | ARENA_RETURN);
IDS_PAIR(func, written_impl, 0);
KFUNCS_END(more);

/* Pairs, but no kfuncs: these flags mean nothing. */
IDS_PAIRS_BEGIN(pairs, 0);
IDS_PAIR(func, helper, FASTCALL);
IDS_PAIR(func, base_count, IMPLICIT);
IDS_PAIRS_END(pairs);

IDS_LIST(list);
IDS(struct, thing);
IDS(union, word);
IDS(typedef, word_t);
IDS(typedef, base_size_t);
IDS(struct, nothing);

IDS_SET_BEGIN(set);
IDS(func, thing_touch);
IDS(func, base_find);
IDS(func, helper);
IDS(func, area_take);
IDS_SET_END(set);

const void *const used[] = {&things, &more, &pairs, list, &set};
base_size_t size_of_thing = sizeof(thing);
