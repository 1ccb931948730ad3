#ifndef __VMLINUX_H__
#define __VMLINUX_H__

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)
#endif

#ifndef __ksym
#define __ksym __attribute__((section(".ksyms")))
#endif

#ifndef __weak
#define __weak __attribute__((weak))
#endif

#ifndef __bpf_fastcall
#if __has_attribute(bpf_fastcall)
#define __bpf_fastcall __attribute__((bpf_fastcall))
#else
#define __bpf_fastcall
#endif
#endif

enum {
	ALSO_ALONE = -1,
};

struct list;

typedef struct list list_t;

struct other;

union late;

struct item {
	list_t *owner;
	void (*call)(struct other *other, list_t *list, struct {
		struct other *other;
		union late *late;
	} *anonymous);
	long: 64;
};

union late {
	int i;
};

struct list {
	struct list *next;
	struct item first;
};

struct other {
	struct other *self;
};

struct nowhere;

struct uses_nowhere {
	struct nowhere *p;
};

typedef void (*callback)(struct other *other, list_t *list, struct {
	struct other *other;
	union late *late;
} *anonymous);


/* BPF kfuncs */
#ifndef BPF_NO_KFUNC_PROTOTYPES
#endif

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
