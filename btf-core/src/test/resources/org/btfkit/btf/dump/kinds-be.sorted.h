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

enum later;

enum narrow {
	SMALL = 5ULL,
} __attribute__((mode(word)));

enum plain {
	ZERO = 0,
	HIGH = 4294967295,
};

enum signed {
	MINUS = -1,
	PLUS = 1,
};

enum wide {
	TOP = 18446744073709551615ULL,
	BIT40 = 1099511627776ULL,
};

enum wide_signed {
	LEAST = -9223372036854775808LL,
	ONE = 1LL,
};

typedef int __attribute__((btf_type_tag("user"))) *user_ptr;

struct point {
	int x;
	int y;
};

struct flags {
	int a: 3;
	char: 2;
	int b: 9;
	int: 0;
	char c;
	_Bool d;
};

union either {
	struct point points[3];
	struct flags flags;
};

typedef struct point __attribute__((address_space(1))) *arena_ptr;

struct opaque;

union opaque_union;

typedef enum signed (*callback_t)(const struct opaque *first, volatile union opaque_union * restrict, ...);


/* BPF kfuncs */
#ifndef BPF_NO_KFUNC_PROTOTYPES
extern __bpf_fastcall enum signed call(const struct opaque *first, volatile union opaque_union * restrict, ...) __weak __ksym;
#endif

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
