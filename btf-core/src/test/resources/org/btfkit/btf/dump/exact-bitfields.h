enum colour {
	RED = 0,
	BLUE = 1,
} __attribute__((mode(SI)));

struct gaps {
	unsigned int a: 3;
	char: 2;
	unsigned int b: 20;
	char: 7;
	_Bool c: 1;
	enum colour d: 2;
	char: 5;
	unsigned char e;
	short: 16;
};

struct across {
	unsigned int a: 3;
	unsigned int b: 31;
	long long unsigned int c: 33;
	char: 5;
	unsigned char d;
} __attribute__((packed));

struct old {
	unsigned int a;
	char: 3;
	unsigned int b: 7;
	char: 6;
	short: 16;
};

union choice {
	unsigned int a: 5;
	unsigned char b;
} __attribute__((aligned(4)));

