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

struct empty {};

union empty_union {};

struct only_size {
	long: 64;
	long: 64;
	long: 64;
};

struct natural_gaps {
	char c;
	long int l;
	long: 64;
};

struct gap_before {
	long: 64;
	int i;
	long: 64;
	char: 8;
	char c;
	long: 0;
};

struct cache_lines {
	int i;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	int j;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
};

struct tail {
	char c;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
};

struct odd_tail {
	char c;
	short: 0;
	short int s;
	int: 24;
} __attribute__((packed));

struct packed {
	char c;
	int i;
} __attribute__((packed));

struct packed_size {
	int i;
	char c;
	short: 0;
} __attribute__((packed));

struct huge {
	__int128 h;
	char c;
	long: 64;
};

struct bits {
	int a: 1;
	char: 3;
	int b: 4;
	int: 24;
	long int c: 31;
	long: 1;
	short: 16;
	short int d: 3;
	int: 0;
	char e;
	short: 15;
	char f: 1;
};

struct bits_only_gap {
	int: 31;
	int a: 1;
};

struct flexible {
	long int n;
	short int items[0][3];
};

struct nested {
	long: 64;
	union {
		struct {
			char c;
			int i;
		};
		long int l;
	};
	char c;
};


/* BPF kfuncs */
#ifndef BPF_NO_KFUNC_PROTOTYPES
#endif

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
