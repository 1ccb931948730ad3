typedef struct {
	unsigned char bytes[3];
} __int_3;

#if __SIZEOF_LONG_DOUBLE__ == 16
typedef long double __float_16;
#elif defined(__SIZEOF_FLOAT128__)
typedef __float128 __float_16;
#else
typedef struct {
	unsigned char bytes[16];
} __float_16;
#endif

#ifdef __FLT16_MANT_DIG__
typedef _Float16 __float_2;
#else
typedef struct {
	unsigned char bytes[2];
} __float_2;
#endif

#if __SIZEOF_LONG_DOUBLE__ == 12
typedef long double __float_12;
#else
typedef struct {
	unsigned char bytes[12];
} __float_12;
#endif

struct of_scalars {
	unsigned char a;
	char: 8;
	short b;
	unsigned int c;
	__int_3 d;
	_Bool e;
	int: 32;
	unsigned long f;
	unsigned __int128 g;
	long long: 64;
	__float_16 h;
	float i;
	__float_2 j;
	short: 16;
	__float_12 k;
	int: 32;
	double l;
	char m;
	int: 32;
	short: 16;
	char: 8;
} __attribute__((packed));

