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

typedef unsigned __int128 __Poly128_t;

typedef __Poly128_t poly128;

typedef unsigned char __Poly8_t;

typedef __Poly8_t poly;

typedef const char matrix[4][2];

typedef const volatile char * volatile restrict const *qualified;

typedef charconst  __attribute__((percpu)) *tagged_const;

typedef const char *(*to_matrix)[4][2];

typedef int const_array[2];

typedef int __attribute__((btf_type_tag("user"))) __attribute__((btf_type_tag("rcu"))) *tagged;

typedef struct {
	int x;
} anonymous_t;

typedef struct {
	int x;
} (*to_anonymous)[2];

struct holder {
	enum {
		INLINE = 1,
	} e;
	int i;
};

typedef const char * (*functions[3])(int);

typedef void (*noreturn)(void);

typedef const char *proto(int);

typedef int (* (*signal)(const char * (*f)(int)))(int x);

typedef const char * (*(*to_functions)[3])(int);

typedef __builtin_va_list __gnuc_va_list;

typedef const void *const_void;


/* BPF kfuncs */
#ifndef BPF_NO_KFUNC_PROTOTYPES
#endif

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
