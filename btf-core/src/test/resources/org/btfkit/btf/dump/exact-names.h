#undef linux

#if !defined(__cplusplus) && (!defined(__STDC_VERSION__) || __STDC_VERSION__ < 202311L)
#undef bool
#undef true
#undef false
#define bool _Bool
#define true 1
#define false 0
#endif

typedef unsigned int u32;

enum core__cmp__Ordering {
	Less = -1,
	typeof_ = 0,
} __attribute__((mode(QI)));

struct Vec_u8__Global__2 {
	int _0;
	int nullptr_;
	int linux;
	_Bool ok;
	char: 8;
	short: 16;
	int class;
};

struct Vec_u8__Global_ {
	int a_b;
};

typedef struct Vec_u8__Global__2 *thread_local_;

typedef void (*callback)(u32, u32 next, u32, u32 * __restrict int_);

typedef int *tagged;

typedef int *quoted;

